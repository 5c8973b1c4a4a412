//! A session as the table holds it: who signed in, how, for which client, and until when.
//!
//! Everything that a refresh must know lies here, so that a refresh is one call (DESIGN §5).

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::answered::AnsweredRequest;
use super::cookie::CookieHash;
use super::network::NetworkPrefix;
use super::rotation::{Generation, RetryPolicy};
use crate::clock::Timestamp;
use crate::identity::{SessionId, UserId};
use crate::scope::{Roles, Scopes};

/// One sign-in on one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub user: UserId,
    /// Its own name, the `sid` of its tokens.
    pub id: SessionId,
    /// The client that may refresh it (RFC 6749 §10.4 binds refresh tokens to the client).
    pub client_id: String,
    /// What its access tokens may do.
    pub scope: Scopes,
    /// Whom its access tokens are for, if not for the deployment's own API (RFC 8707).
    pub audience: Option<String>,
    /// The roles of its user when the session was opened; a change of roles ends the session.
    pub roles: Roles,
    /// When the person last proved who they are (`auth_time`, OpenID Connect Core §2).
    pub auth_time: Timestamp,
    /// How they proved it.
    pub auth_method: AuthenticationMethod,
    /// The request of a client that they signed in to answer, if they came for one.
    pub signed_in_for: Option<AnsweredRequest>,
    /// What the person calls the device, if the client said.
    pub device: Option<Device>,
    /// Where the person signed in, if the gateway said.
    pub network: Option<NetworkPrefix>,
    /// What the device holds of it.
    pub transport: Transport,
    /// The refresh token that is current.
    pub generation: Generation,
    /// When the current refresh token was first made; of a session that is held by a cookie, when it was last seen, to the minute.
    pub rotated_at: Timestamp,
    /// The MAC key that the current refresh token was made with.
    pub mac_key: u32,
    /// When the session dies unless it is refreshed before.
    pub idle_expires_at: Timestamp,
    /// When the session dies whatever happens. Rotation never moves it.
    pub expires_at: Timestamp,
    /// Live, or ended and why.
    pub state: State,
}

/// What a device holds of a session. Neither opens a session of the other kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Refresh tokens that rotate; the table holds how far they have come.
    Tokens,
    /// A cookie, of whose secret the table holds the hash.
    Cookie(CookieHash),
}

/// Whether a session may still be refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not ended; it may have expired nevertheless.
    Live,
    /// Ended before its time; nothing brings it back.
    Ended {
        /// When.
        at: Timestamp,
        /// Why.
        cause: Ending,
    },
}

/// What ended a session before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The user or their client revoked it (RFC 7009).
    Revoked,
    /// The user left it on the device that held it.
    SignedOut,
    /// The user signed in anew on the browser that held it.
    Replaced,
    /// A spent refresh token was presented; the successor was never used, so an answer was probably lost.
    LostResponse,
    /// A spent refresh token was presented shortly after the rotations that spent it: a client that races with itself.
    Concurrent,
    /// A refresh token was presented long after its successor was used: somebody holds a copy.
    Replay,
    /// The authorization code that opened it was redeemed a second time (RFC 6749 §4.1.2): one of the two had stolen it.
    CodeReplayed,
    /// A refresh token newer than the session was presented: the table was restored from a backup.
    Restored,
    /// The account was disabled.
    AccountDisabled,
    /// The password was changed.
    PasswordChanged,
    /// Its user took away an identity at a provider, by which it may have been opened.
    IdentityUnlinked,
    /// What its user may do was changed.
    RightsChanged,
    /// The user took back what they had let its client do.
    ConsentWithdrawn,
    /// An operator ended it.
    Operator,
}

impl Ending {
    const ALL: [Self; 14] = [
        Self::Revoked,
        Self::SignedOut,
        Self::Replaced,
        Self::LostResponse,
        Self::Concurrent,
        Self::Replay,
        Self::CodeReplayed,
        Self::Restored,
        Self::AccountDisabled,
        Self::PasswordChanged,
        Self::IdentityUnlinked,
        Self::RightsChanged,
        Self::ConsentWithdrawn,
        Self::Operator,
    ];

    /// The cause as logs and the table spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::SignedOut => "signed_out",
            Self::Replaced => "replaced",
            Self::LostResponse => "lost_response",
            Self::Concurrent => "concurrent",
            Self::Replay => "replay",
            Self::CodeReplayed => "code_replayed",
            Self::Restored => "restored",
            Self::AccountDisabled => "account_disabled",
            Self::PasswordChanged => "password_changed",
            Self::IdentityUnlinked => "identity_unlinked",
            Self::RightsChanged => "rights_changed",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::Operator => "operator",
        }
    }
}

impl FromStr for Ending {
    type Err = UnknownCause;

    fn from_str(text: &str) -> Result<Self, UnknownCause> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == text).ok_or(UnknownCause)
    }
}

/// The text names no cause of an ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of anything that ends a session")]
pub struct UnknownCause;

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a person proved who they are (`amr`, RFC 8176 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthenticationMethod {
    /// A password.
    Password,
    /// An account at another provider, whatever that asked for. RFC 8176 has no word for it; `fed` is Microsoft's.
    Federated,
}

impl FromStr for AuthenticationMethod {
    type Err = UnknownMethod;

    fn from_str(text: &str) -> Result<Self, UnknownMethod> {
        [Self::Password, Self::Federated].into_iter().find(|method| method.as_str() == text).ok_or(UnknownMethod)
    }
}

/// The text names no way to prove who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a way to sign in")]
pub struct UnknownMethod;

impl AuthenticationMethod {
    /// The method as RFC 8176 §2 spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Federated => "fed",
        }
    }

    /// What it is worth (`acr`, OpenID Connect Core §2), by the levels of ISO/IEC 29115: 1 for one factor, 0 where we cannot know.
    pub const fn context_class(self) -> &'static str {
        match self {
            Self::Password => "1",
            Self::Federated => "0",
        }
    }
}

/// How long a sign-in counts as recent: for what a password is asked for again, where the account has none. Shorter makes people sign
/// in twice for one errand; longer leaves it to whoever sits down at the machine next.
pub const RECENT: Duration = Duration::from_secs(10 * 60);

/// Whether somebody who signed in then, if ever, has done so recently: to the last second of the `max_age` that they are told (RFC 9470 §3).
pub fn is_recent(signed_in_at: Option<Timestamp>, now: Timestamp) -> bool {
    signed_in_at.is_some_and(|at| now.since(at) <= RECENT)
}

/// The client that asks, as far as rotation must know it.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its registered name.
    pub id: String,
    /// What it may do with a refresh token whose answer was lost.
    pub retry: RetryPolicy,
    /// How long a session of this client lives without a refresh.
    pub idle_lifetime: Duration,
    /// How long a session of this client lives at all.
    pub absolute_lifetime: Duration,
}

/// What a person calls a device: shown in their list of sessions, never interpreted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device(String);

/// The device's name is empty, too long or holds control characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a device name has 1 to {} characters and no control characters", Device::MAX_CHARS)]
pub struct InvalidDevice;

impl Device {
    /// Long enough for any browser's or phone's own name, short enough that a thousand sessions stay one page to list.
    pub const MAX_CHARS: usize = 100;

    /// Takes a name as the client gave it.
    ///
    /// # Errors
    /// [`InvalidDevice`] for an empty or over-long name, or one with control characters.
    pub fn parse(name: &str) -> Result<Self, InvalidDevice> {
        let length = name.chars().take(Self::MAX_CHARS + 1).count();
        if length == 0 || length > Self::MAX_CHARS || name.chars().any(char::is_control) {
            return Err(InvalidDevice);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_device_has_a_name_that_can_be_shown_on_one_line() {
        for name in ["x", "Ada's phone", "\u{1f4f1}", &"\u{e4}".repeat(Device::MAX_CHARS)] {
            assert_eq!(Device::parse(name).unwrap().as_str(), name);
        }
        for name in ["", "a\nb", "a\0", "\u{1b}[31m", "\u{85}", &"x".repeat(Device::MAX_CHARS + 1)] {
            assert_eq!(Device::parse(name), Err(InvalidDevice), "{name:?}");
        }
    }

    #[test]
    fn every_cause_and_method_reads_back_from_the_table() {
        for cause in Ending::ALL {
            assert_eq!(cause.as_str().parse(), Ok(cause));
        }
        assert_eq!("Revoked".parse::<Ending>(), Err(UnknownCause));
        for method in [AuthenticationMethod::Password, AuthenticationMethod::Federated] {
            assert_eq!(method.as_str().parse(), Ok(method));
        }
        assert_eq!("password".parse::<AuthenticationMethod>(), Err(UnknownMethod));
    }

    proptest! {
        #[test]
        fn whatever_a_client_calls_a_device_is_kept_as_it_is_or_refused(name in any::<String>()) {
            if let Ok(device) = Device::parse(&name) {
                prop_assert_eq!(device.as_str(), name);
            }
        }
    }
}
