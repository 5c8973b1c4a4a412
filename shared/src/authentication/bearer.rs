//! Access tokens presented as bearer tokens (RFC 6750 §2.1), checked as their resource server does (RFC 9068 §4).

use super::{Authentication, Failure};
use crate::keys::{KeysUnavailable, ReadPublicKeys};
use crate::tokens::{NotOneToken, Verifier, VerifyError, presented_token};

/// Authenticates by the values of `Authorization`, as many as the request has.
///
/// # Errors
/// [`KeysUnavailable`] if the token could not be checked at all.
pub async fn authenticate(
    authorization: &[String],
    verifier: &Verifier,
    keys: &impl ReadPublicKeys,
) -> Result<Authentication, KeysUnavailable> {
    let token = match presented_token(authorization) {
        Ok(Some(token)) => token,
        Ok(None) => return Ok(Authentication::NotRequested),
        Err(NotOneToken::Several) => return Ok(Authentication::Failed(Failure::SeveralCredentials)),
        Err(NotOneToken::Malformed) => return Ok(Authentication::Failed(Failure::MalformedCredential)),
    };
    match verifier.verify(token.as_bytes(), keys).await {
        Ok(token) => Ok(Authentication::Authenticated(token.principal())),
        Err(VerifyError::Refused(refusal)) => Ok(Authentication::Failed(Failure::Token(refusal))),
        Err(VerifyError::KeysUnavailable(unavailable)) => Err(unavailable),
    }
}
