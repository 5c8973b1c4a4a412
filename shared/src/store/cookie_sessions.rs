//! The verbs of sessions that a cookie holds: read one, note that it was seen, give it another cookie, end it by its cookie.

use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValue};

use super::attributes::{text, time};
use super::conditional::{Conditional, decided};
use super::keys::Key;
use super::remark::remark;
use super::session_item::{
    COOKIE_HASH, ENDED_AT, ENDED_BY, IDLE_EXPIRES_AT, LAST_COOKIE_HASH, ROTATED_AT, cookie_hash,
};
use super::table::Table;
use crate::clock::Timestamp;
use crate::identity::{SessionId, UserId};
use crate::sessions::cookie::{CookieSessions, EndByCookie, RenewCookie, SEEN_EVERY, SessionCookie};
use crate::sessions::end::Ended;
use crate::sessions::{Ending, Session};
use crate::storage::StoreError;

impl CookieSessions for Table {
    async fn cookie_session(&self, user: UserId, session: SessionId) -> Result<Option<Session>, StoreError> {
        self.session(user, session).await
    }

    async fn seen(&self, session: &Session, idle_expires_at: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        let request = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::session(session.user, session.id).attributes()))
            // Of requests that come at once, one writes. One that ended meanwhile stays as it ended.
            .condition_expression("attribute_exists(#cookie) AND attribute_not_exists(#ended) AND #seen <= :long_ago")
            .update_expression("SET #seen = :now, #idle = :idle")
            .expression_attribute_names("#cookie", COOKIE_HASH)
            .expression_attribute_names("#ended", ENDED_AT)
            .expression_attribute_names("#seen", ROTATED_AT)
            .expression_attribute_names("#idle", IDLE_EXPIRES_AT)
            .expression_attribute_values(":now", time(now))
            .expression_attribute_values(":idle", time(idle_expires_at))
            .expression_attribute_values(":long_ago", time(now.minus(SEEN_EVERY)))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        remark("UpdateItem (a session was seen)", request).await
    }
}

impl RenewCookie for Table {
    async fn renew_cookie(&self, cookie: &SessionCookie, next: &SessionCookie) -> Result<Option<Session>, StoreError> {
        const OPERATION: &str = "UpdateItem (give a session another cookie)";
        let request = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::session(cookie.user, cookie.session).attributes()))
            .condition_expression("(#cookie = :cookie OR #cookie = :next) AND attribute_not_exists(#ended)")
            .update_expression("SET #cookie = :next, #last = :cookie")
            .expression_attribute_names("#last", LAST_COOKIE_HASH)
            .expression_attribute_names("#cookie", COOKIE_HASH)
            .expression_attribute_names("#ended", ENDED_AT)
            .expression_attribute_values(":cookie", cookie_hash(cookie.hash()))
            .expression_attribute_values(":next", cookie_hash(next.hash()))
            .return_values(ReturnValue::AllNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        match decided(OPERATION, request).await? {
            Conditional::Written(item) => Session::try_from(&item).map(Some),
            Conditional::Refused(_) => Ok(None),
        }
    }
}

impl EndByCookie for Table {
    async fn end_by_cookie(&self, cookie: &SessionCookie, cause: Ending, now: Timestamp) -> Result<Ended, StoreError> {
        const OPERATION: &str = "UpdateItem (end a session by its cookie)";
        let request = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::session(cookie.user, cookie.session).attributes()))
            // A sign-out that a renewal overtook, in the same browser, ends what the renewed cookie holds.
            .condition_expression("(#cookie = :cookie OR #last = :cookie) AND attribute_not_exists(#ended)")
            .update_expression("SET #ended = :now, #by = :cause")
            .expression_attribute_names("#last", LAST_COOKIE_HASH)
            .expression_attribute_names("#cookie", COOKIE_HASH)
            .expression_attribute_names("#ended", ENDED_AT)
            .expression_attribute_names("#by", ENDED_BY)
            .expression_attribute_values(":cookie", cookie_hash(cookie.hash()))
            .expression_attribute_values(":now", time(now))
            .expression_attribute_values(":cause", text(cause.as_str()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        Ok(match decided(OPERATION, request).await? {
            Conditional::Written(_) => Ended::Now,
            Conditional::Refused(_) => Ended::Already,
        })
    }
}
