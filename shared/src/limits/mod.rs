//! How often something may be asked for, counted exactly however many ask at once: by name, network, address or key.
//!
//! One algorithm, GCRA (ITU-T I.371, "Generic cell rate algorithm"), in one pure function, [`decide`]; one storage verb, [`Admit`]. A
//! refused request has cost nothing but the count, and the count never says whether what was asked for exists.

mod class;
mod gcra;
mod key;
#[cfg(feature = "functions")]
mod known_device;
mod limit;
mod network;

use std::future::Future;
use std::time::Duration;

pub use class::{Class, Limits};
pub use gcra::{Arrival, Decision, decide};
pub use key::Key;
#[cfg(feature = "functions")]
pub use known_device::KnownDevice;
pub use limit::{InvalidLimit, Limit};
pub use network::Network;

use crate::clock::Timestamp;
use crate::storage::StoreError;

/// The store's side of a limit.
pub trait Admit {
    /// Counts one request for `key` if `limit` allows it at `now`. Exact however many ask at once: of any that arrive at one moment, no
    /// more are admitted than the limit has room for. A call whose answer was lost may have been counted twice, never less than once.
    fn admit(
        &self,
        key: &Key,
        limit: Limit,
        now: Timestamp,
    ) -> impl Future<Output = Result<Admission, StoreError>> + Send;
}

/// Whether a request may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may, and is counted.
    Admitted,
    /// Not yet; it is not counted.
    Refused(Refusal),
}

/// Which limit was met, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What was limited.
    pub class: Class,
    /// The limit.
    pub limit: Limit,
    /// When to come back, in whole seconds and at least one.
    pub retry_after: Duration,
}

/// Counts one request for each of `keys` by the deployment's limits, all at once. It is refused if any of them refuses, for as long as the longest; the others
/// have counted it.
///
/// # Errors
/// [`StoreError`] if a count could not be kept and no other refuses: whoever cannot be counted is not admitted.
#[cfg(feature = "functions")]
pub async fn admit_all(
    store: &impl Admit,
    limits: &Limits,
    keys: &[Key],
    now: Timestamp,
) -> Result<Admission, StoreError> {
    let limited = keys.iter().filter_map(|key| Some((key, limits.of(key.class())?)));
    let counted = limited.map(|(key, limit)| store.admit(key, limit, now));
    let (mut refused, mut failed) = (None::<Refusal>, None);
    for admission in futures_util::future::join_all(counted).await {
        match admission {
            Ok(Admission::Admitted) => {}
            Ok(Admission::Refused(refusal)) => {
                refused = refused.filter(|longest| longest.retry_after >= refusal.retry_after).or(Some(refusal));
            }
            Err(fault) => failed = Some(fault),
        }
    }
    match (refused, failed) {
        (Some(refusal), _) => Ok(Admission::Refused(refusal)),
        (None, Some(fault)) => Err(fault),
        (None, None) => Ok(Admission::Admitted),
    }
}
