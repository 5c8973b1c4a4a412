//! Whether one ring may follow another: the check before a ring is published, and again before it is put in force.
//!
//! It trusts nothing but the two rings and the clock. A ring that passes leaves no valid token unverifiable and no function
//! without a key, whoever made it and however long ago.

use super::{Change, SigningKeyRing, known_to_all};
use crate::clock::Timestamp;
use crate::keys::UnsafeStep;
use crate::keys::state::KeyState;

impl SigningKeyRing {
    /// Whether this ring may take the place of `current` at `now`, for `change`.
    ///
    /// # Errors
    /// [`UnsafeStep`]: a key that signed without having been published long enough, one that is missing although its tokens may
    /// live, one that this ring says something of that has not happened in `current`, or one of which it says that it was
    /// published or retired at a moment that has passed.
    pub fn may_follow(&self, current: &Self, change: &Change, now: Timestamp) -> Result<(), UnsafeStep> {
        for key in self.iter() {
            let kid = || key.kid().to_owned();
            let urgent = replaces(change, current, key.algorithm());
            let before = current.find(key.kid()).map(|key| key.state());
            let due = match (before, key.state()) {
                (Some(before), after) if before == after => continue,
                (None, KeyState::Next { published_at }) => published_at,
                (Some(KeyState::Next { published_at: before }), KeyState::Active { published_at, activated_at })
                    if before == published_at =>
                {
                    if !urgent {
                        known_to_all(key.kid(), published_at, now)?;
                    }
                    activated_at
                }
                (None, KeyState::Active { published_at, .. }) if urgent => published_at,
                (
                    Some(KeyState::Active { published_at: published_before, activated_at: before }),
                    KeyState::Retired { published_at, activated_at, retired_at },
                ) if (published_before, before) == (published_at, activated_at) => retired_at,
                _ => return Err(UnsafeStep::Unforeseen { kid: kid() }),
            };
            if due < now {
                return Err(UnsafeStep::TooLate { kid: kid(), by: now.since(due) });
            }
        }
        for key in current.needed(now) {
            let kid = || key.kid().to_owned();
            if self.find(key.kid()).is_none() && change.lets_go() != Some(key.kid()) {
                return Err(UnsafeStep::Missing { kid: kid() });
            }
            if matches!(key.state(), KeyState::Active { .. }) && self.active(key.algorithm()).is_none() {
                return Err(UnsafeStep::WithoutSuccessor { kid: kid() });
            }
        }
        Ok(())
    }
}

/// Whether the key that signs with `algorithm` has leaked, so that its successor cannot wait until everybody knows it.
fn replaces(change: &Change, current: &SigningKeyRing, algorithm: crate::keys::Algorithm) -> bool {
    let Change::Replace { kid } = change else { return false };
    current.active(algorithm).is_some_and(|active| active.kid() == kid)
}
