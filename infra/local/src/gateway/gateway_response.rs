//! The answers that API Gateway gives itself, in the words of each kind of API.
//! Sources: <https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html>,
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html>
//!
//! AWS lists types and statuses; the bodies are those that clients of deployed APIs report. Those that no source shows are
//! marked.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use crate::template::ApiKind;

/// What only REST APIs send: the type of the error.
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// Why the gateway answers in the function's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GatewayResponse {
    /// Path, header or host are no HTTP that can be put into an event. No source shows the body.
    BadRequest,
    /// Request line and headers are longer than an API may receive. No source shows the body.
    HeadersTooLarge,
    /// The body, or the event made of it, is longer than an API or Lambda may receive.
    BodyTooLarge,
    /// The body did not come in time. No source shows what API Gateway does then.
    BodyLate,
    /// The path does not begin with the stage.
    NoStage,
    /// No route has this method and path.
    NoRoute,
    /// An identity source is missing, or the authorizer says that nobody was authenticated.
    Unauthorized,
    /// The authorizer denies.
    Denied,
    /// The authorizer gave no valid answer.
    AuthorizerFailed,
    /// Lambda could not run the function.
    FunctionUnavailable,
    /// The function failed, or what it answered is no response.
    FunctionFailed,
    /// The function did not answer within the integration's time.
    FunctionLate,
}

impl GatewayResponse {
    /// The response, but for what every response gets.
    pub(super) fn response(self, kind: ApiKind) -> Response<Bytes> {
        let (status, error_type, body) = match kind {
            ApiKind::Http => {
                let (status, body) = self.http();
                (status, None, body)
            }
            ApiKind::Rest => {
                let (status, error_type, body) = self.rest();
                (status, Some(error_type), body)
            }
        };
        let mut response = Response::new(Bytes::from_static(body.as_bytes()));
        *response.status_mut() = status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(error_type) = error_type {
            response.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(error_type));
        }
        response
    }

    const fn http(self) -> (StatusCode, &'static str) {
        match self {
            Self::BadRequest => (StatusCode::BAD_REQUEST, r#"{"message":"Bad Request"}"#),
            Self::HeadersTooLarge => {
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, r#"{"message":"Request Header Fields Too Large"}"#)
            }
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, r#"{"message":"Request Entity Too Large"}"#),
            Self::BodyLate => (StatusCode::REQUEST_TIMEOUT, r#"{"message":"Request Timeout"}"#),
            Self::NoStage | Self::NoRoute => (StatusCode::NOT_FOUND, r#"{"message":"Not Found"}"#),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, r#"{"message":"Unauthorized"}"#),
            Self::Denied => (StatusCode::FORBIDDEN, r#"{"message":"Forbidden"}"#),
            Self::AuthorizerFailed | Self::FunctionUnavailable | Self::FunctionFailed => {
                (StatusCode::INTERNAL_SERVER_ERROR, r#"{"message":"Internal Server Error"}"#)
            }
            Self::FunctionLate => (StatusCode::SERVICE_UNAVAILABLE, r#"{"message":"Service Unavailable"}"#),
        }
    }

    const fn rest(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::BadRequest => (StatusCode::BAD_REQUEST, "BadRequestException", r#"{"message":"Bad Request"}"#),
            Self::HeadersTooLarge => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "RequestHeaderFieldsTooLargeException",
                r#"{"message":"Request Header Fields Too Large"}"#,
            ),
            Self::BodyTooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLargeException", r#"{"message":"Request Too Long"}"#)
            }
            Self::BodyLate => {
                (StatusCode::REQUEST_TIMEOUT, "RequestTimeoutException", r#"{"message":"Request Timeout"}"#)
            }
            Self::NoStage => (StatusCode::FORBIDDEN, "ForbiddenException", r#"{"message":"Forbidden"}"#),
            Self::NoRoute => (
                StatusCode::FORBIDDEN,
                "MissingAuthenticationTokenException",
                r#"{"message":"Missing Authentication Token"}"#,
            ),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "UnauthorizedException", r#"{"message":"Unauthorized"}"#),
            Self::Denied => (
                StatusCode::FORBIDDEN,
                "AccessDeniedException",
                r#"{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}"#,
            ),
            Self::AuthorizerFailed => {
                (StatusCode::INTERNAL_SERVER_ERROR, "AuthorizerConfigurationException", r#"{"message":null}"#)
            }
            Self::FunctionUnavailable => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalServerErrorException",
                r#"{"message": "Internal server error"}"#,
            ),
            Self::FunctionFailed => {
                (StatusCode::BAD_GATEWAY, "InternalServerErrorException", r#"{"message": "Internal server error"}"#)
            }
            Self::FunctionLate => (
                StatusCode::GATEWAY_TIMEOUT,
                "InternalServerErrorException",
                r#"{"message": "Endpoint request timed out"}"#,
            ),
        }
    }
}
