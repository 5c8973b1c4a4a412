//! Changing the MAC keys and the peppers, by an operator's hand.
//!
//! They are used by functions that keep them for minutes, so a new key is put into the secret first and makes something only when all of them
//! know it; both are a version of the secret that takes the place of the very version that it was made from.

use std::future::Future;
use std::time::Duration;

use super::numbered::{LONGEST_REPLACEMENT, NumberedChange, UnsafeNumber};
use super::{PutInForce, SymmetricKeys};
use crate::clock::{Clock, Timestamp};
use crate::randomness::Randomness;
use crate::storage::StoreError;

/// The keys that functions read.
#[derive(Debug)]
pub struct SymmetricInForce {
    /// The version of the secret.
    pub version: String,
    /// What it holds.
    pub keys: SymmetricKeys,
}

/// What a change does with the versions of the secret.
pub trait ReplaceSymmetricKeys {
    /// The keys in force, with their version; `None` before the first ones were made.
    fn symmetric_in_force(&self) -> impl Future<Output = Result<Option<SymmetricInForce>, StoreError>> + Send;

    /// Stores `keys` under `version`, which nobody reads yet.
    fn propose_symmetric(
        &self,
        version: &str,
        keys: &SymmetricKeys,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Puts `version` in force if `instead_of` is in force now: so two changes notice each other.
    fn put_symmetric_in_force(
        &self,
        version: &str,
        instead_of: &str,
    ) -> impl Future<Output = Result<PutInForce, StoreError>> + Send;
}

/// Where it is noted what becomes of them.
pub trait NoteSymmetricKeys {
    /// Notes what it means for each key that `after`, which is version `version`, takes the place of `before`.
    fn note_symmetric(
        &self,
        before: &SymmetricKeys,
        after: &SymmetricKeys,
        version: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The symmetric keys by what they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymmetricKind {
    /// Those that seal tokens.
    Mac,
    /// Those that passwords are hashed with.
    Pepper,
}

/// A change was not made: the old keys are in force.
#[derive(Debug, thiserror::Error)]
pub enum SymmetricRotationFault {
    /// Secrets Manager or the table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something valid could be refused.
    #[error("refused: {0}")]
    Unsafe(#[from] UnsafeNumber),
    /// There is nothing to change.
    #[error("there are no symmetric keys: make the first ones with `vestibule keys init`")]
    NoKeys,
    /// Somebody else has changed the keys meanwhile.
    #[error("nothing was changed: other keys came into force meanwhile")]
    Overtaken,
    /// What the new ring says of its keys is of a moment too long ago.
    #[error("nothing was changed: it took {} s, so give the command again", took.as_secs())]
    TooSlow {
        /// Since it was made.
        took: Duration,
    },
}

/// What a change has made of the keys.
#[derive(Debug)]
pub struct SymmetricRotation {
    /// The keys that were in force.
    pub before: SymmetricKeys,
    /// The keys that are.
    pub after: SymmetricKeys,
}

impl SymmetricRotation {
    /// Makes `change` to the keys of one kind. `version` is a name that no version has yet. The trail is written first: it may tell of a change
    /// that then failed, and never lacks one that was made.
    ///
    /// # Errors
    /// [`SymmetricRotationFault`]; the old keys are in force, and the same command may be given again.
    pub async fn carry_out(
        secrets: &impl ReplaceSymmetricKeys,
        trail: &impl NoteSymmetricKeys,
        (kind, change): (SymmetricKind, NumberedChange),
        version: &str,
        randomness: &Randomness,
        clock: &Clock,
    ) -> Result<Self, SymmetricRotationFault> {
        let in_force = secrets.symmetric_in_force().await?.ok_or(SymmetricRotationFault::NoKeys)?;
        let (before, made_at) = (in_force.keys, clock.now());
        let after = match kind {
            SymmetricKind::Mac => {
                SymmetricKeys::new(before.mac_keys().changed(change, randomness, made_at)?, before.peppers().clone())
            }
            SymmetricKind::Pepper => {
                SymmetricKeys::new(before.mac_keys().clone(), before.peppers().changed(change, randomness, made_at)?)
            }
        };
        secrets.propose_symmetric(version, &after).await?;
        trail.note_symmetric(&before, &after, version, made_at).await?;
        let took = clock.now().since(made_at);
        if took > LONGEST_REPLACEMENT {
            return Err(SymmetricRotationFault::TooSlow { took });
        }
        match secrets.put_symmetric_in_force(version, &in_force.version).await? {
            PutInForce::Done => Ok(Self { before, after }),
            PutInForce::Overtaken => Err(SymmetricRotationFault::Overtaken),
        }
    }
}
