//! The keys' past, item by item, beside the public ones.

use std::fmt::Display;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

use super::attributes::{Reader, Writer, text, time};
use super::keys::Key;
use super::session_item::EXPIRES_AT;
use super::table::Table;
use crate::audit::key_trail::{ChangedKey, KeyEntry, ReadKeyTrail};
use crate::audit::trail::KEPT_FOR;
use crate::clock::Timestamp;
use crate::keys::{NoteSymmetricKeys, SymmetricKeys};
use crate::storage::StoreError;

const CHANGED: &str = "changed";
const AT: &str = "at";

impl Table {
    /// The write that notes what a publication or a version of a secret changes; `which` tells it from others of the same second.
    pub(super) fn key_entry(
        &self,
        operation: &'static str,
        which: impl Display,
        entry: &KeyEntry,
    ) -> Result<TransactWriteItem, StoreError> {
        let KeyEntry { at, changed } = entry;
        let item = Writer::new(&Key::key_trail(*at, which))
            .with(CHANGED, AttributeValue::L(changed.iter().map(|changed| text(changed.to_string())).collect()))
            .with(AT, time(*at))
            .with(EXPIRES_AT, time(at.plus(KEPT_FOR)))
            .finish();
        self.put(operation, item)
    }
}

impl NoteSymmetricKeys for Table {
    async fn note_symmetric(
        &self,
        before: &SymmetricKeys,
        after: &SymmetricKeys,
        version: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "TransactWriteItems (the keys' trail)";
        let entry = KeyEntry { at: now, changed: ChangedKey::between_symmetric(before, after) };
        // Nothing else is in the transaction, and nothing that could be refused: the same entry twice is one.
        self.transact(OPERATION, vec![self.key_entry(OPERATION, version, &entry)?]).await.map(drop)
    }
}

impl ReadKeyTrail for Table {
    async fn key_trail(&self, now: Timestamp) -> Result<Vec<KeyEntry>, StoreError> {
        let items = self.unexpired("Query (the keys' trail)", Key::public_keys().partition(), now).await?;
        items.iter().map(|item| entry(&Reader::new(item))).collect()
    }
}

fn entry(read: &Reader<'_>) -> Result<KeyEntry, StoreError> {
    let changed = read.texts(CHANGED)?.into_iter().map(str::parse::<ChangedKey>);
    let changed = changed.collect::<Result<_, _>>().map_err(|fault| read.impossible(&fault.to_string()))?;
    Ok(KeyEntry { at: read.time(AT)?, changed })
}
