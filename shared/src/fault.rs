//! Why a request could not be decided: every dependency's fault in one enum, answered with 503 and logged once.

use crate::federation::ProviderFault;
use crate::keys::KeysUnavailable;
use crate::mail::MailFault;
use crate::migration::HookFault;
use crate::passwords::HashingError;
use crate::randomness::NoRandomness;
use crate::storage::StoreError;
use crate::tokens::MintError;

/// A dependency failed; nothing that was acknowledged is lost, and nothing was granted.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysUnavailable),
    /// The mail service.
    #[error(transparent)]
    Mail(#[from] MailFault),
    /// The operator's migration hook.
    #[error(transparent)]
    Hook(#[from] HookFault),
    /// A provider that people sign in with.
    #[error(transparent)]
    Provider(#[from] ProviderFault),
    /// argon2.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The operating system.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The signature.
    #[error(transparent)]
    Mint(#[from] MintError),
}
