//! The verb of limits: one conditional UpdateItem, and what to do where that cannot say what is meant.
//!
//! GCRA moves a key's arrival time from the later of itself and now. Update expressions have no maximum, so there are two updates, of
//! which exactly one fits an item that has room: *idle* (no arrival time, or one that has passed) starts from now, *busy* adds to what
//! is there. We guess, from what this process saw last of the key, and a wrong guess brings the item back with the refusal
//! (`ALL_OLD`), so that the second call is right unless somebody else came between. DynamoDB decides each call at one moment, for one
//! item, so the count is exact; an arrival time never falls, so that whoever is refused by an older one is refused by a newer.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure};
use lru::LruCache;

use super::attributes::{Item, Reader, number, time};
use super::conditional::{Conditional, decided};
use super::keys::{Key, PARTITION};
use super::session_item::EXPIRES_AT;
use super::table::Table;
use crate::clock::Timestamp;
use crate::limits::{self, Admission, Admit, Arrival, Decision, Limit, Refusal, decide};
use crate::storage::StoreError;

const ARRIVAL: &str = "arrival";
const OPERATION: &str = "UpdateItem (count a request)";

/// A wrong guess costs one call more; that the second is wrong too takes an item that was deleted in between, by its TTL.
const MOST_CALLS: usize = 3;

/// Keys that a process remembers: under attack few are hot, and each takes some hundred bytes.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1023);

/// What this process saw last of the keys that it counted. It only ever understates: an exhausted key is refused without a call, and
/// whoever floods one pays with our memory, not with the table's writes.
#[derive(Clone, Debug)]
pub(super) struct Remembered(Arc<Mutex<LruCache<limits::Key, Arrival>>>);

impl Default for Remembered {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(REMEMBERED))))
    }
}

impl Remembered {
    fn of(&self, key: &limits::Key) -> Option<Arrival> {
        self.0.lock().ok()?.get(key).copied()
    }

    fn note(&self, key: &limits::Key, arrival: Option<Arrival>) {
        if let (Ok(mut seen), Some(arrival)) = (self.0.lock(), arrival) {
            seen.put(key.clone(), arrival);
        }
    }
}

/// Which of the two updates fits.
#[derive(Clone, Copy)]
enum Update {
    Idle,
    Busy,
}

impl Update {
    fn fitting(stored: Option<Arrival>, now: Timestamp) -> Self {
        if stored.is_some_and(|arrival| arrival > Arrival::at(now)) { Self::Busy } else { Self::Idle }
    }
}

impl Admit for Table {
    async fn admit(&self, key: &limits::Key, limit: Limit, now: Timestamp) -> Result<Admission, StoreError> {
        let mut last_seen = self.arrivals.of(key);
        for _ in 0..MOST_CALLS {
            if let Decision::Refused { retry_after } = decide(limit, last_seen, now) {
                return Ok(Admission::Refused(Refusal { class: key.class(), limit, retry_after }));
            }
            let (written, stored) = match self.count(key, limit, Update::fitting(last_seen, now), now).await? {
                Conditional::Written(item) => (true, Some(arrival(&item)?)),
                Conditional::Refused(item) => (false, item.as_ref().map(arrival).transpose()?),
            };
            self.arrivals.note(key, stored);
            if written {
                return Ok(Admission::Admitted);
            }
            last_seen = stored;
        }
        Err(StoreError::Unavailable { operation: OPERATION, detail: "the count changed between calls".to_owned() })
    }
}

impl Table {
    async fn count(
        &self,
        key: &limits::Key,
        limit: Limit,
        update: Update,
        now: Timestamp,
    ) -> Result<Conditional, StoreError> {
        let present = Arrival::at(now);
        let request = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::limit(key).attributes()))
            .expression_attribute_names("#arrival", ARRIVAL)
            .expression_attribute_names("#expires", EXPIRES_AT)
            .expression_attribute_values(":now", number(present.milliseconds()))
            .expression_attribute_values(":expires", time(Arrival::forgotten(limit, now)))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let request = match update {
            Update::Idle => request
                .condition_expression("attribute_not_exists(#pk) OR #arrival <= :now")
                .update_expression("SET #arrival = :next, #expires = :expires")
                .expression_attribute_names("#pk", PARTITION)
                .expression_attribute_values(":next", number(present.after_one(limit).milliseconds())),
            Update::Busy => request
                .condition_expression("#arrival > :now AND #arrival <= :latest")
                .update_expression("SET #arrival = #arrival + :one, #expires = :expires")
                .expression_attribute_values(":latest", number(Arrival::latest(limit, now).milliseconds()))
                .expression_attribute_values(":one", number(limit.interval_ms())),
        };
        decided(OPERATION, request).await
    }
}

fn arrival(item: &Item) -> Result<Arrival, StoreError> {
    Reader::new(item).number(ARRIVAL).map(Arrival::from_milliseconds)
}
