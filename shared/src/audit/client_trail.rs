//! What the table keeps of a client's past: who registered it, and each change of what it may do, written in the transaction that makes it.

use std::fmt;
use std::future::Future;
use std::str::FromStr;

use super::trail::UnknownChange;
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::oauth::clients::ClientId;
use crate::storage::StoreError;

/// What became of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientEvent {
    /// It was registered.
    Registered,
    /// Its registration says something else.
    Changed,
    /// It was given another secret.
    SecretRotated,
    /// It may ask for nothing any more.
    Disabled,
    /// It may ask again.
    Enabled,
    /// It was lost, and came back from a backup.
    Restored,
}

impl ClientEvent {
    const ALL: [Self; 6] =
        [Self::Registered, Self::Changed, Self::SecretRotated, Self::Disabled, Self::Enabled, Self::Restored];

    /// It as the table, the log and listings spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Changed => "changed",
            Self::SecretRotated => "secret_rotated",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Restored => "restored",
        }
    }
}

impl fmt::Display for ClientEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ClientEvent {
    type Err = UnknownChange;

    fn from_str(text: &str) -> Result<Self, UnknownChange> {
        Self::ALL.into_iter().find(|event| event.as_str() == text).ok_or(UnknownChange)
    }
}

/// An entry of a client's trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientEntry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: ClientEvent,
    /// The administrator who did it; nobody where it was an operator.
    pub by: Option<UserId>,
    /// Which members of the registration a change spoke of.
    pub members: Vec<String>,
}

/// The operator's view of a client's past.
pub trait ReadClientTrail {
    /// What became of the client in the last [`super::trail::KEPT_FOR`] before `now`, the oldest first. One query.
    fn client_trail(
        &self,
        client: &ClientId,
        now: Timestamp,
    ) -> impl Future<Output = Result<Vec<ClientEntry>, StoreError>> + Send;
}
