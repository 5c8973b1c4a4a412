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

/// The store's side of a revocation by an operator.
pub trait EndSessionByOperator {
    /// Ends one session, and says so in the trail of its account in the same transaction. One call.
    fn end_by_operator(
        &self,
        user: UserId,
        session: SessionId,
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

/// The store's side of a revocation by a client that proved who it is (RFC 7009 §2.1).
pub trait EndOwnSession {
    /// Ends one session, if it is the client's own. One call.
    fn end_own(
        &self,
        user: UserId,
        session: SessionId,
        client: &str,
        now: Timestamp,
    ) -> impl Future<Output = Result<EndedOwn, StoreError>> + Send;
}

/// What became of a revocation by a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedOwn {
    /// The session was live and is ended.
    Now,
    /// There was nothing to end.
    Already,
    /// It is another client's, and as it was.
    OfAnother,
}

/// The store's side of the kill switch.
pub trait EndSessions {
    /// Ends every session of `user` that has not ended, whether or not it can be read: a value that a newer release wrote
    /// must not keep a session alive. One query and one call for each session, several at a time.
    fn end_all(&self, user: UserId, cause: Ending, now: Timestamp) -> impl Future<Output = EndedAll> + Send;

    /// The same for every session but `kept`, whose holder asks for it.
    fn end_others(
        &self,
        user: UserId,
        kept: SessionId,
        cause: Ending,
        now: Timestamp,
    ) -> impl Future<Output = EndedAll> + Send;
}

/// What became of ending all sessions of a user. What was ended stays ended, whatever failed.
#[derive(Debug)]
#[must_use = "some sessions may still be live"]
pub struct EndedAll {
    /// Sessions that had not ended before.
    pub ended: usize,
    /// The first fault, after which some may still be live; asking again goes on from there. None is live if there was none.
    pub failed: Option<StoreError>,
}

/// The operator's view: every session of one user.
pub trait ListSessions {
    /// The sessions of `user` that the table still holds, ended, expired and unreadable ones too. One query.
    fn sessions(
        &self,
        user: UserId,
    ) -> impl Future<Output = Result<Vec<Result<Session, Unreadable>>, StoreError>> + Send;
}

/// A session that this release cannot read. It can be ended like any other, and opens nothing while it cannot be read.
#[derive(Debug)]
pub struct Unreadable {
    /// What stands where its `ses_…` should.
    pub session: String,
    /// What is wrong with it.
    pub fault: StoreError,
}
