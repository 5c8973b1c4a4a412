//! What the table keeps of the signing keys' past: who could verify with which key from when on, written in the transaction that
//! publishes them.
//!
//! The private keys lie in Secrets Manager, which takes part in no transaction of DynamoDB and has a trail of its own (AWS CloudTrail).
//! A key counts from its publication: before it nobody accepts what it signs, and after its removal nobody does any more.

use std::fmt;
use std::future::Future;
use std::str::FromStr;

use crate::clock::Timestamp;
use crate::keys::{Edition, KeyState, PublicKeySet};
use crate::storage::StoreError;

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// Verifiers may learn it.
    Published,
    /// It signs, or is about to.
    Activated,
    /// It signs no more.
    Retired,
    /// Nothing that it signed is accepted any more.
    Unpublished,
}

impl KeyChange {
    const ALL: [Self; 4] = [Self::Published, Self::Activated, Self::Retired, Self::Unpublished];

    /// The change as the table and listings spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Activated => "activated",
            Self::Retired => "retired",
            Self::Unpublished => "unpublished",
        }
    }

    const fn into(state: KeyState) -> Self {
        match state {
            KeyState::Next { .. } => Self::Published,
            KeyState::Active { .. } => Self::Activated,
            KeyState::Retired { .. } => Self::Retired,
        }
    }
}

/// A key and what became of it, spelled as in `activated <kid>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedKey {
    /// Its name.
    pub kid: String,
    /// What became of it.
    pub change: KeyChange,
}

impl ChangedKey {
    fn new(kid: &str, change: KeyChange) -> Self {
        Self { kid: kid.to_owned(), change }
    }

    /// What it means for each key that `after` is published in the place of `before`: first what is gone, then in the new order.
    pub fn between(before: Option<&PublicKeySet>, after: &PublicKeySet) -> Vec<Self> {
        let gone = before.into_iter().flat_map(PublicKeySet::iter).filter(|key| after.find(key.kid()).is_none());
        let mut changed: Vec<_> = gone.map(|key| Self::new(key.kid(), KeyChange::Unpublished)).collect();
        for key in after.iter() {
            let was = before.and_then(|before| before.find(key.kid())).map(|known| KeyChange::into(known.state()));
            let is = KeyChange::into(key.state());
            if was.is_none() && is != KeyChange::Published {
                changed.push(Self::new(key.kid(), KeyChange::Published));
            }
            if was != Some(is) {
                changed.push(Self::new(key.kid(), is));
            }
        }
        changed
    }
}

impl fmt::Display for ChangedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.change.as_str(), self.kid)
    }
}

/// No change of a key is spelled like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a change of a key")]
pub struct UnknownKeyChange;

impl FromStr for ChangedKey {
    type Err = UnknownKeyChange;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, kid) = text.split_once(' ').ok_or(UnknownKeyChange)?;
        let change = KeyChange::ALL.into_iter().find(|change| change.as_str() == word).ok_or(UnknownKeyChange)?;
        Ok(Self::new(kid, change))
    }
}

/// A publication that changed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEntry {
    /// When.
    pub at: Timestamp,
    /// Which.
    pub edition: Edition,
    /// What it changed.
    pub changed: Vec<ChangedKey>,
}

/// The operator's view of the keys' past.
pub trait ReadKeyTrail {
    /// The publications of the last [`super::trail::KEPT_FOR`] before `now` that changed something, the oldest first. One query.
    fn key_trail(&self, now: Timestamp) -> impl Future<Output = Result<Vec<KeyEntry>, StoreError>> + Send;
}
