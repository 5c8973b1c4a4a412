//! A key as the table holds it, and its owner as far as a check needs to know them.

use std::time::Duration;

use super::label::Label;
use super::ranges::IpRanges;
use super::secret_hash::SecretHash;
use super::text::{Environment, Named};
use crate::clock::Timestamp;
use crate::limits::Limit;
use crate::scope::{Roles, Scopes};

/// Keys of one owner. Whoever reaches it has lost sight of them; an item counts them, so that it holds however many are made at once.
pub const MAX_KEYS: u32 = 50;
/// Secrets that still work beside the current one: one that the programs use, and one whose answer was lost on the way.
pub const MAX_PREDECESSORS: usize = 2;
/// How exactly the last use is known: a write for each call would cost more than the call.
pub const USE_NOTED_EVERY: Duration = Duration::from_secs(60);

/// An API key.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// Whose it is, and its own name.
    pub named: Named,
    /// The deployment that it was made for.
    pub environment: Environment,
    /// What people call it.
    pub label: Label,
    /// The most that it may do. What it may do is what its owner may, too.
    pub scope: Scopes,
    /// The roles that it lends from its owner; most keys have none.
    pub roles: Roles,
    /// Where it may be used from.
    pub ranges: IpRanges,
    /// How often it may be used, if that is limited.
    pub limit: Option<Limit>,
    /// Its secret, hashed.
    pub secret: SecretHash,
    /// The secrets before, the newest first, which work for a while longer.
    pub predecessors: Vec<Predecessor>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
    /// When it was used, to [`USE_NOTED_EVERY`].
    pub last_used_at: Option<Timestamp>,
    /// Counts its changes.
    pub version: u64,
}

/// A secret that a rotation has replaced.
#[derive(Clone, Debug)]
pub struct Predecessor {
    /// The secret, hashed.
    pub secret: SecretHash,
    /// Until when it works.
    pub until: Timestamp,
}

impl ApiKey {
    /// Whether its time is over at `now`.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expires_at| expires_at <= now)
    }

    /// Until when a secret before the present one works, if one does at `now`.
    pub fn earlier_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.predecessors.iter().map(|predecessor| predecessor.until).filter(|until| *until > now).max()
    }

    /// Whether a use at `now` is worth a write.
    pub fn is_use_news(&self, now: Timestamp) -> bool {
        self.last_used_at.is_none_or(|used_at| used_at.plus(USE_NOTED_EVERY) <= now)
    }
}

/// The owner of a key, as the check reads them beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The most that their keys may do.
    pub scopes: Scopes,
    /// Their roles.
    pub roles: Roles,
    /// Whether they may call at all.
    pub active: bool,
}
