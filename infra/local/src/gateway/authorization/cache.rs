//! Answers of authorizers, kept for as long as the template says.
//! Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html> ("Caching
//! authorizer responses")
//!
//! An answer is found again by its authorizer and the values of its identity sources, and by nothing else of the request:
//! a credential that was allowed on one route brings the same answer on every other. Allowances and denials are kept alike.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lru::LruCache;
use vestibule::clock::{Clock, Timestamp};

use super::answer::Answer;

/// Answers that are kept at the same time, those used last. API Gateway promises no number; this one holds the callers of
/// a laptop or of a load test, in a few MiB.
const MOST_ANSWERS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4095);

/// What an answer is found again by. It holds credentials, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The authorizer's logical id.
    pub(super) authorizer: String,
    /// The values of its identity sources, in their order.
    pub(super) identity: Vec<String>,
}

struct Kept {
    answer: Arc<Answer>,
    until: Timestamp,
}

/// The kept answers. Printing them prints their number only.
#[derive(Debug)]
pub(super) struct Answers {
    clock: Clock,
    kept: Mutex<LruCache<Key, Kept>>,
}

impl Answers {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, kept: Mutex::new(LruCache::new(MOST_ANSWERS)) }
    }

    /// The answer, unless its time is over.
    pub(super) fn find(&self, key: &Key) -> Option<Arc<Answer>> {
        let now = self.clock.now();
        let mut kept = self.kept();
        let found = kept.get(key)?;
        if now < found.until {
            return Some(Arc::clone(&found.answer));
        }
        kept.pop(key);
        None
    }

    /// Keeps `answer` for `ttl` from now, instead of an earlier one.
    pub(super) fn keep(&self, key: Key, answer: Arc<Answer>, ttl: Duration) {
        let until = self.clock.now().plus(ttl);
        self.kept().put(key, Kept { answer, until });
    }

    fn kept(&self) -> MutexGuard<'_, LruCache<Key, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
