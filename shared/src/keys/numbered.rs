//! Keys that are known by a number: one makes new things, the older ones are accepted for as long as they stand in the ring, and the next one
//! is accepted before it makes anything.

mod change;

use std::time::Duration;

pub use change::{NumberedChange, UnsafeNumber};

use super::symmetric::SYMMETRIC_KEY_BYTES;
use super::{Limits, SymmetricFault};
use crate::clock::Timestamp;
use crate::secret::Secret;

/// How long after a ring was made every function knows it, or reads it before it answers: [`Limits::hard_limit`], and a minute in which it
/// is put in force and by which clocks differ. Shorter, and one function refuses what another has made.
pub const KNOWN_TO_ALL: Duration =
    Duration::from_secs(Limits::DEFAULT.hard_limit.as_secs() + LONGEST_REPLACEMENT.as_secs());

/// How long a ring may take from being made to being in force. What it says of its keys is said of the moment in which it was made.
pub(super) const LONGEST_REPLACEMENT: Duration = Duration::from_secs(60);

/// A key with a number, by which what it made names it.
pub trait Numbered: Clone {
    /// What such keys are called in listings and in the trail.
    const KIND: &'static str;
    /// How long after it was retired at the latest something that it made is good.
    const STAYS: Duration;

    /// The key number `id`.
    fn numbered(id: u32, secret: Secret<[u8; SYMMETRIC_KEY_BYTES]>) -> Self;

    /// The key's number.
    fn id(&self) -> u32;
}

/// Where a key stands in its life, with the evidence for what may happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberedState {
    /// Accepted, and making nothing yet.
    Next {
        /// Since when functions can learn it.
        published_at: Timestamp,
    },
    /// Making new things.
    Active,
    /// Accepted, and making nothing any more.
    Retired {
        /// Until when it made things.
        retired_at: Timestamp,
    },
    /// Accepted, and nobody wrote down since when, or what it has made: the secret was written by hand.
    Undated,
}

impl NumberedState {
    /// The state's name, for listings.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Next { .. } => "next",
            Self::Active => "active",
            Self::Retired { .. } => "retired",
            Self::Undated => "undated",
        }
    }
}

/// What is known of a key's life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Moments {
    pub(super) published_at: Option<Timestamp>,
    pub(super) retired_at: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub(super) struct Dated<K> {
    pub(super) key: K,
    pub(super) moments: Moments,
}

/// Keys of one kind: one that makes new things, and others that are still, or already, accepted.
#[derive(Clone, Debug)]
pub struct NumberedRing<K> {
    active: Dated<K>,
    others: Vec<Dated<K>>,
}

impl<K: Numbered> NumberedRing<K> {
    /// A ring of one key.
    pub(super) const fn of(key: K) -> Self {
        let moments = Moments { published_at: None, retired_at: None };
        Self { active: Dated { key, moments }, others: Vec::new() }
    }

    /// A ring of these keys, of whose lives nothing is known.
    ///
    /// # Errors
    /// [`SymmetricFault`] if the active one is not among them, or two share a number.
    pub fn new(active: u32, keys: Vec<K>) -> Result<Self, SymmetricFault> {
        Self::dated(active, keys.into_iter().map(|key| Dated { key, moments: Moments::default() }).collect())
    }

    pub(super) fn dated(active: u32, mut keys: Vec<Dated<K>>) -> Result<Self, SymmetricFault> {
        keys.sort_by_key(|dated| dated.key.id());
        if let Some(twice) = keys.windows(2).find_map(|pair| match pair {
            [left, right] if left.key.id() == right.key.id() => Some(left.key.id()),
            _ => None,
        }) {
            return Err(SymmetricFault::Twice { id: twice });
        }
        let position = keys.iter().position(|dated| dated.key.id() == active);
        let position = position.ok_or(SymmetricFault::NoActive { id: active })?;
        let active = keys.remove(position);
        Ok(Self { active, others: keys })
    }

    /// The key that makes new things.
    pub const fn active(&self) -> &K {
        &self.active.key
    }

    /// The key number `id`, active or not.
    pub fn find(&self, id: u32) -> Option<&K> {
        self.iter().find(|key| key.id() == id)
    }

    /// Every key, the active one first.
    pub fn iter(&self) -> impl Iterator<Item = &K> {
        self.all().map(|dated| &dated.key)
    }

    /// Every key with where it stands, the active one first.
    pub fn states(&self) -> impl Iterator<Item = (&K, NumberedState)> {
        let others = self.others.iter().map(|dated| {
            let state = match dated.moments {
                Moments { retired_at: Some(retired_at), .. } => NumberedState::Retired { retired_at },
                Moments { published_at: Some(published_at), .. } => NumberedState::Next { published_at },
                Moments { published_at: None, retired_at: None } => NumberedState::Undated,
            };
            (&dated.key, state)
        });
        std::iter::once((&self.active.key, NumberedState::Active)).chain(others)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Dated<K>> {
        std::iter::once(&self.active).chain(&self.others)
    }
}
