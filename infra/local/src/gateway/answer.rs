//! What a function answers, as a response.
//! Sources: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
//! ("Lambda function response format"),
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html> ("Output format")
//!
//! Payload 2.0 without `statusCode` is the body of a 200. AWS writes this of valid JSON; the AWS team that emulates API
//! Gateway for .NET found it true of any bytes, of a JSON string its content. A REST API decodes base64 only for media
//! types that it was told to treat as binary, and none is here: the body is sent as it is.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use serde_json::{Map, Value};

use super::forwarding::HOP_BY_HOP;
use crate::template::{ApiKind, Payload};

/// Headers of a function that a REST API sends under another name, because they are the gateway's own
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html>). For HTTP APIs nothing
/// of the kind is documented.
const REMAPPED: [(HeaderName, HeaderName); 3] = [
    (header::DATE, HeaderName::from_static("x-amzn-remapped-date")),
    (header::SERVER, HeaderName::from_static("x-amzn-remapped-server")),
    (header::WWW_AUTHENTICATE, HeaderName::from_static("x-amzn-remapped-www-authenticate")),
];

/// The function's answer is no response.
#[derive(Debug, thiserror::Error)]
pub(super) enum Malformed {
    #[error("it is not JSON")]
    NotJson,
    #[error("it is not an object")]
    NotAnObject,
    #[error("its {0} is missing or not valid")]
    Field(&'static str),
}

/// Reads the answer to an event of this payload.
pub(super) fn read(kind: ApiKind, payload: Payload, answer: &Bytes) -> Result<Response<Bytes>, Malformed> {
    let value = serde_json::from_slice(answer);
    let mut response = match (kind, payload, value) {
        (ApiKind::Http, Payload::V2, Ok(Value::Object(object))) if object.contains_key("statusCode") => {
            structured(kind, Payload::V2, &object)?
        }
        (ApiKind::Http, Payload::V2, Ok(Value::String(text))) => inferred(text.into()),
        (ApiKind::Http, Payload::V2, _) => inferred(answer.clone()),
        (_, _, Ok(Value::Object(object))) => structured(kind, Payload::V1, &object)?,
        (_, _, Ok(_)) => return Err(Malformed::NotAnObject),
        (_, _, Err(_)) => return Err(Malformed::NotJson),
    };
    let empty = response.body().is_empty();
    let headers = response.headers_mut();
    if !empty && !headers.contains_key(header::CONTENT_TYPE) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(default_type(kind)));
    }
    Ok(response)
}

const fn default_type(kind: ApiKind) -> &'static str {
    match kind {
        ApiKind::Http => "text/plain; charset=utf-8",
        ApiKind::Rest => "application/json",
    }
}

fn inferred(body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn structured(kind: ApiKind, payload: Payload, answer: &Map<String, Value>) -> Result<Response<Bytes>, Malformed> {
    let mut response = Response::new(body(kind, answer)?);
    *response.status_mut() = status(answer)?;
    let headers = response.headers_mut();
    match payload {
        Payload::V1 => {
            append_lists(headers, answer)?;
            // "If the same key-value pair is specified in both, only the values from multiValueHeaders will appear."
            append_singles(headers, answer, |headers, name, value| {
                headers.get_all(name).iter().all(|listed| listed != value)
            })?;
        }
        Payload::V2 => {
            append_cookies(headers, answer)?;
            append_singles(headers, answer, |_, _, _| true)?;
        }
    }
    for name in HOP_BY_HOP.into_iter().chain([header::CONTENT_LENGTH]) {
        headers.remove(name);
    }
    if kind == ApiKind::Rest {
        remap(headers);
    }
    Ok(response)
}

/// An integer, or a string of one; informational ones are the connection's own business.
fn status(answer: &Map<String, Value>) -> Result<StatusCode, Malformed> {
    let code = match answer.get("statusCode") {
        Some(Value::Number(code)) => code.as_u64().and_then(|code| u16::try_from(code).ok()),
        Some(Value::String(code)) => code.parse().ok(),
        _ => None,
    };
    let code = code.filter(|code| (200..=599).contains(code)).and_then(|code| StatusCode::from_u16(code).ok());
    code.ok_or(Malformed::Field("statusCode"))
}

fn body(kind: ApiKind, answer: &Map<String, Value>) -> Result<Bytes, Malformed> {
    let text = match answer.get("body") {
        None | Some(Value::Null) => return Ok(Bytes::new()),
        Some(Value::String(text)) => text,
        Some(_) => return Err(Malformed::Field("body")),
    };
    let encoded = match answer.get("isBase64Encoded") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(encoded)) => *encoded,
        Some(_) => return Err(Malformed::Field("isBase64Encoded")),
    };
    if encoded && kind == ApiKind::Http {
        return BASE64_STANDARD.decode(text).map(Bytes::from).map_err(|_| Malformed::Field("body"));
    }
    Ok(Bytes::from(text.clone()))
}

fn append_singles(
    headers: &mut HeaderMap,
    answer: &Map<String, Value>,
    wanted: fn(&HeaderMap, &HeaderName, &HeaderValue) -> bool,
) -> Result<(), Malformed> {
    for (name, value) in object(answer, "headers")? {
        let (name, value) = header(name, value).ok_or(Malformed::Field("headers"))?;
        if wanted(headers, &name, &value) {
            headers.append(name, value);
        }
    }
    Ok(())
}

fn append_lists(headers: &mut HeaderMap, answer: &Map<String, Value>) -> Result<(), Malformed> {
    const FIELD: &str = "multiValueHeaders";
    for (name, values) in object(answer, FIELD)? {
        for value in values.as_array().ok_or(Malformed::Field(FIELD))? {
            let (name, value) = header(name, value).ok_or(Malformed::Field(FIELD))?;
            headers.append(name, value);
        }
    }
    Ok(())
}

/// "Each cookie becomes a `set-cookie` header."
fn append_cookies(headers: &mut HeaderMap, answer: &Map<String, Value>) -> Result<(), Malformed> {
    let cookies = match answer.get("cookies") {
        None | Some(Value::Null) => return Ok(()),
        Some(cookies) => cookies.as_array().ok_or(Malformed::Field("cookies"))?,
    };
    for cookie in cookies {
        let (name, value) = header("set-cookie", cookie).ok_or(Malformed::Field("cookies"))?;
        headers.append(name, value);
    }
    Ok(())
}

fn object<'a>(
    answer: &'a Map<String, Value>,
    field: &'static str,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, Malformed> {
    let object = match answer.get(field) {
        None | Some(Value::Null) => None,
        Some(value) => Some(value.as_object().ok_or(Malformed::Field(field))?),
    };
    Ok(object.into_iter().flatten())
}

fn header(name: &str, value: &Value) -> Option<(HeaderName, HeaderValue)> {
    let value = match value {
        Value::String(text) => HeaderValue::from_bytes(text.as_bytes()),
        Value::Number(number) => HeaderValue::from_bytes(number.to_string().as_bytes()),
        Value::Bool(flag) => HeaderValue::from_bytes(flag.to_string().as_bytes()),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    Some((HeaderName::from_bytes(name.as_bytes()).ok()?, value.ok()?))
}

fn remap(headers: &mut HeaderMap) {
    for (name, other) in REMAPPED {
        if let Some(value) = headers.remove(name) {
            headers.insert(other, value);
        }
    }
}
