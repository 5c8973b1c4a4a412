//! Accounts: who may sign in, by which names, and with which rights.

mod account;
pub mod administration;
pub mod by_token;
mod identifier;
mod one_time_token;
pub mod own;
pub mod register;
mod username;
pub mod ways_in;

use std::collections::BTreeSet;
use std::future::Future;

pub use account::{Account, LoginRecord, Standing};
pub use identifier::{Identifier, InvalidIdentifier};
pub use one_time_token::{FindToken, Grant, KeepToken, OneTimeToken, Purpose, TokenHash};
pub use username::{InvalidUsername, Username};

use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::passwords::PasswordHash;
use crate::storage::StoreError;

/// The store's side of looking somebody up to sign them in.
pub trait FindLogin {
    /// What is needed to sign in whoever `identifier` names, in one read; `None` if nobody.
    fn find_login(
        &self,
        identifier: &Identifier,
    ) -> impl Future<Output = Result<Option<LoginRecord>, StoreError>> + Send;
}

/// The store's side of a rehash with better parameters.
pub trait UpgradePassword {
    /// Replaces the hash of an unchanged password, unless the account has changed since `record` was read; either way
    /// the password still works.
    fn upgrade_password(
        &self,
        record: &LoginRecord,
        hash: &PasswordHash,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The store's side of the operator's commands on accounts.
pub trait ManageAccounts {
    /// The account of `user`.
    fn account(&self, user: UserId) -> impl Future<Output = Result<Option<Account>, StoreError>> + Send;

    /// Every account, for the operator's listing; never on a request path.
    fn accounts(&self) -> impl Future<Output = Result<Vec<Account>, StoreError>> + Send;

    /// Whose password cannot be checked without the pepper number `pepper`; never on a request path.
    fn accounts_of_pepper(&self, pepper: u32) -> impl Future<Output = Result<BTreeSet<UserId>, StoreError>> + Send;

    /// Opens or closes the account to sign-ins, then ends its sessions; at [`Changed::Done`] none is live.
    fn set_standing(
        &self,
        user: UserId,
        standing: Standing,
        now: Timestamp,
    ) -> impl Future<Output = Result<Changed, StoreError>> + Send;

    /// Sets a new password, then ends the sessions of the old one; at [`Changed::Done`] none is live.
    fn set_password(
        &self,
        user: UserId,
        hash: &PasswordHash,
        now: Timestamp,
    ) -> impl Future<Output = Result<Changed, StoreError>> + Send;
}

/// What became of a change to an account.
#[derive(Debug)]
pub enum Changed {
    /// Done; this many sessions were ended with it.
    Done {
        /// Sessions that were live before.
        sessions_ended: usize,
    },
    /// The account is changed, and no earlier sign-in opens a session any more, but some of its sessions may still be live.
    /// Asking again ends them.
    SessionsLeft {
        /// Sessions that were ended nevertheless.
        ended: usize,
        /// The first fault.
        fault: StoreError,
    },
    /// There is no such account.
    NoSuchAccount,
}
