//! Making an account: its names are unique, whoever registers at the same moment.

use std::future::Future;

use super::{Account, Identifier};
use crate::passwords::PasswordHash;
use crate::storage::StoreError;

/// The store's side of a registration.
pub trait Register {
    /// Writes the account and one item for each of its names in one transaction.
    fn register(
        &self,
        account: &Account,
        password: &PasswordHash,
    ) -> impl Future<Output = Result<Registration, StoreError>> + Send;
}

/// What became of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Done.
    Registered,
    /// This name belongs to another account; nothing is written.
    Taken(Identifier),
}
