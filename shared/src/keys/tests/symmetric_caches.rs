//! How the keys that only we hold are kept: a token made with a newer one is looked into before it is refused.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::clock::{Clock, ManualClock};
use crate::randomness::{Randomness, SeededRandomness};
use crate::secret::Secret;

/// The secret with the keys.
struct Held {
    keys: Mutex<Result<SymmetricKeys, KeysUnavailable>>,
    reads: AtomicUsize,
}

impl Held {
    fn new() -> Self {
        let keys = SymmetricKeys::generate(&Randomness::Seeded(SeededRandomness::new(1))).unwrap();
        Self { keys: Mutex::new(Ok(keys)), reads: AtomicUsize::new(0) }
    }

    /// MAC key number `id` is accepted from now on.
    fn accept(&self, id: u32) {
        let mut keys = self.keys.lock().unwrap();
        let old = keys.clone().unwrap();
        let keys_with = old.mac_keys().iter().cloned().chain([MacKey::new(id, Secret::new([7; 32]))]).collect();
        let ring = MacKeys::new(1, keys_with).unwrap();
        *keys = Ok(SymmetricKeys::new(ring, old.peppers().clone()));
    }

    fn fail(&self) {
        *self.keys.lock().unwrap() = Err(KeysUnavailable::new("symmetric keys", "the secret is not readable"));
    }

    fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

impl ReadSymmetricKeys for Held {
    async fn read_symmetric_keys(&self) -> Result<SymmetricKeys, KeysUnavailable> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.keys.lock().unwrap().clone()
    }
}

fn cache() -> (ManualClock, SymmetricKeysCache, Held) {
    let clock = ManualClock::starting_at(NOW);
    (clock.clone(), SymmetricKeysCache::new(Clock::Manual(clock)), Held::new())
}

async fn knows(cache: &SymmetricKeysCache, held: &Held, id: u32) -> bool {
    cache.with_mac_key(held, id).await.unwrap().mac_keys().find(id).is_some()
}

#[tokio::test]
async fn a_mac_key_that_is_held_is_not_looked_for() {
    let (_, cache, held) = cache();
    for _ in 0..10 {
        assert!(knows(&cache, &held, 1).await);
        assert_eq!(cache.get(&held).await.unwrap().mac_keys().active().id(), 1);
    }
    assert_eq!(held.reads(), 1);
}

#[tokio::test]
async fn a_mac_key_that_was_added_since_is_found_by_the_first_token_made_with_it() {
    let (clock, cache, held) = cache();
    assert!(knows(&cache, &held, 1).await);
    held.accept(2);
    clock.advance(Limits::DEFAULT.refetch_interval);
    assert!(knows(&cache, &held, 2).await);
    assert!(knows(&cache, &held, 1).await, "the old one stays");
    assert_eq!(held.reads(), 2);
}

#[tokio::test]
async fn numbers_that_somebody_invents_cost_one_read_per_interval() {
    let (clock, cache, held) = cache();
    assert!(knows(&cache, &held, 1).await);
    for intervals in 1..=3 {
        clock.advance(Limits::DEFAULT.refetch_interval);
        for id in 100..200 {
            assert!(!knows(&cache, &held, id).await);
        }
        assert_eq!(held.reads(), 1 + intervals);
    }
}

/// Whether the token is good is not known then, and whoever holds it must not be told that it is bad.
#[tokio::test]
async fn a_mac_key_that_cannot_be_looked_for_is_no_bad_token() {
    let (clock, cache, held) = cache();
    assert!(knows(&cache, &held, 1).await);
    held.fail();
    clock.advance(Limits::DEFAULT.refetch_interval);
    assert!(cache.with_mac_key(&held, 2).await.is_err());
    assert!(knows(&cache, &held, 1).await, "the last good keys serve on");
    clock.advance(Limits::DEFAULT.max_age);
    assert_eq!(cache.get(&held).await.unwrap().mac_keys().active().id(), 1);
}

#[tokio::test]
async fn without_any_keys_nothing_is_decided() {
    let (_, cache, held) = cache();
    held.fail();
    assert!(cache.get(&held).await.is_err());
    assert!(cache.with_mac_key(&held, 1).await.is_err());
}
