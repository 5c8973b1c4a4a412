//! Who is calling: each scheme is asked in turn, and a strict route asks for the session too.

use vestibule::authentication::{Authentication, Failure, LiveSession, Undecided, bearer};
use vestibule::keys::ReadPublicKeys;
use vestibule::principal::Principal;

use crate::Authorizer;

/// The caller, or why there is none.
///
/// # Errors
/// [`Undecided`] if the keys or the session could not be read: nobody gets in.
pub(crate) async fn caller<S>(
    authorizer: &Authorizer<'_, S>,
    authorization: &[String],
    strict: bool,
) -> Result<Result<Principal, Failure>, Undecided>
where
    S: ReadPublicKeys + LiveSession + Sync,
{
    let principal = match bearer::authenticate(authorization, authorizer.verifier, authorizer.store).await? {
        Authentication::Authenticated(principal) => principal,
        Authentication::Failed(failure) => return Ok(Err(failure)),
        Authentication::NotRequested => return Ok(Err(Failure::NoCredential)),
    };
    if strict && !has_live_session(authorizer, &principal).await? {
        return Ok(Err(Failure::SessionEnded));
    }
    Ok(Ok(principal))
}

/// A credential without a session has none that is alive.
async fn has_live_session<S: LiveSession>(
    authorizer: &Authorizer<'_, S>,
    principal: &Principal,
) -> Result<bool, Undecided> {
    match principal.sid {
        Some(session) => Ok(authorizer.store.is_live(principal.sub, session, authorizer.clock.now()).await?),
        None => Ok(false),
    }
}
