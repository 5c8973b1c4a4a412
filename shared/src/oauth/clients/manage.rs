//! The operator's side of registrations.

use std::future::Future;

use super::{Client, ClientId, SecretHash};
use crate::clock::Timestamp;
use crate::storage::StoreError;

/// The store's side of the operator's commands on clients.
pub trait ManageClients {
    /// Registers `client` unless its name is taken. One call.
    fn add_client(&self, client: &Client) -> impl Future<Output = Result<Added, StoreError>> + Send;

    /// Every client, for the operator's listing; never on a request path.
    fn clients(&self) -> impl Future<Output = Result<Vec<Client>, StoreError>> + Send;

    /// Puts `secret` in force, and keeps the one before it until `previous_until`. One call: two rotations at once leave one
    /// secret of the two in force and the other as the one before it, and never lose what is in use.
    fn rotate_client_secret(
        &self,
        client: &ClientId,
        secret: &SecretHash,
        previous_until: Timestamp,
    ) -> impl Future<Output = Result<SecretRotation, StoreError>> + Send;

    /// Closes the client, or with `None` opens it again. One call.
    fn set_client_disabled(
        &self,
        client: &ClientId,
        disabled_at: Option<Timestamp>,
    ) -> impl Future<Output = Result<Changed, StoreError>> + Send;
}

/// What became of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// Done.
    Added,
    /// Another client has the name; nothing is written.
    Taken,
}

/// What became of a new secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretRotation {
    /// It is in force.
    Rotated,
    /// There is no such client, or it proves itself without a secret.
    NoSecret,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Done.
    Done,
    /// There is no such client.
    NoSuchClient,
}
