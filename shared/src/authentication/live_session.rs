//! Whether a session is alive at the moment of the call, for routes that do not wait for a token to expire.

use std::future::Future;

use crate::clock::Timestamp;
use crate::identity::{SessionId, UserId};
use crate::oauth::clients::ClientId;
use crate::storage::StoreError;

/// What stands behind an access token that a client was given, at the moment of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// A live session of a client that may ask for things.
    LiveSession,
    /// No session, or one that is over.
    NoSession,
    /// A client that is disabled, or none.
    NoClient,
}

/// The one question that a strict route asks storage.
pub trait LiveSession {
    /// Whether the session exists, has not ended and has not expired at `now`. A session that ended before this call is
    /// never reported alive: the read is strongly consistent.
    fn is_live(
        &self,
        user: UserId,
        session: SessionId,
        now: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The same for a token that the client called `client` was given: it may have been disabled since. One call for both.
    fn behind(
        &self,
        user: UserId,
        session: SessionId,
        client: &ClientId,
        now: Timestamp,
    ) -> impl Future<Output = Result<Behind, StoreError>> + Send;
}
