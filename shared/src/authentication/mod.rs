//! Authentication: who is calling, found out from what the request presents; never whether they may.
//!
//! Each scheme answers [`Authentication`]: it was not asked, it knows the caller, or what was presented is no good. One that was
//! asked and failed ends the search: a bad token beside a good cookie is an attack or a bug, not a choice.

pub mod api_key;
pub mod bearer;
mod caller;
pub mod cookie;
pub mod csrf;
mod live_session;
mod presented;

pub use api_key::RefusedKey;
pub use caller::{Authenticator, FindCaller, Freshness};
pub use csrf::Origins;
pub use live_session::{Behind, LiveSession};
pub use presented::{Presented, Provenance};

use crate::keys::KeysUnavailable;
use crate::principal::Principal;
use crate::sessions::cookie::CookieRefusal;
use crate::storage::StoreError;
use crate::tokens::Refusal;

/// What a scheme makes of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authentication {
    /// The request presents nothing of this scheme's.
    NotRequested,
    /// The caller is this principal.
    Authenticated(Principal),
    /// The request presents something of this scheme's that proves nothing.
    Failed(Failure),
}

/// Why what was presented proves nothing. The client hears 401 and no more; of a request from another site's page, 403.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No scheme found anything.
    NoCredential,
    /// More than one value where RFC 9110 §11.6.2 has one: which of them counts must not be a matter of taste.
    SeveralCredentials,
    /// Not of the scheme's form (RFC 6750 §2.1).
    MalformedCredential,
    /// The access token is refused.
    Token(Refusal),
    /// The API key is refused.
    ApiKey(RefusedKey),
    /// The credential is good, but its session has ended or expired.
    SessionEnded,
    /// The credential is good, but the client that it was given to may ask for nothing any more.
    ClientDisabled,
    /// The session cookie is none that we ever gave.
    MalformedCookie,
    /// The session cookie opens nothing, or nothing more.
    Cookie(CookieRefusal),
    /// An unsafe request that a browser authenticated by itself and no page of ours sent.
    CrossSite,
}

impl Failure {
    /// The failure as logs spell it; alarms may match it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NoCredential => "no_credential",
            Self::SeveralCredentials => "several_credentials",
            Self::MalformedCredential => "malformed_credential",
            Self::Token(refusal) => refusal.reason(),
            Self::ApiKey(RefusedKey { refusal, .. }) => refusal.reason(),
            Self::SessionEnded => "session_ended",
            Self::ClientDisabled => "client_disabled",
            Self::MalformedCookie => "malformed_cookie",
            Self::Cookie(refusal) => refusal.reason(),
            Self::CrossSite => "cross_site",
        }
    }
}

/// Nobody could find out who is calling: nobody gets in, and nothing is remembered of it.
#[derive(Debug, thiserror::Error)]
pub enum Undecided {
    /// No public key was ever read, and none can be now.
    #[error(transparent)]
    Keys(#[from] KeysUnavailable),
    /// Whether the session is alive, or the API key good, could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}
