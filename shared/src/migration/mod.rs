//! The migration hook: an endpoint of the operator's that still knows the passwords of an old system which gives no hashes.
//!
//! It is asked at the sign-ins of accounts that were imported without a hash, until it has said yes once; from then on the account
//! has a hash of ours and the hook is never asked again. What it says counts only if it is the answer to this very question.

mod answer;
mod hook;
mod question;

pub use hook::MigrationHook;
pub use question::hook_key;

/// The hook decided nothing. It is asked again when the person tries again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HookFault {
    /// `VESTIBULE_MIGRATION_HOOK` is not set.
    #[error("the account was imported without a hash, and there is no migration hook to ask")]
    Missing,
    /// It cannot be reached.
    #[error("the migration hook cannot be reached: {0}")]
    Unreachable(String),
    /// It did not answer in time.
    #[error("the migration hook did not answer within {} s", hook::PATIENCE.as_secs())]
    Late,
    /// It answered with another status than 200.
    #[error("the migration hook answered with the status {0}")]
    Status(u16),
    /// What it answered is not JSON of the agreed form, or too long.
    #[error("the migration hook's answer is not of the agreed form")]
    Malformed,
    /// The answer is that to another question.
    #[error("the migration hook answered another question than it was asked")]
    NotOurs,
}
