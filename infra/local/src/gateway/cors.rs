//! Cross-origin requests to an HTTP API: preflights answered by the gateway, headers added to every answer.
//! Sources: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>, Fetch §3.2
//!
//! Only a request with an `Origin` gets headers, and a preflight must name a method too. The function's own CORS headers
//! are ignored. What an origin that is not allowed gets is not documented: here the same answer without the headers,
//! which is what makes a browser refuse it.

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Response, StatusCode};

use crate::template::Cors;

/// Whether a browser asks what it may do.
pub(super) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight, which is as it is for every path.
pub(super) fn preflight(cors: &Cors, origin: Option<&HeaderValue>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    if origin.and_then(|origin| allowed(cors, origin)).is_some() {
        let headers = response.headers_mut();
        set(headers, header::ACCESS_CONTROL_ALLOW_METHODS, &cors.methods.join(","));
        set(headers, header::ACCESS_CONTROL_ALLOW_HEADERS, &cors.headers.join(","));
        if let Some(age) = cors.max_age {
            set(headers, header::ACCESS_CONTROL_MAX_AGE, &age.as_secs().to_string());
        }
    }
    response
}

/// Adds what every answer to this origin gets.
pub(super) fn allow(cors: &Cors, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
    let Some(allowed) = origin.and_then(|origin| allowed(cors, origin)) else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    set(headers, header::ACCESS_CONTROL_EXPOSE_HEADERS, &cors.exposed.join(","));
    if cors.credentials {
        set(headers, header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    }
}

/// Drops what the function says about other origins.
pub(super) fn ignore_function(headers: &mut HeaderMap) {
    let names: Vec<HeaderName> =
        headers.keys().filter(|name| name.as_str().starts_with("access-control-")).cloned().collect();
    for name in names {
        headers.remove(name);
    }
}

/// `*` allows all, `https://*` and `http://*` all of that scheme; any other entry allows the origin that is spelled so.
fn allowed(cors: &Cors, origin: &HeaderValue) -> Option<HeaderValue> {
    let spelled = origin.to_str().ok()?;
    if cors.origins.iter().any(|allowed| allowed == "*") {
        return Some(HeaderValue::from_static("*"));
    }
    let matches = |allowed: &str| match allowed {
        "https://*" | "http://*" => spelled.starts_with(allowed.trim_end_matches('*')),
        _ => spelled == allowed,
    };
    cors.origins.iter().any(|allowed| matches(allowed)).then(|| origin.clone())
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value)
        && !value.is_empty()
    {
        headers.insert(name, value);
    }
}
