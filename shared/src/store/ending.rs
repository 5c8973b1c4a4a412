//! The verbs of the kill switch: end one session, end all of a user, list what there is to end.
//!
//! None of them fails over an item that this release cannot read: after a rollback, what a newer one wrote must not keep
//! a session alive.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use tokio::task::JoinSet;

use super::attributes::{Item, text, time};
use super::conditional::{Conditional, decided};
use super::keys::{Key, PARTITION, SESSION_PREFIX, SORT, user_partition};
use super::sdk_fault::unavailable;
use super::session_item::{CLIENT, ENDED_AT, ENDED_BY};
use super::table::{Table, unbuilt};
use crate::audit::trail::{AccountChange, Entry};
use crate::clock::Timestamp;
use crate::identity::{SessionId, UserId};
use crate::oauth::clients::ClientId;
use crate::principal::Subject;
use crate::sessions::end::{
    EndOwnSession, EndSession, EndSessionByOperator, EndSessions, Ended, EndedAll, EndedOwn, ListSessions, Unreadable,
};
use crate::sessions::{Ending, Session};
use crate::storage::StoreError;

/// How many sessions are ended at a time. All lie in one partition, which takes 1000 writes a second (Developer Guide, "Partitions
/// and data distribution"); at 5 to 10 ms each, 16 use it up, and more would be throttled.
const AT_A_TIME: usize = 16;
/// After so many faults it is storage that fails and not an item: going on would wait for a timeout for each session.
const MOST_FAULTS: usize = AT_A_TIME;

impl EndSession for Table {
    async fn end(&self, user: UserId, session: SessionId, cause: Ending, now: Timestamp) -> Result<Ended, StoreError> {
        self.end_at(Key::session(user, session).attributes(), cause, now).await
    }
}

impl EndSessionByOperator for Table {
    async fn end_by_operator(&self, user: UserId, session: SessionId, now: Timestamp) -> Result<Ended, StoreError> {
        const OPERATION: &str = "TransactWriteItems (end a session)";
        let end = Update::builder()
            .table_name(&self.name)
            .set_key(Some(Key::session(user, session).attributes()))
            .condition_expression(IS_LIVE)
            .update_expression(ENDS)
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_names("#ended", ENDED_AT)
            .expression_attribute_names("#by", ENDED_BY)
            .expression_attribute_values(":now", time(now))
            .expression_attribute_values(":cause", text(Ending::Operator.as_str()))
            .build()
            .map_err(|fault| unbuilt(OPERATION, fault))?;
        let entry = Entry::new(now, AccountChange::SessionEnded(session));
        let writes = vec![
            TransactWriteItem::builder().update(end).build(),
            // Its version stays: whoever is signed in elsewhere is not asked again.
            self.entry_of(OPERATION, Subject::User(user), &session.to_string(), entry)?,
        ];
        Ok(if self.transact(OPERATION, writes).await? { Ended::Now } else { Ended::Already })
    }
}

impl EndSessions for Table {
    async fn end_all(&self, user: UserId, cause: Ending, now: Timestamp) -> EndedAll {
        self.end_those(Which::All, user, cause, now).await
    }

    async fn end_others(&self, user: UserId, kept: SessionId, cause: Ending, now: Timestamp) -> EndedAll {
        self.end_those(Which::AllBut(kept), user, cause, now).await
    }
}

impl ListSessions for Table {
    async fn sessions(&self, user: UserId) -> Result<Vec<Result<Session, Unreadable>>, StoreError> {
        let items = self.read_under("Query (sessions of a user)", user_partition(user), SESSION_PREFIX).await?;
        let session = |item: &Item| Session::try_from(item).map_err(|fault| Unreadable { session: name(item), fault });
        Ok(items.iter().map(session).collect())
    }
}

/// Which sessions of a user.
#[derive(Clone, Copy)]
enum Which<'a> {
    All,
    AllBut(SessionId),
    HeldBy(&'a ClientId),
}

impl EndOwnSession for Table {
    async fn end_own(
        &self,
        user: UserId,
        session: SessionId,
        client: &str,
        now: Timestamp,
    ) -> Result<EndedOwn, StoreError> {
        let request = self
            .ending(Key::session(user, session).attributes(), Ending::Revoked, now)
            .condition_expression("attribute_not_exists(#ended) AND #client = :client")
            .expression_attribute_names("#client", CLIENT)
            .expression_attribute_values(":client", text(client))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        Ok(match decided(END, request).await? {
            Conditional::Written(_) => EndedOwn::Now,
            Conditional::Refused(Some(item)) if item.get(CLIENT) != Some(&text(client)) => EndedOwn::OfAnother,
            Conditional::Refused(_) => EndedOwn::Already,
        })
    }
}

/// How far ending all sessions has come.
#[derive(Default)]
struct Progress {
    ended: usize,
    faults: usize,
    first_fault: Option<StoreError>,
}

impl Progress {
    fn note(&mut self, outcome: Result<Ended, StoreError>) {
        match outcome {
            Ok(Ended::Now) => self.ended += 1,
            Ok(Ended::Already) => {}
            Err(fault) => {
                self.faults += 1;
                self.first_fault.get_or_insert(fault);
            }
        }
    }
}

impl Table {
    /// Ends the sessions of `user` that `client` holds.
    pub(super) async fn end_held_by(&self, client: &ClientId, user: UserId, cause: Ending, now: Timestamp) -> EndedAll {
        self.end_those(Which::HeldBy(client), user, cause, now).await
    }

    async fn end_those(&self, which: Which<'_>, user: UserId, cause: Ending, now: Timestamp) -> EndedAll {
        let kept = match which {
            Which::AllBut(session) => Some(Key::session(user, session).attributes()),
            Which::All | Which::HeldBy(_) => None,
        };
        let mut progress = Progress::default();
        // Nothing but the keys, which are taken as they come: not even a session's name need be one that we know.
        let live = self.of(user).projection_expression("#pk, #sk").expression_attribute_names("#ended", ENDED_AT);
        let wanted = match which {
            Which::All | Which::AllBut(_) => live.filter_expression("attribute_not_exists(#ended)"),
            Which::HeldBy(client) => live
                .filter_expression("attribute_not_exists(#ended) AND #client = :client")
                .expression_attribute_names("#client", CLIENT)
                .expression_attribute_values(":client", text(client.as_str())),
        };
        let mut pages = wanted.into_paginator().send();
        while progress.faults < MOST_FAULTS
            && let Some(page) = pages.next().await
        {
            match page {
                Err(fault) => progress.note(Err(unavailable("Query (sessions of a user)", fault))),
                Ok(page) => {
                    let keys = page.items.unwrap_or_default().into_iter().filter(|key| Some(key) != kept.as_ref());
                    self.end_each(keys.collect(), cause, now, &mut progress).await;
                }
            }
        }
        EndedAll { ended: progress.ended, failed: progress.first_fault }
    }

    /// Asks for all sessions of `user`.
    fn of(&self, user: UserId) -> QueryFluentBuilder {
        self.query_under(user_partition(user), SESSION_PREFIX)
    }

    /// Ends the sessions with these keys, [`AT_A_TIME`]. One that fails does not spare the others.
    async fn end_each(&self, keys: Vec<Item>, cause: Ending, now: Timestamp, progress: &mut Progress) {
        let mut under_way = JoinSet::new();
        for key in keys {
            if under_way.len() == AT_A_TIME
                && let Some(joined) = under_way.join_next().await
            {
                progress.note(joined.unwrap_or_else(lost));
            }
            if progress.faults >= MOST_FAULTS {
                break;
            }
            let table = self.clone();
            under_way.spawn(async move { table.end_at(key, cause, now).await });
        }
        while let Some(joined) = under_way.join_next().await {
            progress.note(joined.unwrap_or_else(lost));
        }
    }

    async fn end_at(&self, key: Item, cause: Ending, now: Timestamp) -> Result<Ended, StoreError> {
        let request =
            self.ending(key, cause, now).condition_expression(IS_LIVE).expression_attribute_names("#pk", PARTITION);
        Ok(match decided(END, request).await? {
            Conditional::Written(_) => Ended::Now,
            Conditional::Refused(_) => Ended::Already,
        })
    }
}

impl Table {
    /// The write that ends the session with this key, on a condition that the caller adds.
    fn ending(&self, key: Item, cause: Ending, now: Timestamp) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key))
            .update_expression(ENDS)
            .expression_attribute_names("#ended", ENDED_AT)
            .expression_attribute_names("#by", ENDED_BY)
            .expression_attribute_values(":now", time(now))
            .expression_attribute_values(":cause", text(cause.as_str()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }
}

const END: &str = "UpdateItem (end a session)";
/// There is such a session, and nothing has ended it.
const IS_LIVE: &str = "attribute_exists(#pk) AND attribute_not_exists(#ended)";
const ENDS: &str = "SET #ended = :now, #by = :cause";

/// A task that did not come to its end ended no session that we know of.
fn lost(error: tokio::task::JoinError) -> Result<Ended, StoreError> {
    Err(StoreError::Unavailable { operation: END, detail: error.to_string() })
}

fn name(item: &Item) -> String {
    let sort = item.get(SORT).and_then(|sort| AttributeValue::as_s(sort).ok()).map_or("", String::as_str);
    sort.strip_prefix(SESSION_PREFIX).unwrap_or(sort).to_owned()
}
