//! What a one-time token allows, done in the transaction that consumes it: of any number of presentations one changes something.

use std::future::Future;

use super::{Account, Identifier, TokenHash};
use crate::clock::Timestamp;
use crate::passwords::PasswordHash;
use crate::storage::StoreError;

/// What became of a token that was presented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redemption {
    /// It is consumed, and what it allowed is done.
    Done,
    /// It is spent, expired, or the account is no more what it was mailed for. Nothing is written.
    Void,
    /// The name is another account's. Nothing is written, and the token is still good.
    Taken(Identifier),
}

/// The store's side of a registration whose mailbox is proven.
pub trait RegisterByToken {
    /// Makes `account` with all its names and consumes `token`. One transaction.
    fn register_by_token(
        &self,
        token: &TokenHash,
        account: &Account,
        password: &PasswordHash,
    ) -> impl Future<Output = Result<Redemption, StoreError>> + Send;
}

/// The store's side of a forgotten password.
pub trait ResetPassword {
    /// Sets the password of `account`, if it still stands at its version, and consumes `token`. One transaction: from then on no
    /// earlier sign-in opens a session. The sessions there are live on until somebody ends them. What is left of the token says
    /// [`super::Purpose::HasResetPassword`].
    fn reset_password(
        &self,
        token: &TokenHash,
        account: &Account,
        password: &PasswordHash,
        now: Timestamp,
    ) -> impl Future<Output = Result<Redemption, StoreError>> + Send;
}

/// The store's side of another e-mail address.
pub trait ChangeEmail {
    /// Renames `account`, which has `password`, to `email` in all its items, if it still stands at its version, and consumes `token`.
    /// One transaction; the old address is free from then on.
    fn change_email(
        &self,
        token: &TokenHash,
        account: &Account,
        password: &PasswordHash,
        email: &Identifier,
        now: Timestamp,
    ) -> impl Future<Output = Result<Redemption, StoreError>> + Send;
}
