//! The life of a signing key: next, active, retired, gone (DESIGN §7, NIST SP 800-57 part 1 §5.3).
//!
//! A key is published before it signs for at least the longest verifier cache, and after it signs for at least as long
//! as its last token lives: so no verifier ever meets a valid token whose key it cannot know.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::limits::Limits;
use crate::clock::Timestamp;

/// How long any verifier may go on with an old copy of our key set.
///
/// API Gateway's own JWT authorizer keeps keys for up to two hours. Before it stand a proxy that may keep the JWKS
/// document for its `max-age` and the function that answers it from its cache, minutes each. Shorter, and a new key's
/// first tokens are refused; longer only delays a rotation.
pub const LONGEST_VERIFIER_CACHE: Duration = Duration::from_secs(2 * 60 * 60 + 30 * 60);

/// No access token lives longer. A retired key stays published for this long, and a token that claims a longer life is
/// refused even though we signed it. An hour: beyond it a "short-lived" token is not.
pub const LONGEST_TOKEN_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// How long a retired key stays published: its last token may be signed by a function that has not read the ring for as
/// long as [`Limits::hard_limit`], and then lives for [`LONGEST_TOKEN_LIFETIME`]. A minute more for clocks that differ.
pub const RETIRED_KEY_STAYS: Duration =
    Duration::from_secs(LONGEST_TOKEN_LIFETIME.as_secs() + Limits::DEFAULT.hard_limit.as_secs() + 60);

/// How long a ring may take from being made to being in force. What it says of its keys is dated to the end of this time: a key
/// is published and another signs no more *by then at the latest*, and what is not done by then is refused. So no key ever counts
/// as published before it was, nor as retired while it still signed, however slowly a rotation goes or wherever it died.
///
/// Ten minutes: the four steps take seconds, and Secrets Manager repeats failed ones for minutes. Shorter, and a short outage
/// makes a rotation begin anew; longer delays each promotion and each removal by as much.
pub const LONGEST_ROTATION: Duration = Duration::from_secs(10 * 60);

/// Where a key stands in its life, with the evidence for what may happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum KeyState {
    /// Published, and not signing yet.
    Next {
        /// Since when verifiers can learn it.
        published_at: Timestamp,
    },
    /// Signing.
    Active {
        /// Since when verifiers can learn it.
        published_at: Timestamp,
        /// Since when it signs.
        activated_at: Timestamp,
    },
    /// Signing no more, still published for the tokens that it signed.
    Retired {
        /// Since when verifiers can learn it.
        published_at: Timestamp,
        /// Since when it signed.
        activated_at: Timestamp,
        /// Until when it signed.
        retired_at: Timestamp,
    },
}

impl KeyState {
    /// The state's name, for listings and logs.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Next { .. } => "next",
            Self::Active { .. } => "active",
            Self::Retired { .. } => "retired",
        }
    }

    /// Since when verifiers can learn the key.
    pub const fn published_at(&self) -> Timestamp {
        match *self {
            Self::Next { published_at } | Self::Active { published_at, .. } | Self::Retired { published_at, .. } => {
                published_at
            }
        }
    }

    /// Whether its moments are in the order that a life has.
    pub(super) fn is_ordered(&self) -> bool {
        match *self {
            Self::Next { .. } => true,
            Self::Active { published_at, activated_at } => published_at <= activated_at,
            Self::Retired { published_at, activated_at, retired_at } => {
                published_at <= activated_at && activated_at <= retired_at
            }
        }
    }
}
