//! What Secrets Manager answers instead of a result: `__type` and a message.
//! Sources: <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization>,
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html>

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refusal, named as the API names it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NotFound(String),
    InvalidRequest(String),
    InvalidParameter(String),
    Exists(String),
    UnknownOperation,
    Unsigned,
    Internal(String),
}

impl Refusal {
    fn parts(&self) -> (StatusCode, &'static str, &str) {
        match self {
            Self::NotFound(message) => (StatusCode::BAD_REQUEST, "ResourceNotFoundException", message),
            Self::InvalidRequest(message) => (StatusCode::BAD_REQUEST, "InvalidRequestException", message),
            Self::InvalidParameter(message) => (StatusCode::BAD_REQUEST, "InvalidParameterException", message),
            Self::Exists(message) => (StatusCode::BAD_REQUEST, "ResourceExistsException", message),
            Self::UnknownOperation => {
                (StatusCode::BAD_REQUEST, "UnknownOperationException", "the local Secrets Manager lacks this operation")
            }
            Self::Unsigned => {
                (StatusCode::BAD_REQUEST, "MissingAuthenticationTokenException", "the request carries no signature")
            }
            Self::Internal(message) => (StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceError", message),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, kind, message) = self.parts();
        let body = json!({ "__type": kind, "Message": message, "message": message });
        (status, [(CONTENT_TYPE, "application/x-amz-json-1.1")], body.to_string()).into_response()
    }
}
