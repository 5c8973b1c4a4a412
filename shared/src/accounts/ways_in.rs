//! What opens an account besides its password, and still does when that is another one.

use std::future::Future;

use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::storage::StoreError;

/// How many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaysIn {
    /// API keys that have not expired.
    pub api_keys: usize,
    /// Identities at providers.
    pub identities: usize,
}

/// The store's side of what a person is told of it.
pub trait CountWaysIn {
    /// What opens the account of `user` at `now`, but for its password. Two queries, at the same time.
    fn ways_in(&self, user: UserId, now: Timestamp) -> impl Future<Output = Result<WaysIn, StoreError>> + Send;
}
