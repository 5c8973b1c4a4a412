//! The verbs of an owner's keys: make, list, rename, rotate, revoke.
//!
//! The owner's item counts the keys, and is where a new one finds out whether its owner may have it: one transaction writes key, count
//! and entry of the trail, or nothing.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, TransactWriteItem, Update};

use super::account_item::{DISABLED_AT, VERSION};
use super::api_key_item::{ENDS_AT, LABEL, PREDECESSORS, SECRET, encode, predecessors};
use super::api_keys::API_KEY_AND_OWNER;
use super::attributes::{Item, number, text, time};
use super::keys::{API_KEY_PREFIX, Key, PARTITION, SORT, owner_partition};
use super::table::{Table, unbuilt};
use crate::api_keys::manage::{Change, Creation, ManageApiKeys, Revocation, UnreadableKey};
use crate::api_keys::{ApiKey, Label, MAX_KEYS, Named, Owner, Rotated};
use crate::audit::trail::{AccountChange, ApiKeyChange, Entry};
use crate::clock::Timestamp;
use crate::principal::Subject;
use crate::storage::StoreError;

/// How many keys an owner has, on the owner's item.
pub(super) const API_KEYS: &str = "api_keys";

impl ManageApiKeys for Table {
    async fn create_api_key(&self, key: &ApiKey) -> Result<Creation, StoreError> {
        const OPERATION: &str = "TransactWriteItems (create an API key)";
        let counted = self
            .count_keys(key.named.owner, 1)
            .condition_expression(
                "attribute_exists(#pk) AND attribute_not_exists(#disabled) \
                 AND (attribute_not_exists(#keys) OR #keys < :most)",
            )
            .expression_attribute_names("#disabled", DISABLED_AT)
            .expression_attribute_values(":most", number(MAX_KEYS))
            .build()
            .map_err(|fault| unbuilt(OPERATION, fault))?;
        let writes = vec![
            self.put_new(OPERATION, encode(key))?,
            TransactWriteItem::builder().update(counted).build(),
            self.api_key_entry(OPERATION, key.named, key.version, key.created_at, ApiKeyChange::Created)?,
        ];
        if self.transact(OPERATION, writes).await? {
            return Ok(Creation::Created);
        }
        // For the answer alone: nothing is written on the strength of it.
        let (_, owner) = self.find(API_KEY_AND_OWNER, Key::api_key(key.named), Key::owner(key.named.owner)).await?;
        Ok(match owner.as_ref().map(Owner::try_from).transpose()? {
            Some(Owner { active: true, .. }) => Creation::TooMany,
            Some(Owner { active: false, .. }) | None => Creation::NoOwner,
        })
    }

    async fn api_keys(&self, owner: Subject) -> Result<Vec<Result<ApiKey, UnreadableKey>>, StoreError> {
        let items = self.read_under("Query (API keys of an owner)", owner_partition(owner), API_KEY_PREFIX).await?;
        let key = |item: &Item| ApiKey::try_from(item).map_err(|fault| UnreadableKey { id: id(item), fault });
        Ok(items.iter().map(key).collect())
    }

    async fn api_key(&self, named: Named) -> Result<Option<ApiKey>, StoreError> {
        let item = self.read("GetItem (an API key)", &Key::api_key(named)).await?;
        item.as_ref().map(ApiKey::try_from).transpose()
    }

    async fn rename_api_key(&self, key: &ApiKey, label: &Label, now: Timestamp) -> Result<Change, StoreError> {
        const OPERATION: &str = "TransactWriteItems (rename an API key)";
        let update = self
            .next_version(key)
            .update_expression("SET #version = :next, #label = :label")
            .expression_attribute_names("#label", LABEL)
            .expression_attribute_values(":label", text(label.as_str()));
        self.change_key(OPERATION, key, update, ApiKeyChange::Renamed, now).await
    }

    async fn rotate_api_key(&self, key: &ApiKey, rotated: &Rotated, now: Timestamp) -> Result<Change, StoreError> {
        const OPERATION: &str = "TransactWriteItems (rotate an API key)";
        let secrets = "SET #version = :next, #secret = :secret, #predecessors = :predecessors";
        let update = self
            .next_version(key)
            .expression_attribute_names("#secret", SECRET)
            .expression_attribute_names("#predecessors", PREDECESSORS)
            .expression_attribute_names("#ends", ENDS_AT)
            .expression_attribute_values(":secret", text(rotated.secret.to_base64()))
            .expression_attribute_values(":predecessors", predecessors(&rotated.predecessors));
        let update = match rotated.expires_at {
            Some(at) => update
                .update_expression(format!("{secrets}, #ends = :ends"))
                .expression_attribute_values(":ends", time(at)),
            None => update.update_expression(format!("{secrets} REMOVE #ends")),
        };
        self.change_key(OPERATION, key, update, ApiKeyChange::Rotated, now).await
    }

    async fn revoke_api_key(
        &self,
        named: Named,
        cause: ApiKeyChange,
        now: Timestamp,
    ) -> Result<Revocation, StoreError> {
        const OPERATION: &str = "TransactWriteItems (revoke an API key)";
        let delete = Delete::builder()
            .table_name(&self.name)
            .set_key(Some(Key::api_key(named).attributes()))
            .condition_expression("attribute_exists(#pk)")
            .expression_attribute_names("#pk", PARTITION)
            .build()
            .map_err(|fault| unbuilt(OPERATION, fault))?;
        // Without its owner a key is refused already, and goes with the rest of what they left.
        let counted = self
            .count_keys(named.owner, -1)
            .condition_expression("attribute_exists(#pk)")
            .build()
            .map_err(|fault| unbuilt(OPERATION, fault))?;
        let change = AccountChange::ApiKey(named.id, cause);
        let writes = vec![
            TransactWriteItem::builder().delete(delete).build(),
            TransactWriteItem::builder().update(counted).build(),
            self.entry_of(OPERATION, named.owner, &format!("{}#revoked", named.id), Entry::new(now, change))?,
        ];
        Ok(if self.transact(OPERATION, writes).await? { Revocation::Done } else { Revocation::NotThere })
    }
}

impl Table {
    /// The write that makes the owner's keys `more`, on a condition that the caller adds.
    fn count_keys(&self, owner: Subject, more: i8) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.name)
            .set_key(Some(Key::owner(owner).attributes()))
            .update_expression("ADD #keys :more")
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_names("#keys", API_KEYS)
            .expression_attribute_values(":more", number(more))
    }

    /// A write to the key if it still is as it was read.
    fn next_version(&self, key: &ApiKey) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.name)
            .set_key(Some(Key::api_key(key.named).attributes()))
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":version", number(key.version))
            .expression_attribute_values(":next", number(key.version + 1))
    }

    async fn change_key(
        &self,
        operation: &'static str,
        key: &ApiKey,
        update: UpdateBuilder,
        change: ApiKeyChange,
        now: Timestamp,
    ) -> Result<Change, StoreError> {
        let update = update.build().map_err(|fault| unbuilt(operation, fault))?;
        let writes = vec![
            TransactWriteItem::builder().update(update).build(),
            self.api_key_entry(operation, key.named, key.version + 1, now, change)?,
        ];
        Ok(if self.transact(operation, writes).await? { Change::Done } else { Change::ChangedMeanwhile })
    }

    /// The write that notes `change` of the key, which has `version` from then on.
    fn api_key_entry(
        &self,
        operation: &'static str,
        named: Named,
        version: u64,
        at: Timestamp,
        change: ApiKeyChange,
    ) -> Result<TransactWriteItem, StoreError> {
        let change = AccountChange::ApiKey(named.id, change);
        self.entry_of(operation, named.owner, &format!("{}#{version}", named.id), Entry::new(at, change))
    }
}

fn id(item: &Item) -> String {
    let sort = item.get(SORT).and_then(|sort| AttributeValue::as_s(sort).ok()).map_or("", String::as_str);
    sort.strip_prefix(API_KEY_PREFIX).unwrap_or(sort).to_owned()
}
