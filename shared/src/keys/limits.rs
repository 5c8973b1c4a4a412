//! How old a held key set may get, and how often it may be read (DESIGN §7).

use std::time::Duration;

/// The times of a key cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From this age on, one caller reads a new set while the others go on with the old one.
    pub max_age: Duration,
    /// From this age on, every caller waits for the new set: an instance that thaws after hours knows nothing of the
    /// keys in between. If the read fails, the last good set serves on.
    pub hard_limit: Duration,
    /// With a set in hand: the shortest time between a failed or needless read and the next one.
    pub refetch_interval: Duration,
    /// With nothing in hand: the shortest time between a failed read and the next one.
    pub first_load_pause: Duration,
}

impl Limits {
    /// What a deployment uses.
    ///
    /// - Five minutes: a warm function reads its keys 12 times an hour, far below what anything charges or throttles;
    ///   a removed key is out of use within minutes.
    /// - Fifteen minutes as the hard limit: three missed refreshes. It adds to the time for which a retired key must
    ///   stay published.
    /// - Thirty seconds between refetches: an attacker who invents a `kid` for each request costs two reads a minute
    ///   and instance, and a key that was published out of turn is learnt half a minute later.
    /// - One second between failed first loads: a table that is down is asked once a second by each instance, and
    ///   an instance recovers within a second of it.
    pub const DEFAULT: Self = Self {
        max_age: Duration::from_secs(5 * 60),
        hard_limit: Duration::from_secs(15 * 60),
        refetch_interval: Duration::from_secs(30),
        first_load_pause: Duration::from_secs(1),
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
