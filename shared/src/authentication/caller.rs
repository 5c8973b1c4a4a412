//! Who is calling: each scheme is asked in turn, and where it matters the session too. The authorizer asks for its routes, and a
//! function that must be right at the moment of the call asks for itself.

use super::{Authentication, Failure, LiveSession, Presented, Undecided, api_key, bearer};
use crate::api_keys::{Environment, FindApiKey};
use crate::clock::Clock;
use crate::keys::ReadPublicKeys;
use crate::principal::{CredentialKind, Principal, Subject};
use crate::tokens::Verifier;

/// What it takes to find out who is calling.
#[derive(Debug)]
pub struct Authenticator<'a, S> {
    /// Checks access tokens.
    pub verifier: &'a Verifier,
    /// The environment of the API keys that are taken.
    pub environment: &'a Environment,
    /// The public keys, which sessions live, and which API keys are good.
    pub store: &'a S,
    /// The present.
    pub clock: &'a Clock,
}

/// How much of a credential's past may still count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// What it said when it was made: a token is good until it expires. An API key says nothing itself, so it is looked up either way.
    AsMade,
    /// What holds at the moment of the call: the session must be alive.
    Live,
}

impl<S> Authenticator<'_, S>
where
    S: ReadPublicKeys + LiveSession + FindApiKey + Sync,
{
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
            Freshness::Live if !self.is_live(&principal).await? => Ok(Err(Failure::SessionEnded)),
            Freshness::AsMade | Freshness::Live => Ok(Ok(principal)),
        }
    }

    /// The answer of the first scheme that the request asks.
    async fn asked_in_turn(&self, presented: &Presented) -> Result<Authentication, Undecided> {
        match api_key::authenticate(presented, self.environment, self.store, self.clock.now()).await? {
            Authentication::NotRequested => {}
            asked => return Ok(asked),
        }
        Ok(bearer::authenticate(&presented.authorization, self.verifier, self.store).await?)
    }

    /// Whether the credential is good at this moment, too.
    async fn is_live(&self, principal: &Principal) -> Result<bool, Undecided> {
        match (principal.auth_method, principal.sub, principal.sid) {
            // It was read just now.
            (CredentialKind::ApiKey, _, _) => Ok(true),
            (CredentialKind::AccessToken, Subject::User(user), Some(session)) => {
                Ok(self.store.is_live(user, session, self.clock.now()).await?)
            }
            // What should have a session and has none has none that is alive.
            (CredentialKind::AccessToken, Subject::User(_) | Subject::Service(_), _) => Ok(false),
        }
    }
}
