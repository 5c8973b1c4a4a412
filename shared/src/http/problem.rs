//! Problem details (RFC 9457): one stable `type` for each refusal outside the OAuth endpoints.

use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use serde::Serialize;

use super::BodyError;
use super::response::respond;
use crate::sessions::RECENT;

/// What was wrong, as the client is told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The body or a field of it cannot be used.
    InvalidRequest,
    /// The body is too long.
    TooLarge,
    /// The body is of a media type that is not read here.
    UnsupportedMediaType,
    /// Sign-in refused: one answer for a wrong password, an unknown name and a disabled account (promise 5).
    InvalidCredentials,
    /// Refresh refused, whatever the reason.
    InvalidRefreshToken,
    /// None of the scopes that were asked for can be given.
    InvalidScope,
    /// Nothing in the request says who is calling.
    Unauthenticated,
    /// What should say who is calling proves nothing, or no more.
    InvalidToken,
    /// A browser sent its cookie along for a page that may not act by it.
    CrossSite,
    /// The caller is known and may not do this.
    Forbidden,
    /// The password that a signed-in person was asked for again is wrong. No 401: the credential of the request is good.
    WrongPassword,
    /// What a password is asked for again, where there is none: the sign-in must be a recent one (RFC 9470 §3).
    SignInAgain,
    /// What a letter carried is spent, expired or was never mailed.
    InvalidOneTimeToken,
    /// The name belongs to another account.
    NameTaken,
    /// Nothing is served under this path.
    NotFound,
    /// What is there does not allow it now.
    Conflict,
    /// Too often; the answer says when to come back.
    TooManyRequests,
    /// A dependency did not answer; nothing was lost, the same request may be sent again.
    TemporarilyUnavailable,
}

/// A problem, ready to be sent.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: ProblemKind,
    detail: String,
    violated_policy: Option<&'static str>,
    body: Option<Box<BodyError>>,
}

/// A dependency that fails is not asked again sooner than this, in seconds.
pub(super) const RETRY_AFTER_SECONDS: u16 = 1;

impl ProblemKind {
    /// The last segment of the `type`.
    pub const fn name(self) -> &'static str {
        self.row().1
    }

    /// The title, the same for every problem of the kind.
    pub const fn title(self) -> &'static str {
        self.row().2
    }

    /// The status.
    pub const fn status(self) -> u16 {
        self.row().0.as_u16()
    }

    /// The one table: status, name, title.
    const fn row(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::InvalidRequest => (StatusCode::BAD_REQUEST, "invalid-request", "The request cannot be read"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too long"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body is of another media type")
            }
            Self::InvalidCredentials => (StatusCode::UNAUTHORIZED, "invalid-credentials", "Sign-in refused"),
            Self::InvalidRefreshToken => {
                (StatusCode::UNAUTHORIZED, "invalid-refresh-token", "The refresh token is not valid")
            }
            Self::InvalidScope => (StatusCode::BAD_REQUEST, "invalid-scope", "None of these scopes can be given"),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated", "Nobody is signed in"),
            Self::InvalidToken => (StatusCode::UNAUTHORIZED, "invalid-token", "The credential is not valid"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "cross-site", "The request comes from another site"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "The caller may not do this"),
            Self::WrongPassword => (StatusCode::FORBIDDEN, "wrong-password", "The current password is not right"),
            Self::SignInAgain => (StatusCode::UNAUTHORIZED, "sign-in-again", "The sign-in was too long ago"),
            Self::InvalidOneTimeToken => {
                (StatusCode::BAD_REQUEST, "invalid-one-time-token", "The one-time token is not valid")
            }
            Self::NameTaken => (StatusCode::CONFLICT, "name-taken", "The name belongs to another account"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "There is nothing here"),
            Self::Conflict => (StatusCode::CONFLICT, "conflict", "What is there does not allow it now"),
            Self::TooManyRequests => {
                (StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests in a given time")
            }
            Self::TemporarilyUnavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "temporarily-unavailable", "Try the same request again")
            }
        }
    }
}

impl Problem {
    /// A problem; `detail` is for the person who reads it and holds no credential.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), violated_policy: None, body: None }
    }

    /// The problem that an answer of ours says, for whoever says it in another form.
    pub fn of(response: &Response<Body>) -> Option<&Self> {
        response.extensions().get()
    }

    /// Its kind.
    pub const fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// What it says of this one time.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// What is wrong with the body, if that is it.
    pub fn body(&self) -> Option<&BodyError> {
        self.body.as_deref()
    }

    /// The policy that was violated, under its name in `RateLimit-Policy`.
    pub(super) const fn violating(mut self, policy: &'static str) -> Self {
        self.violated_policy = Some(policy);
        self
    }

    /// A dependency failed.
    pub fn unavailable() -> Self {
        Self::new(ProblemKind::TemporarilyUnavailable, "A dependency did not answer. Nothing was lost.")
    }

    /// The problem as a response. Its `type` lies under `issuer`, so that it is the deployer's own and stable.
    pub fn respond(&self, issuer: &str) -> Response<Body> {
        let (status, name, title) = self.kind.row();
        let document = Document {
            r#type: &format!("{issuer}/problems/{name}"),
            title,
            status: status.as_u16(),
            detail: &self.detail,
            violated_policies: self.violated_policy.map(|policy| [policy]),
        };
        let body = serde_json::to_string(&document).unwrap_or_default();
        let mut response = respond(status, "application/problem+json", body);
        response.extensions_mut().insert(self.clone());
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110 §15.5.2 asks every 401 for a challenge; RFC 6750 §3.1 says which have an error code.
            let challenge = match self.kind {
                ProblemKind::InvalidToken => r#"Bearer error="invalid_token""#.to_owned(),
                ProblemKind::SignInAgain => {
                    let max_age = RECENT.as_secs();
                    format!(r#"Bearer error="insufficient_user_authentication", max_age="{max_age}""#)
                }
                _ => "Bearer".to_owned(),
            };
            if let Ok(challenge) = HeaderValue::try_from(challenge) {
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        response
    }
}

impl From<BodyError> for Problem {
    fn from(fault: BodyError) -> Self {
        let kind = match fault {
            BodyError::TooLarge { .. } => ProblemKind::TooLarge,
            BodyError::MediaType { .. } => ProblemKind::UnsupportedMediaType,
            BodyError::NotUtf8
            | BodyError::NotJson { .. }
            | BodyError::NotAList { .. }
            | BodyError::Duplicate(_)
            | BodyError::Unknown(_)
            | BodyError::Missing(_)
            | BodyError::NotAString(_)
            | BodyError::NotANumber(_)
            | BodyError::NotStrings(_)
            | BodyError::NotAnObject(_)
            | BodyError::Nul(_)
            | BodyError::Invalid { .. } => ProblemKind::InvalidRequest,
        };
        Self { body: Some(Box::new(fault.clone())), ..Self::new(kind, fault.to_string()) }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(rename = "violated-policies", skip_serializing_if = "Option::is_none")]
    violated_policies: Option<[&'static str; 1]>,
}
