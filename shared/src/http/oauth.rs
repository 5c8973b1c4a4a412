//! Errors of the OAuth endpoints, from one table (RFC 6749 §5.2, RFC 7009 §2.2.1).

use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use serde::Serialize;

use super::BodyError;
use super::problem::RETRY_AFTER_SECONDS;
use super::response::respond;

/// An error of an OAuth endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OAuthError {
    /// `invalid_request`: the body cannot be used.
    InvalidRequest(BodyError),
    /// `temporarily_unavailable`: a dependency did not answer; the client may send the same again (RFC 7009 §2.2.1).
    TemporarilyUnavailable,
}

impl OAuthError {
    /// The error as a response.
    pub fn respond(&self) -> Response<Body> {
        let (status, error, description) = match self {
            Self::InvalidRequest(fault) => (body_status(fault), "invalid_request", fault.to_string()),
            Self::TemporarilyUnavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "A dependency did not answer. Nothing was lost.".to_owned(),
            ),
        };
        let body = serde_json::to_string(&Document { error, error_description: &ascii(&description) });
        let mut response = respond(status, "application/json", body.unwrap_or_default());
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        response
    }
}

/// RFC 6749 §5.2 says 400; a body that was not read at all keeps the status that proxies know.
const fn body_status(fault: &BodyError) -> StatusCode {
    match fault {
        BodyError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        BodyError::MediaType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// RFC 6749 §5.2 allows `%x20-21 / %x23-5B / %x5D-7E` in a description.
fn ascii(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '"' | '\\' => '\'',
            ' '..='~' => c,
            _ => '?',
        })
        .collect()
}

#[derive(Serialize)]
struct Document<'a> {
    error: &'a str,
    error_description: &'a str,
}
