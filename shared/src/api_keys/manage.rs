//! What owners do with their keys: make, list, rename, rotate, revoke. Each change and its entry in the owner's trail are one
//! transaction.

use std::future::Future;

use super::api_key::ApiKey;
use super::label::Label;
use super::rotation::Rotated;
use super::text::Named;
use crate::audit::trail::ApiKeyChange;
use crate::clock::Timestamp;
use crate::principal::Subject;
use crate::storage::StoreError;

/// The store's side of an owner's keys.
pub trait ManageApiKeys {
    /// Writes a new key, if its owner is there, may call, and has fewer than [`super::MAX_KEYS`]: exact, however many are made at once.
    fn create_api_key(&self, key: &ApiKey) -> impl Future<Output = Result<Creation, StoreError>> + Send;

    /// All keys of `owner`, expired ones too, in no order that means anything. One query. One that cannot be read is among them by
    /// name, so that it can be revoked.
    fn api_keys(
        &self,
        owner: Subject,
    ) -> impl Future<Output = Result<Vec<Result<ApiKey, UnreadableKey>>, StoreError>> + Send;

    /// One key.
    fn api_key(&self, named: Named) -> impl Future<Output = Result<Option<ApiKey>, StoreError>> + Send;

    /// Calls the key, as it was read, by another label.
    fn rename_api_key(
        &self,
        key: &ApiKey,
        label: &Label,
        now: Timestamp,
    ) -> impl Future<Output = Result<Change, StoreError>> + Send;

    /// Gives the key, as it was read, the secrets and the end that `rotated` says.
    fn rotate_api_key(
        &self,
        key: &ApiKey,
        rotated: &Rotated,
        now: Timestamp,
    ) -> impl Future<Output = Result<Change, StoreError>> + Send;

    /// Takes the key away; at [`Revocation::Done`] it is refused. `cause` is one of the revocations.
    fn revoke_api_key(
        &self,
        named: Named,
        cause: ApiKeyChange,
        now: Timestamp,
    ) -> impl Future<Output = Result<Revocation, StoreError>> + Send;
}

/// What became of a new key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    /// It is there.
    Created,
    /// Its owner has as many as anybody may have.
    TooMany,
    /// Its owner is gone or disabled.
    NoOwner,
}

/// What became of a change of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is made.
    Done,
    /// The key is not any more as it was read; nothing is changed.
    ChangedMeanwhile,
}

/// What became of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// The key is gone.
    Done,
    /// There was none of this name.
    NotThere,
}

/// A key whose item this release cannot read.
#[derive(Debug)]
pub struct UnreadableKey {
    /// Its name, as far as it can be told.
    pub id: String,
    /// What is wrong.
    pub fault: StoreError,
}
