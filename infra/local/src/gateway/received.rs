//! A request before it is matched: refused if no event can be made of it, else put into the gateway's terms.
//! Sources: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>,
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html>
//!
//! What AWS does not describe is refused with 400: a header that is not ASCII text, a path with a broken escape, with
//! bytes that are not UTF-8, or with control characters.

use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, Request, header};
use url::Url;
use vestibule::clock::Timestamp;

use super::exchange::Exchange;
use super::forwarding;
use super::gateway_response::GatewayResponse;
use super::path;
use crate::template::{Api, ApiKind};

/// Bytes of request line and header values on an HTTP API, of header values on a REST API. Not adjustable.
const LONGEST_HEADERS: usize = 10_240;

/// Bytes of a body: 10 MB, not adjustable.
pub(super) const LONGEST_BODY: usize = 10 * 1024 * 1024;

/// A request that an event can be made of, once its route is known.
pub(super) struct Received {
    /// Without route and path parameters.
    exchange: Exchange,
    /// What stands between the slashes of the path without its stage, decoded.
    pub(super) pieces: Vec<String>,
}

impl Received {
    pub(super) fn new(
        api: &Api,
        request_id: String,
        received_at: Timestamp,
        peer: IpAddr,
        request: Request<Bytes>,
    ) -> Result<Self, GatewayResponse> {
        let (mut head, body) = request.into_parts();
        if header_bytes(api.kind, &head) > LONGEST_HEADERS {
            return Err(GatewayResponse::HeadersTooLarge);
        }
        if body.len() > LONGEST_BODY {
            return Err(GatewayResponse::BodyTooLarge);
        }
        check(&head.headers)?;
        let raw_path = head.uri.path().to_owned();
        let unstaged = path::without_stage(api, &raw_path)?;
        let (path, pieces) = path::decode(api.kind, unstaged)?;
        let source_ip = peer.to_canonical();
        forwarding::apply(&mut head.headers, source_ip, body.len(), received_at);
        let exchange = Exchange {
            request_id,
            received_at,
            source_ip,
            method: head.method,
            raw_query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            body,
            path,
            raw_path,
            route_key: String::new(),
            path_parameters: Vec::new(),
        };
        Ok(Self { exchange, pieces })
    }

    pub(super) const fn method(&self) -> &http::Method {
        &self.exchange.method
    }

    /// The exchange with what it matched.
    pub(super) fn matched(self, route_key: &str, path_parameters: Vec<(String, String)>) -> Exchange {
        Exchange { route_key: route_key.to_owned(), path_parameters, ..self.exchange }
    }
}

fn header_bytes(kind: ApiKind, head: &http::request::Parts) -> usize {
    let values: usize = head.headers.values().map(|value| value.len()).sum();
    match kind {
        ApiKind::Http => {
            let target = head.uri.path_and_query().map_or(0, |target| target.as_str().len());
            values + head.method.as_str().len() + target + " ".len() + " HTTP/1.1".len()
        }
        ApiKind::Rest => values,
    }
}

fn check(headers: &HeaderMap) -> Result<(), GatewayResponse> {
    let text = headers.values().all(|value| value.to_str().is_ok());
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().is_none_or(|host| host.to_str().is_ok_and(is_host));
    if text && host && hosts.next().is_none() { Ok(()) } else { Err(GatewayResponse::BadRequest) }
}

/// API Gateway is reached under its own names only. Here `Host` is what the client likes, and functions make URLs of it.
fn is_host(host: &str) -> bool {
    let authority = host.parse::<http::uri::Authority>();
    authority.is_ok_and(|authority| !authority.as_str().contains('@')) && Url::parse(&format!("http://{host}/")).is_ok()
}
