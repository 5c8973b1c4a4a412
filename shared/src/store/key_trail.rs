//! The signing keys' past, item by item, beside the keys.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

use super::attributes::{Reader, Writer, number, text, time};
use super::keys::Key;
use super::session_item::EXPIRES_AT;
use super::table::Table;
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
        self.put(operation, item)
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
    Ok(KeyEntry { at: read.time(AT)?, edition: Edition::from_number(read.number(EDITION)?), changed })
}
