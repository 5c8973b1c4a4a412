//! The signing ring: which key signs, which come next, which are still published (DESIGN §7).
//!
//! A ring is a value. Its steps are pure functions from one ring to the next, and a step that would make a valid token
//! unverifiable is refused with the time that it lacks.

mod change;
mod succession;

use std::sync::Arc;
use std::time::Duration;

use super::ring_fault::{RingFault, UnsafeStep};
use super::state::{KeyState, LONGEST_VERIFIER_CACHE, RETIRED_KEY_STAYS};
use super::{Algorithm, InvalidKeyPair, KeyPair, PublicKey, PublicKeySet};
use crate::clock::Timestamp;

pub use change::{Change, NoSuccessor};

/// A key of the ring and where it stands in its life.
#[derive(Clone, Debug)]
pub struct SigningKey {
    pair: Arc<KeyPair>,
    state: KeyState,
}

impl SigningKey {
    pub(super) fn new(pair: KeyPair, state: KeyState) -> Self {
        Self { pair: Arc::new(pair), state }
    }

    /// The key's name: the RFC 7638 thumbprint of its public half.
    pub fn kid(&self) -> &str {
        self.pair.kid()
    }

    /// The algorithm that it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.pair.algorithm()
    }

    /// Where it stands in its life.
    pub const fn state(&self) -> KeyState {
        self.state
    }

    /// Whether it signs, will sign, or has signed tokens that may live.
    fn is_needed(&self, now: Timestamp) -> bool {
        match self.state {
            KeyState::Next { .. } | KeyState::Active { .. } => true,
            KeyState::Retired { retired_at, .. } => !still_needed(retired_at, now).is_zero(),
        }
    }

    /// The key itself.
    pub fn pair(&self) -> &KeyPair {
        &self.pair
    }

    /// What the world may know of it.
    ///
    /// # Errors
    /// [`RingFault`] if its public half were unusable, which reading the key rules out.
    pub(super) fn public(&self) -> Result<PublicKey, RingFault> {
        PublicKey::new(self.pair.public().clone(), self.state)
    }
}

/// The signing keys of a deployment: for each algorithm at most one next and one active, and any number retired.
#[derive(Clone, Debug)]
pub struct SigningKeyRing {
    keys: Vec<Arc<SigningKey>>,
}

impl SigningKeyRing {
    /// The first ring of a deployment: an active key, which nobody can have missed because nothing was published before
    /// it, and the one after it, published from the first day so that a rotation never has to wait for one.
    ///
    /// # Errors
    /// [`InvalidKeyPair`] if aws-lc generates none.
    pub fn generate(algorithm: Algorithm, now: Timestamp) -> Result<Self, InvalidKeyPair> {
        Self::generate_all(&[algorithm], now)
    }

    /// The same for several algorithms, for a deployment whose clients differ in what they verify.
    ///
    /// # Errors
    /// [`InvalidKeyPair`] if aws-lc generates none.
    pub fn generate_all(algorithms: &[Algorithm], now: Timestamp) -> Result<Self, InvalidKeyPair> {
        let states = [KeyState::Active { published_at: now, activated_at: now }, KeyState::Next { published_at: now }];
        let pairs = algorithms.iter().flat_map(|algorithm| states.map(|state| (*algorithm, state)));
        let key = |(algorithm, state)| Ok(Arc::new(SigningKey::new(KeyPair::generate(algorithm)?, state)));
        Ok(Self { keys: pairs.map(key).collect::<Result<_, InvalidKeyPair>>()? })
    }

    /// A ring of these keys.
    ///
    /// # Errors
    /// [`RingFault`] names the key that cannot stand beside the others.
    pub(super) fn from_keys(keys: Vec<SigningKey>) -> Result<Self, RingFault> {
        for (position, key) in keys.iter().enumerate() {
            let kid = || key.kid().to_owned();
            if !key.state.is_ordered() {
                return Err(RingFault::Disordered { kid: kid() });
            }
            for other in keys.iter().take(position) {
                if other.kid() == key.kid() {
                    return Err(RingFault::Twice { kid: kid() });
                }
                match (other.algorithm() == key.algorithm(), other.state, key.state) {
                    (true, KeyState::Active { .. }, KeyState::Active { .. }) => {
                        return Err(RingFault::SecondActive { kid: kid() });
                    }
                    (true, KeyState::Next { .. }, KeyState::Next { .. }) => {
                        return Err(RingFault::SecondNext { kid: kid() });
                    }
                    _ => {}
                }
            }
        }
        if keys.is_empty() {
            Err(RingFault::Empty)
        } else {
            Ok(Self { keys: keys.into_iter().map(Arc::new).collect() })
        }
    }

    /// The key that signs with `algorithm`, if one does.
    pub fn active(&self, algorithm: Algorithm) -> Option<&Arc<SigningKey>> {
        self.keys.iter().find(|key| key.algorithm() == algorithm && matches!(key.state, KeyState::Active { .. }))
    }

    /// The published key that will sign with `algorithm` next, if there is one.
    pub fn next(&self, algorithm: Algorithm) -> Option<&Arc<SigningKey>> {
        self.keys.iter().find(|key| key.algorithm() == algorithm && matches!(key.state, KeyState::Next { .. }))
    }

    /// The key called `kid`.
    pub fn find(&self, kid: &str) -> Option<&Arc<SigningKey>> {
        self.keys.iter().find(|key| key.kid() == kid)
    }

    /// Every key.
    pub fn iter(&self) -> impl Iterator<Item = &SigningKey> {
        self.keys.iter().map(Arc::as_ref)
    }

    /// What the world may know of the ring: every key, without its private half.
    ///
    /// # Errors
    /// [`RingFault`] if a key's public half were unusable, which reading the ring rules out.
    pub fn public_set(&self) -> Result<PublicKeySet, RingFault> {
        PublicKeySet::new(self.iter().map(SigningKey::public).collect::<Result<_, _>>()?)
    }

    /// Publishes `pair` as the next key of its algorithm.
    ///
    /// # Errors
    /// [`UnsafeStep`] if there is a next key already.
    pub fn publish_next(&self, pair: KeyPair, now: Timestamp) -> Result<Self, UnsafeStep> {
        if let Some(next) = self.next(pair.algorithm()) {
            return Err(UnsafeStep::NextExists { kid: next.kid().to_owned() });
        }
        if self.find(pair.kid()).is_some() {
            return Err(UnsafeStep::Known { kid: pair.kid().to_owned() });
        }
        let mut keys = self.keys.clone();
        keys.push(Arc::new(SigningKey::new(pair, KeyState::Next { published_at: now })));
        Ok(Self { keys })
    }

    /// Makes the next key `kid` the active one of its algorithm and retires the one before it.
    ///
    /// # Errors
    /// [`UnsafeStep`] until every verifier can know it: [`LONGEST_VERIFIER_CACHE`] after it was published.
    pub fn promote(&self, kid: &str, now: Timestamp) -> Result<Self, UnsafeStep> {
        self.promote_by(kid, now, now)
    }

    /// The same, for a ring that is in force only by `by`.
    fn promote_by(&self, kid: &str, now: Timestamp, by: Timestamp) -> Result<Self, UnsafeStep> {
        let key = self.find(kid).ok_or_else(|| UnsafeStep::Unknown { kid: kid.to_owned() })?;
        let KeyState::Next { published_at } = key.state else {
            return Err(UnsafeStep::NotNext { kid: kid.to_owned() });
        };
        known_to_all(kid, published_at, now)?;
        Ok(self.signing_with(key, by))
    }

    /// However new it is, `chosen` is the active key of its algorithm by `by`.
    fn signing_with(&self, chosen: &SigningKey, by: Timestamp) -> Self {
        let published_at = chosen.state.published_at();
        let moved = |key: &Arc<SigningKey>| {
            let state = match key.state {
                // A clock that was set back must not write a life out of order.
                _ if key.kid() == chosen.kid() => KeyState::Active { published_at, activated_at: by.max(published_at) },
                KeyState::Active { published_at, activated_at } if key.algorithm() == chosen.algorithm() => {
                    KeyState::Retired { published_at, activated_at, retired_at: by.max(activated_at) }
                }
                unmoved => unmoved,
            };
            Arc::new(SigningKey { pair: Arc::clone(&key.pair), state })
        };
        Self { keys: self.keys.iter().map(moved).collect() }
    }

    /// Takes the key `kid` out of the ring: a retired one whose last token has expired, or a next one, which has signed
    /// nothing.
    ///
    /// # Errors
    /// [`UnsafeStep`] for the active key, and for a retired one until [`RETIRED_KEY_STAYS`] after its retirement.
    pub fn remove(&self, kid: &str, now: Timestamp) -> Result<Self, UnsafeStep> {
        let key = self.find(kid).ok_or_else(|| UnsafeStep::Unknown { kid: kid.to_owned() })?;
        match key.state {
            KeyState::Active { .. } => return Err(UnsafeStep::Signing { kid: kid.to_owned() }),
            KeyState::Next { .. } => {}
            KeyState::Retired { retired_at, .. } => {
                let lacking = still_needed(retired_at, now);
                if !lacking.is_zero() {
                    return Err(UnsafeStep::TooEarly { kid: kid.to_owned(), lacking });
                }
            }
        }
        Ok(Self { keys: self.keys.iter().filter(|key| key.kid() != kid).cloned().collect() })
    }

    /// Takes out every retired key whose last token has expired.
    #[must_use]
    pub fn remove_retired(&self, now: Timestamp) -> Self {
        Self { keys: self.keys.iter().filter(|key| key.is_needed(now)).cloned().collect() }
    }

    /// Every key but the retired ones whose last token has expired: what must be published.
    pub fn needed(&self, now: Timestamp) -> impl Iterator<Item = &SigningKey> {
        self.iter().filter(move |key| key.is_needed(now))
    }
}

/// Whether a key that was published at `published_at` may sign: no verifier goes on with a set from before it.
fn known_to_all(kid: &str, published_at: Timestamp, now: Timestamp) -> Result<(), UnsafeStep> {
    let lacking = LONGEST_VERIFIER_CACHE.saturating_sub(now.since(published_at));
    if lacking.is_zero() { Ok(()) } else { Err(UnsafeStep::TooEarly { kid: kid.to_owned(), lacking }) }
}

/// How long a key that was retired at `retired_at` is still needed.
fn still_needed(retired_at: Timestamp, now: Timestamp) -> Duration {
    RETIRED_KEY_STAYS.saturating_sub(now.since(retired_at))
}
