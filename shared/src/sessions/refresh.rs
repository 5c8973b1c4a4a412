//! Refreshing a session: at most one successor, the same one for a retry, and an end for a copy (DESIGN §6).

use std::future::Future;

use super::refresh_token::{NotOurs, RefreshToken};
use super::rotation::{Decision, Over, decide};
use super::session::{Client, Ending, Session, Transport};
use crate::clock::Timestamp;
use crate::identity::{SessionId, UserId};
use crate::keys::MacKeys;
use crate::secret::Secret;
use crate::storage::StoreError;

/// The store's side of a refresh.
pub trait Rotate {
    /// Rotates the session that `token` names if the token is current, and otherwise does what
    /// [`super::rotation::decide`] says; all of it atomic, and a session that must end has ended when this returns.
    ///
    /// `mac_key` will be recorded as the maker of the next token. A session for another audience than the wanted one stays as it is.
    fn rotate(
        &self,
        token: &RefreshToken,
        client: &Client,
        wanted: Audience<'_>,
        mac_key: u32,
        now: Timestamp,
    ) -> impl Future<Output = Result<Rotation, StoreError>> + Send;
}

/// The store's side of a question about a refresh token.
pub trait FindSession {
    /// The session as it stands, ended and expired ones too; one strongly consistent read.
    fn find_session(
        &self,
        user: UserId,
        session: SessionId,
    ) -> impl Future<Output = Result<Option<Session>, StoreError>> + Send;
}

/// The audience of the access token that a refresh is to give (RFC 8707 §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience<'a> {
    /// Whatever the session is for: the client did not say.
    OfTheSession,
    /// The deployment's own.
    Own,
    /// A resource.
    Resource(&'a str),
}

impl Audience<'_> {
    /// Whether it is what `session` is for.
    pub fn is_of(self, session: &Session) -> bool {
        match self {
            Self::OfTheSession => true,
            Self::Own => session.audience.is_none(),
            Self::Resource(resource) => session.audience.as_deref() == Some(resource),
        }
    }
}

/// What became of a presented refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The session moved on by one generation; this is how it stands now.
    Rotated(Session),
    /// It had moved on already, by this very token; this is how it stands.
    Retried(Session),
    /// The session is for another audience than the wanted one; nothing has changed.
    OtherAudience,
    /// The token is a late duplicate out of a burst; the session lives on.
    Late,
    /// The token was spent; the session has been ended.
    Reused(Ending),
    /// The session was over before.
    Over(Over),
    /// There is no such session, or it belongs to another client.
    Unknown,
}

/// A refresh that went well.
#[derive(Debug)]
pub struct Refreshed {
    /// The session as it stands.
    pub session: Session,
    /// Its current refresh token.
    pub refresh_token: Secret<String>,
    /// Whether this repeats an earlier answer.
    pub retried: bool,
}

/// Why a refresh token was refused, for the log; the client hears one and the same answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a token that we made.
    #[error(transparent)]
    NotOurs(#[from] NotOurs),
    /// Reuse; the session has been ended.
    #[error("reuse, the session has been ended: {cause}")]
    Reused {
        /// Whose session it was.
        user: UserId,
        /// Which session it was.
        session: SessionId,
        /// What the reuse looks like.
        cause: Ending,
    },
    /// Ours, and no good; nothing was ended for it.
    #[error("{why}")]
    NoGood {
        /// Whose session it names.
        user: UserId,
        /// Which session it names.
        session: SessionId,
        /// Why it is no good.
        why: NoGood,
    },
}

/// Why an authentic refresh token is refused although it ends nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoGood {
    /// The session is for another audience; the token is as good as before.
    #[error("the session is for another audience")]
    OtherAudience,
    /// A late duplicate; the session lives.
    #[error("a late duplicate")]
    Late,
    /// Spent: somebody asks about it only, and whoever uses it ends the session.
    #[error("spent")]
    Spent,
    /// The session had expired or ended.
    #[error("the session is over: {0:?}")]
    Over(Over),
    /// No such session of this client.
    #[error("no such session of this client")]
    Unknown,
}

impl NoGood {
    const fn reason(self) -> &'static str {
        match self {
            Self::OtherAudience => "other_audience",
            Self::Late => "late_duplicate",
            Self::Spent => "spent",
            Self::Over(over) => over.reason(),
            Self::Unknown => "unknown_session",
        }
    }
}

impl Refusal {
    /// The reason as logs spell it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NotOurs(not_ours) => not_ours.reason(),
            Self::Reused { cause, .. } => cause.as_str(),
            Self::NoGood { why, .. } => why.reason(),
        }
    }
}

/// Refused, or not decided.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// Decided: no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Not decided: nothing was lost, the client may try again with the same token.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Exchanges a refresh token for its successor. One storage call when all is well.
///
/// # Errors
/// [`RefreshError::Refused`] once the defence, if any, is committed; [`RefreshError::Store`] if storage did not answer.
pub async fn refresh(
    store: &impl Rotate,
    keys: &MacKeys,
    presented: &Secret<String>,
    client: &Client,
    wanted: Audience<'_>,
    now: Timestamp,
) -> Result<Refreshed, RefreshError> {
    let token = RefreshToken::open(presented.expose(), keys).map_err(Refusal::from)?;
    let no_good = |why| Refusal::NoGood { user: token.user, session: token.session, why };
    let (session, retried) = match store.rotate(&token, client, wanted, keys.active().id(), now).await? {
        Rotation::Rotated(session) => (session, false),
        Rotation::Retried(session) => (session, true),
        Rotation::OtherAudience => return Err(no_good(NoGood::OtherAudience).into()),
        Rotation::Late => return Err(no_good(NoGood::Late).into()),
        Rotation::Reused(cause) => {
            return Err(Refusal::Reused { user: token.user, session: token.session, cause }.into());
        }
        Rotation::Over(over) => return Err(no_good(NoGood::Over(over)).into()),
        Rotation::Unknown => return Err(no_good(NoGood::Unknown).into()),
    };
    Ok(Refreshed { refresh_token: current_token(&session, keys), session, retried })
}

/// The session that `presented` would refresh for `client` now; nothing comes of the question. One storage call.
///
/// # Errors
/// As [`refresh`], but that nothing is ended for a spent token.
pub async fn inspect(
    store: &impl FindSession,
    keys: &MacKeys,
    presented: &Secret<String>,
    client: &Client,
    now: Timestamp,
) -> Result<Session, RefreshError> {
    let token = RefreshToken::open(presented.expose(), keys).map_err(Refusal::from)?;
    let no_good = |why| Err(Refusal::NoGood { user: token.user, session: token.session, why }.into());
    let found = store.find_session(token.user, token.session).await?;
    let own = |session: &Session| session.client_id == client.id && session.transport == Transport::Tokens;
    let Some(session) = found.filter(own) else { return no_good(NoGood::Unknown) };
    match decide(&session, token.generation, client.retry, now) {
        Decision::Rotate | Decision::Retry => Ok(session),
        Decision::Late => no_good(NoGood::Late),
        Decision::Reuse(_) => no_good(NoGood::Spent),
        Decision::Over(over) => no_good(NoGood::Over(over)),
    }
}

/// The current refresh token of `session`. Made with the key that the session remembers, so that a retry across a key
/// rotation gets the same bytes; if that key has left the ring, with the active one, for the same generation.
pub fn current_token(session: &Session, keys: &MacKeys) -> Secret<String> {
    let key = keys.find(session.mac_key).unwrap_or_else(|| keys.active());
    RefreshToken { user: session.user, session: session.id, generation: session.generation }.seal(key)
}

#[cfg(test)]
mod tests;
