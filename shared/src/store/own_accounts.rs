//! The verbs of people's own accounts: look, change the password, delete.

use std::time::Duration;

use aws_sdk_dynamodb::types::{DeleteRequest, ReturnConsumedCapacity, WriteRequest};
use tokio::time::sleep;

use super::accounts::Change;
use super::attributes::{Item, text};
use super::keys::{IDENTITY_PREFIX, Key, PARTITION, SORT, TRAIL_PREFIX, user_partition};
use super::sdk_fault::unavailable;
use super::table::{Table, unbuilt};
use crate::accounts::own::{ChangePassword, DeleteAccount, FindAccount};
use crate::accounts::{Account, ManageAccounts};
use crate::audit::trail::{AccountChange, Entry};
use crate::clock::Timestamp;
use crate::identity::{SessionId, UserId};
use crate::passwords::PasswordHash;
use crate::storage::StoreError;

impl FindAccount for Table {
    async fn find_account(&self, user: UserId) -> Result<Option<Account>, StoreError> {
        self.account(user).await
    }
}

impl ChangePassword for Table {
    async fn change_password(
        &self,
        account: &Account,
        password: &PasswordHash,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.change(account, &Change::Password(password, AccountChange::PasswordChanged), now).await
    }
}

impl DeleteAccount for Table {
    async fn delete_account(&self, account: &Account, now: Timestamp) -> Result<(), StoreError> {
        const OPERATION: &str = "TransactWriteItems (delete an account)";
        let entry = Entry::new(now, AccountChange::Deleted);
        let names = account.identifiers.iter().map(Key::login);
        let writes = names
            .chain([Key::account(account.user)])
            .map(|key| self.delete_at(OPERATION, key, account.version))
            .chain([self.entry(OPERATION, account.user, account.version + 1, entry)])
            .collect::<Result<Vec<_>, StoreError>>()?;
        if self.transact(OPERATION, writes).await? {
            return Ok(());
        }
        Err(StoreError::Unavailable { operation: OPERATION, detail: "the account changed in between".to_owned() })
    }

    async fn erase(&self, user: UserId, last: Option<SessionId>) -> Result<(), StoreError> {
        let last = last.map(|session| Key::session(user, session).attributes());
        // Nothing but the keys: what a newer release wrote goes too.
        let mut pages = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            // Sessions first: one may have been opened while the account was being deleted.
            .scan_index_forward(false)
            .key_condition_expression("#pk = :user")
            .projection_expression("#pk, #sk")
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_names("#sk", SORT)
            .expression_attribute_values(":user", text(user_partition(user)))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|fault| unavailable("Query (all of a deleted account)", fault))?;
            let kept = |key: &Item| Some(key) == last.as_ref() || of_the_trail(key);
            let keys: Vec<_> = page.items.unwrap_or_default().into_iter().filter(|key| !kept(key)).collect();
            // Who opens the account goes first: once nothing under it names an identity, nothing could find what makes it taken.
            let identities: Vec<_> = keys.iter().filter_map(identity_under).collect();
            for keys in identities.chunks(AT_ONCE).chain(keys.chunks(AT_ONCE)) {
                self.delete_keys(keys).await?;
            }
        }
        match last {
            Some(key) => self.delete_keys(&[key]).await,
            None => Ok(()),
        }
    }
}

/// What `BatchWriteItem` takes at most (API Reference).
const AT_ONCE: usize = 25;
/// DynamoDB hands back what it is too busy to do; after the last of these pauses it is down.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(20), Duration::from_millis(80), Duration::from_millis(320), Duration::from_millis(640)];

/// What makes the identity taken that stands under an account.
fn identity_under(key: &Item) -> Option<Item> {
    let sort = key.get(SORT)?.as_s().ok()?.strip_prefix(IDENTITY_PREFIX)?;
    Some(Key::identity(&sort.parse().ok()?).attributes())
}

fn of_the_trail(key: &Item) -> bool {
    key.get(SORT).and_then(|sort| sort.as_s().ok()).is_some_and(|sort| sort.starts_with(TRAIL_PREFIX))
}

impl Table {
    async fn delete_keys(&self, keys: &[Item]) -> Result<(), StoreError> {
        const OPERATION: &str = "BatchWriteItem (all of a deleted account)";
        let delete = |key: &Item| {
            let delete = DeleteRequest::builder().set_key(Some(key.clone())).build();
            Ok(WriteRequest::builder().delete_request(delete.map_err(|fault| unbuilt(OPERATION, fault))?).build())
        };
        let mut left = keys.iter().map(delete).collect::<Result<Vec<_>, StoreError>>()?;
        for pause in PAUSES {
            let request = self.client.batch_write_item().request_items(&self.name, left);
            let sent = request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await;
            let sent = sent.map_err(|fault| unavailable(OPERATION, fault))?;
            left = sent.unprocessed_items.unwrap_or_default().into_values().flatten().collect();
            if left.is_empty() {
                return Ok(());
            }
            sleep(pause).await;
        }
        Err(StoreError::Unavailable { operation: OPERATION, detail: "the table is too busy".to_owned() })
    }
}
