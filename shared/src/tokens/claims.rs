//! What an access token says, read out of a payload whose signature is good (RFC 9068 §2.2 and §4, RFC 7519 §4.1).

use std::time::Duration;

use super::Refusal;
use super::members::{Members, NotMembers};
use crate::clock::Timestamp;
use crate::identity::SessionId;
use crate::keys::LONGEST_TOKEN_LIFETIME;
use crate::principal::{CredentialKind, Principal, Subject};
use crate::scope::{Roles, Scopes};

/// How far `iat` and `nbf` may lie in the future. The clocks of issuer and verifier are both kept by NTP and differ by
/// milliseconds; whole seconds round to one. Five cover a clock that is being corrected. `exp` has no leeway: we choose
/// lifetimes ourselves, and "expired" means refused from that second on (RFC 7519 §4.1.4).
pub const CLOCK_LEEWAY: Duration = Duration::from_secs(5);

/// 9999-12-31T23:59:59Z: later moments are mistakes or attempts to overflow something.
const LAST_SECOND: u64 = 253_402_300_799;

/// An access token that was verified: who may do what, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedToken {
    /// The person or the service.
    pub sub: Subject,
    /// Whom it is for.
    pub aud: Vec<String>,
    /// The session that it was minted for: a person's, always; a service's never.
    pub sid: Option<SessionId>,
    /// The client that it was given to.
    pub client_id: String,
    /// What it may be used for.
    pub scope: Scopes,
    /// What the user is.
    pub roles: Roles,
    /// When the person signed in, if it is one.
    pub auth_time: Option<Timestamp>,
    /// When it was minted.
    pub iat: Timestamp,
    /// When it stops working.
    pub exp: Timestamp,
    /// Its own name.
    pub jti: String,
    /// The key that signed it.
    pub kid: String,
    pub(super) nbf: Option<Timestamp>,
}

/// What a token must say to be for us.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub(super) issuer: String,
    /// Any, for whoever asks about tokens that others will accept.
    pub(super) audience: Option<String>,
}

impl VerifiedToken {
    /// Reads and checks the claims, `sub` and the rest after those that decide whether the token is for us and now.
    pub(super) fn read(payload: &[u8], kid: String, expected: &Expected, now: Timestamp) -> Result<Self, Refusal> {
        let members = Members::read(payload).map_err(|fault| match fault {
            NotMembers::NotAnObject => Refusal::ClaimsNotAnObject,
            NotMembers::Duplicate => Refusal::ClaimsDuplicate,
        })?;
        let text = |name, wrong, missing| members.string(name).map_err(|_| wrong)?.ok_or(missing);

        if text("iss", Refusal::IssNotAString, Refusal::IssMissing)? != expected.issuer {
            return Err(Refusal::IssWrong);
        }
        let aud = audiences(members.find("aud").ok_or(Refusal::AudMissing)?)?;
        if expected.audience.as_ref().is_some_and(|expected| !aud.contains(expected)) {
            return Err(Refusal::AudWrong);
        }
        let exp = moment(&members, "exp", Refusal::ExpNotANumber, Refusal::ExpOutOfRange)?;
        let iat = moment(&members, "iat", Refusal::IatNotANumber, Refusal::IatOutOfRange)?;
        let nbf = moment(&members, "nbf", Refusal::NbfNotANumber, Refusal::NbfOutOfRange)?;
        let (exp, iat) = (exp.ok_or(Refusal::ExpMissing)?, iat.ok_or(Refusal::IatMissing)?);
        check_times(exp, iat, nbf, now)?;

        let sub = text("sub", Refusal::SubNotAString, Refusal::SubMissing)?;
        let sub = sub.parse().map_err(|_| Refusal::SubNotASubject)?;
        let sid = members.string("sid").map_err(|_| Refusal::SidNotAString)?;
        let sid = sid.map(|sid| sid.parse()).transpose().map_err(|_| Refusal::SidNotASession)?;
        let auth_time = moment(&members, "auth_time", Refusal::AuthTimeNotANumber, Refusal::AuthTimeOutOfRange)?;
        check_subject(sub, sid, auth_time)?;
        let scope = members.string("scope").map_err(|_| Refusal::ScopeNotAString)?.unwrap_or_default();
        let roles = members.find("roles").map_or_else(|| Ok(Roles::default()), serde_json::from_str);
        Ok(Self {
            sub,
            aud,
            sid,
            client_id: text("client_id", Refusal::ClientIdNotAString, Refusal::ClientIdMissing)?.into_owned(),
            scope: Scopes::parse(&scope).map_err(|_| Refusal::ScopeMalformed)?,
            roles: roles.map_err(|_| Refusal::RolesMalformed)?,
            auth_time,
            iat,
            exp,
            jti: text("jti", Refusal::JtiNotAString, Refusal::JtiMissing)?.into_owned(),
            kid,
            nbf,
        })
    }

    /// The caller that it speaks for.
    pub fn principal(&self) -> Principal {
        Principal {
            sub: self.sub,
            sid: self.sid,
            client_id: self.client_id.clone(),
            scope: self.scope.clone(),
            roles: self.roles.clone(),
            auth_method: CredentialKind::AccessToken,
            auth_time: self.auth_time,
            tenant: None,
            limit: None,
        }
    }

    /// Whether it is valid at `now`, by its own times alone.
    pub(super) fn check_now(&self, now: Timestamp) -> Result<(), Refusal> {
        check_times(self.exp, self.iat, self.nbf, now)
    }
}

fn check_times(exp: Timestamp, iat: Timestamp, nbf: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    let latest = now.plus(CLOCK_LEEWAY);
    if now >= exp {
        return Err(Refusal::Expired);
    }
    if nbf.is_some_and(|nbf| nbf > latest) {
        return Err(Refusal::NotYetValid);
    }
    if iat > latest {
        return Err(Refusal::IatInFuture);
    }
    if exp.since(iat) > LONGEST_TOKEN_LIFETIME {
        return Err(Refusal::LivesTooLong);
    }
    Ok(())
}

/// A person's token says in which session they signed in and when; a service has neither.
const fn check_subject(sub: Subject, sid: Option<SessionId>, auth_time: Option<Timestamp>) -> Result<(), Refusal> {
    match (sub, sid, auth_time) {
        (Subject::User(_), None, _) => Err(Refusal::SidMissing),
        (Subject::User(_), Some(_), None) => Err(Refusal::AuthTimeMissing),
        (Subject::Service(_), Some(_), _) => Err(Refusal::SidOfAService),
        (Subject::User(_), Some(_), Some(_)) | (Subject::Service(_), None, _) => Ok(()),
    }
}

/// RFC 7519 §4.1.3: one string, or an array of strings.
pub(super) fn audiences(value: &str) -> Result<Vec<String>, Refusal> {
    if value.starts_with('[') {
        serde_json::from_str(value).map_err(|_| Refusal::AudNotStrings)
    } else {
        serde_json::from_str(value).map(|one| vec![one]).map_err(|_| Refusal::AudNotStrings)
    }
}

/// A `NumericDate` (RFC 7519 §2), whole seconds only: digits, and no more than [`LAST_SECOND`].
pub(super) fn moment(
    members: &Members<'_>,
    name: &str,
    not_a_number: Refusal,
    out_of_range: Refusal,
) -> Result<Option<Timestamp>, Refusal> {
    let Some(value) = members.find(name) else { return Ok(None) };
    if !value.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return Err(not_a_number);
    }
    match value.parse() {
        Ok(seconds) if seconds <= LAST_SECOND => Ok(Some(Timestamp::from_seconds(seconds))),
        _ => Err(out_of_range),
    }
}
