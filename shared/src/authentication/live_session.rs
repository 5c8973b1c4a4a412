//! Whether a session is alive at the moment of the call, for routes that do not wait for a token to expire.

use std::future::Future;

use crate::clock::Timestamp;
use crate::identity::{SessionId, UserId};
use crate::storage::StoreError;

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
}
