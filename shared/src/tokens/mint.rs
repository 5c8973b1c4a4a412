//! Minting access tokens (RFC 9068 §2, RFC 7515 §5.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::MAX_TOKEN_BYTES;
use crate::clock::Timestamp;
use crate::identity::SessionId;
use crate::keys::{Algorithm, NotSigned, SigningKey};
use crate::principal::Subject;
use crate::scope::{Roles, Scopes};
use crate::secret::Secret;

/// Bytes of a `jti`: at 2^128 values none comes twice (RFC 7519 §4.1.7).
pub const TOKEN_ID_BYTES: usize = 16;

/// What an access token will say.
#[derive(Clone, Debug)]
pub struct AccessTokenClaims<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `aud`.
    pub audience: &'a str,
    /// `sub`.
    pub subject: Subject,
    /// `client_id`.
    pub client_id: &'a str,
    /// `scope`; left out if empty, which no scope value may be (RFC 6749 §3.3).
    pub scope: &'a Scopes,
    /// `roles`; left out if there are none.
    pub roles: &'a Roles,
    /// `sid`; a service has none.
    pub session: Option<SessionId>,
    /// `auth_time`: when the user signed in; a service never did.
    pub auth_time: Option<Timestamp>,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Timestamp,
    /// `jti`: random bytes.
    pub id: [u8; TOKEN_ID_BYTES],
}

/// There is no token. Nothing of its claims is in the message.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// aws-lc refused.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
    /// The claims did not become JSON.
    #[error("the claims did not become JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    /// The token would be refused by its own verifier: the account has more scopes and roles than fit.
    #[error("the token has more than {MAX_TOKEN_BYTES} bytes")]
    TooLong,
}

/// In alphabetical order, as the payload of a token will be read by people too.
#[derive(Serialize)]
struct Payload<'a> {
    aud: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<Timestamp>,
    client_id: &'a str,
    exp: Timestamp,
    iat: Timestamp,
    iss: &'a str,
    jti: String,
    #[serde(skip_serializing_if = "Roles::is_empty")]
    roles: &'a Roles,
    #[serde(skip_serializing_if = "Scopes::is_empty")]
    scope: &'a Scopes,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<SessionId>,
    sub: Subject,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: Algorithm,
    kid: &'a str,
    typ: &'static str,
}

/// Mints a token that says `claims`, signed with `key`.
///
/// # Errors
/// [`MintError`]; nothing of a token exists then.
pub fn mint(claims: &AccessTokenClaims<'_>, key: &SigningKey) -> Result<Secret<String>, MintError> {
    let payload = Payload {
        aud: claims.audience,
        auth_time: claims.auth_time,
        client_id: claims.client_id,
        exp: claims.expires_at,
        iat: claims.issued_at,
        iss: claims.issuer,
        jti: URL_SAFE_NO_PAD.encode(claims.id),
        roles: claims.roles,
        scope: claims.scope,
        sid: claims.session,
        sub: claims.subject,
    };
    sign("at+jwt", &payload, key)
}

/// The compact serialization of `payload` (RFC 7515 §7.1) as a token of type `typ`, signed with `key`.
pub(super) fn sign(typ: &'static str, payload: &impl Serialize, key: &SigningKey) -> Result<Secret<String>, MintError> {
    let header = Header { alg: key.algorithm(), kid: key.kid(), typ };
    // Room for nearly every token: a text that grows leaves copies of its beginning behind.
    let mut token = String::with_capacity(1024);
    URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(&header)?, &mut token);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(payload)?, &mut token);
    let signature = key.pair().sign(token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    if token.len() > MAX_TOKEN_BYTES { Err(MintError::TooLong) } else { Ok(Secret::new(token)) }
}
