//! One value that is read from elsewhere and kept: no stampede, no hammering, and the last good value survives (DESIGN §7).
//!
//! A new value is built first and swapped in whole; nobody sees half of one. At most one caller reads at any time.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::sync::{Mutex, MutexGuard};

use super::Limits;
use crate::clock::{Clock, Timestamp};

/// The keys could not be read, and those that are held, if any, do not do: nothing can be signed or verified, which is not the
/// caller's fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {keys} could not be read: {detail}")]
pub struct KeysUnavailable {
    keys: &'static str,
    detail: String,
}

impl KeysUnavailable {
    /// `keys` names what was asked for ("public keys"), `detail` what the source answered; it goes to the log and holds
    /// no secret.
    pub fn new(keys: &'static str, detail: impl Into<String>) -> Self {
        Self { keys, detail: detail.into() }
    }
}

/// A value with the moment it was read.
#[derive(Debug)]
struct Held<T> {
    value: Arc<T>,
    read_at: Timestamp,
}

/// What the callers who may read know of earlier reads; whoever holds its lock is the one who reads.
#[derive(Debug, Default)]
struct Attempts {
    /// The last read that began, whatever became of it: a caller that goes away in the middle still counts.
    begun_at: Option<Timestamp>,
    /// What became of it.
    outcome: Outcome,
}

/// Whether the last read saw what there is: only then does what is missing from it not exist.
#[derive(Debug, Default)]
enum Outcome {
    /// Nothing was ever read, or the caller who read went away before the answer came.
    #[default]
    Unknown,
    Read,
    Failed {
        at: Timestamp,
        failure: KeysUnavailable,
    },
}

#[derive(Debug)]
pub(crate) struct Cached<T> {
    clock: Clock,
    limits: Limits,
    held: ArcSwapOption<Held<T>>,
    attempts: Mutex<Attempts>,
}

impl<T> Cached<T> {
    pub(crate) fn new(clock: Clock, limits: Limits) -> Self {
        Self { clock, limits, held: ArcSwapOption::empty(), attempts: Mutex::default() }
    }

    /// The value, read with `read` if it must be.
    pub(crate) async fn get<R, F>(&self, read: R) -> Result<Arc<T>, KeysUnavailable>
    where
        R: FnOnce() -> F,
        F: Future<Output = Result<T, KeysUnavailable>>,
    {
        let Some(value) = self.younger_than(self.limits.max_age) else { return self.renew(read).await };
        Ok(value)
    }

    /// A value read after `seen`, or `None` if `seen` was read so lately that it is too soon to look for another: for callers who
    /// missed something in it.
    ///
    /// # Errors
    /// [`KeysUnavailable`] if it could not be read, now or the last time: until the next look, nobody knows whether what is missing
    /// exists.
    pub(crate) async fn newer_than<R, F>(&self, seen: &Arc<T>, read: R) -> Result<Option<Arc<T>>, KeysUnavailable>
    where
        R: FnOnce() -> F,
        F: Future<Output = Result<T, KeysUnavailable>>,
    {
        // Whoever comes while another reads waits here, and finds its answer.
        let mut attempts = self.attempts.lock().await;
        let Some(held) = self.held.load_full() else { return Ok(None) };
        if !Arc::ptr_eq(&held.value, seen) {
            return Ok(Some(Arc::clone(&held.value)));
        }
        if self.passed(attempts.begun_at, self.limits.refetch_interval) {
            return self.read(&mut attempts, read).await.map(Some);
        }
        match &attempts.outcome {
            Outcome::Read => Ok(None),
            Outcome::Failed { failure, .. } => Err(failure.clone()),
            Outcome::Unknown => Err(KeysUnavailable::new("keys", "the last read was given up before it was answered")),
        }
    }

    async fn renew<R, F>(&self, read: R) -> Result<Arc<T>, KeysUnavailable>
    where
        R: FnOnce() -> F,
        F: Future<Output = Result<T, KeysUnavailable>>,
    {
        let mut attempts: MutexGuard<'_, Attempts> = match self.younger_than(self.limits.hard_limit) {
            None => self.attempts.lock().await,
            Some(old) => match self.attempts.try_lock() {
                Ok(attempts) => attempts,
                // Another caller is reading already; the old value is good enough meanwhile.
                Err(_) => return Ok(old),
            },
        };
        let held = self.held.load_full();
        match &held {
            Some(held) if !self.passed(Some(held.read_at), self.limits.max_age) => return Ok(Arc::clone(&held.value)),
            Some(held) if !self.passed(attempts.begun_at, self.limits.refetch_interval) => {
                return Ok(Arc::clone(&held.value));
            }
            Some(_) => {}
            None => {
                if let Outcome::Failed { at, failure } = &attempts.outcome
                    && !self.passed(Some(*at), self.limits.first_load_pause)
                {
                    return Err(failure.clone());
                }
            }
        }
        match (self.read(&mut attempts, read).await, held) {
            (Ok(value), _) => Ok(value),
            (Err(_), Some(last_good)) => Ok(Arc::clone(&last_good.value)),
            (Err(failure), None) => Err(failure),
        }
    }

    async fn read<R, F>(&self, attempts: &mut Attempts, read: R) -> Result<Arc<T>, KeysUnavailable>
    where
        R: FnOnce() -> F,
        F: Future<Output = Result<T, KeysUnavailable>>,
    {
        *attempts = Attempts { begun_at: Some(self.clock.now()), outcome: Outcome::Unknown };
        match read().await {
            Ok(value) => {
                let value = Arc::new(value);
                let held = Held { value: Arc::clone(&value), read_at: self.clock.now() };
                self.held.store(Some(Arc::new(held)));
                attempts.outcome = Outcome::Read;
                Ok(value)
            }
            Err(failure) => {
                let kept = self.held.load().is_some();
                tracing::warn!(reason = "keys_not_read", kept_last_good = kept, fault = %failure);
                attempts.outcome = Outcome::Failed { at: self.clock.now(), failure: failure.clone() };
                Err(failure)
            }
        }
    }

    fn younger_than(&self, age: Duration) -> Option<Arc<T>> {
        let held = self.held.load();
        let held = held.as_ref()?;
        (!self.passed(Some(held.read_at), age)).then(|| Arc::clone(&held.value))
    }

    /// Whether `interval` has passed since `earlier`. A moment that lies in the future is of a clock that was set back
    /// since: nothing is known of its distance, so it counts as long ago.
    fn passed(&self, earlier: Option<Timestamp>, interval: Duration) -> bool {
        let now = self.clock.now();
        earlier.is_none_or(|earlier| earlier > now || now.since(earlier) >= interval)
    }
}
