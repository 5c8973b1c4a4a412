//! Ending sessions: once acknowledged, nothing brings one back (RFC 7009 §2.1, promise 4).

use std::future::Future;

use super::session::{Ending, Session};
use crate::clock::Timestamp;
use crate::identity::{SessionId, UserId};
use crate::storage::StoreError;

/// The store's side of a revocation.
pub trait EndSession {
    /// Ends one session with its whole chain of refresh tokens. One call.
    fn end(
        &self,
        user: UserId,
        session: SessionId,
        cause: Ending,
        now: Timestamp,
    ) -> impl Future<Output = Result<Ended, StoreError>> + Send;
}

/// What became of a revocation. The client hears the same of each (RFC 7009 §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was live and is ended.
    Now,
    /// There was nothing to end: it was ended before, or never existed.
    Already,
}

/// The operator's view: every session of one user.
pub trait ListSessions {
    /// The sessions of `user` that the table still holds, ended and expired ones too. One query.
    fn sessions(&self, user: UserId) -> impl Future<Output = Result<Vec<Session>, StoreError>> + Send;
}
