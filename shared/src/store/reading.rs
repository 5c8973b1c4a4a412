//! How items are read: one by its key, those of a partition, and, for an operator's listings alone, all of a kind.
//!
//! All reads but the listings and [`Table::read_lately`] are strongly consistent: what was committed before them is in them.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::attributes::{Item, text};
use super::keys::{Key, PARTITION, SORT};
use super::sdk_fault::unavailable;
use super::table::Table;
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

    /// The same before it is sent, for whoever wants only some of them, or acts on each page.
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
