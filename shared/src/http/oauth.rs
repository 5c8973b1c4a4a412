//! Errors of the OAuth endpoints, from one table (RFC 6749 §5.2, RFC 7009 §2.2.1, RFC 8707 §2).
//!
//! | `error` | status | `/oauth/token` | `/oauth/introspect` | `/oauth/revoke` | source |
//! |---|---|---|---|---|---|
//! | `invalid_request` | 400, 413, 415 | yes | yes | yes | RFC 6749 §5.2 |
//! | `invalid_client` | 401 | yes | yes | yes | RFC 6749 §5.2 |
//! | `invalid_grant` | 400 | code, refresh token | – | a token of another client | RFC 6749 §5.2, RFC 7009 §2.1 |
//! | `unauthorized_client` | 400 | yes | – | – | RFC 6749 §5.2 |
//! | `unsupported_grant_type` | 400 | yes | – | – | RFC 6749 §5.2 |
//! | `invalid_scope` | 400 | yes | – | – | RFC 6749 §5.2 |
//! | `invalid_target` | 400 | yes | – | – | RFC 8707 §2 |
//! | `unsupported_token_type` | 400 | – | – | a service's access token | RFC 7009 §2.2.1 |
//! | `temporarily_unavailable` | 429 | a client's limit | a client's limit | – | RFC 6749 §4.1.2.1, RFC 6585 §4 |
//! | `temporarily_unavailable` | 503 | yes | yes | yes | RFC 7009 §2.2.1 |
//!
//! `/userinfo` answers as a resource does, by [`super::Problem`]: 401 without an error code for no token, 401 `invalid_token`, 403
//! `insufficient_scope` (RFC 6750 §3.1). `/oauth/authorize` sends its errors by way of the browser (RFC 6749 §4.1.2.1).

use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use serde::Serialize;

use super::BodyError;
use super::limited::add_limit;
use super::problem::RETRY_AFTER_SECONDS;
use super::response::respond;
use crate::limits::Refusal;

/// An error of an OAuth endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OAuthError {
    /// `invalid_request`: the body cannot be used.
    InvalidRequest(BodyError),
    /// `invalid_request`: the request contradicts itself.
    Malformed(&'static str),
    /// `invalid_client`: no client proved itself, whatever the reason.
    InvalidClient,
    /// `invalid_grant`: the code or the refresh token is worth nothing, whatever the reason.
    InvalidGrant,
    /// `unauthorized_client`: the client may not use this grant.
    UnauthorizedClient,
    /// `unsupported_grant_type`: nobody may.
    UnsupportedGrantType,
    /// `invalid_scope`: more than the client, or the grant, has.
    InvalidScope,
    /// `invalid_target`: a resource that the client may not ask for (RFC 8707 §2).
    InvalidTarget,
    /// `unsupported_token_type`: a token that cannot be revoked (RFC 7009 §2.2.1).
    UnsupportedTokenType,
    /// `temporarily_unavailable`, 429: the client has used up what its registration gives it. RFC 6749 has no word for that; this is the
    /// one that says "overloaded, come back" (§4.1.2.1).
    TooManyRequests(Refusal),
    /// `temporarily_unavailable`: a dependency did not answer; the client may send the same again (RFC 7009 §2.2.1).
    TemporarilyUnavailable,
}

impl From<BodyError> for OAuthError {
    /// RFC 8707 §2 lets a client name several resources, and a server refuse what it cannot put into one token.
    fn from(fault: BodyError) -> Self {
        match fault {
            BodyError::Duplicate(name) if name == "resource" => Self::InvalidTarget,
            fault => Self::InvalidRequest(fault),
        }
    }
}

impl OAuthError {
    /// The error as the `error` member spells it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::InvalidRequest(_) | Self::Malformed(_) => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::TooManyRequests(_) | Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }

    /// The error as a response.
    pub fn respond(&self) -> Response<Body> {
        let (status, description) = self.row();
        let document = Document { error: self.name(), error_description: &ascii(&description) };
        let mut response = respond(status, "application/json", serde_json::to_string(&document).unwrap_or_default());
        let headers = response.headers_mut();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        if let Self::TooManyRequests(refusal) = self {
            add_limit(headers, refusal);
        }
        if status == StatusCode::UNAUTHORIZED {
            // RFC 6749 §5.2: the scheme that the client used; RFC 9110 §15.5.2 asks every 401 for one.
            headers
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(r#"Basic realm="OAuth", charset="UTF-8""#));
        }
        response
    }

    /// The one table: status and description.
    fn row(&self) -> (StatusCode, String) {
        let bad = |description: &str| (StatusCode::BAD_REQUEST, description.to_owned());
        match self {
            Self::InvalidRequest(fault) => (body_status(fault), fault.to_string()),
            Self::Malformed(description) => bad(description),
            Self::InvalidClient => {
                (StatusCode::UNAUTHORIZED, "The client is unknown or did not prove who it is.".to_owned())
            }
            Self::InvalidGrant => bad("The code or the refresh token is not valid, or no more."),
            Self::UnauthorizedClient => bad("The client is not registered for this grant."),
            Self::UnsupportedGrantType => bad("There is no such grant here."),
            Self::InvalidScope => bad("The scope is malformed, or more than the client or the grant has."),
            Self::InvalidTarget => bad("The client may not ask for this resource, or not for several at once."),
            Self::UnsupportedTokenType => bad("The token belongs to no session; it works until it expires."),
            Self::TooManyRequests(refusal) => {
                let wait = refusal.retry_after.as_secs();
                (
                    StatusCode::TOO_MANY_REQUESTS,
                    format!("The client has asked too often. It may try again in {wait} seconds."),
                )
            }
            Self::TemporarilyUnavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "A dependency did not answer. Nothing was lost.".to_owned())
            }
        }
    }
}

/// RFC 6749 §5.2 says 400; a body that was not read at all keeps the status that proxies know.
const fn body_status(fault: &BodyError) -> StatusCode {
    match fault {
        BodyError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::*;
    use crate::limits::{Class, Limit};

    /// The table above is what is answered, row by row.
    #[test]
    fn the_table_of_errors_has_each_with_its_status_and_no_other() {
        let refusal =
            Refusal { class: Class::Client, limit: Limit::new(1, 60).unwrap(), retry_after: Duration::from_secs(60) };
        let errors = [
            OAuthError::InvalidRequest(BodyError::TooLarge { most: 1 }),
            OAuthError::InvalidRequest(BodyError::MediaType { expected: "a form" }),
            OAuthError::Malformed("It contradicts itself."),
            OAuthError::InvalidClient,
            OAuthError::InvalidGrant,
            OAuthError::UnauthorizedClient,
            OAuthError::UnsupportedGrantType,
            OAuthError::InvalidScope,
            OAuthError::InvalidTarget,
            OAuthError::UnsupportedTokenType,
            OAuthError::TooManyRequests(refusal),
            OAuthError::TemporarilyUnavailable,
        ];
        let answered: BTreeSet<_> =
            errors.iter().map(|error| (error.name().to_owned(), error.respond().status().as_u16())).collect();
        let rows = include_str!("oauth.rs").lines().filter_map(|line| line.strip_prefix("//! | `")).skip(1);
        let promised: BTreeSet<_> = rows
            .flat_map(|row| {
                let (name, rest) = row.split_once("` | ").unwrap();
                let (statuses, _) = rest.split_once(" |").unwrap();
                statuses.split(", ").map(|status| (name.to_owned(), status.parse().unwrap())).collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(promised, answered);
    }
}
