//! What the table keeps of an account's or a service's past: each change of who may get in and how, written in the transaction that makes it.
//!
//! Sessions keep how they ended themselves; what changes nothing is in the log alone (decision 0011).

use std::fmt;
use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::federation::IdentityKey;
use crate::identity::{ApiKeyId, SessionId, UserId};
use crate::principal::Subject;
use crate::scope::Rights;
use crate::storage::StoreError;

/// An entry is deleted after 400 days: whoever looks back at a whole year has five weeks to do so. Longer keeps what no audit asks
/// for about people; shorter loses the beginning of the year.
pub const KEPT_FOR: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// A change of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// It was made, with its first password or by an identity at a provider.
    Registered,
    /// It was closed to sign-ins.
    Disabled,
    /// It was opened again.
    Enabled,
    /// It was given a new password by an operator.
    PasswordSet,
    /// Its owner set a new password, which the old one allowed.
    PasswordChanged,
    /// Whoever reads its mailbox set a new password.
    PasswordReset,
    /// Its e-mail address became another one.
    EmailChanged,
    /// Its owner signs in with an account at another provider, too, from now on.
    IdentityLinked,
    /// Its owner does not sign in with one of them any more.
    IdentityUnlinked,
    /// It may do other things than before.
    RightsChanged,
    /// An administrator or an operator ended all its sessions, and the sign-ins that were under way.
    SessionsEnded,
    /// Its owner deleted it.
    Deleted,
    /// It was lost, and came back from a backup.
    Restored,
    /// An operator ended one of its sessions.
    SessionEnded(SessionId),
    /// One of its API keys.
    ApiKey(ApiKeyId, ApiKeyChange),
}

impl AccountChange {
    const ALL: [Self; 13] = [
        Self::Registered,
        Self::Disabled,
        Self::Enabled,
        Self::PasswordSet,
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::EmailChanged,
        Self::IdentityLinked,
        Self::IdentityUnlinked,
        Self::RightsChanged,
        Self::SessionsEnded,
        Self::Deleted,
        Self::Restored,
    ];

    const SESSION_ENDED: &str = "session_ended";

    /// The change as the table and listings spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::PasswordSet => "password_set",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::EmailChanged => "email_changed",
            Self::IdentityLinked => "identity_linked",
            Self::IdentityUnlinked => "identity_unlinked",
            Self::RightsChanged => "rights_changed",
            Self::SessionsEnded => "sessions_ended",
            Self::Deleted => "deleted",
            Self::Restored => "restored",
            Self::SessionEnded(_) => Self::SESSION_ENDED,
            Self::ApiKey(_, change) => change.as_str(),
        }
    }
}

impl fmt::Display for AccountChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No change of an account is spelled like this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a change of an account")]
pub struct UnknownChange;

/// Reads a change of the account itself: one of a key or of a session has its name beside it.
impl FromStr for AccountChange {
    type Err = UnknownChange;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|change| change.as_str() == text).ok_or(UnknownChange)
    }
}

/// A change of an API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKeyChange {
    /// It was made.
    Created,
    /// It is called something else.
    Renamed,
    /// It was given another secret.
    Rotated,
    /// Its owner took it away.
    Revoked,
    /// An operator took it away.
    RevokedByOperator,
    /// Somebody else held it and reported it.
    Reported,
    /// It was lost, and came back from a backup.
    Restored,
}

impl ApiKeyChange {
    const ALL: [Self; 7] = [
        Self::Created,
        Self::Renamed,
        Self::Rotated,
        Self::Revoked,
        Self::RevokedByOperator,
        Self::Reported,
        Self::Restored,
    ];

    /// The change as the table, the log and listings spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "api_key_created",
            Self::Renamed => "api_key_renamed",
            Self::Rotated => "api_key_rotated",
            Self::Revoked => "api_key_revoked",
            Self::RevokedByOperator => "api_key_revoked_by_operator",
            Self::Reported => "api_key_reported",
            Self::Restored => "api_key_restored",
        }
    }
}

impl FromStr for ApiKeyChange {
    type Err = UnknownChange;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|change| change.as_str() == text).ok_or(UnknownChange)
    }
}

/// An entry of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub change: AccountChange,
    /// The administrator who made it; nobody where it was the owner or an operator.
    pub by: Option<UserId>,
    /// What the account may do from then on, after a change of that.
    pub rights: Option<Rights>,
    /// Which identity was linked or unlinked; the entries of earlier releases do not say.
    pub identity: Option<IdentityKey>,
}

impl Entry {
    /// What happened when, by the owner or an operator.
    pub const fn new(at: Timestamp, change: AccountChange) -> Self {
        Self { at, change, by: None, rights: None, identity: None }
    }
}

/// The operator's view of an account's past.
pub trait ReadTrail {
    /// The changes of the account or the service, and of its keys, in the last [`KEPT_FOR`] before `now`, the oldest first. One query.
    fn trail_of(&self, owner: Subject, now: Timestamp) -> impl Future<Output = Result<Vec<Entry>, StoreError>> + Send;

    /// The same of an account.
    fn trail(&self, user: UserId, now: Timestamp) -> impl Future<Output = Result<Vec<Entry>, StoreError>> + Send {
        self.trail_of(Subject::User(user), now)
    }
}
