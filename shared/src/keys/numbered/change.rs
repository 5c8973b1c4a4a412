//! From one ring of numbered keys to the next: a key is known to every function before it makes anything, and leaves when nothing that it
//! made is good any more (NIST SP 800-57 part 1 §5.3).

use std::time::Duration;

use super::{Dated, KNOWN_TO_ALL, Moments, Numbered, NumberedRing, NumberedState};
use crate::clock::Timestamp;
use crate::keys::SymmetricFault;
use crate::randomness::{NoRandomness, Randomness};
use crate::secret::Secret;

/// What a new ring is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberedChange {
    /// The next key makes new things from now on; where none is next, a fresh one is.
    Rotate,
    /// This key leaves: a retired one of which nothing is good any more, or a next one, which has made nothing.
    Retire {
        /// Its number.
        id: u32,
    },
    /// This key has leaked: it leaves at once, and with it everything that it made.
    Replace {
        /// Its number.
        id: u32,
    },
}

/// A change of the ring that could make something valid be refused, or that makes no sense. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsafeNumber {
    /// There is no such key.
    #[error("there is no {kind} key number {id}")]
    Unknown {
        /// The kind of key.
        kind: &'static str,
        /// The number asked for.
        id: u32,
    },
    /// The active key cannot leave.
    #[error("{kind} key {id} is active: rotate first")]
    Active {
        /// The kind of key.
        kind: &'static str,
        /// Its number.
        id: u32,
    },
    /// Some function may not know the key yet, or something that it made may be good still.
    #[error("{kind} key {id} needs another {} s", lacking.as_secs())]
    TooEarly {
        /// The kind of key.
        kind: &'static str,
        /// Its number.
        id: u32,
        /// How long until the step is safe.
        lacking: Duration,
    },
    /// Nobody knows what the key has made.
    #[error("{kind} key {id} was put into the secret by hand: nobody knows what it has made, nor until when")]
    Undated {
        /// The kind of key.
        kind: &'static str,
        /// Its number.
        id: u32,
    },
    /// The numbers are used up.
    #[error(transparent)]
    Ring(#[from] SymmetricFault),
    /// No key could be drawn.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl<K: Numbered> NumberedRing<K> {
    /// The ring after `change`.
    ///
    /// # Errors
    /// [`UnsafeNumber`]; the change is refused as a whole.
    pub fn changed(
        &self,
        change: NumberedChange,
        randomness: &Randomness,
        now: Timestamp,
    ) -> Result<Self, UnsafeNumber> {
        match change {
            NumberedChange::Rotate => match self.next() {
                Some((next, published_at)) => self.promote(next.id(), published_at, now),
                None => self.publish_next(randomness, now),
            },
            NumberedChange::Retire { id } => self.without(id, now, true),
            NumberedChange::Replace { id } => self.without(id, now, false),
        }
    }

    /// The key that makes new things next, and since when it is known.
    pub fn next(&self) -> Option<(&K, Timestamp)> {
        self.states().find_map(|(key, state)| match state {
            NumberedState::Next { published_at } => Some((key, published_at)),
            NumberedState::Active | NumberedState::Retired { .. } | NumberedState::Undated => None,
        })
    }

    fn publish_next(&self, randomness: &Randomness, now: Timestamp) -> Result<Self, UnsafeNumber> {
        let highest = self.iter().map(Numbered::id).max().unwrap_or_default();
        let key = K::numbered(highest.saturating_add(1), Secret::new(randomness.bytes()?));
        let next = Dated { key, moments: Moments { published_at: Some(now), retired_at: None } };
        Ok(Self::dated(self.active().id(), self.all().cloned().chain([next]).collect())?)
    }

    fn promote(&self, id: u32, published_at: Timestamp, now: Timestamp) -> Result<Self, UnsafeNumber> {
        passed(id, KNOWN_TO_ALL, published_at, now, K::KIND)?;
        let mut keys: Vec<_> = self.all().cloned().collect();
        if let Some(active) = keys.first_mut() {
            active.moments.retired_at = Some(now);
        }
        Ok(Self::dated(id, keys)?)
    }

    fn without(&self, id: u32, now: Timestamp, is_safe: bool) -> Result<Self, UnsafeNumber> {
        let kind = K::KIND;
        let (_, state) = self.states().find(|(key, _)| key.id() == id).ok_or(UnsafeNumber::Unknown { kind, id })?;
        match state {
            NumberedState::Active => return Err(UnsafeNumber::Active { kind, id }),
            NumberedState::Retired { retired_at } if is_safe => passed(id, K::STAYS, retired_at, now, kind)?,
            NumberedState::Undated if is_safe => return Err(UnsafeNumber::Undated { kind, id }),
            NumberedState::Next { .. } | NumberedState::Retired { .. } | NumberedState::Undated => {}
        }
        let left = self.all().filter(|dated| dated.key.id() != id).cloned().collect();
        Ok(Self::dated(self.active().id(), left)?)
    }
}

fn passed(id: u32, needed: Duration, since: Timestamp, now: Timestamp, kind: &'static str) -> Result<(), UnsafeNumber> {
    let lacking = needed.saturating_sub(now.since(since));
    if lacking.is_zero() { Ok(()) } else { Err(UnsafeNumber::TooEarly { kind, id, lacking }) }
}
