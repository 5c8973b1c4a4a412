//! What a resource server answers whom it does not let in: one table (RFC 6750 §3, RFC 9110 §15.5.2, RFC 9457).

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

use crate::keys::KeysUnavailable;
use crate::scope::Scopes;
use crate::tokens::{NotOneToken, Refusal};

/// Keys that could not be read are looked for again after a second.
const RETRY_AFTER_SECONDS: u16 = 1;

/// Why a request is not let in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// It presents no bearer token.
    #[error("the request has no bearer token")]
    NoToken,
    /// It presents several, or something else in the place of one.
    #[error(transparent)]
    NotOneToken(#[from] NotOneToken),
    /// The token is refused.
    #[error("the access token is refused: {0}")]
    Token(Refusal),
    /// The token is good, and does not have all of these scopes.
    #[error("the access token lacks a scope of: {0}")]
    Scope(Scopes),
    /// Nobody can say: the issuer's keys were never read and cannot be now.
    #[error(transparent)]
    Undecided(KeysUnavailable),
}

/// A row of the table: status, its phrase, the error code of RFC 6750 §3.1, and what the caller is told.
struct Row(StatusCode, &'static str, Option<&'static str>, &'static str);

impl Denial {
    /// The denial as logs spell it.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NoToken => "no_credential",
            Self::NotOneToken(NotOneToken::Several) => "several_credentials",
            Self::NotOneToken(NotOneToken::Malformed) => "malformed_credential",
            Self::Token(refusal) => refusal.reason(),
            Self::Scope(_) => "scope_missing",
            Self::Undecided(_) => "keys_not_read",
        }
    }

    /// The one table. Of a refused token the caller hears one and the same, whatever is wrong with it.
    const fn row(&self) -> Row {
        let unauthorized = StatusCode::UNAUTHORIZED;
        match self {
            Self::NoToken => Row(unauthorized, "Unauthorized", None, "An access token is needed."),
            Self::NotOneToken(NotOneToken::Several) => Row(
                StatusCode::BAD_REQUEST,
                "Bad Request",
                Some("invalid_request"),
                "There is more than one credential.",
            ),
            Self::NotOneToken(NotOneToken::Malformed) | Self::Token(_) => {
                Row(unauthorized, "Unauthorized", Some("invalid_token"), "The access token is not valid.")
            }
            Self::Scope(_) => {
                Row(StatusCode::FORBIDDEN, "Forbidden", Some("insufficient_scope"), "The access token lacks a scope.")
            }
            Self::Undecided(_) => {
                Row(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", None, "Try the same request again.")
            }
        }
    }

    /// The answer. `realm` is quoted as it is; `scope` is what the place that was asked for needs.
    pub(super) fn respond(&self, realm: &str, scope: &Scopes) -> Response<Full<Bytes>> {
        let Row(status, title, code, detail) = self.row();
        let body = format!(r#"{{"title":"{title}","status":{},"detail":"{detail}"}}"#, status.as_u16());
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        } else if let Ok(challenge) = HeaderValue::from_str(&challenge(realm, scope, code, detail)) {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// RFC 6750 §3: who presented nothing is told no error; `scope` says what a token must have to get in.
fn challenge(realm: &str, scope: &Scopes, code: Option<&str>, detail: &str) -> String {
    let mut challenge = format!(r#"Bearer realm="{realm}""#);
    if !scope.is_empty() {
        challenge.push_str(&format!(r#", scope="{scope}""#));
    }
    if let Some(code) = code {
        challenge.push_str(&format!(r#", error="{code}", error_description="{detail}""#));
    }
    challenge
}
