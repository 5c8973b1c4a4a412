//! The signing keys' past, item by item, beside the keys.

use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnConsumedCapacity, TransactWriteItem};

use super::attributes::{Reader, Writer, number, text, time};
use super::keys::{Key, PARTITION, SORT, TRAIL_PREFIX};
use super::sdk_fault::unavailable;
use super::session_item::EXPIRES_AT;
use super::table::{Table, unbuilt};
use crate::audit::key_trail::{ChangedKey, KeyEntry, ReadKeyTrail};
use crate::audit::trail::KEPT_FOR;
use crate::clock::Timestamp;
use crate::keys::Edition;
use crate::storage::StoreError;

const CHANGED: &str = "changed";
const AT: &str = "at";
const EDITION: &str = "edition";

impl Table {
    /// The write that notes what a publication changes.
    pub(super) fn key_entry(&self, operation: &'static str, entry: &KeyEntry) -> Result<TransactWriteItem, StoreError> {
        let KeyEntry { at, edition, changed } = entry;
        let item = Writer::new(&Key::key_trail(*at, *edition))
            .with(CHANGED, AttributeValue::L(changed.iter().map(|changed| text(changed.to_string())).collect()))
            .with(AT, time(*at))
            .with(EDITION, number(edition.number()))
            .with(EXPIRES_AT, time(at.plus(KEPT_FOR)))
            .finish();
        let put = Put::builder().table_name(&self.name).set_item(Some(item));
        let put = put.build().map_err(|fault| unbuilt(operation, fault))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

impl ReadKeyTrail for Table {
    async fn key_trail(&self, now: Timestamp) -> Result<Vec<KeyEntry>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression("#pk = :keys AND begins_with(#sk, :trail)")
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_names("#sk", SORT)
            .expression_attribute_values(":keys", text(Key::public_keys().partition()))
            .expression_attribute_values(":trail", text(TRAIL_PREFIX))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .into_paginator()
            .send();
        let mut entries = Vec::new();
        while let Some(page) = pages.next().await {
            for item in page.map_err(|fault| unavailable("Query (the keys' trail)", fault))?.items() {
                let read = Reader::new(item);
                // DynamoDB deletes late.
                if read.time(EXPIRES_AT)? > now {
                    let changed = read.texts(CHANGED)?.into_iter().map(str::parse::<ChangedKey>);
                    let changed =
                        changed.collect::<Result<_, _>>().map_err(|fault| read.impossible(&fault.to_string()))?;
                    let edition = Edition::from_number(read.number(EDITION)?);
                    entries.push(KeyEntry { at: read.time(AT)?, edition, changed });
                }
            }
        }
        Ok(entries)
    }
}
