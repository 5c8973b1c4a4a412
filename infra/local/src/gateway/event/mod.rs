//! The event that a function is invoked with, in the payload of its route.
//!
//! Header names are lower-case, as AWS documents for HTTP APIs, but for the gateway's own in payload 1.0 of these. A REST
//! API keeps the client's case, which is lost here before the gateway sees it; header names have no case (RFC 9110 §5.1),
//! and functions must not give them one.

mod common;
mod http_v1;
mod http_v2;
mod rest;

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::exchange::Exchange;
use crate::template::{Api, ApiKind, Payload};

pub(super) use common::http_date;

/// What the authorizer left behind for the function.
pub(super) struct Authorized {
    /// Its context.
    pub(super) context: Map<String, Value>,
    /// How long it took, which a REST API tells the function.
    pub(super) latency: Duration,
}

/// The event, as JSON.
pub(super) fn bytes(api: &Api, payload: Payload, exchange: &Exchange, authorized: Option<Authorized>) -> Bytes {
    value(api, payload, exchange, authorized).to_string().into()
}

/// The event before it is written down; an authorizer's begins with the same fields.
pub(super) fn value(api: &Api, payload: Payload, exchange: &Exchange, authorized: Option<Authorized>) -> Value {
    match (api.kind, payload) {
        (ApiKind::Http, Payload::V2) => http_v2::event(api, exchange, authorized),
        (ApiKind::Http, Payload::V1) => http_v1::event(api, exchange, authorized),
        (ApiKind::Rest, _) => rest::event(api, exchange, authorized),
    }
}
