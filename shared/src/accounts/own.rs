//! What people do with their own accounts while they are signed in.

use std::future::Future;

use super::Account;
use crate::clock::Timestamp;
use crate::identity::{SessionId, UserId};
use crate::passwords::PasswordHash;
use crate::storage::StoreError;

/// The store's side of looking at one's own account.
pub trait FindAccount {
    /// The account of `user`, as it stands. One read.
    fn find_account(&self, user: UserId) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;
}

/// The store's side of a changed password.
pub trait ChangePassword {
    /// Sets the password of `account`, whose owner has just proven the old one. One transaction, after which no earlier sign-in opens
    /// a session; the sessions there are live on until somebody ends them.
    fn change_password(
        &self,
        account: &Account,
        password: &PasswordHash,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The store's side of the end of an account. Two verbs, because the second may be cut off and is then asked again.
pub trait DeleteAccount {
    /// Takes the account and its names away, in one transaction: from then on nobody signs in to it, no key of it is good, and its
    /// names are free. Its trail says so.
    fn delete_account(&self, account: &Account, now: Timestamp) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes away all that is left under `user`: sessions, keys and whatever else signs in, but not the trail. The session `last` goes
    /// last, so that its holder may ask again.
    fn erase(&self, user: UserId, last: Option<SessionId>) -> impl Future<Output = Result<(), StoreError>> + Send;
}
