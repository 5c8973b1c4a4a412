//! What comes back of a backup: whatever was lost, and nothing that somebody took away since (decision 0026).
//!
//! The table that is in use is right about everything that it knows: what it holds stays as it is, and its trail says of what is
//! missing whether it was taken away or lost.

use std::future::Future;

use crate::audit::trail::{AccountChange, ApiKeyChange, Entry, KEPT_FOR};
use crate::clock::Timestamp;
use crate::federation::IdentityKey;
use crate::identity::ApiKeyId;
use crate::storage::StoreError;

/// What is in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An account.
    Account,
    /// A name that an account signs in by.
    Login,
    /// A service.
    Service,
    /// An API key of either.
    ApiKey,
    /// An identity at a provider.
    Identity,
    /// An OAuth client.
    Client,
    /// An entry of a trail.
    AuditEntry,
    /// A session. One that came back would be one that ended, as often as not.
    Session,
    /// What somebody let a client do. It may have been withdrawn since, and asking again costs a click.
    Consent,
    /// The public signing keys, which come from the secret and not from a backup: one that leaked may be among these.
    PublicKeys,
    /// What lives for minutes or counts once: one-time tokens, codes, assertions, used attempts, counts.
    Passing,
    /// What this release does not know.
    Unknown,
}

impl Kind {
    /// What a report calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "accounts",
            Self::Login => "logins",
            Self::Service => "services",
            Self::ApiKey => "API keys",
            Self::Identity => "identities",
            Self::Client => "clients",
            Self::AuditEntry => "audit entries",
            Self::Session => "sessions",
            Self::Consent => "consents",
            Self::PublicKeys => "public keys",
            Self::Passing => "passing",
            Self::Unknown => "unknown",
        }
    }
}

/// What becomes of an item of the backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It is there, and stays as it is.
    There,
    /// It was lost, and comes back as it was.
    Back,
    /// It was lost, and something happened to it since that nobody can repeat: it comes back closed, and without a password.
    BackClosed,
    /// It was revoked, unlinked, rotated or deleted since.
    StaysAway,
    /// Its name is somebody else's now.
    Taken,
    /// Nothing of its kind comes back.
    LeftBehind,
}

/// An item of the backup, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What it is.
    pub kind: Kind,
    /// What becomes of it.
    pub fate: Fate,
    /// Which, for a person to look it up.
    pub name: String,
}

/// What a lost account or service comes back as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Return {
    /// As it was.
    AsItWas,
    /// Closed: it was changed since, and as it was it would undo that.
    Closed,
    /// Not at all: it was deleted.
    Never,
}

/// What happened to an account or a service since the backup, as far as its trail tells, in the order of time.
#[derive(Clone, Debug, Default)]
pub struct Since(Vec<Entry>);

impl Since {
    /// The entries that the table has and the backup does not.
    pub const fn new(entries: Vec<Entry>) -> Self {
        Self(entries)
    }

    /// What it comes back as, if it was lost.
    pub fn owner(&self) -> Return {
        if self.0.iter().any(|entry| entry.change == AccountChange::Deleted) {
            return Return::Never;
        }
        if self.changes() > 0 { Return::Closed } else { Return::AsItWas }
    }

    /// How often its version was raised.
    pub fn changes(&self) -> u64 {
        let of_itself = |entry: &&Entry| match entry.change {
            AccountChange::ApiKey(..) | AccountChange::SessionEnded(_) | AccountChange::Restored => false,
            AccountChange::Registered
            | AccountChange::Disabled
            | AccountChange::Enabled
            | AccountChange::PasswordSet
            | AccountChange::PasswordChanged
            | AccountChange::PasswordReset
            | AccountChange::EmailChanged
            | AccountChange::IdentityLinked
            | AccountChange::IdentityUnlinked
            | AccountChange::RightsChanged
            | AccountChange::SessionsEnded
            | AccountChange::Deleted => true,
        };
        self.0.iter().filter(of_itself).count() as u64
    }

    /// Whether nobody took this key away since, nor gave it another secret.
    pub fn spares_api_key(&self, key: ApiKeyId) -> bool {
        !self.0.iter().any(|entry| match entry.change {
            AccountChange::ApiKey(id, change) => {
                let ends = match change {
                    ApiKeyChange::Revoked
                    | ApiKeyChange::RevokedByOperator
                    | ApiKeyChange::Reported
                    | ApiKeyChange::Rotated => true,
                    ApiKeyChange::Created | ApiKeyChange::Renamed | ApiKeyChange::Restored => false,
                };
                id == key && ends
            }
            _ => false,
        })
    }

    /// Whether this identity was not unlinked, or was linked again later. An entry that does not say which means any.
    pub fn spares_identity(&self, identity: &IdentityKey) -> bool {
        let last = |change: AccountChange, any: bool| {
            let about = move |entry: &&Entry| entry.identity.as_ref().map_or(any, |named| named == identity);
            let entries = self.0.iter().filter(move |entry| entry.change == change).filter(about);
            entries.map(|entry| entry.at).max()
        };
        // Of one second it is not known which came first.
        match last(AccountChange::IdentityUnlinked, true) {
            None => true,
            unlinked => last(AccountChange::IdentityLinked, false) > unlinked,
        }
    }
}

/// What is known of a table before it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// How many items it has, as it is told every six hours or so.
    pub items: u64,
    /// The moment that it was restored from, unless it was made in another way.
    pub of: Option<Timestamp>,
}

impl Described {
    /// Whether it is so old that the trail has lost what was taken away right after it.
    pub fn is_beyond_the_trail(&self, now: Timestamp) -> bool {
        self.of.is_some_and(|of| now >= of.plus(KEPT_FOR))
    }
}

/// A partition of a backup that holds what may come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition(pub(crate) String);

/// Where the next page begins.
#[derive(Clone, Debug)]
pub struct Place {
    pub(crate) partition: String,
    pub(crate) sort: String,
}

/// Some of a backup.
#[derive(Clone, Debug)]
pub struct Page {
    /// How many items it is made of.
    pub items: u64,
    /// The partitions to restore, each once in a page; the first may be the last of the page before.
    pub partitions: Vec<Partition>,
    /// What is left behind.
    pub left_behind: Vec<Outcome>,
    /// Where the next one begins, unless this is the last.
    pub next: Option<Place>,
}

/// The store's side of a restore.
pub trait Restore: Sized {
    /// What is known of this table before it is read.
    fn described(&self) -> impl Future<Output = Result<Described, StoreError>> + Send;

    /// A page of this table, from `place` on or from the beginning.
    fn page(&self, place: Option<Place>) -> impl Future<Output = Result<Page, StoreError>> + Send;

    /// Brings back what is lost of `partition`, from `backup`; with `dry_run` only says what it would do. What is there is left as it
    /// is, so that it may be repeated.
    fn restore(
        &self,
        backup: &Self,
        partition: &Partition,
        now: Timestamp,
        dry_run: bool,
    ) -> impl Future<Output = Result<Vec<Outcome>, StoreError>> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(at: u64, change: AccountChange) -> Entry {
        Entry::new(Timestamp::from_seconds(at), change)
    }

    #[test]
    fn what_was_changed_since_comes_back_closed_and_what_was_deleted_not_at_all() {
        let key = ApiKeyId::from_bytes([7; 16]);
        let renamed = entry(1, AccountChange::ApiKey(key, ApiKeyChange::Renamed));
        assert_eq!(Since::default().owner(), Return::AsItWas);
        assert_eq!(Since::new(vec![renamed.clone()]).owner(), Return::AsItWas);
        assert_eq!(Since::new(vec![renamed.clone(), entry(2, AccountChange::PasswordReset)]).owner(), Return::Closed);
        let deleted = Since::new(vec![entry(1, AccountChange::Disabled), entry(2, AccountChange::Deleted)]);
        assert_eq!(deleted.owner(), Return::Never);
        assert!(Since::new(vec![renamed]).spares_api_key(key));
    }

    #[test]
    fn a_key_that_was_taken_away_or_given_another_secret_is_not_spared() {
        let (key, other) = (ApiKeyId::from_bytes([7; 16]), ApiKeyId::from_bytes([8; 16]));
        for change in
            [ApiKeyChange::Revoked, ApiKeyChange::RevokedByOperator, ApiKeyChange::Reported, ApiKeyChange::Rotated]
        {
            let since = Since::new(vec![entry(1, AccountChange::ApiKey(key, change))]);
            assert!(!since.spares_api_key(key), "{change:?}");
            assert!(since.spares_api_key(other), "{change:?}");
        }
    }

    #[test]
    fn an_identity_stays_unlinked_until_it_is_linked_again() {
        let (mine, other): (IdentityKey, IdentityKey) =
            ("a".repeat(64).parse().unwrap(), "b".repeat(64).parse().unwrap());
        let unlinked = Entry { identity: Some(mine.clone()), ..entry(1, AccountChange::IdentityUnlinked) };
        let linked = Entry { identity: Some(mine.clone()), ..entry(2, AccountChange::IdentityLinked) };
        let since = Since::new(vec![unlinked.clone()]);
        assert!(!since.spares_identity(&mine) && since.spares_identity(&other));
        assert!(Since::new(vec![unlinked, linked]).spares_identity(&mine));
        // An earlier release did not say which.
        let since = Since::new(vec![entry(1, AccountChange::IdentityUnlinked)]);
        assert!(!since.spares_identity(&mine) && !since.spares_identity(&other));
    }
}
