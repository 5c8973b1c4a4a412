//! How items are read: one by its key, those of a partition, and, for an operator's listings alone, all of a kind.
//!
//! All reads but the listings and [`Table::read_lately`] are strongly consistent: what was committed before them is in them.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};

use super::attributes::{Item, text};
use super::conflict::{Attempt, until_decided};
use super::keys::{Key, PARTITION, SORT};
use super::sdk_fault::unavailable;
use super::table::{Table, unbuilt};
use crate::storage::StoreError;

impl Table {
    /// The item at `key`.
    pub(super) async fn read(&self, operation: &'static str, key: &Key) -> Result<Option<Item>, StoreError> {
        self.get(operation, key, true).await
    }

    /// The item at `key` as it was a moment ago, for half the price.
    pub(super) async fn read_lately(&self, operation: &'static str, key: &Key) -> Result<Option<Item>, StoreError> {
        self.get(operation, key, false).await
    }

    async fn get(&self, operation: &'static str, key: &Key, now: bool) -> Result<Option<Item>, StoreError> {
        let get = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .consistent_read(now)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        // Boxed for the compiler's sake, as every call of the SDK that is nested as deeply.
        let found = Box::pin(get.send()).await.map_err(|fault| unavailable(operation, fault))?;
        Ok(found.item)
    }

    /// The items of `partition` whose sort keys begin with `prefix`, in the order of these.
    pub(super) async fn read_under(
        &self,
        operation: &'static str,
        partition: impl Into<String>,
        prefix: &str,
    ) -> Result<Vec<Item>, StoreError> {
        let mut pages = self.query_under(partition, prefix).into_paginator().send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(page.map_err(|fault| unavailable(operation, fault))?.items.unwrap_or_default());
        }
        Ok(items)
    }

    /// The first page of `query`, whatever comes after it.
    pub(super) async fn page(
        &self,
        operation: &'static str,
        query: QueryFluentBuilder,
    ) -> Result<Vec<Item>, StoreError> {
        Ok(Box::pin(query.send()).await.map_err(|fault| unavailable(operation, fault))?.items.unwrap_or_default())
    }

    /// The items at `keys`, a hundred at most, as far as they are there and in no order: one call, or none for no key. DynamoDB may leave
    /// out what it is too busy for (API Reference, `BatchGetItem`, `UnprocessedKeys`), and is then asked again.
    pub(super) async fn read_each(
        &self,
        operation: &'static str,
        keys: impl IntoIterator<Item = Key>,
    ) -> Result<Vec<Item>, StoreError> {
        let keys: Vec<_> = keys.into_iter().map(|key| key.attributes()).collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
        let keys = keys.map_err(|fault| unbuilt(operation, fault))?;
        until_decided(operation, || async {
            let found = self
                .client
                .batch_get_item()
                .request_items(&self.name, keys.clone())
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(|fault| unavailable(operation, fault))?;
            if found.unprocessed_keys.is_some_and(|left| !left.is_empty()) {
                return Ok(Attempt::Conflict);
            }
            Ok(Attempt::Done(found.responses.unwrap_or_default().into_values().flatten().collect()))
        })
        .await
    }

    /// The query of [`Table::read_under`] before it is sent, for whoever wants only some of them, or acts on each page.
    pub(super) fn query_under(&self, partition: impl Into<String>, prefix: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression("#pk = :partition AND begins_with(#sk, :prefix)")
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_names("#sk", SORT)
            .expression_attribute_values(":partition", text(partition))
            .expression_attribute_values(":prefix", text(prefix))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// All items with this sort key, for an operator's listing: it reads the whole table, and stands on no request path.
    pub(super) async fn scan(&self, operation: &'static str, sort: &str) -> Result<Vec<Item>, StoreError> {
        let mut pages = self
            .client
            .scan()
            .table_name(&self.name)
            .filter_expression("#sk = :sort")
            .expression_attribute_names("#sk", SORT)
            .expression_attribute_values(":sort", text(sort))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .into_paginator()
            .send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(page.map_err(|fault| unavailable(operation, fault))?.items.unwrap_or_default());
        }
        Ok(items)
    }
}
