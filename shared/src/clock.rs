//! Time as an argument: the one file that reads the system clock.
//!
//! Every decision about expiry takes a [`Timestamp`], so a test moves time instead of sleeping and a replayed history
//! gives the same answers. Seconds are enough: JWT's `NumericDate` (RFC 7519 §2) and DynamoDB's TTL both count them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A moment, in whole seconds since 1970-01-01T00:00:00Z (`NumericDate`, RFC 7519 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The moment `seconds` after the epoch.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// This moment plus `duration`, cut to whole seconds; saturates instead of overflowing.
    pub const fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.as_secs()))
    }

    /// This moment minus `duration`, cut to whole seconds; saturates at the epoch.
    pub const fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration.as_secs()))
    }

    /// How long ago `earlier` was; zero if it lies in the future (another server's clock may run ahead).
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }
}

/// Where the present comes from: the system, or a test.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's wall clock.
    System,
    /// A clock that only its owner moves.
    Manual(ManualClock),
}

impl Clock {
    /// The present.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(
                #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    // A clock before 1970 makes every credential look far from expiry to none: the epoch itself
                    // makes issued tokens expire at once, which fails closed.
                    .map_or(0, |elapsed| elapsed.as_secs()),
            ),
            Self::Manual(clock) => clock.now(),
        }
    }
}

/// A clock that stands still until it is moved; clones share the time.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    /// A clock that shows `start`.
    pub fn starting_at(start: Timestamp) -> Self {
        Self(Arc::new(AtomicU64::new(start.seconds())))
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_secs(), Ordering::SeqCst);
    }

    /// Sets the clock, backwards too: machines' clocks do jump.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.seconds(), Ordering::SeqCst);
    }
}

/// How long something takes, for the log: decisions are made by [`Timestamp`]s, never by this.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since it was started.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

    #[test]
    fn time_is_reckoned_in_whole_seconds_and_never_wraps() {
        assert_eq!(NOON.plus(Duration::from_millis(2_999)).seconds(), 1_800_000_002);
        assert_eq!(NOON.minus(Duration::from_millis(2_999)).seconds(), 1_799_999_998);
        assert_eq!(Timestamp::from_seconds(u64::MAX).plus(Duration::MAX).seconds(), u64::MAX);
        assert_eq!(Timestamp::from_seconds(1).minus(Duration::MAX).seconds(), 0);
    }

    #[test]
    fn what_lies_in_the_future_was_no_time_ago() {
        let later = NOON.plus(Duration::from_secs(7));
        assert_eq!(later.since(NOON), Duration::from_secs(7));
        assert_eq!(NOON.since(later), Duration::ZERO);
        assert!(NOON < later);
    }

    #[test]
    fn a_moment_is_a_number_in_json() {
        assert_eq!(serde_json::to_string(&NOON).unwrap(), "1800000000");
        assert_eq!(serde_json::from_str::<Timestamp>("1800000000").unwrap(), NOON);
        for other in ["-1", "1.5", "\"1800000000\"", "null"] {
            assert!(serde_json::from_str::<Timestamp>(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_manual_clock_stands_still_until_it_is_moved_and_its_clones_move_with_it() {
        let manual = ManualClock::starting_at(NOON);
        let clock = Clock::Manual(manual.clone());
        assert_eq!((clock.now(), clock.now()), (NOON, NOON));
        manual.advance(Duration::from_secs(5));
        assert_eq!(clock.clone().now(), NOON.plus(Duration::from_secs(5)));
        manual.set(NOON.minus(Duration::from_secs(5)));
        assert_eq!(clock.now(), NOON.minus(Duration::from_secs(5)));
    }

    #[test]
    fn the_system_clock_shows_a_time_of_this_century() {
        let shown = Clock::System.now().seconds();
        assert!((1_700_000_000..4_102_444_800).contains(&shown), "{shown}");
    }
}
