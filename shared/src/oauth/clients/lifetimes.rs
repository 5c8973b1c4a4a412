//! How long what a client is given lives, where that differs from the deployment (RFC 9700 §4.14.2).

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{InvalidClient, member};
use crate::tokens::MAX_ACCESS_TOKEN_SECONDS;

/// Of an access token, in seconds: as the deployment's own, whose verifiers keep keys for no longer.
pub const ACCESS_TOKEN_SECONDS: RangeInclusive<u64> = 1..=MAX_ACCESS_TOKEN_SECONDS;

/// Of a session, in seconds. Below a minute an honest client could lose it between two retries; beyond a year it is none but an API key.
pub const SESSION_SECONDS: RangeInclusive<u64> = 60..=365 * 24 * 60 * 60;

/// Times of a client that differ from the deployment's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lifetimes {
    /// Of an access token.
    pub access_token: Option<Duration>,
    /// Of a session that is not refreshed.
    pub idle: Option<Duration>,
    /// Of a session, whatever happens.
    pub absolute: Option<Duration>,
}

impl Lifetimes {
    /// Whether they can be, and fit together.
    ///
    /// # Errors
    /// [`InvalidClient`], for the first that cannot.
    pub fn check(&self) -> Result<(), InvalidClient> {
        for (member, lifetime, range) in [
            (member::ACCESS_TOKEN_SECONDS, self.access_token, ACCESS_TOKEN_SECONDS),
            (member::IDLE_SECONDS, self.idle, SESSION_SECONDS),
            (member::ABSOLUTE_SECONDS, self.absolute, SESSION_SECONDS),
        ] {
            if lifetime.is_some_and(|lifetime| !range.contains(&lifetime.as_secs())) {
                return Err(InvalidClient::Seconds { member, least: *range.start(), most: *range.end() });
            }
        }
        if self.absolute.zip(self.idle).is_some_and(|(absolute, idle)| absolute < idle) {
            return Err(InvalidClient::Lifetimes);
        }
        Ok(())
    }
}
