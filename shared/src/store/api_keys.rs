//! The verbs of a check: a key with its owner in one read, and when it was used.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::api_key_item::LAST_USED_AT;
use super::attributes::{Item, time};
use super::keys::{Key, PARTITION, SORT};
use super::remark::remark;
use super::table::Table;
use crate::api_keys::{ApiKey, FindApiKey, Named, Owner, USE_NOTED_EVERY};
use crate::clock::Timestamp;
use crate::storage::StoreError;

/// What the two items are that are read of a key.
pub(super) const API_KEY_AND_OWNER: &str = "BatchGetItem (an API key and its owner)";

impl FindApiKey for Table {
    async fn find_api_key(&self, named: Named) -> Result<(Option<ApiKey>, Option<Owner>), StoreError> {
        let (key, owner) = self.find(API_KEY_AND_OWNER, Key::api_key(named), Key::owner(named.owner)).await?;
        Ok((key.as_ref().map(ApiKey::try_from).transpose()?, owner.as_ref().map(Owner::try_from).transpose()?))
    }

    async fn note_use(&self, named: Named, now: Timestamp) -> Result<(), StoreError> {
        let request = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::api_key(named).attributes()))
            // A key that was revoked just now is not made again, and of many uses at once one is noted.
            .condition_expression("attribute_exists(#pk) AND (attribute_not_exists(#used) OR #used <= :before)")
            .update_expression("SET #used = :now")
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_names("#used", LAST_USED_AT)
            .expression_attribute_values(":before", time(now.minus(USE_NOTED_EVERY)))
            .expression_attribute_values(":now", time(now))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        remark("UpdateItem (note the use of an API key)", request).await
    }
}

impl Table {
    /// Two items, as far as they are there: one call.
    pub(super) async fn find(
        &self,
        operation: &'static str,
        one: Key,
        other: Key,
    ) -> Result<(Option<Item>, Option<Item>), StoreError> {
        let (first, second) = (one.attributes(), other.attributes());
        let mut items = self.read_each(operation, [one, other]).await?;
        let mut take = |wanted: &Item| {
            let at = items.iter().position(|item| is_at(item, wanted))?;
            Some(items.swap_remove(at))
        };
        Ok((take(&first), take(&second)))
    }
}

fn is_at(item: &Item, key: &Item) -> bool {
    [PARTITION, SORT].iter().all(|name| item.get(*name) == key.get(*name))
}
