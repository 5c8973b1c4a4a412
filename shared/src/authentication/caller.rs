//! Who is calling: each scheme is asked in turn, and where it matters the session too. The authorizer asks for its routes, and a
//! function that must be right at the moment of the call asks for itself.

use std::time::Duration;

use super::cookie::CookieCheck;
use super::csrf::Origins;
use super::{Authentication, Behind, Failure, LiveSession, Presented, Undecided, api_key, bearer, cookie};
use crate::api_keys::{Environment, FindApiKey};
use crate::clock::Clock;
use crate::keys::ReadPublicKeys;
use crate::principal::{CredentialKind, Principal, Subject};
use crate::sessions::cookie::CookieSessions;
use crate::tokens::Verifier;

/// What the schemes together ask of storage: the public keys, which sessions live, the session of a cookie, and which API keys are good.
pub trait FindCaller: ReadPublicKeys + LiveSession + CookieSessions + FindApiKey + Sync {}

impl<S: ReadPublicKeys + LiveSession + CookieSessions + FindApiKey + Sync> FindCaller for S {}

/// What it takes to find out who is calling.
#[derive(Debug)]
pub struct Authenticator<'a, S> {
    /// Checks access tokens.
    pub verifier: &'a Verifier,
    /// The environment of the API keys that are taken.
    pub environment: &'a Environment,
    /// The public keys, the sessions and the API keys.
    pub store: &'a S,
    /// The present.
    pub clock: &'a Clock,
    /// How long a session that a cookie holds lives unused.
    pub idle_lifetime: Duration,
    /// The pages that may act by a cookie.
    pub origins: &'a Origins,
    /// The team's own client, which is no registered one.
    pub own_client: &'a str,
}

/// How much of a credential's past may still count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// What it said when it was made: a token is good until it expires. A cookie and an API key say nothing themselves, so that they
    /// are looked up either way.
    AsMade,
    /// What holds at the moment of the call: the session must be alive.
    Live,
}

impl<S: FindCaller> Authenticator<'_, S> {
    /// The caller, or why there is none.
    ///
    /// # Errors
    /// [`Undecided`] if the keys or the session could not be read: nobody gets in.
    pub async fn caller(
        &self,
        presented: &Presented,
        freshness: Freshness,
    ) -> Result<Result<Principal, Failure>, Undecided> {
        let principal = match self.asked_in_turn(presented).await? {
            Authentication::Authenticated(principal) => principal,
            Authentication::Failed(failure) => return Ok(Err(failure)),
            Authentication::NotRequested => return Ok(Err(Failure::NoCredential)),
        };
        match freshness {
            Freshness::AsMade => Ok(Ok(principal)),
            Freshness::Live => Ok(self.stands(&principal).await?.map(|()| principal)),
        }
    }

    /// The answer of the first scheme that the request asks. A cookie comes along by itself, so that a header beside it is another
    /// credential, and which of them was meant must not be a matter of taste.
    async fn asked_in_turn(&self, presented: &Presented) -> Result<Authentication, Undecided> {
        let Self { store, clock, idle_lifetime, origins, .. } = *self;
        match cookie::presented(&presented.cookies) {
            Ok(None) => {}
            Ok(Some(_)) if presented.has_header() => return Ok(Authentication::Failed(Failure::SeveralCredentials)),
            Ok(Some(cookie)) => {
                let check = CookieCheck { store, clock, idle_lifetime, origins };
                return Ok(cookie::authenticate(&cookie, presented, &check).await?);
            }
            Err(failure) => return Ok(Authentication::Failed(failure)),
        }
        match api_key::authenticate(presented, self.environment, self.store, self.clock.now()).await? {
            Authentication::NotRequested => {}
            asked => return Ok(asked),
        }
        Ok(bearer::authenticate(&presented.authorization, self.verifier, self.store).await?)
    }

    /// Whether the credential is good at this moment, too.
    ///
    /// # Errors
    /// [`Undecided`] if the session or the client could not be read: nobody gets in.
    pub async fn stands(&self, principal: &Principal) -> Result<Result<(), Failure>, Undecided> {
        let (user, session) = match (principal.auth_method, principal.sub, principal.sid) {
            // They were read just now.
            (CredentialKind::ApiKey | CredentialKind::SessionCookie, _, _) => return Ok(Ok(())),
            (CredentialKind::AccessToken, Subject::User(user), Some(session)) => (user, session),
            // What should have a session and has none has none that is alive.
            (CredentialKind::AccessToken, Subject::User(_) | Subject::Service(_), _) => {
                return Ok(Err(Failure::SessionEnded));
            }
        };
        let now = self.clock.now();
        if principal.client_id == self.own_client {
            let alive = self.store.is_live(user, session, now).await?;
            return Ok(if alive { Ok(()) } else { Err(Failure::SessionEnded) });
        }
        let Ok(client) = principal.client_id.parse() else { return Ok(Err(Failure::ClientDisabled)) };
        Ok(match self.store.behind(user, session, &client, now).await? {
            Behind::LiveSession => Ok(()),
            Behind::NoSession => Err(Failure::SessionEnded),
            Behind::NoClient => Err(Failure::ClientDisabled),
        })
    }
}
