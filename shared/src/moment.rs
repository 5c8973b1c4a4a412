//! Moments as people say them, in UTC: `just now`, `3 days ago`, `24 November 2026`.

use crate::clock::Timestamp;

const DAY: u64 = 24 * 60 * 60;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A moment of the past or the future, for a `<time>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// As programs read it (RFC 3339).
    pub machine: String,
    /// As people do.
    pub words: String,
}

impl Moment {
    /// The day of `at`.
    pub fn day(at: Timestamp) -> Self {
        let (year, month, day) = date(at);
        let name = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month)).unwrap_or(&"");
        Self { machine: machine(at), words: format!("{day} {name} {year}") }
    }

    /// The day and the minute of `at`.
    pub fn minute(at: Timestamp) -> Self {
        let (Self { machine, words }, second) = (Self::day(at), at.seconds() % DAY);
        Self { machine, words: format!("{words} at {:02}:{:02} UTC", second / 3_600, second / 60 % 60) }
    }

    /// How long ago `at` was at `now`; its day once that is long.
    pub fn ago(at: Timestamp, now: Timestamp) -> Self {
        let count = |number: u64, unit: &str| format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" });
        let words = match now.since(at).as_secs() {
            0..120 => "just now".to_owned(),
            seconds @ 120..3_600 => count(seconds / 60, "minute"),
            seconds @ 3_600..DAY => count(seconds / 3_600, "hour"),
            seconds if seconds < 30 * DAY => count(seconds / DAY, "day"),
            _ => return Self::day(at),
        };
        Self { machine: machine(at), words }
    }
}

fn machine(at: Timestamp) -> String {
    let ((year, month, day), second) = (date(at), at.seconds() % DAY);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3_600, second / 60 % 60, second % 60)
}

/// Year, month and day of the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
const fn date(at: Timestamp) -> (u64, u64, u64) {
    let days = at.seconds() / DAY + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let (day, month) =
        (day_of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, machine, words) in [
            (0, "1970-01-01T00:00:00Z", "1 January 1970"),
            (951_782_399, "2000-02-28T23:59:59Z", "28 February 2000"),
            (951_782_400, "2000-02-29T00:00:00Z", "29 February 2000"),
            (951_868_800, "2000-03-01T00:00:00Z", "1 March 2000"),
            (1_800_000_000, "2027-01-15T08:00:00Z", "15 January 2027"),
            (4_107_542_399, "2100-02-28T23:59:59Z", "28 February 2100"),
            (4_107_542_400, "2100-03-01T00:00:00Z", "1 March 2100"),
        ] {
            let moment = Moment::day(Timestamp::from_seconds(seconds));
            assert_eq!((moment.machine.as_str(), moment.words.as_str()), (machine, words));
        }
    }

    #[test]
    fn a_minute_is_told_with_its_day() {
        assert_eq!(Moment::minute(NOW).words, "15 January 2027 at 08:00 UTC");
        assert_eq!(Moment::minute(Timestamp::from_seconds(NOW.seconds() - 1)).words, "15 January 2027 at 07:59 UTC");
    }

    #[test]
    fn the_recent_past_is_told_by_its_distance() {
        for (seconds, words) in [
            (0, "just now"),
            (119, "just now"),
            (120, "2 minutes ago"),
            (3_600, "1 hour ago"),
            (86_399, "23 hours ago"),
            (86_400, "1 day ago"),
            (29 * DAY, "29 days ago"),
            (30 * DAY, "16 December 2026"),
        ] {
            assert_eq!(Moment::ago(Timestamp::from_seconds(NOW.seconds() - seconds), NOW).words, words);
        }
        assert_eq!(Moment::ago(NOW, Timestamp::from_seconds(0)).words, "just now", "another server's clock runs ahead");
    }
}
