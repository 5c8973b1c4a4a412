//! What a presented refresh token means: one pure function (RFC 9700 §4.14.2, RFC 6749 §10.4).
//!
//! The handler, the property tests and the model call [`decide`] and nothing else. It promises that the chain of refresh
//! tokens never forks, that a client whose answer was lost keeps its session, and that a copy ends it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::session::{Ending, Session, State};
use crate::clock::Timestamp;

/// The place of a refresh token in its session's chain; the first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(u32);

impl Generation {
    /// The refresh token that a sign-in gives.
    pub const FIRST: Self = Self(1);

    /// The generation of this number.
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The one after it. A session that is refreshed every second would take 136 years to reach the last.
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// How long a client may present a spent refresh token again and get the same successor.
///
/// Part of the client's registration (DESIGN §6). RFC 9700 §4.14.2 and ASVS 10.4.5 ask public clients for a short window;
/// FAPI 2.0 lets clients that prove themselves retry until the successor is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryPolicy {
    /// For this long after the rotation, in whole seconds: a window of zero lasts for what is left of the second, and what the clocks of
    /// two functions differ. Less would be wrong: the SDK's own repetition of a write whose answer was lost would look like reuse.
    Window(Duration),
    /// Until the successor is used: for clients that prove themselves, or public ones that chose never to lose an
    /// honest user and to give up detecting a thief who keeps pace.
    UntilUsed,
}

/// The window of a client that registered none: longer than the retries of a phone that changes networks, shorter
/// than a thief needs to do anything with a token that the owner has just used.
pub const DEFAULT_RETRY_WINDOW: Duration = Duration::from_secs(10);

/// No window is longer: beyond a minute it is no longer the same request.
pub const MAX_RETRY_WINDOW: Duration = Duration::from_secs(60);

/// The text is no policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be at most {} seconds, or until_used", MAX_RETRY_WINDOW.as_secs())]
pub struct InvalidRetryPolicy;

/// The one that is no number of seconds, as it is written.
const UNTIL_USED: &str = "until_used";

impl FromStr for RetryPolicy {
    type Err = InvalidRetryPolicy;

    fn from_str(text: &str) -> Result<Self, InvalidRetryPolicy> {
        if text == UNTIL_USED {
            return Ok(Self::UntilUsed);
        }
        match text.parse() {
            Ok(seconds) if seconds <= MAX_RETRY_WINDOW.as_secs() && !text.starts_with('+') => {
                Ok(Self::Window(Duration::from_secs(seconds)))
            }
            _ => Err(InvalidRetryPolicy),
        }
    }
}

impl fmt::Display for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Window(window) => write!(f, "{}", window.as_secs()),
            Self::UntilUsed => f.write_str(UNTIL_USED),
        }
    }
}

/// What to do with a presented refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is current: move to the next generation.
    Rotate,
    /// Its successor is out but was not used: give the same successor again.
    Retry,
    /// A late duplicate out of a burst: refuse it and let the session live.
    Late,
    /// Somebody holds a spent token: end the session first, then refuse.
    Reuse(Ending),
    /// The session is over.
    Over(Over),
}

/// Why a session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Not refreshed in time.
    Idle,
    /// Its whole time has passed.
    Absolute,
    /// Ended before its time.
    Ended(Ending),
}

impl Over {
    /// The reason as logs spell it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Idle => "idle_expiry",
            Self::Absolute => "absolute_expiry",
            Self::Ended(cause) => cause.as_str(),
        }
    }
}

/// Decides about refresh token number `presented` of `session`.
pub fn decide(session: &Session, presented: Generation, retry: RetryPolicy, now: Timestamp) -> Decision {
    if let Some(over) = over(session, now) {
        return Decision::Over(over);
    }
    if presented == session.generation {
        return Decision::Rotate;
    }
    if presented > session.generation {
        return Decision::Reuse(Ending::Restored);
    }
    let elapsed = now.since(session.rotated_at);
    let predecessor = presented.next() == session.generation;
    let inside = match retry {
        RetryPolicy::Window(window) => elapsed <= window.min(MAX_RETRY_WINDOW),
        RetryPolicy::UntilUsed => predecessor || elapsed <= DEFAULT_RETRY_WINDOW,
    };
    match (predecessor, inside) {
        (true, true) => Decision::Retry,
        (false, true) => Decision::Late,
        (true, false) => Decision::Reuse(Ending::LostResponse),
        (false, false) if elapsed <= MAX_RETRY_WINDOW => Decision::Reuse(Ending::Concurrent),
        (false, false) => Decision::Reuse(Ending::Replay),
    }
}

/// Why `session` is over at `now`, or `None` while it lives.
pub fn over(session: &Session, now: Timestamp) -> Option<Over> {
    match session.state {
        State::Ended { cause, .. } => Some(Over::Ended(cause)),
        State::Live if now >= session.expires_at => Some(Over::Absolute),
        State::Live if now >= session.idle_expires_at => Some(Over::Idle),
        State::Live => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sessions::fixture;

    const NOW: u64 = 1_800_000_000;

    fn session(generation: u32, rotated_ago: u64) -> Session {
        Session {
            auth_time: Timestamp::from_seconds(NOW - 1000),
            generation: Generation::from_number(generation),
            rotated_at: Timestamp::from_seconds(NOW - rotated_ago),
            idle_expires_at: Timestamp::from_seconds(NOW + 1000),
            expires_at: Timestamp::from_seconds(NOW + 2000),
            ..fixture::session(Timestamp::from_seconds(NOW))
        }
    }

    fn decided(generation: u32, rotated_ago: u64, presented: u32, retry: RetryPolicy) -> Decision {
        let session = session(generation, rotated_ago);
        decide(&session, Generation::from_number(presented), retry, Timestamp::from_seconds(NOW))
    }

    const WINDOW: RetryPolicy = RetryPolicy::Window(DEFAULT_RETRY_WINDOW);

    #[test]
    fn the_current_token_rotates_however_old_it_is() {
        assert_eq!(decided(7, 0, 7, WINDOW), Decision::Rotate);
        assert_eq!(decided(7, 900, 7, WINDOW), Decision::Rotate);
    }

    #[test]
    fn the_predecessor_is_a_retry_inside_the_window_and_reuse_after_it() {
        assert_eq!(decided(7, 10, 6, WINDOW), Decision::Retry);
        assert_eq!(decided(7, 11, 6, WINDOW), Decision::Reuse(Ending::LostResponse));
    }

    #[test]
    fn an_older_token_is_late_inside_the_window_and_reuse_after_it() {
        assert_eq!(decided(7, 10, 5, WINDOW), Decision::Late);
        assert_eq!(decided(7, 11, 5, WINDOW), Decision::Reuse(Ending::Concurrent));
        assert_eq!(decided(7, 61, 5, WINDOW), Decision::Reuse(Ending::Replay));
    }

    #[test]
    fn a_client_that_proves_itself_may_retry_until_the_successor_is_used() {
        assert_eq!(decided(7, 900, 6, RetryPolicy::UntilUsed), Decision::Retry);
        assert_eq!(decided(7, 900, 5, RetryPolicy::UntilUsed), Decision::Reuse(Ending::Replay));
    }

    #[test]
    fn no_window_is_longer_than_a_minute() {
        let day = RetryPolicy::Window(Duration::from_secs(86_400));
        assert_eq!(decided(7, 60, 6, day), Decision::Retry);
        assert_eq!(decided(7, 61, 6, day), Decision::Reuse(Ending::LostResponse));
    }

    #[test]
    fn a_token_newer_than_its_session_tells_of_a_restored_table() {
        assert_eq!(decided(7, 0, 8, WINDOW), Decision::Reuse(Ending::Restored));
    }

    #[test]
    fn an_expired_or_ended_session_is_over_for_every_token() {
        let now = Timestamp::from_seconds(NOW);
        let idle = Session { idle_expires_at: now, ..session(7, 0) };
        let absolute = Session { expires_at: now, ..session(7, 0) };
        let ended = Session { state: State::Ended { at: now, cause: Ending::Revoked }, ..session(7, 0) };
        for presented in 5..=8 {
            let presented = Generation::from_number(presented);
            assert_eq!(decide(&idle, presented, WINDOW, now), Decision::Over(Over::Idle));
            assert_eq!(decide(&absolute, presented, WINDOW, now), Decision::Over(Over::Absolute));
            assert_eq!(decide(&ended, presented, WINDOW, now), Decision::Over(Over::Ended(Ending::Revoked)));
        }
    }

    proptest! {
        #[test]
        fn only_the_current_token_of_a_live_session_ever_rotates(
            generation in 1_u32..50,
            presented in 0_u32..60,
            rotated_ago in 0_u64..200,
            window in 0_u64..100,
            until_used: bool,
        ) {
            let retry = if until_used { RetryPolicy::UntilUsed } else { RetryPolicy::Window(Duration::from_secs(window)) };
            let decision = decided(generation, rotated_ago, presented, retry);
            prop_assert_eq!(decision == Decision::Rotate, presented == generation);
            if decision == Decision::Retry {
                prop_assert_eq!(presented + 1, generation);
            }
        }
    }
}
