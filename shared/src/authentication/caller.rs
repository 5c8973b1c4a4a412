//! Who is calling: each scheme is asked in turn, and where it matters the session too. The authorizer asks for its routes, and a
//! function that must be right at the moment of the call asks for itself.

use super::{Authentication, Failure, LiveSession, Presented, Undecided, bearer};
use crate::clock::Clock;
use crate::keys::ReadPublicKeys;
use crate::principal::{Principal, Subject};
use crate::tokens::Verifier;

/// What it takes to find out who is calling.
#[derive(Debug)]
pub struct Authenticator<'a, S> {
    /// Checks access tokens.
    pub verifier: &'a Verifier,
    /// The public keys, and which sessions live.
    pub store: &'a S,
    /// The present.
    pub clock: &'a Clock,
}

/// How much of a credential's past may still count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// What it said when it was made: a token is good until it expires.
    AsMade,
    /// What holds at the moment of the call: the session must be alive.
    Live,
}

impl<S> Authenticator<'_, S>
where
    S: ReadPublicKeys + LiveSession + Sync,
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
        let principal = match bearer::authenticate(&presented.authorization, self.verifier, self.store).await? {
            Authentication::Authenticated(principal) => principal,
            Authentication::Failed(failure) => return Ok(Err(failure)),
            Authentication::NotRequested => return Ok(Err(Failure::NoCredential)),
        };
        match freshness {
            Freshness::Live if !self.has_live_session(&principal).await? => Ok(Err(Failure::SessionEnded)),
            Freshness::AsMade | Freshness::Live => Ok(Ok(principal)),
        }
    }

    /// A credential without a session has none that is alive.
    async fn has_live_session(&self, principal: &Principal) -> Result<bool, Undecided> {
        match (principal.sub, principal.sid) {
            (Subject::User(user), Some(session)) => Ok(self.store.is_live(user, session, self.clock.now()).await?),
            (Subject::User(_) | Subject::Service(_), _) => Ok(false),
        }
    }
}
