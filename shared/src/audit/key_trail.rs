//! What the table keeps of the keys' past: who could verify with which signing key from when on, written in the transaction that
//! publishes them, and what became of the MAC keys and peppers, written before it happens.
//!
//! The private keys lie in Secrets Manager, which takes part in no transaction of DynamoDB and has a trail of its own (AWS CloudTrail).
//! A key counts from its publication: before it nobody accepts what it signs, and after its removal nobody does any more.

use std::fmt;
use std::future::Future;
use std::str::FromStr;

use crate::clock::Timestamp;
use crate::keys::{KeyState, Numbered, NumberedRing, NumberedState, PublicKeySet, SymmetricKeys};
use crate::storage::StoreError;

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// Whoever verifies may learn it.
    Published,
    /// It makes signatures, MACs or hashes, or is about to.
    Activated,
    /// It makes no more of them.
    Retired,
    /// Nothing that it made is accepted any more.
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
    /// Its name: `mac-2`, `pepper-2` or a signing key's.
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

    /// What it means for each MAC key and pepper that `after` takes the place of `before`.
    pub fn between_symmetric(before: &SymmetricKeys, after: &SymmetricKeys) -> Vec<Self> {
        let mut changed = Self::between_rings(before.mac_keys(), after.mac_keys());
        changed.extend(Self::between_rings(before.peppers(), after.peppers()));
        changed
    }

    fn between_rings<K: Numbered>(before: &NumberedRing<K>, after: &NumberedRing<K>) -> Vec<Self> {
        let name = |key: &K| format!("{}-{}", K::KIND, key.id());
        let gone = before.iter().filter(|key| after.find(key.id()).is_none());
        let mut changed: Vec<_> = gone.map(|key| Self::new(&name(key), KeyChange::Unpublished)).collect();
        for (key, state) in after.states() {
            let was = before.states().find(|(known, _)| known.id() == key.id()).map(|(_, state)| state);
            let change = match state {
                NumberedState::Next { .. } => KeyChange::Published,
                NumberedState::Active => KeyChange::Activated,
                NumberedState::Retired { .. } => KeyChange::Retired,
                NumberedState::Undated => continue,
            };
            if was != Some(state) {
                changed.push(Self::new(&name(key), change));
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

/// A publication, or a version of a secret, that changed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEntry {
    /// When.
    pub at: Timestamp,
    /// What it changed.
    pub changed: Vec<ChangedKey>,
}

/// The operator's view of the keys' past.
pub trait ReadKeyTrail {
    /// The changes of the last [`super::trail::KEPT_FOR`] before `now`, the oldest first. One query.
    fn key_trail(&self, now: Timestamp) -> impl Future<Output = Result<Vec<KeyEntry>, StoreError>> + Send;
}
