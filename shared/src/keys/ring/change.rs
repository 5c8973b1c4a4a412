//! From one ring to the next: what a rotation, or an operator, may do to the keys (DESIGN §7, NIST SP 800-57 part 1 §5.3).

use std::sync::Arc;

use super::{SigningKey, SigningKeyRing};
use crate::clock::Timestamp;
use crate::keys::state::{KeyState, LONGEST_ROTATION};
use crate::keys::{Algorithm, InvalidKeyPair, KeyPair, UnsafeStep};

/// What a new ring is made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Every algorithm's next key signs from now on, and the keys whose last token has expired leave.
    Rotate,
    /// This next key signs from now on.
    Promote {
        /// Which key.
        kid: String,
    },
    /// This key leaves: a retired one whose last token has expired, or a next one, which has signed nothing.
    Retire {
        /// Which key.
        kid: String,
    },
    /// This key has leaked: it leaves at once, and with it every token that it signed.
    Replace {
        /// Which key.
        kid: String,
    },
}

/// There is no ring to follow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSuccessor {
    /// The change could make a valid token unverifiable, or makes no sense.
    #[error(transparent)]
    Unsafe(#[from] UnsafeStep),
    /// aws-lc made no key.
    #[error(transparent)]
    Pair(#[from] InvalidKeyPair),
}

impl Change {
    /// The key that the new ring may lack although it could still be needed, because somebody decided so.
    pub fn lets_go(&self) -> Option<&str> {
        match self {
            Self::Rotate | Self::Promote { .. } => None,
            Self::Retire { kid } | Self::Replace { kid } => Some(kid),
        }
    }
}

impl SigningKeyRing {
    /// The ring after `change`, to be in force within [`LONGEST_ROTATION`] of `now`. Whatever the change is, every algorithm that
    /// is signed with has a next key afterwards, so that a rotation never has to wait for one.
    ///
    /// # Errors
    /// [`NoSuccessor`]; the change is refused as a whole.
    pub fn changed(&self, change: &Change, now: Timestamp) -> Result<Self, NoSuccessor> {
        let by = now.plus(LONGEST_ROTATION);
        let ring = match change {
            Change::Rotate => {
                let next = Algorithm::ALL.into_iter().filter_map(|algorithm| self.next(algorithm));
                next.into_iter().try_fold(self.remove_retired(now), |ring, key| ring.promote_by(key.kid(), now, by))?
            }
            Change::Promote { kid } => self.promote_by(kid, now, by)?,
            Change::Retire { kid } => self.remove(kid, now)?,
            Change::Replace { kid } => self.replaced(kid, by)?,
        };
        ring.with_next_keys(by)
    }

    /// Without `kid`. If it was signing, the next key of its algorithm signs, however new it is, or else a fresh one.
    fn replaced(&self, kid: &str, by: Timestamp) -> Result<Self, NoSuccessor> {
        let leaked = self.find(kid).ok_or_else(|| UnsafeStep::Unknown { kid: kid.to_owned() })?;
        let mut left = Self { keys: self.keys.iter().filter(|key| key.kid() != kid).cloned().collect() };
        match (leaked.state, self.next(leaked.algorithm())) {
            (KeyState::Next { .. } | KeyState::Retired { .. }, _) => {}
            (KeyState::Active { .. }, Some(next)) => left = left.signing_with(next, by),
            (KeyState::Active { .. }, None) => {
                let state = KeyState::Active { published_at: by, activated_at: by };
                left.keys.push(Arc::new(SigningKey::new(KeyPair::generate(leaked.algorithm())?, state)));
            }
        }
        Ok(left)
    }

    fn with_next_keys(self, by: Timestamp) -> Result<Self, NoSuccessor> {
        let lacks_next = |algorithm: &Algorithm| self.active(*algorithm).is_some() && self.next(*algorithm).is_none();
        let lacking: Vec<_> = Algorithm::ALL.into_iter().filter(lacks_next).collect();
        lacking.into_iter().try_fold(self, |ring, algorithm| Ok(ring.publish_next(KeyPair::generate(algorithm)?, by)?))
    }
}
