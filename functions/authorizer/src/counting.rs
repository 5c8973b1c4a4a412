//! Calls with an API key that has a limit: each is counted, on the routes whose answers nobody keeps (decision 0016).
//!
//! The key says what its limit is, so that the first call is counted after the key was read. From then on this process knows both, and
//! counts beside the read.

use vestibule::api_keys::{KnownLimits, PresentedKey};
use vestibule::authentication::api_key::presented_key;
use vestibule::authentication::{Authenticator, Failure, FindCaller, Freshness, Presented, Undecided};
use vestibule::limits::{Admission, Admit, Class, Key, Limit};
use vestibule::principal::Principal;
use vestibule::storage::StoreError;

/// Who is calling, and whether what they presented may be used once more.
///
/// # Errors
/// [`Undecided`] if either could not be found out: who cannot be counted is not admitted.
pub(crate) async fn caller<S: FindCaller + Admit>(
    authenticator: &Authenticator<'_, S>,
    known: &KnownLimits,
    presented: &Presented,
    freshness: Freshness,
) -> Result<Result<(Principal, Admission), Failure>, Undecided> {
    let key = presented_key(presented, authenticator.environment);
    let limit_known = key.as_ref().and_then(|key| Some((key, known.of(key)?)));
    let counted_beside = async {
        match limit_known {
            Some((key, limit)) => Some(count(authenticator, key, limit).await),
            None => None,
        }
    };
    let (caller, counted) = tokio::join!(authenticator.caller(presented, freshness), counted_beside);
    let principal = match caller? {
        Ok(principal) => principal,
        Err(failure) => return Ok(Err(failure)),
    };
    let admission = match (counted, key, principal.limit) {
        (Some(counted), _, _) => counted?,
        (None, Some(key), Some(limit)) => {
            known.note(&key, limit);
            count(authenticator, &key, limit).await?
        }
        (None, _, _) => Admission::Admitted,
    };
    Ok(Ok((principal, admission)))
}

async fn count<S: Admit>(
    authenticator: &Authenticator<'_, S>,
    key: &PresentedKey,
    limit: Limit,
) -> Result<Admission, StoreError> {
    let counted = Key::named(Class::ApiKey, &key.named.id);
    authenticator.store.admit(&counted, limit, authenticator.clock.now()).await
}
