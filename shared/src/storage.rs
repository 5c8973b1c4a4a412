//! What storage may answer instead of doing what it was asked.
//!
//! The verbs themselves are declared by the modules that need them; this is the one error they share, so that a domain
//! module never names a database.

/// A storage verb was not carried out, or its answer did not arrive. Nothing that was acknowledged is lost, and every
/// verb may be asked again.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Storage is throttled, unreachable or refuses us.
    #[error("storage did not carry out {operation}: {detail}")]
    Unavailable {
        /// The call that failed.
        operation: &'static str,
        /// What the SDK said, for the log.
        detail: String,
    },
    /// An item cannot be what we wrote: named by its key, never guessed around.
    #[error("the item {key} is impossible: {fault}")]
    Impossible {
        /// Partition and sort key.
        key: String,
        /// What is wrong with it.
        fault: String,
    },
}
