//! What the payloads share: headers, query, body and time, each in the shapes that they come in.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, header};
use serde_json::{Map, Value, json};
use vestibule::clock::Timestamp;

use crate::gateway::exchange::Exchange;
use crate::template::ApiKind;

/// The last second that an HTTP date can name, the end of the year 9999.
const END_OF_DATES: u64 = 253_402_300_799;

/// Every value of each header or query parameter.
pub(super) type Values = BTreeMap<String, Vec<String>>;

/// Every header, under its lower-case name.
pub(super) fn headers(headers: &HeaderMap) -> Values {
    let mut values = Values::new();
    for (name, value) in headers {
        values.entry(name.as_str().to_owned()).or_default().push(value.to_str().unwrap_or_default().to_owned());
    }
    values
}

/// Every parameter of the query, decoded.
pub(super) fn query(raw: &str) -> Values {
    let mut values = Values::new();
    for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
        values.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    values
}

/// Payload 2.0: "Duplicate headers are combined with commas", and so are query strings.
pub(super) fn joined(values: Values) -> Map<String, Value> {
    values.into_iter().map(|(name, values)| (name, values.join(",").into())).collect()
}

/// Payload 1.0: the last value of each name.
pub(super) fn last(values: &Values) -> Map<String, Value> {
    values.iter().filter_map(|(name, values)| Some((name.clone(), values.last()?.as_str().into()))).collect()
}

/// Payload 1.0: null where there is nothing.
pub(super) fn or_null(present: bool, value: impl Into<Value>) -> Value {
    if present { value.into() } else { Value::Null }
}

/// What stood in the place of the path's parameters.
pub(super) fn path_parameters(exchange: &Exchange) -> Map<String, Value> {
    exchange.path_parameters.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect()
}

/// `body` and `isBase64Encoded`; no body is nothing, and not encoded.
///
/// An HTTP API keeps text of the media types that [`is_text`] knows and encodes all else; text that is not UTF-8 is
/// encoded too, so that nothing is lost. A REST API that was told of no binary media types takes all for UTF-8.
pub(super) fn body(kind: ApiKind, exchange: &Exchange) -> Option<(String, bool)> {
    let bytes = &exchange.body;
    if bytes.is_empty() {
        return None;
    }
    match kind {
        ApiKind::Http => match std::str::from_utf8(bytes) {
            Ok(text) if is_text(&exchange.headers) => Some((text.to_owned(), false)),
            Ok(_) | Err(_) => Some((BASE64_STANDARD.encode(bytes), true)),
        },
        ApiKind::Rest => Some((String::from_utf8_lossy(bytes).into_owned(), false)),
    }
}

/// AWS only says that binary bodies are encoded. Tried against a deployed API
/// (<https://github.com/ministackorg/ministack/pull/766>), these are text and all others binary, forms and bodies
/// without a type among them.
fn is_text(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.starts_with("text/")
        || matches!(essence.as_str(), "application/json" | "application/xml" | "application/javascript")
}

/// In the common log format: `12/Mar/2020:19:03:58 +0000`.
pub(super) fn clf_time(at: Timestamp) -> String {
    // The parts of an HTTP date, `Thu, 12 Mar 2020 19:03:58 GMT`, in another order.
    let date = http_date(at);
    let mut parts = date.split(' ').skip(1);
    let mut part = || parts.next().unwrap_or_default();
    let (day, month, year, time) = (part(), part(), part(), part());
    format!("{day}/{month}/{year}:{time} +0000")
}

/// As in `Date` (RFC 9110 §5.6.7).
pub(in crate::gateway) fn http_date(at: Timestamp) -> String {
    let since_epoch = Duration::from_secs(at.seconds().min(END_OF_DATES));
    httpdate::fmt_http_date(UNIX_EPOCH + since_epoch)
}

/// Milliseconds since 1970.
pub(super) const fn epoch_millis(at: Timestamp) -> u64 {
    at.seconds().saturating_mul(1000)
}

/// `domainPrefix`: the first label of `domainName`.
pub(super) fn domain_prefix(domain_name: &str) -> &str {
    domain_name.split('.').next().unwrap_or_default()
}

/// `requestContext.identity` of payload 1.0: only IAM callers fill the rest. No page shows `cognitoAmr`; every captured
/// event of an HTTP API has it, and none of a REST API.
pub(super) fn identity(kind: ApiKind, exchange: &Exchange) -> Value {
    let mut identity = json!({
        "accessKey": null,
        "accountId": null,
        "caller": null,
        "cognitoAuthenticationProvider": null,
        "cognitoAuthenticationType": null,
        "cognitoIdentityId": null,
        "cognitoIdentityPoolId": null,
        "principalOrgId": null,
        "sourceIp": exchange.source_ip.to_string(),
        "user": null,
        "userAgent": exchange.user_agent(),
        "userArn": null,
    });
    if let (ApiKind::Http, Some(identity)) = (kind, identity.as_object_mut()) {
        identity.insert("cognitoAmr".to_owned(), Value::Null);
    }
    identity
}
