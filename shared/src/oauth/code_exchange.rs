//! What becomes of an authorization code that comes back (RFC 6749 §4.1.3 and §10.5, RFC 7636 §4.6, RFC 9700 §4.5).
//!
//! A redemption is one transaction: the code is marked, the session that it opens is written, and the account and the browser's
//! session are as they were. So of any number of redemptions at once, one opens a session. A second one by whoever keeps all of the
//! code's bonds tells of a theft, and the session that the first one opened is ended before anybody hears of it. Whoever has no more
//! than the code, out of a log or a browser's history, ends nothing.

use std::future::Future;
use std::time::Duration;

use super::clients::ClientId;
use super::codes::{AuthorizationCode, CodeHash, CodeState};
use crate::clock::Timestamp;
use crate::identity::{SessionId, UserId};
use crate::secret::Secret;
use crate::sessions::Ending;
use crate::sessions::Session;
use crate::storage::StoreError;

/// A code is remembered for so long after it has expired, so that whoever presents it again ends what it gave. A thief who waits
/// longer has nothing of it: it is refused as it would have been before.
pub const CODE_REMEMBERED_FOR: Duration = Duration::from_secs(60 * 60);

/// What a client presents beside its own proof.
#[derive(Clone, Debug)]
pub struct Presented {
    /// What is to meet the challenge (RFC 7636 §4.5).
    pub verifier: Secret<String>,
    /// Where the client says the code came to. With PKCE it may be left out (OAuth 2.1 §10.2); what is said must be so.
    pub redirect_uri: Option<Secret<String>>,
    /// Whom the client wants the access token for, if it says so again (RFC 8707 §2.2).
    pub resource: Option<Secret<String>>,
}

/// The store's side of redeeming a code.
pub trait RedeemCode {
    /// What the code is good for, redeemed or not; `None` if there is none, or it is forgotten at `now`. One read.
    fn find_code(
        &self,
        hash: &CodeHash,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<AuthorizationCode>, StoreError>> + Send;

    /// Redeems `code` for `session`, if it is unused and good at `now`, the account is at the version at which its owner agreed and
    /// not disabled, the browser's session has not ended, and the consent that it rests on is not withdrawn. One transaction; one more read if that was refused, or if its answer
    /// was lost and it must be found out what became of it.
    fn redeem_code(
        &self,
        hash: &CodeHash,
        code: &AuthorizationCode,
        session: &Session,
        now: Timestamp,
    ) -> impl Future<Output = Result<Redemption, StoreError>> + Send;
}

/// What became of a redemption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redemption {
    /// The session is written.
    Redeemed,
    /// The code was redeemed before.
    Replayed {
        /// Whose session it opened.
        user: UserId,
        /// Which session.
        session: SessionId,
    },
    /// The code expired, or the account, the browser's session or the consent is not what it was; nothing is written.
    Void,
}

/// Why a code is refused, for the log; the client hears `invalid_grant` and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeRefusal {
    /// No code of ours, or one that is forgotten.
    Unknown,
    /// It was given to another client, of which nothing is said.
    OtherClient,
    /// It was sent elsewhere.
    OtherRedirectUri,
    /// The verifier does not meet the challenge.
    ChallengeNotMet,
    /// The person agreed to another resource.
    OtherResource,
    /// It was redeemed before.
    Replayed,
    /// Its minute is over.
    Expired,
    /// The account changed, or the person signed out where they had agreed, or took their consent back.
    Void,
}

impl CodeRefusal {
    /// The refusal as logs spell it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_code",
            Self::OtherClient => "code_of_another_client",
            Self::OtherRedirectUri => "another_redirect_uri",
            Self::ChallengeNotMet => "challenge_not_met",
            Self::OtherResource => "another_resource",
            Self::Replayed => Ending::CodeReplayed.as_str(),
            Self::Expired => "code_expired",
            Self::Void => "code_void",
        }
    }
}

/// Whether `client` may redeem `code` at `now` with what it presents.
///
/// # Errors
/// [`CodeRefusal`] of the first bond that is not kept. [`CodeRefusal::Replayed`] comes after all bonds: only whoever keeps them could
/// have redeemed it.
pub fn check(
    code: &AuthorizationCode,
    client: &ClientId,
    presented: &Presented,
    now: Timestamp,
) -> Result<(), CodeRefusal> {
    let says = |said: &Option<Secret<String>>, so: &str| said.as_ref().is_none_or(|said| said.matches(so.as_bytes()));
    if code.client != *client {
        return Err(CodeRefusal::OtherClient);
    }
    if !says(&presented.redirect_uri, &code.redirect_uri) {
        return Err(CodeRefusal::OtherRedirectUri);
    }
    if !code.challenge.is_met_by(presented.verifier.expose()) {
        return Err(CodeRefusal::ChallengeNotMet);
    }
    match code.state {
        CodeState::Redeemed { .. } => Err(CodeRefusal::Replayed),
        CodeState::Unused if now >= code.expires_at => Err(CodeRefusal::Expired),
        CodeState::Unused if !says(&presented.resource, &code.audience) => Err(CodeRefusal::OtherResource),
        CodeState::Unused => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::{Roles, Scopes};
    use crate::sessions::AuthenticationMethod;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn code() -> AuthorizationCode {
        AuthorizationCode {
            client: "shop".parse().unwrap(),
            redirect_uri: "https://shop.example.com/back".to_owned(),
            challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".parse().unwrap(),
            scope: Scopes::parse("openid").unwrap(),
            audience: "https://api.example.com".to_owned(),
            nonce: None,
            user: UserId::from_bytes([1; 16]),
            account_version: 1,
            browser: SessionId::from_bytes([2; 16]),
            by_consent: false,
            roles: Roles::default(),
            auth_time: NOW,
            auth_method: AuthenticationMethod::Password,
            expires_at: NOW.plus(Duration::from_secs(60)),
            state: CodeState::Unused,
        }
    }

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    fn presented() -> Presented {
        let redirect_uri = Some(secret("https://shop.example.com/back"));
        Presented { verifier: secret(VERIFIER), redirect_uri, resource: Some(secret("https://api.example.com")) }
    }

    fn checked(code: &AuthorizationCode, presented: &Presented) -> Result<(), CodeRefusal> {
        check(code, &"shop".parse().unwrap(), presented, NOW)
    }

    #[test]
    fn whoever_keeps_every_bond_may_redeem_and_need_not_say_again_what_was_said() {
        assert_eq!(checked(&code(), &presented()), Ok(()));
        assert_eq!(checked(&code(), &Presented { redirect_uri: None, resource: None, ..presented() }), Ok(()));
    }

    #[test]
    fn each_bond_is_refused_by_its_name() {
        let other = AuthorizationCode { client: "bank".parse().unwrap(), ..code() };
        assert_eq!(checked(&other, &presented()), Err(CodeRefusal::OtherClient));
        for uri in ["", "https://shop.example.com/back/", "https://shop.example.com/"] {
            let elsewhere = Presented { redirect_uri: Some(secret(uri)), ..presented() };
            assert_eq!(checked(&code(), &elsewhere), Err(CodeRefusal::OtherRedirectUri), "{uri}");
        }
        for verifier in ["", code().challenge.as_str(), &VERIFIER.to_lowercase()] {
            let guess = Presented { verifier: secret(verifier), ..presented() };
            assert_eq!(checked(&code(), &guess), Err(CodeRefusal::ChallengeNotMet), "{verifier}");
        }
        let resource = Presented { resource: Some(secret("https://other.example.com")), ..presented() };
        assert_eq!(checked(&code(), &resource), Err(CodeRefusal::OtherResource));
        let late = AuthorizationCode { expires_at: NOW, ..code() };
        assert_eq!(checked(&late, &presented()), Err(CodeRefusal::Expired));
    }

    #[test]
    fn only_whoever_keeps_the_bonds_is_told_of_a_replay() {
        let state = CodeState::Redeemed { session: SessionId::from_bytes([3; 16]) };
        let spent = AuthorizationCode { state, expires_at: NOW, ..code() };
        assert_eq!(checked(&spent, &presented()), Err(CodeRefusal::Replayed));
        let thief = Presented { verifier: secret(&"x".repeat(43)), ..presented() };
        assert_eq!(checked(&spent, &thief), Err(CodeRefusal::ChallengeNotMet));
        let other = AuthorizationCode { client: "bank".parse().unwrap(), ..spent };
        assert_eq!(checked(&other, &presented()), Err(CodeRefusal::OtherClient));
    }
}
