//! ID tokens that another provider made: checked as a relying party must (OpenID Connect Core 1.0 §3.1.3.7, RFC 8725).
//!
//! A signature by one of the provider's own keys, with an algorithm of ours; exactly that issuer; us as the one audience; the nonce of
//! this browser. Nothing of a token is believed before its signature, but which key it names.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use super::Refusal;
use super::claims::{audiences, moment};
use super::compact::Compact;
use super::header::{MAX_KID_CHARS, ProviderHeader};
use super::members::{Members, NotMembers};
use crate::clock::Timestamp;
use crate::keys::{Algorithm, VerificationKey};
use crate::secret::Secret;

/// How far a provider's clock may run ahead of ours. Both are kept by NTP, but not by the same; Google's own libraries allow for less.
const CLOCK_LEEWAY: Duration = Duration::from_secs(60);
/// Bytes of a whole token, which comes in the body of an answer: providers list groups in it, two hundred of them with their names.
const MAX_PROVIDER_TOKEN_BYTES: usize = 64 * 1024;
/// Characters of a subject (OpenID Connect Core 1.0 §2).
const MAX_SUBJECT_CHARS: usize = 255;
/// What stands in the issuer of an Entra ID that serves all tenants; each tenant's tokens have their own name there.
const TENANT: &str = "{tenantid}";
/// Characters of a tenant's name, which is a UUID.
const TENANT_CHARS: usize = 36;

/// An ID token that is taken apart; nothing of it is verified.
pub struct UnverifiedIdToken<'a> {
    compact: Compact<'a>,
    header: ProviderHeader,
}

/// What a token must say to be an answer to this browser.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedIdToken<'a> {
    /// Its issuer, as the provider's discovery document says it.
    pub issuer: &'a str,
    /// What we are called there.
    pub client_id: &'a str,
    /// The nonce that the browser was sent with.
    pub nonce: &'a Secret<String>,
    /// The access token that came with it.
    pub access_token: &'a str,
}

/// Who a provider says somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderIdToken {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `auth_time`: when they last proved it there, if it says so.
    pub auth_time: Option<Timestamp>,
    /// What it says of an address.
    pub email: EmailClaims,
}

/// What a provider says of somebody's address (OpenID Connect Core 1.0 §5.1, and the claims that Google and Microsoft add).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailClaims {
    /// `email`.
    pub address: Option<String>,
    /// `email_verified`.
    pub verified: bool,
    /// `hd`: the Workspace domain that the account belongs to.
    pub hosted_domain: Option<String>,
    /// `xms_edov`: the owner of the address's domain is who administers the account.
    pub domain_owner_verified: bool,
}

/// Why an ID token says nothing to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenRefusal {
    /// Its form, header, signature, or a claim that every token has.
    #[error(transparent)]
    Token(#[from] Refusal),
    /// `typ` says that it is something else than an ID token.
    #[error("id_token_typ_wrong")]
    TypWrong,
    /// There are others beside us in `aud`, whom nobody here trusts (§3.1.3.7, 3).
    #[error("id_token_other_audiences")]
    OtherAudiences,
    /// `azp` is not us (§3.1.3.7, 5).
    #[error("id_token_azp_wrong")]
    AzpWrong,
    /// `nonce` is not that of this browser, or is missing (§3.1.3.7, 11).
    #[error("id_token_nonce_wrong")]
    NonceWrong,
    /// `at_hash` is not that of the access token beside it (§3.1.3.8).
    #[error("id_token_at_hash_wrong")]
    AtHashWrong,
    /// `sub` is empty or longer than any.
    #[error("id_token_sub_length")]
    SubLength,
}

impl IdTokenRefusal {
    /// The refusal as logs spell it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Token(refusal) => refusal.reason(),
            Self::TypWrong => "id_token_typ_wrong",
            Self::OtherAudiences => "id_token_other_audiences",
            Self::AzpWrong => "id_token_azp_wrong",
            Self::NonceWrong => "id_token_nonce_wrong",
            Self::AtHashWrong => "id_token_at_hash_wrong",
            Self::SubLength => "id_token_sub_length",
        }
    }
}

impl<'a> UnverifiedIdToken<'a> {
    /// Takes `token` apart.
    ///
    /// # Errors
    /// [`IdTokenRefusal`] for a form or a header that no ID token has.
    pub fn read(token: &'a [u8]) -> Result<Self, IdTokenRefusal> {
        let compact = Compact::split_within(token, MAX_PROVIDER_TOKEN_BYTES)?;
        let header = ProviderHeader::read(&compact.header()?)?;
        if header.typ.as_ref().is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err(IdTokenRefusal::TypWrong);
        }
        if header.kid.as_ref().is_some_and(|kid| kid.chars().nth(MAX_KID_CHARS).is_some()) {
            return Err(Refusal::KidLength.into());
        }
        Ok(Self { compact, header })
    }

    /// The key that it names, if it names one.
    pub fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// The algorithm that it says.
    pub const fn algorithm(&self) -> Algorithm {
        self.header.header.algorithm()
    }

    /// Who it says somebody is, if `key` signed it and all of it is as expected at `now`.
    ///
    /// # Errors
    /// [`IdTokenRefusal`] of the first check that fails.
    pub fn verified(
        &self,
        key: &VerificationKey,
        expected: &ExpectedIdToken<'_>,
        now: Timestamp,
    ) -> Result<ProviderIdToken, IdTokenRefusal> {
        let payload = self.compact.verified_payload(&self.header.header, key)?;
        let members = members(&payload)?;
        let text = |name, wrong, missing| members.string(name).map_err(|_| wrong)?.ok_or(missing);
        let issuer = text("iss", Refusal::IssNotAString, Refusal::IssMissing)?;
        if !is_issuer(&issuer, expected.issuer, &members) {
            return Err(Refusal::IssWrong.into());
        }
        check_audience(&members, expected.client_id)?;
        check_times(&members, now)?;
        // Neither can be a string that says the same: what is missing or of another type is wrong.
        let nonce = members.string("nonce").ok().flatten().ok_or(IdTokenRefusal::NonceWrong)?;
        if !expected.nonce.matches(nonce.as_bytes()) {
            return Err(IdTokenRefusal::NonceWrong);
        }
        if members.has("at_hash") {
            let hash = members.string("at_hash").ok().flatten().ok_or(IdTokenRefusal::AtHashWrong)?;
            if !bool::from(hash.as_bytes().ct_eq(at_hash(expected.access_token).as_bytes())) {
                return Err(IdTokenRefusal::AtHashWrong);
            }
        }
        let subject = text("sub", Refusal::SubNotAString, Refusal::SubMissing)?;
        if subject.is_empty() || subject.chars().nth(MAX_SUBJECT_CHARS).is_some() {
            return Err(IdTokenRefusal::SubLength);
        }
        Ok(ProviderIdToken {
            issuer: issuer.into_owned(),
            subject: subject.into_owned(),
            // What cannot be read is not said: whoever needs it refuses the sign-in.
            auth_time: moment(&members, "auth_time", Refusal::AuthTimeNotANumber, Refusal::AuthTimeOutOfRange)
                .ok()
                .flatten(),
            email: EmailClaims::of(&members),
        })
    }
}

impl EmailClaims {
    /// The claims of `subject` in the answer of a UserInfo endpoint; `None` if it is about somebody else, or about nobody
    /// (OpenID Connect Core 1.0 §5.3.2).
    pub fn of_user_info(json: &[u8], subject: &str) -> Option<Self> {
        let members = Members::read(json).ok()?;
        let same = members.string("sub").ok().flatten()? == subject;
        same.then(|| Self::of(&members))
    }

    /// Apple says `email_verified` as text, and Microsoft `xms_edov` as text or number.
    fn of(members: &Members<'_>) -> Self {
        let text = |name| members.string(name).ok().flatten().map(std::borrow::Cow::into_owned);
        let yes = |name| matches!(members.find(name), Some("true" | "\"true\"" | "1" | "\"1\""));
        Self {
            address: text("email"),
            verified: matches!(members.find("email_verified"), Some("true" | "\"true\"")),
            hosted_domain: text("hd"),
            domain_owner_verified: yes("xms_edov"),
        }
    }
}

fn members(payload: &[u8]) -> Result<Members<'_>, Refusal> {
    Members::read(payload).map_err(|fault| match fault {
        NotMembers::NotAnObject => Refusal::ClaimsNotAnObject,
        NotMembers::Duplicate => Refusal::ClaimsDuplicate,
    })
}

/// The same text, to the byte (§3.1.3.7, 2); where the provider's own document leaves the tenant open, with the one that `tid` names.
fn is_issuer(issuer: &str, expected: &str, members: &Members<'_>) -> bool {
    if !expected.contains(TENANT) {
        return issuer == expected;
    }
    let Some(tenant) = members.string("tid").ok().flatten() else { return false };
    let named = tenant.len() == TENANT_CHARS && tenant.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    named && issuer == expected.replace(TENANT, &tenant)
}

fn check_audience(members: &Members<'_>, client_id: &str) -> Result<(), IdTokenRefusal> {
    let audiences = audiences(members.find("aud").ok_or(Refusal::AudMissing)?)?;
    match audiences.as_slice() {
        [only] if only == client_id => {}
        several if several.iter().any(|one| one == client_id) => return Err(IdTokenRefusal::OtherAudiences),
        _ => return Err(Refusal::AudWrong.into()),
    }
    match members.string("azp") {
        Ok(None) => Ok(()),
        Ok(Some(azp)) if azp == client_id => Ok(()),
        Ok(Some(_)) | Err(_) => Err(IdTokenRefusal::AzpWrong),
    }
}

/// It comes straight from the provider, so that only a clock can make it old.
fn check_times(members: &Members<'_>, now: Timestamp) -> Result<(), Refusal> {
    let exp = moment(members, "exp", Refusal::ExpNotANumber, Refusal::ExpOutOfRange)?.ok_or(Refusal::ExpMissing)?;
    let iat = moment(members, "iat", Refusal::IatNotANumber, Refusal::IatOutOfRange)?.ok_or(Refusal::IatMissing)?;
    let nbf = moment(members, "nbf", Refusal::NbfNotANumber, Refusal::NbfOutOfRange)?;
    let latest = now.plus(CLOCK_LEEWAY);
    if now >= exp {
        Err(Refusal::Expired)
    } else if nbf.is_some_and(|nbf| nbf > latest) {
        Err(Refusal::NotYetValid)
    } else if iat > latest {
        Err(Refusal::IatInFuture)
    } else {
        Ok(())
    }
}

/// The left half of the hash, which is SHA-256 for both of our algorithms (§3.1.3.6).
fn at_hash(access_token: &str) -> String {
    let digest = digest::digest(&digest::SHA256, access_token.as_bytes());
    let (half, _) = digest.as_ref().split_at(digest::SHA256_OUTPUT_LEN / 2);
    URL_SAFE_NO_PAD.encode(half)
}

#[cfg(test)]
mod tests;
