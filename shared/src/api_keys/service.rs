//! Services: programs that call on their own behalf. An operator makes them and their keys; nobody signs in as one.

use std::future::Future;

use super::label::Label;
use crate::clock::Timestamp;
use crate::identity::ServiceId;
use crate::scope::{Roles, Scopes};
use crate::storage::StoreError;

/// A service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its lasting name, the `sub` of its calls.
    pub id: ServiceId,
    /// What people call it.
    pub label: Label,
    /// The most that its keys may do.
    pub scopes: Scopes,
    /// The roles that its keys may lend.
    pub roles: Roles,
    /// Since when it may not call, if it may not.
    pub disabled_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Counts its changes.
    pub version: u64,
}

/// The store's side of the operator's commands on services.
pub trait ManageServices {
    /// Writes a new service.
    fn add_service(&self, service: &Service) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// One service.
    fn service(&self, id: ServiceId) -> impl Future<Output = Result<Option<Service>, StoreError>> + Send;

    /// Every service, for the operator's listing; never on a request path.
    fn services(&self) -> impl Future<Output = Result<Vec<Service>, StoreError>> + Send;

    /// Disables the service from `now` on, or lets it call again. Its keys are refused from the moment that this is done, as far as no
    /// gateway keeps an earlier answer.
    fn enable_service(
        &self,
        id: ServiceId,
        enabled: bool,
        now: Timestamp,
    ) -> impl Future<Output = Result<ServiceChanged, StoreError>> + Send;
}

/// What became of a change to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceChanged {
    /// It is made.
    Done,
    /// There is no such service.
    NoSuchService,
}
