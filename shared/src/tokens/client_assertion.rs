//! Client assertions: a JWT by which a client says who it is, signed with its own key (RFC 7523 §3, RFC 7521 §5.2).
//!
//! `aud` is our issuer and nothing else, alone: an assertion that was made for the token endpoint of another server, or for several,
//! could have been passed on to us (OpenID Foundation, "Responsible Disclosure Notice on Security Vulnerability for
//! private_key_jwt", 2025). It lives for minutes, and each is taken once.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::claims::{CLOCK_LEEWAY, audiences, moment};
use super::compact::Compact;
use super::members::{Members, NotMembers};
use super::{Refusal, verify_compact};
use crate::clock::Timestamp;
use crate::keys::Jwk;

/// The farthest that `exp` may lie ahead. Each assertion is remembered until then, and a stolen one that never arrived works until
/// then; libraries make them for one minute to five.
pub const LONGEST_ASSERTION: Duration = Duration::from_secs(5 * 60);

/// Bytes of a `jti`: 256 random bits take 43 to 64.
const MAX_JTI_BYTES: usize = 256;

/// An assertion that holds, if it was never taken before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientAssertion {
    /// The base64url SHA-256 of its `jti`.
    pub id: String,
    /// From when on it is refused by its age alone.
    pub expires_at: Timestamp,
}

/// Why an assertion proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionRefusal {
    /// Its form, signature or a claim that every token has.
    #[error(transparent)]
    Token(#[from] Refusal),
    /// `iss` or `sub` is not the client.
    #[error("assertion_of_another_client")]
    OtherClient,
    /// `exp` lies farther ahead than [`LONGEST_ASSERTION`].
    #[error("assertion_lives_too_long")]
    LivesTooLong,
    /// A `jti` that is empty or longer than any.
    #[error("assertion_jti_length")]
    JtiLength,
}

impl AssertionRefusal {
    /// The refusal as logs spell it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Token(refusal) => refusal.reason(),
            Self::OtherClient => "assertion_of_another_client",
            Self::LivesTooLong => "assertion_lives_too_long",
            Self::JtiLength => "assertion_jti_length",
        }
    }
}

/// Whom `token` says that it is from. Nothing of it is verified: it says which client's keys to look for.
pub fn asserted_client(token: &[u8]) -> Option<String> {
    let payload = Compact::split(token).ok()?.unverified_payload().ok()?;
    let members = Members::read(&payload).ok()?;
    members.string("sub").ok().flatten().map(std::borrow::Cow::into_owned)
}

/// Checks that `token` is an assertion of `client` for `issuer` at `now`, signed with one of `keys`.
///
/// # Errors
/// [`AssertionRefusal`] of the first check that fails.
pub fn verify_client_assertion<'k>(
    token: &[u8],
    keys: impl Iterator<Item = &'k Jwk>,
    client: &str,
    issuer: &str,
    now: Timestamp,
) -> Result<ClientAssertion, AssertionRefusal> {
    let mut payload = Err(Refusal::KidUnknown);
    for key in keys {
        payload = verify_compact(token, key);
        if payload.is_ok() {
            break;
        }
    }
    let payload = payload?;
    let members = Members::read(&payload).map_err(|fault| match fault {
        NotMembers::NotAnObject => Refusal::ClaimsNotAnObject,
        NotMembers::Duplicate => Refusal::ClaimsDuplicate,
    })?;
    let text = |name, wrong, missing| members.string(name).map_err(|_| wrong)?.ok_or(missing);
    let from_client = text("iss", Refusal::IssNotAString, Refusal::IssMissing)? == client;
    if !from_client || text("sub", Refusal::SubNotAString, Refusal::SubMissing)? != client {
        return Err(AssertionRefusal::OtherClient);
    }
    if audiences(members.find("aud").ok_or(Refusal::AudMissing)?)? != [issuer] {
        return Err(Refusal::AudWrong.into());
    }
    let exp = moment(&members, "exp", Refusal::ExpNotANumber, Refusal::ExpOutOfRange)?.ok_or(Refusal::ExpMissing)?;
    let iat = moment(&members, "iat", Refusal::IatNotANumber, Refusal::IatOutOfRange)?;
    let nbf = moment(&members, "nbf", Refusal::NbfNotANumber, Refusal::NbfOutOfRange)?;
    let latest = now.plus(CLOCK_LEEWAY);
    if now >= exp {
        return Err(Refusal::Expired.into());
    }
    if exp > latest.plus(LONGEST_ASSERTION) {
        return Err(AssertionRefusal::LivesTooLong);
    }
    if nbf.is_some_and(|nbf| nbf > latest) {
        return Err(Refusal::NotYetValid.into());
    }
    if iat.is_some_and(|iat| iat > latest) {
        return Err(Refusal::IatInFuture.into());
    }
    let jti = text("jti", Refusal::JtiNotAString, Refusal::JtiMissing)?;
    if jti.is_empty() || jti.len() > MAX_JTI_BYTES {
        return Err(AssertionRefusal::JtiLength);
    }
    let id = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, jti.as_bytes()));
    Ok(ClientAssertion { id, expires_at: exp })
}
