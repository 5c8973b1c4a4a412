//! How published keys are kept: no stampede, no hammering, and the last good set survives (promise 7).

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::source::Source;
use super::*;
use crate::clock::{Clock, ManualClock};
use crate::randomness::{Randomness, SeededRandomness};

struct Kept {
    clock: ManualClock,
    keys: PublicKeys,
    source: Arc<Source>,
    ring: SigningKeyRing,
}

impl Kept {
    fn new() -> Self {
        let clock = ManualClock::starting_at(NOW);
        let ring = ring();
        let keys = PublicKeys::new(Clock::Manual(clock.clone()));
        Self { clock, keys, source: Arc::new(Source::of(&ring)), ring }
    }

    async fn warm() -> Self {
        let kept = Self::new();
        assert!(kept.finds(&active_kid(&kept.ring)).await);
        kept
    }

    async fn finds(&self, kid: &str) -> bool {
        self.keys.find(&*self.source, kid).await.unwrap().is_some()
    }

    /// A hundred callers at once, each looking for the active key.
    fn hundred(&self) -> JoinSet<bool> {
        let mut callers = JoinSet::new();
        for _ in 0..100 {
            let (keys, source, kid) = (self.keys.clone(), Arc::clone(&self.source), active_kid(&self.ring));
            callers.spawn(async move { keys.find(&*source, &kid).await.is_ok_and(|key| key.is_some()) });
        }
        callers
    }
}

async fn settle() {
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn nothing_is_read_before_the_first_use_and_then_once() {
    let kept = Kept::new();
    assert_eq!(kept.source.reads(), 0);
    kept.source.close();
    let callers = kept.hundred();
    settle().await;
    kept.source.open();
    assert!(callers.join_all().await.into_iter().all(|found| found));
    assert_eq!(kept.source.reads(), 1, "a hundred first callers share one read");
}

#[tokio::test]
async fn a_stale_set_is_refreshed_by_one_caller_while_the_others_use_the_old_one() {
    let kept = Kept::warm().await;
    kept.clock.advance(Limits::DEFAULT.max_age - SECOND);
    assert!(kept.finds(&active_kid(&kept.ring)).await);
    assert_eq!(kept.source.reads(), 1, "a young set is not read again");

    kept.clock.advance(SECOND);
    kept.source.close();
    let mut callers = kept.hundred();
    for _ in 0..99 {
        assert!(callers.join_next().await.unwrap().unwrap(), "they do not wait for the one who reads");
    }
    assert_eq!(kept.source.reads(), 2);
    kept.source.open();
    assert!(callers.join_next().await.unwrap().unwrap());
    assert_eq!(kept.source.reads(), 2);
}

#[tokio::test]
async fn after_a_long_sleep_nobody_is_answered_from_the_old_set() {
    let kept = Kept::warm().await;
    kept.clock.advance(Duration::from_secs(6 * 60 * 60));
    let old = active_kid(&kept.ring);
    let later = kept.clock.now();
    kept.source.publish(&SigningKeyRing::generate(Algorithm::Es256, later).unwrap());
    kept.source.close();
    let mut callers = kept.hundred();
    settle().await;
    assert!(callers.try_join_next().is_none(), "all wait for the new set");
    kept.source.open();
    assert!(callers.join_all().await.into_iter().all(|found| !found), "the old key is gone");
    assert!(!kept.finds(&old).await);
    assert_eq!(kept.source.reads(), 2, "one read for all of them");
}

#[tokio::test]
async fn a_failed_refresh_keeps_the_last_good_set_and_is_not_repeated_at_once() {
    let kept = Kept::warm().await;
    kept.source.fail();
    for age in [Limits::DEFAULT.max_age, Limits::DEFAULT.hard_limit, Duration::from_secs(24 * 60 * 60)] {
        let before = kept.source.reads();
        kept.clock.set(NOW.plus(age));
        for _ in 0..10 {
            assert!(kept.finds(&active_kid(&kept.ring)).await);
        }
        assert_eq!(kept.source.reads(), before + 1, "at {age:?}");
    }
    let before = kept.source.reads();
    kept.clock.advance(Limits::DEFAULT.refetch_interval);
    assert!(kept.finds(&active_kid(&kept.ring)).await);
    assert_eq!(kept.source.reads(), before + 1);
}

#[tokio::test]
async fn a_thousand_unknown_kids_cost_one_read_per_interval() {
    let kept = Kept::warm().await;
    let randomness = Randomness::Seeded(SeededRandomness::new(1));
    for intervals in 0..3 {
        let mut callers = JoinSet::new();
        for _ in 0..1000 {
            let (keys, source) = (kept.keys.clone(), Arc::clone(&kept.source));
            let kid = format!("{:032x}", u128::from_be_bytes(randomness.bytes().unwrap()));
            callers.spawn(async move { keys.find(&*source, &kid).await.unwrap().is_none() });
        }
        assert!(callers.join_all().await.into_iter().all(|unknown| unknown));
        assert_eq!(kept.source.reads(), 1 + intervals);
        kept.clock.advance(Limits::DEFAULT.refetch_interval);
    }
}

#[tokio::test]
async fn a_key_published_out_of_turn_is_found_by_all_who_wait_for_it() {
    let kept = Kept::warm().await;
    kept.clock.advance(Limits::DEFAULT.refetch_interval);
    let other = SigningKeyRing::generate(Algorithm::Es256, kept.clock.now()).unwrap();
    kept.source.publish(&other);
    kept.source.close();
    let mut callers = JoinSet::new();
    for _ in 0..100 {
        let (keys, source, kid) = (kept.keys.clone(), Arc::clone(&kept.source), active_kid(&other));
        callers.spawn(async move { keys.find(&*source, &kid).await.unwrap().is_some() });
    }
    settle().await;
    assert!(kept.finds(&active_kid(&kept.ring)).await, "known keys are found meanwhile");
    kept.source.open();
    assert!(callers.join_all().await.into_iter().all(|found| found));
    assert_eq!(kept.source.reads(), 2);
}

#[tokio::test]
async fn a_key_that_could_not_be_looked_for_is_not_known_to_be_missing_until_the_next_look() {
    for given_up in [false, true] {
        let kept = Kept::warm().await;
        kept.clock.advance(Limits::DEFAULT.refetch_interval);
        if given_up {
            kept.source.close();
            let look = tokio::time::timeout(Duration::ZERO, kept.keys.find(&*kept.source, "new")).await;
            assert!(look.is_err(), "nobody waited for the answer");
            kept.source.open();
        } else {
            kept.source.fail();
            assert!(kept.keys.find(&*kept.source, "new").await.is_err());
        }
        kept.clock.advance(Limits::DEFAULT.refetch_interval - SECOND);
        kept.source.publish(&kept.ring);
        assert!(kept.keys.find(&*kept.source, "new").await.is_err());
        assert!(kept.finds(&active_kid(&kept.ring)).await, "known keys are found meanwhile");
        assert_eq!(kept.source.reads(), 2, "a table that is down is not hammered");
        kept.clock.advance(SECOND);
        assert!(!kept.finds("new").await);
    }
}

#[tokio::test]
async fn a_failed_first_read_is_an_error_and_is_repeated_a_second_later() {
    let kept = Kept::new();
    kept.source.fail();
    for _ in 0..10 {
        assert!(kept.keys.find(&*kept.source, "any").await.is_err());
    }
    assert_eq!(kept.source.reads(), 1, "a table that is down is not hammered");
    kept.source.publish(&kept.ring);
    kept.clock.advance(Limits::DEFAULT.first_load_pause);
    assert!(kept.finds(&active_kid(&kept.ring)).await);
    assert_eq!(kept.source.reads(), 2);
}

#[tokio::test]
async fn a_reader_that_is_given_up_blocks_nobody() {
    let kept = Kept::new();
    kept.source.close();
    let (keys, source) = (kept.keys.clone(), Arc::clone(&kept.source));
    let given_up = tokio::spawn(async move { keys.find(&*source, "any").await.is_ok() });
    settle().await;
    given_up.abort();
    assert!(given_up.await.is_err());
    kept.source.open();
    assert!(kept.finds(&active_kid(&kept.ring)).await);
}

#[tokio::test]
async fn a_clock_set_back_does_not_keep_an_old_set_alive() {
    let kept = Kept::warm().await;
    kept.clock.set(NOW.minus(Duration::from_secs(24 * 60 * 60)));
    assert!(kept.finds(&active_kid(&kept.ring)).await);
    assert_eq!(kept.source.reads(), 2);
    assert!(kept.finds(&active_kid(&kept.ring)).await);
    assert_eq!(kept.source.reads(), 2);
}

struct Secret(SigningKeyRing);

impl ReadSigningKeys for Secret {
    async fn read_signing_keys(&self) -> Result<SigningKeyRing, KeysUnavailable> {
        Ok(self.0.clone())
    }
}

#[tokio::test]
async fn a_ring_without_an_active_key_of_the_algorithm_signs_nothing() {
    let secret = Secret(ring());
    let keys = SigningKeys::new(Clock::Manual(ManualClock::starting_at(NOW)));
    assert_eq!(keys.active(&secret, Algorithm::Es256).await.unwrap().kid(), active_kid(&secret.0));
    assert!(keys.active(&secret, Algorithm::Rs256).await.is_err());
}
