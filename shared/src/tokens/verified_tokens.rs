//! Tokens that were verified a moment ago, so that a client's next call costs a hash instead of a signature.
//!
//! Only successes are kept: a stream of bad tokens pushes nobody out. What is kept is the claims under the SHA-256 of the
//! whole token, so the memory of a process yields no token.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest;
use lru::LruCache;

use super::VerifiedToken;

/// Tokens held at once. An instance serves one request at a time and a token lives for minutes: a thousand covers the
/// callers it meets in that time. An entry takes about 600 bytes, 4 KiB with every scope and role there can be: together
/// 0.6 MiB as a rule and 4 MiB at the very most, of the 128 MiB of the smallest function.
const CAPACITY: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1023);

/// SHA-256 of a whole token.
pub(super) type Fingerprint = [u8; digest::SHA256_OUTPUT_LEN];

#[derive(Debug)]
pub(super) struct VerifiedTokens(Mutex<LruCache<Fingerprint, Arc<VerifiedToken>>>);

impl VerifiedTokens {
    pub(super) fn new() -> Self {
        // Sparse: a process that verifies nothing pays for nothing.
        Self(Mutex::new(LruCache::sparse(CAPACITY)))
    }

    pub(super) fn find(&self, fingerprint: &Fingerprint) -> Option<Arc<VerifiedToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(fingerprint).cloned()
    }

    pub(super) fn keep(&self, fingerprint: Fingerprint, token: Arc<VerifiedToken>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(fingerprint, token);
    }

    pub(super) fn forget(&self, fingerprint: &Fingerprint) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop(fingerprint);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

pub(super) fn fingerprint(token: &[u8]) -> Fingerprint {
    let mut fingerprint = [0; digest::SHA256_OUTPUT_LEN];
    fingerprint.copy_from_slice(digest::digest(&digest::SHA256, token).as_ref());
    fingerprint
}
