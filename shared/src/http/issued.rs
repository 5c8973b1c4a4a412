//! The answer of the token endpoint (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).

use lambda_http::{Body, Response};
use serde::Serialize;

use super::operation::{Field, Schema};
use super::response::secret_json;
use crate::app::AccessToken;
use crate::scope::Scopes;
use crate::secret::Secret;

/// What a client is given.
#[derive(Debug)]
pub struct Issued {
    /// The access token.
    pub access_token: AccessToken,
    /// The session's current refresh token, for a client that may refresh.
    pub refresh_token: Option<Secret<String>>,
    /// Who signed in, for a client that asked.
    pub id_token: Option<Secret<String>>,
    /// What the access token may be used for.
    pub scope: Scopes,
}

#[derive(Serialize)]
struct Document<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
    scope: String,
}

impl Issued {
    /// What [`Issued::respond`] writes, for the description of an endpoint.
    pub const SCHEMA: Schema = Schema::Object(&[
        Field::required("access_token", "A JWT (RFC 9068).", Schema::Secret),
        Field::required("token_type", "How to present it (RFC 6750).", Schema::OneOf(&["Bearer"])),
        Field::required("expires_in", "Seconds until the access token expires.", Schema::Integer),
        Field::optional("refresh_token", "For the grant `refresh_token`, once.", Schema::Secret),
        Field::optional("id_token", "Who signed in, for the client alone.", Schema::Secret),
        Field::required("scope", "What the access token may be used for.", Schema::Text { min: 0, max: 320 }),
    ]);

    /// 200 with the tokens; the one place where they leave.
    pub fn respond(&self) -> Response<Body> {
        let document = Document {
            access_token: self.access_token.token.expose(),
            token_type: "Bearer",
            expires_in: self.access_token.lifetime.as_secs(),
            refresh_token: self.refresh_token.as_ref().map(|token| token.expose().as_str()),
            id_token: self.id_token.as_ref().map(|token| token.expose().as_str()),
            scope: self.scope.to_string(),
        };
        secret_json(&Secret::new(serde_json::to_string(&document).unwrap_or_default()))
    }
}
