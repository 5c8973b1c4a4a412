//! The public signing keys, in the table so that the authorizer needs no secret (DESIGN §7).

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::attributes::{Reader, Writer, text};
use super::keys::Key;
use super::table::{Table, unavailable};
use crate::keys::{KeysUnavailable, PublicKeySet, ReadPublicKeys};
use crate::storage::StoreError;

/// The set as one JSON document: it is read whole, swapped whole, and never queried.
const DOCUMENT: &str = "document";

impl ReadPublicKeys for Table {
    async fn read_public_keys(&self) -> Result<PublicKeySet, KeysUnavailable> {
        let found = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(Key::public_keys().attributes()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|fault| unread(unavailable("GetItem (public keys)", fault)))?;
        let item = found.item.ok_or_else(|| unread("none are published"))?;
        let document = Reader::new(&item).text(DOCUMENT).map_err(unread)?;
        PublicKeySet::from_json(document).map_err(unread)
    }
}

fn unread(fault: impl ToString) -> KeysUnavailable {
    KeysUnavailable::new("public keys", fault.to_string())
}

impl Table {
    /// Publishes `keys` in place of the earlier set.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if DynamoDB did not acknowledge it.
    pub async fn publish(&self, keys: &PublicKeySet) -> Result<(), StoreError> {
        let item = Writer::new(&Key::public_keys()).with(DOCUMENT, text(keys.to_json())).finish();
        self.client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map(drop)
            .map_err(|fault| unavailable("PutItem (public keys)", fault))
    }
}
