//! The headers that a gateway takes away and adds before it passes a request on.
//! Sources: RFC 9110 §7.6.1 (hop-by-hop headers),
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html>
//!
//! `X-Forwarded-For` is the client's own with the socket's peer appended, so only its last entry can be believed.
//! `X-Forwarded-Proto` and `-Port` of a client are replaced. Deployed, they are `https` and 443; here they are the truth.

use std::net::IpAddr;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use vestibule::clock::Timestamp;

use crate::world;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// What is between two neighbours only.
pub(super) const HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::EXPECT,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Makes the headers of a request those that its event shows.
pub(super) fn apply(headers: &mut HeaderMap, peer: IpAddr, body: usize, now: Timestamp) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    let client = headers.get_all(&FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok().map(str::to_owned));
    let hops = client.chain([peer.to_string()]).collect::<Vec<_>>().join(", ");
    let port = headers.get(header::HOST).and_then(port).unwrap_or(80);
    set(headers, FORWARDED_FOR, &hops);
    set(headers, FORWARDED_PORT, &port.to_string());
    set(headers, FORWARDED_PROTO, "http");
    set(headers, header::CONTENT_LENGTH, &body.to_string());
    if !headers.contains_key(&TRACE_ID) {
        set(headers, TRACE_ID, &trace_id(now));
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn port(host: &HeaderValue) -> Option<u16> {
    http::uri::Authority::try_from(host.as_bytes()).ok()?.port_u16()
}

/// An X-Ray trace: `Root=1-<8 hex digits of time>-<24 hex digits>`.
fn trace_id(now: Timestamp) -> String {
    let unique: String = world::fresh_id().simple().to_string().chars().take(24).collect();
    format!("Root=1-{:08x}-{unique}", now.seconds())
}
