//! Responses: JSON, UTF-8, and never kept by a cache unless it is meant to be.

use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use serde::Serialize;

use crate::secret::Secret;

pub(super) fn respond(status: StatusCode, media_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// 200 with a document that holds a credential: never stored (RFC 6749 §5.1).
pub(super) fn secret_json(document: &Secret<String>) -> Response<Body> {
    respond(StatusCode::OK, "application/json", document.expose().clone())
}

/// 200 with a document, kept by caches for `max_age` seconds, or not at all.
pub fn json_response(document: &impl Serialize, max_age: Option<u32>) -> Response<Body> {
    json_text(&serde_json::to_string(document).unwrap_or_default(), max_age)
}

/// 201 with a document about what was made.
pub fn created(document: &impl Serialize) -> Response<Body> {
    respond(StatusCode::CREATED, "application/json", serde_json::to_string(document).unwrap_or_default())
}

/// 202 with a document that says the same whatever becomes of it.
pub fn accepted(document: &impl Serialize) -> Response<Body> {
    respond(StatusCode::ACCEPTED, "application/json", serde_json::to_string(document).unwrap_or_default())
}

/// The same as [`json_response`] with a document that is text already.
pub fn json_text(document: &str, max_age: Option<u32>) -> Response<Body> {
    let mut response = respond(StatusCode::OK, "application/json", document);
    if let Some(Ok(value)) = max_age.map(|seconds| HeaderValue::try_from(format!("public, max-age={seconds}"))) {
        response.headers_mut().insert(header::CACHE_CONTROL, value);
    }
    response
}

/// A new or another credential, once: never stored.
pub fn shown_once(status: StatusCode, document: &Secret<String>) -> Response<Body> {
    respond(status, "application/json", document.expose().clone())
}

/// 204.
pub fn no_content() -> Response<Body> {
    let mut response = empty();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// 200 without a body.
pub fn empty() -> Response<Body> {
    let mut response = respond(StatusCode::OK, "application/json", Body::Empty);
    response.headers_mut().remove(header::CONTENT_TYPE);
    response
}

/// Sends the browser on to a page of ours by GET, whatever the request was (RFC 9110 §15.4.4; RFC 9700 §4.12: never 307).
pub fn see_other(location: &str) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    match HeaderValue::try_from(location) {
        Ok(location) => drop(headers.insert(header::LOCATION, location)),
        Err(_) => *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR,
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_is_sent_on_by_get() {
        let response = see_other("/account/devices");
        assert_eq!(
            (response.status(), &response.headers()[header::LOCATION]),
            (StatusCode::SEE_OTHER, &HeaderValue::from_static("/account/devices"))
        );
        assert_eq!(see_other("/a\r\nSet-Cookie: b").status(), 500);
    }
}
