//! Transaction conflicts: another writer held an item for a few milliseconds. The SDK gives up at once; we ask again.
//!
//! DynamoDB cancels a write that meets a transaction in flight on the same item (`TransactionConflict`; Developer Guide,
//! "Transaction conflict handling in DynamoDB"). Nothing was written, so asking again is safe.

use std::future::Future;
use std::time::Duration;

use crate::storage::StoreError;

/// The next attempt comes after this long, then twice it, and so on: longer than a transaction takes.
const FIRST_PAUSE: Duration = Duration::from_millis(15);
/// Beyond four attempts, 105 ms of pauses in all, the item is hot and the client is told to come back.
const ATTEMPTS: u32 = 4;

/// What one attempt came to.
pub(super) enum Attempt<T> {
    /// It was decided.
    Done(T),
    /// Another writer was in the way.
    Conflict,
}

/// Runs `attempt` until it is decided.
pub(super) async fn until_decided<T, F>(
    operation: &'static str,
    mut attempt: impl FnMut() -> F + Send,
) -> Result<T, StoreError>
where
    F: Future<Output = Result<Attempt<T>, StoreError>> + Send,
{
    let mut pause = FIRST_PAUSE;
    for round in 1..=ATTEMPTS {
        if let Attempt::Done(decided) = attempt().await? {
            return Ok(decided);
        }
        if round < ATTEMPTS {
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }
    Err(StoreError::Unavailable { operation, detail: "another transaction held the item".to_owned() })
}
