//! The versions of the signing ring and the labels on them ("Secret versions", AWS Secrets Manager User Guide).
//!
//! A version's value never changes; what changes is which version is in force (`AWSCURRENT`) and which one a rotation works on
//! (`AWSPENDING`).

use std::future::Future;

use crate::keys::SigningKeyRing;
use crate::storage::StoreError;

/// The ring that functions sign with.
#[derive(Debug)]
pub struct RingInForce {
    /// Its version.
    pub version: String,
    /// The ring.
    pub ring: SigningKeyRing,
}

/// Where a version stands; neither is true of one that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Functions sign with it.
    pub in_force: bool,
    /// The last rotation that was opened is its own: under way, or ended by putting it in force.
    pub pending: bool,
}

/// What became of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proposed {
    /// It is stored, and pending.
    Stored,
    /// There is one under this version already.
    Known,
}

/// What became of putting a version in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutInForce {
    /// It is in force.
    Done,
    /// Another one than the caller thought was in force. Nothing was changed.
    Overtaken,
}

/// What a rotation does with the versions of the ring. Each verb may be repeated.
pub trait RotateSigningKeys {
    /// Where `version` stands.
    fn standing(&self, version: &str) -> impl Future<Output = Result<Standing, StoreError>> + Send;

    /// The ring in force, with its version; `None` before the first one was made.
    fn ring_in_force(&self) -> impl Future<Output = Result<Option<RingInForce>, StoreError>> + Send;

    /// The ring that is stored under `version`; `None` while the version is only a name.
    fn proposed_ring(&self, version: &str) -> impl Future<Output = Result<Option<SigningKeyRing>, StoreError>> + Send;

    /// Stores `ring` under `version` and makes it the pending one, whichever was pending before.
    fn propose(
        &self,
        version: &str,
        ring: &SigningKeyRing,
    ) -> impl Future<Output = Result<Proposed, StoreError>> + Send;

    /// Puts `version` in force if `instead_of` is in force now: so two rotations notice each other.
    fn put_in_force(
        &self,
        version: &str,
        instead_of: &str,
    ) -> impl Future<Output = Result<PutInForce, StoreError>> + Send;

    /// `version` is pending no more, so that another rotation can begin.
    fn withdraw(&self, version: &str) -> impl Future<Output = Result<(), StoreError>> + Send;
}
