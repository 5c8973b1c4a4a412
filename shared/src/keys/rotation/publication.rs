//! Publications of the public keys, in order: none replaces one that its author has not seen (DESIGN §7).

use std::future::Future;

use crate::clock::Timestamp;
use crate::keys::PublicKeySet;
use crate::storage::StoreError;

/// Counts publications. Of two that want to replace the same one, the first succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edition(u64);

/// What is published.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The keys.
    pub keys: PublicKeySet,
    /// Its place in the order; a set that was published before there was an order has none.
    pub edition: Option<Edition>,
}

/// What became of a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// Everybody can read it.
    Done,
    /// Another one was published meanwhile. Nothing was changed.
    Overtaken,
}

/// Where the public keys are published.
pub trait PublishKeys {
    /// What is published now: not what was, as a cheaper read might say.
    fn published(&self) -> impl Future<Output = Result<Option<Publication>, StoreError>> + Send;

    /// Publishes `keys` in the place of `instead_of`, or as the first if that is `None`, and notes in the trail what that changes.
    fn publish(
        &self,
        keys: &PublicKeySet,
        instead_of: Option<&Publication>,
        now: Timestamp,
    ) -> impl Future<Output = Result<Published, StoreError>> + Send;
}

impl Edition {
    /// Reads what [`Self::number`] wrote.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number that stands for it in storage.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The edition after `before`.
    #[must_use]
    pub const fn after(before: Option<Self>) -> Self {
        match before {
            None => Self(1),
            Some(Self(before)) => Self(before.saturating_add(1)),
        }
    }
}
