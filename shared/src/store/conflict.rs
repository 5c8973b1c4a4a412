//! Conflicts: another writer held an item for a few milliseconds, or DynamoDB was too busy for a transaction. We ask again.
//!
//! DynamoDB cancels a write that meets a transaction in flight on the same item (`TransactionConflict`; Developer Guide,
//! "Transaction conflict handling in DynamoDB"), and one of whose items is throttled (`ThrottlingError`, "Error handling for
//! transaction writes"). The SDK gives up at once in both cases. Nothing was written, so asking again is safe.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use crate::randomness::Randomness;
use crate::storage::StoreError;

/// The longest pause before the second attempt; it doubles from attempt to attempt. A transaction takes about as long.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// No pause is longer: whoever is in the way is done sooner.
const LONGEST_PAUSE: Duration = Duration::from_millis(160);
/// After so long the item is hot and the client is told to come back: several calls must fit into the 10 s of a function.
const PATIENCE: Duration = Duration::from_secs(2);

/// What one attempt came to.
pub(super) enum Attempt<T> {
    /// It was decided.
    Done(T),
    /// Another writer was in the way.
    Conflict,
}

/// Runs `attempt` until it is decided, with pauses that chance shortens, so that writers who met once do not meet again.
pub(super) async fn until_decided<T, F>(
    operation: &'static str,
    mut attempt: impl FnMut() -> F + Send,
) -> Result<T, StoreError>
where
    F: Future<Output = Result<Attempt<T>, StoreError>> + Send,
{
    let give_up_at = Instant::now() + PATIENCE;
    let mut longest = FIRST_PAUSE;
    loop {
        // Boxed for the compiler's sake, which counts how deeply futures are nested.
        if let Attempt::Done(decided) = Box::pin(attempt()).await? {
            return Ok(decided);
        }
        let pause = part_of(longest);
        if Instant::now() + pause >= give_up_at {
            return Err(StoreError::Unavailable { operation, detail: "another transaction held the item".to_owned() });
        }
        tokio::time::sleep(pause).await;
        longest = (longest * 2).min(LONGEST_PAUSE);
    }
}

/// Between nothing and all of `longest`. Nothing that is decided depends on it, so it needs no seed.
fn part_of(longest: Duration) -> Duration {
    let [byte] = Randomness::System.bytes().unwrap_or([u8::MAX]);
    longest * u32::from(byte) / u32::from(u8::MAX)
}
