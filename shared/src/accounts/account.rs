//! What the table says of an account.

use std::fmt;

use super::Identifier;
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::passwords::PasswordHash;
use crate::scope::{Roles, Scopes};

/// An account, without its credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its lasting name, the `sub` of its tokens.
    pub user: UserId,
    /// The names it signs in by: an e-mail address, and perhaps a username.
    pub identifiers: Vec<Identifier>,
    /// The most that its tokens may do.
    pub scopes: Scopes,
    /// Its roles.
    pub roles: Roles,
    /// Whether it may sign in.
    pub standing: Standing,
    /// When it was made.
    pub created_at: Timestamp,
    /// Counts the changes that must end or forbid sessions.
    pub version: u64,
}

/// Whether an account may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Active,
    /// It may not.
    Disabled {
        /// Since when.
        at: Timestamp,
    },
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::Disabled { .. } => "disabled",
        })
    }
}

/// All that a sign-in needs, kept under each name of the account so that it is one read (DESIGN §5).
#[derive(Clone, Debug)]
pub struct LoginRecord {
    /// Whose it is.
    pub user: UserId,
    /// Every name of the account, for changes that touch them all.
    pub identifiers: Vec<Identifier>,
    /// The stored hash.
    pub password: PasswordHash,
    /// The most that its tokens may do.
    pub scopes: Scopes,
    /// Its roles.
    pub roles: Roles,
    /// Whether it may sign in.
    pub standing: Standing,
    /// The account's version when this was written.
    pub version: u64,
}
