//! The public signing keys, in the table so that the authorizer needs no secret (DESIGN §7).

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};

use super::attributes::{Reader, Writer, number, text};
use super::keys::Key;
use super::table::{Table, unbuilt};
use crate::audit::key_trail::{ChangedKey, KeyEntry};
use crate::clock::Timestamp;
use crate::keys::{Edition, KeysUnavailable, PublicKeySet, Publication, PublishKeys, Published, ReadPublicKeys};
use crate::storage::StoreError;

/// The set as one JSON document: it is read whole, swapped whole, and never queried.
const DOCUMENT: &str = "document";
/// Counts publications: each names the one that it replaces.
const EDITION: &str = "edition";
/// How the log names a read of it.
const READ: &str = "GetItem (public keys)";

impl ReadPublicKeys for Table {
    async fn read_public_keys(&self) -> Result<PublicKeySet, KeysUnavailable> {
        let item = self
            .read_lately(READ, &Key::public_keys())
            .await
            .map_err(unread)?
            .ok_or_else(|| unread("none are published"))?;
        let document = Reader::new(&item).text(DOCUMENT).map_err(unread)?;
        PublicKeySet::from_json(document).map_err(unread)
    }
}

fn unread(fault: impl ToString) -> KeysUnavailable {
    KeysUnavailable::new("public keys", fault.to_string())
}

impl PublishKeys for Table {
    async fn published(&self) -> Result<Option<Publication>, StoreError> {
        let Some(item) = self.read(READ, &Key::public_keys()).await? else { return Ok(None) };
        let read = Reader::new(&item);
        let keys =
            PublicKeySet::from_json(read.text(DOCUMENT)?).map_err(|fault| read.impossible(&fault.to_string()))?;
        Ok(Some(Publication { keys, edition: read.number_if_any(EDITION)?.map(Edition::from_number) }))
    }

    async fn publish(
        &self,
        keys: &PublicKeySet,
        instead_of: Option<&Publication>,
        now: Timestamp,
    ) -> Result<Published, StoreError> {
        const OPERATION: &str = "TransactWriteItems (public keys)";
        let replaced = instead_of.and_then(|before| before.edition);
        let edition = Edition::after(replaced);
        let item = Writer::new(&Key::public_keys())
            .with(DOCUMENT, text(keys.to_json()))
            .with(EDITION, number(edition.number()))
            .finish();
        let put =
            Put::builder().table_name(&self.name).set_item(Some(item)).expression_attribute_names("#edition", EDITION);
        let put = match replaced {
            None => put.condition_expression("attribute_not_exists(#edition)"),
            Some(edition) => put
                .condition_expression("#edition = :edition")
                .expression_attribute_values(":edition", number(edition.number())),
        };
        let put = put.build().map_err(|fault| unbuilt(OPERATION, fault))?;
        let mut writes = vec![TransactWriteItem::builder().put(put).build()];
        let changed = ChangedKey::between(instead_of.map(|before| &before.keys), keys);
        if !changed.is_empty() {
            writes.push(self.key_entry(OPERATION, edition.number(), &KeyEntry { at: now, changed })?);
        }
        Ok(if self.transact(OPERATION, writes).await? { Published::Done } else { Published::Overtaken })
    }
}
