//! What administrators do to other people's accounts, by the API or at the operator's terminal: change rights, close and open.
//!
//! Whoever administers through the API must be an administrator at the moment when the change is written, and never changes their own
//! account, but to end its sessions: so, however many act at once on each other, one is left.

use std::future::Future;

use super::{Account, Changed, Standing};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::scope::{Rights, RightsChange, Role, Roles, TooManyRights};
use crate::storage::StoreError;

/// The role that administers accounts, as `routes.toml` asks for it.
const ADMIN: &str = "admin";

/// Whether these roles administer accounts.
pub fn administers(roles: &Roles) -> bool {
    roles.iter().map(Role::as_str).any(|role| role == ADMIN)
}

/// Who makes a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// An operator, by their rights on the table itself.
    Operator,
    /// An administrator, by their role.
    Administrator(UserId),
}

impl Actor {
    /// The administrator, for the trail.
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::Operator => None,
            Self::Administrator(user) => Some(user),
        }
    }
}

/// A change of somebody else's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intervention {
    /// What it may do.
    Rights(RightsChange),
    /// Whether it may sign in.
    Standing(Standing),
    /// That nobody is signed in to it: the one that people may do to their own account, too.
    EndSessions,
}

/// What became of an intervention.
#[derive(Debug)]
pub enum Intervened {
    /// The account is changed, or would not be changed by it; what became of its sessions.
    Changed {
        /// The account as it now is.
        account: Box<Account>,
        /// Its sessions.
        sessions: Changed,
    },
    /// There is no such account.
    NoSuchAccount,
    /// Nothing is changed: the account may not have so many rights.
    TooMany(TooManyRights),
    /// Nothing is changed: it is the administrator's own account.
    OwnAccount,
    /// Nothing is changed: whoever asks is no administrator, or no more.
    NotAdministrator,
}

/// The store's side of administration.
pub trait Administer {
    /// Changes the account and writes the change to its trail in one transaction, in which whoever acts is an administrator; then ends the
    /// account's sessions. Asked again, it ends those that were left.
    fn intervene(
        &self,
        user: UserId,
        intervention: &Intervention,
        actor: Actor,
        now: Timestamp,
    ) -> impl Future<Output = Result<Intervened, StoreError>> + Send;
}

impl Account {
    /// What it may do.
    pub fn rights(&self) -> Rights {
        Rights { scopes: self.scopes.clone(), roles: self.roles.clone() }
    }
}
