//! What a device holds of one session, and what it has been told of it.

use vestibule::clock::Timestamp;
use vestibule::sessions::rotation::DEFAULT_RETRY_WINDOW;
use vestibule_tests::Tokens;

/// Of a session, from what was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Lives,
    Ended,
    /// Somebody asked to end it, and was not told what became of that.
    Unsure,
}

impl Known {
    /// What has ended stays so.
    pub(crate) fn doubt(&mut self) {
        if *self == Self::Lives {
            *self = Self::Unsure;
        }
    }
}

/// One device's.
#[derive(Debug)]
pub(crate) struct Held {
    /// The newest last.
    pub(crate) refresh: Vec<String>,
    pub(crate) access: String,
    pub(crate) given_at: Timestamp,
    pub(crate) known: Known,
    /// When a successor of the newest token may have been made that never came.
    pub(crate) unheard_since: Option<Timestamp>,
    /// When it was last tried to refresh it.
    pub(crate) tried_at: Timestamp,
}

impl Held {
    pub(crate) fn new(given: Tokens, now: Timestamp) -> Self {
        let Tokens { access, refresh } = given;
        let (known, unheard_since) = (Known::Lives, None);
        Self { refresh: vec![refresh], access, given_at: now, known, unheard_since, tried_at: now }
    }

    pub(crate) fn newest(&self) -> &str {
        &self.refresh[self.refresh.len() - 1]
    }

    pub(crate) fn goes_on(&mut self, given: Tokens, now: Timestamp) {
        self.refresh.push(given.refresh);
        (self.access, self.given_at, self.known, self.unheard_since) = (given.access, now, Known::Lives, None);
    }

    /// Whether its client comes back too late to be told from a thief.
    pub(crate) fn is_late(&self, now: Timestamp) -> bool {
        self.unheard_since.is_some_and(|since| now.since(since) >= DEFAULT_RETRY_WINDOW)
    }
}
