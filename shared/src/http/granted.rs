//! The answer to a sign-in or a refresh (RFC 6749 §5.1).

use lambda_http::{Body, Response};
use serde::Serialize;

use super::operation::{Field, Schema};
use super::response::secret_json;
use crate::app::AccessToken;
use crate::secret::Secret;
use crate::sessions::Session;

/// What a client is given.
#[derive(Debug)]
pub struct Granted {
    /// The access token.
    pub access_token: AccessToken,
    /// The session's current refresh token.
    pub refresh_token: Secret<String>,
    /// What the client presents at the next sign-in on this device, after a sign-in.
    pub device_token: Option<Secret<String>>,
    /// The session.
    pub session: Session,
}

#[derive(Serialize)]
struct Document<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    refresh_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<&'a str>,
    scope: String,
}

impl Granted {
    /// What [`Granted::respond`] writes, for the description of an endpoint.
    pub const SCHEMA: Schema = Schema::Object(&[
        Field::required("access_token", "A JWT (RFC 9068).", Schema::Secret),
        Field::required("token_type", "How to present it (RFC 6750).", Schema::OneOf(&["Bearer"])),
        Field::required("expires_in", "Seconds until the access token expires.", Schema::Integer),
        Field::required("refresh_token", "For the next `POST /refresh`, once.", Schema::Secret),
        Field::optional("device_token", "After a sign-in: for the next one on this device.", Schema::Secret),
        Field::required("scope", "What the access token may be used for.", Schema::Scope),
    ]);

    /// 200 with the tokens; the one place where they leave.
    pub fn respond(&self) -> Response<Body> {
        let document = Document {
            access_token: self.access_token.token.expose(),
            token_type: "Bearer",
            expires_in: self.access_token.lifetime.as_secs(),
            refresh_token: self.refresh_token.expose(),
            device_token: self.device_token.as_ref().map(|token| token.expose().as_str()),
            scope: self.session.scope.to_string(),
        };
        secret_json(&Secret::new(serde_json::to_string(&document).unwrap_or_default()))
    }
}
