//! The generic cell rate algorithm as one pure function (ITU-T I.371, Annex A, the "virtual scheduling" form).
//!
//! All that is kept for a key is one moment, the theoretical arrival time: when the next request would come if all came evenly. Each
//! admitted request moves it one interval on; one that comes so early that a whole quota lies ahead of it is refused. The storage verb,
//! the refusals from memory and the property tests call the same function.

use std::time::Duration;

use super::Limit;
use crate::clock::Timestamp;

/// A theoretical arrival time, in milliseconds since 1970: a limit of a hundred in a minute lets one through each 600 ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrival(u64);

impl Arrival {
    /// The moment `milliseconds` after the epoch.
    pub const fn from_milliseconds(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since the epoch.
    pub const fn milliseconds(self) -> u64 {
        self.0
    }

    /// The present, as arrivals are counted.
    pub const fn at(now: Timestamp) -> Self {
        Self(now.seconds().saturating_mul(1000))
    }

    /// One interval of `limit` later.
    pub const fn after_one(self, limit: Limit) -> Self {
        Self(self.0.saturating_add(limit.interval_ms()))
    }

    /// The latest arrival time with which a request at `now` is still admitted by `limit`.
    pub const fn latest(limit: Limit, now: Timestamp) -> Self {
        Self(Self::at(now).0.saturating_add(limit.tolerance_ms() - limit.interval_ms()))
    }

    /// When at the latest a count that `limit` admitted at `now` means nothing any more: it may be deleted then.
    pub fn forgotten(limit: Limit, now: Timestamp) -> Timestamp {
        now.plus(Duration::from_secs(limit.tolerance_ms().div_ceil(1000)))
    }
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is admitted; the key's arrival time is this from now on.
    Admitted(Arrival),
    /// It is refused and changes nothing.
    Refused {
        /// Whoever waits for so long, in whole seconds, finds room for one.
        retry_after: Duration,
    },
}

/// Decides about a request at `now` for a key whose arrival time is `stored`; `None` if it has none yet.
pub fn decide(limit: Limit, stored: Option<Arrival>, now: Timestamp) -> Decision {
    let arrival = stored.unwrap_or(Arrival(0)).max(Arrival::at(now));
    let early = arrival.0.saturating_sub(Arrival::latest(limit, now).0);
    if early == 0 {
        Decision::Admitted(arrival.after_one(limit))
    } else {
        Decision::Refused { retry_after: Duration::from_secs(early.div_ceil(1000)) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn limit() -> impl Strategy<Value = Limit> {
        (1..=200_u32, 1..=7200_u32).prop_map(|(quota, window)| Limit::new(quota, window).unwrap())
    }

    /// Asks at each of these pauses after the one before; says when it was admitted.
    fn admitted(limit: Limit, pauses: &[u64]) -> Vec<Timestamp> {
        let (mut now, mut stored) = (NOON, None);
        let mut admitted = Vec::new();
        for pause in pauses {
            now = now.plus(Duration::from_secs(*pause));
            if let Decision::Admitted(next) = decide(limit, stored, now) {
                stored = Some(next);
                admitted.push(now);
            }
        }
        admitted
    }

    #[test]
    fn a_quota_is_there_at_once_and_comes_back_one_by_one() {
        let limit = Limit::new(3, 60).unwrap();
        assert_eq!(admitted(limit, &[0, 0, 0, 0, 0]).len(), 3);
        assert_eq!(admitted(limit, &[0, 0, 0, 19, 1, 0, 20, 20]).len(), 6, "after 20, 40 and 60 seconds");
        assert_eq!(admitted(limit, &[0, 0, 0, 60, 0, 0, 0]).len(), 6, "and all of it after a window");
    }

    #[test]
    fn a_limit_of_one_is_one_in_each_window() {
        let limit = Limit::new(1, 60).unwrap();
        assert_eq!(admitted(limit, &[0, 0, 59, 1, 0, 60]).len(), 3);
    }

    proptest! {
        #[test]
        fn no_stretch_of_time_admits_more_than_a_quota_and_what_came_back(
            limit in limit(),
            pauses in proptest::collection::vec(0..=40_u64, 1..400),
        ) {
            let times = admitted(limit, &pauses);
            for (first, from) in times.iter().enumerate() {
                for (last, to) in times.iter().enumerate().skip(first) {
                    let came_back = u64::try_from(to.since(*from).as_millis()).unwrap() / limit.interval_ms();
                    prop_assert!((last - first + 1) as u64 <= u64::from(limit.quota()) + came_back);
                }
            }
        }

        #[test]
        fn whoever_waits_as_long_as_told_is_admitted_and_no_sooner(limit in limit(), ahead in 0..10_000_000_u64) {
            let stored = Some(Arrival(Arrival::at(NOON).0 + ahead));
            if let Decision::Refused { retry_after } = decide(limit, stored, NOON) {
                prop_assert!(retry_after >= Duration::from_secs(1));
                prop_assert!(matches!(decide(limit, stored, NOON.plus(retry_after)), Decision::Admitted(_)));
                let sooner = NOON.plus(retry_after - Duration::from_secs(1));
                let too_soon = matches!(decide(limit, stored, sooner), Decision::Refused { .. });
                prop_assert!(too_soon, "the wait is not a second longer than it must be");
            }
        }

        #[test]
        fn a_count_that_is_deleted_as_late_as_it_says_is_the_same_as_one_that_was_kept(
            limit in limit(),
            asked in 1..300_usize,
        ) {
            let mut stored = None;
            for _ in 0..asked {
                if let Decision::Admitted(next) = decide(limit, stored, NOON) {
                    stored = Some(next);
                }
            }
            let later = Arrival::forgotten(limit, NOON);
            prop_assert_eq!(decide(limit, stored, later), decide(limit, None, later));
        }

        #[test]
        fn what_others_are_admitted_to_meanwhile_never_helps(limit in limit(), stored in 0..10_000_u64, more in 0..10_000_u64) {
            let at = |ahead| decide(limit, Some(Arrival(Arrival::at(NOON).0 + ahead)), NOON);
            if matches!(at(stored), Decision::Refused { .. }) {
                let still = matches!(at(stored + more), Decision::Refused { .. });
                prop_assert!(still, "so a refusal from memory is right");
            }
        }

        #[test]
        fn no_clock_and_no_item_makes_it_panic(limit in limit(), stored in any::<Option<u64>>(), now in any::<u64>()) {
            let _ = decide(limit, stored.map(Arrival), Timestamp::from_seconds(now));
        }
    }
}
