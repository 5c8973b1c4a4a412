//! A client's past, item by item, beside the client.
//!
//! An entry's key ends in the version that the change gave the client, so that a transaction which is repeated writes the same item.

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

use super::attributes::{Reader, Writer, text, time};
use super::keys::Key;
use super::session_item::EXPIRES_AT;
use super::table::Table;
use crate::audit::client_trail::{ClientEntry, ReadClientTrail};
use crate::audit::trail::KEPT_FOR;
use crate::clock::Timestamp;
use crate::oauth::clients::{Client, ClientId};
use crate::storage::StoreError;

const EVENT: &str = "event";
const AT: &str = "at";
const BY: &str = "by";
const MEMBERS: &str = "members";

impl Table {
    /// The write that notes what became of `client`, which is so from then on.
    pub(super) fn client_entry(
        &self,
        operation: &'static str,
        client: &Client,
        entry: &ClientEntry,
    ) -> Result<TransactWriteItem, StoreError> {
        let ClientEntry { at, event, by, members } = entry;
        let item = Writer::new(&Key::client_trail(&client.id, *at, client.version))
            .with(EVENT, text(event.as_str()))
            .with(AT, time(*at))
            .with_some(BY, by.map(|by| text(by.to_string())))
            .with(MEMBERS, AttributeValue::L(members.iter().map(text).collect()))
            .with(EXPIRES_AT, time(at.plus(KEPT_FOR)))
            .finish();
        self.put(operation, item)
    }
}

impl ReadClientTrail for Table {
    async fn client_trail(&self, client: &ClientId, now: Timestamp) -> Result<Vec<ClientEntry>, StoreError> {
        let items = self.unexpired("Query (a client's trail)", Key::client(client).partition(), now).await?;
        items.iter().map(|item| entry(&Reader::new(item))).collect()
    }
}

pub(super) fn entry(read: &Reader<'_>) -> Result<ClientEntry, StoreError> {
    Ok(ClientEntry {
        at: read.time(AT)?,
        event: read.parsed(EVENT)?,
        by: read.parsed_if_any(BY)?,
        members: read.texts(MEMBERS)?.into_iter().map(str::to_owned).collect(),
    })
}
