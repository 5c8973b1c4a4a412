//! A limit: how many at once, and over how long they come back.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// So many requests at once, which come back one by one over a window. Between two moments a whole window apart, twice as many are
/// admitted at the very most: what was saved up, and what came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    quota: u32,
    window_seconds: u32,
}

/// The text is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a limit is written as requests/seconds, such as 20/3600: 1 to {} in 1 to {} seconds",
    Limit::MAX_QUOTA,
    Limit::MAX_WINDOW_SECONDS
)]
pub struct InvalidLimit;

impl Limit {
    /// How many usernames one letter tries in the day that it is good for. Usernames are public, and asking for one that is taken says so:
    /// ten are enough for whoever looks for one that is free, and one letter is worth no list of them.
    pub const USERNAMES: Self = Self::of(10, 24 * 60 * 60);

    /// No more come back in a second than the thousand writes that one item of the table takes (DynamoDB Developer Guide, "Partitions and
    /// data distribution"), so a larger quota would be refused by the table first.
    pub const MAX_QUOTA: u32 = 1_000_000;
    /// A day: whoever is refused for longer is locked out, which is another thing.
    pub const MAX_WINDOW_SECONDS: u32 = 24 * 60 * 60;

    /// `quota` requests at once, all of them back after `window_seconds`.
    ///
    /// # Errors
    /// [`InvalidLimit`] for a number out of range.
    pub const fn new(quota: u32, window_seconds: u32) -> Result<Self, InvalidLimit> {
        if quota == 0 || quota > Self::MAX_QUOTA || window_seconds == 0 || window_seconds > Self::MAX_WINDOW_SECONDS {
            return Err(InvalidLimit);
        }
        Ok(Self { quota, window_seconds })
    }

    /// One that is known to be within range.
    pub(super) const fn of(quota: u32, window_seconds: u32) -> Self {
        Self { quota, window_seconds }
    }

    /// How many at once.
    pub const fn quota(self) -> u32 {
        self.quota
    }

    /// How long until all of them are back.
    pub const fn window(self) -> Duration {
        Duration::from_secs(self.window_seconds as u64)
    }

    /// How long until one is back, in milliseconds, rounded up: a limit is never laxer than it is written.
    pub const fn interval_ms(self) -> u64 {
        (self.window_seconds as u64 * 1000).div_ceil(self.quota as u64)
    }

    /// How far ahead of its time a request may come, in milliseconds, with the interval that it takes itself.
    pub(super) const fn tolerance_ms(self) -> u64 {
        self.interval_ms() * self.quota as u64
    }
}

impl FromStr for Limit {
    type Err = InvalidLimit;

    fn from_str(text: &str) -> Result<Self, InvalidLimit> {
        let (quota, window) = text.split_once('/').ok_or(InvalidLimit)?;
        // What the standard library reads besides digits is a plus sign, which would be a second spelling.
        let number = |digits: &str| {
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            if plain { digits.parse().map_err(|_| InvalidLimit) } else { Err(InvalidLimit) }
        };
        Self::new(number(quota)?, number(window)?)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.quota, self.window_seconds)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_limit_is_read_as_requests_per_seconds_or_not_at_all() {
        assert_eq!("20/3600".parse(), Limit::new(20, 3600));
        for text in [
            "",
            "20",
            "/",
            "20/",
            "/60",
            "0/60",
            "20/0",
            "1000001/60",
            "20/86401",
            "-1/60",
            "+1/60",
            " 1/60",
            "1/6.5",
            "1/2/3",
        ] {
            assert_eq!(text.parse::<Limit>(), Err(InvalidLimit), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_limit_reads_back_as_it_was_written(quota in 1..=Limit::MAX_QUOTA, window in 1..=Limit::MAX_WINDOW_SECONDS) {
            let limit = Limit::new(quota, window).unwrap();
            prop_assert_eq!(limit.to_string().parse(), Ok(limit));
            prop_assert!(u128::from(limit.tolerance_ms()) >= limit.window().as_millis(), "never laxer than written");
        }

        #[test]
        fn whatever_is_configured_is_a_limit_or_refused(text in "[0-9+/ .-]{0,16}") {
            if let Ok(limit) = text.parse::<Limit>() {
                prop_assert!(limit.quota() > 0 && !limit.window().is_zero());
            }
        }
    }
}
