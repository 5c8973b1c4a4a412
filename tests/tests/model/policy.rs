//! How presented tokens are answered: our way, and the ways that are known to be wrong, to show that the model tells them apart.

use std::time::Duration;

use vestibule::clock::Timestamp;
use vestibule::sessions::rotation::{Decision, Generation, Over, RetryPolicy, decide};
use vestibule::sessions::{Ending, Session, State};

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// The function that the handlers call, and the store's one conditional write.
    Ours,
    /// Every spent token ends the session: no retries.
    StrictKill,
    /// A late duplicate ends the session even inside the window.
    LateKills,
    /// A retry gets a token of its own instead of the same one.
    Siblings,
    /// Reuse is refused and the session left alone.
    NoDetection,
    /// A retry opens the window anew.
    WindowRestarts,
    /// Reuse is refused before the session has ended.
    RefuseFirst,
    /// The session is read, changed and put back whole.
    ReadThenWrite,
    /// A rotation moves the absolute expiry too.
    SlidingExpiry,
    /// Expiry is left to the table's TTL, which comes days late.
    ExpiryByTtl,
    /// That the session was ended is not looked at.
    EndingForgotten,
}

impl Policy {
    /// The decision about refresh token number `presented`; but for the broken ones, [`decide`] itself.
    pub(crate) fn decide(
        self,
        session: &Session,
        presented: Generation,
        retry: RetryPolicy,
        now: Timestamp,
    ) -> Decision {
        let ours = |session| decide(session, presented, retry, now);
        match (self, ours(session)) {
            (Self::StrictKill, Decision::Retry) => Decision::Reuse(Ending::LostResponse),
            (Self::LateKills, Decision::Late) => Decision::Reuse(Ending::Concurrent),
            (Self::NoDetection, Decision::Reuse(_)) => Decision::Late,
            (Self::ExpiryByTtl, Decision::Over(Over::Idle | Over::Absolute)) => {
                let never = now.plus(Duration::from_secs(1));
                ours(&Session { idle_expires_at: never, expires_at: never, ..session.clone() })
            }
            (Self::EndingForgotten, Decision::Over(Over::Ended(_))) => {
                ours(&Session { state: State::Live, ..session.clone() })
            }
            (_, decision) => decision,
        }
    }
}
