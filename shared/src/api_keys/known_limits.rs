//! The limits of keys that this process has seen, so that a call is counted beside the read of its key and not after it.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use super::secret_hash::SecretHash;
use super::text::PresentedKey;
use crate::identity::ApiKeyId;
use crate::limits::Limit;

/// Keys that a process remembers; of one that it has forgotten, a call is counted after the read.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(255);

/// What this process knows. A key's limit never changes, so that nothing here grows old; whether the key is still good is read each time.
#[derive(Debug)]
pub struct KnownLimits(Mutex<LruCache<ApiKeyId, (SecretHash, Limit)>>);

impl Default for KnownLimits {
    fn default() -> Self {
        Self(Mutex::new(LruCache::sparse(REMEMBERED)))
    }
}

impl KnownLimits {
    /// The limit of `key`, for whoever presents a secret that was good here before: a key's name is no secret, and a stranger who knows it
    /// must not use its calls up.
    pub fn of(&self, key: &PresentedKey) -> Option<Limit> {
        let mut known = self.lock();
        known.get(&key.named.id).filter(|(secret, _)| secret.matches(&key.secret)).map(|(_, limit)| *limit)
    }

    /// Remembers the limit of `key`, which has just been found good.
    pub fn note(&self, key: &PresentedKey, limit: Limit) {
        self.lock().put(key.named.id, (key.secret.clone(), limit));
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<ApiKeyId, (SecretHash, Limit)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
