//! One request on its way through the gateway: what came in, and what the gateway has found out about it.

use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, Method, header};
use vestibule::clock::Timestamp;

use crate::template::Api;

/// A request as it was received and matched. Events of every dialect are made from this and nothing else.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The gateway's own name for the request, which the client gets too.
    pub request_id: String,
    /// When it came.
    pub received_at: Timestamp,
    /// Where it came from: the socket's peer, never a header.
    pub source_ip: IpAddr,
    /// The method.
    pub method: Method,
    /// The path as the client spelled it, still with the stage.
    pub raw_path: String,
    /// The query as the client spelled it, without the question mark.
    pub raw_query: String,
    /// The headers, in their order, as the gateway passes them on: text only, with its own `x-forwarded-*`.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The path without the stage, decoded as the gateway decodes it: by an HTTP API nearly all, by a REST API nothing.
    pub path: String,
    /// The key of the matched route: `GET /orders/{id}` or `$default`.
    pub route_key: String,
    /// What stood in the place of each path parameter, decoded.
    pub path_parameters: Vec<(String, String)>,
}

impl Exchange {
    /// [`Exchange::path`] with the stage before it, as `rawPath` and `requestContext` show it; `$default` adds nothing.
    pub(super) fn staged_path(&self, api: &Api) -> String {
        match api.stage.as_str() {
            "$default" => self.path.clone(),
            stage => format!("/{stage}{}", self.path),
        }
    }

    /// The path of the matched route as it was declared, `/orders/{id}`; `$default` has no other.
    pub(super) fn resource(&self) -> &str {
        self.route_key.split_once(' ').map_or(self.route_key.as_str(), |(_, path)| path)
    }

    /// The host that was called, without the port.
    pub(super) fn domain_name(&self) -> String {
        let host = self.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let authority = host.and_then(|host| host.parse::<http::uri::Authority>().ok());
        authority.map_or_else(|| "localhost".to_owned(), |authority| authority.host().to_owned())
    }

    /// The value of `User-Agent`, empty if there is none.
    pub(super) fn user_agent(&self) -> &str {
        self.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default()
    }
}
