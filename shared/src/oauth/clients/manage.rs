//! How registrations are made and changed: by the operator's commands, and by administrators through the API.
//!
//! Whoever acts through the API must be an administrator at the moment when the change is written, as with accounts.

use std::future::Future;
use std::time::Duration;

use super::{Client, ClientChange, ClientId, InvalidClient, SecretHash, Standing, UnderWay};
use crate::accounts::administration::Actor;
use crate::audit::client_trail::ClientEvent;
use crate::clock::Timestamp;
use crate::storage::StoreError;

/// Registrations on one page of a listing: all of them are one batch of reads, with room for the largest in its answer.
pub const MAX_PAGE: usize = 50;

/// A change of a registration.
#[derive(Clone, Debug)]
pub enum Intervention {
    /// Of what it holds.
    Change(Box<ClientChange>),
    /// Another secret; the one in force works for `overlap` longer.
    Secret {
        /// What is kept of the new one.
        secret: SecretHash,
        /// For how long.
        overlap: Duration,
    },
    /// Whether it may ask for anything.
    Standing(Standing),
}

impl Intervention {
    /// What it is called in the trail and the log.
    pub const fn event(&self) -> ClientEvent {
        match self {
            Self::Change(_) => ClientEvent::Changed,
            Self::Secret { .. } => ClientEvent::SecretRotated,
            Self::Standing(Standing::Active) => ClientEvent::Enabled,
            Self::Standing(Standing::Disabled { .. }) => ClientEvent::Disabled,
        }
    }
}

/// The store's side of managing clients.
pub trait ManageClients {
    /// Registers `client` unless its name is taken, with an entry in its trail, in one transaction in which whoever acts is an administrator.
    fn add_client(&self, client: &Client, actor: Actor) -> impl Future<Output = Result<Added, StoreError>> + Send;

    /// Changes the client and writes the change to its trail, in one transaction in which whoever acts is an administrator. What would
    /// change nothing writes nothing: asked again after a lost answer, it answers the same.
    fn change_client(
        &self,
        client: &ClientId,
        intervention: &Intervention,
        actor: Actor,
        now: Timestamp,
    ) -> impl Future<Output = Result<Intervened, StoreError>> + Send;

    /// At most `most` clients whose names come after `after`, in the order of their names. One query and one batch of reads, however
    /// many there are.
    fn clients_after(
        &self,
        after: Option<&ClientId>,
        most: usize,
    ) -> impl Future<Output = Result<Page, StoreError>> + Send;

    /// Every client, for the operator's listing; never on a request path.
    fn clients(&self) -> impl Future<Output = Result<Vec<Client>, StoreError>> + Send;
}

/// What became of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// Done.
    Added,
    /// Another client has the name, or this one since an earlier request; nothing is written.
    Taken,
    /// Nothing is written: whoever asks is no administrator, or no more.
    NotAdministrator,
}

/// What became of a change.
#[derive(Debug)]
pub enum Intervened {
    /// The client is changed, or was so before; as it now is.
    Changed(Box<Client>),
    /// There is no such client.
    NoSuchClient,
    /// Nothing is changed: it would contradict itself.
    Invalid(InvalidClient),
    /// Nothing is changed: it proves itself without a secret.
    NoSecret,
    /// Nothing is changed: two earlier secrets work already.
    UnderWay(UnderWay),
    /// Nothing is changed: whoever asks is no administrator, or no more.
    NotAdministrator,
}

/// Some of the clients.
#[derive(Debug)]
pub struct Page {
    /// In the order of their names.
    pub clients: Vec<Client>,
    /// The names of those that cannot be read.
    pub unreadable: Vec<ClientId>,
    /// The last name on this page, if there are more after it.
    pub last: Option<ClientId>,
}
