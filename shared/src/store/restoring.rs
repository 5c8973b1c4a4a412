//! The verbs of a restore: go through a backup, and bring back what is lost (decision 0026).
//!
//! What is missing is looked for before the trail is read. Whoever takes something away writes the entry in the same transaction, so an
//! item that was missing because of it has its entry by then; and what is put back is put where there is still nothing.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, TableDescription};

use super::attributes::{Item, Reader, text};
use super::keys::{
    ACCOUNT, API_KEY_PREFIX, CONSENT_PREFIX, Holds, IDENTITY_PREFIX, PARTITION, SERVICE, SESSION_PREFIX, SORT,
    TRAIL_PREFIX, holds,
};
use super::sdk_fault::unavailable;
use super::session_item::EXPIRES_AT;
use super::table::Table;
use super::trail::entry;
use crate::clock::Timestamp;
use crate::restore::{Described, Fate, Kind, Outcome, Page, Partition, Place, Restore, Since};
use crate::storage::StoreError;

/// The items of one partition by their sort keys.
pub(super) type Items = HashMap<String, Item>;

impl Restore for Table {
    async fn described(&self) -> Result<Described, StoreError> {
        let described = self.client.describe_table().table_name(&self.name).send().await;
        let described = described.map_err(|fault| unavailable("DescribeTable (a backup)", fault))?;
        Ok(described.table.as_ref().map(description).unwrap_or_default())
    }

    async fn page(&self, place: Option<Place>) -> Result<Page, StoreError> {
        let start = place.map(|Place { partition, sort }| {
            Item::from([(PARTITION.to_owned(), text(partition)), (SORT.to_owned(), text(sort))])
        });
        let scan = self
            .client
            .scan()
            .table_name(&self.name)
            .consistent_read(true)
            .projection_expression("#pk, #sk")
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_names("#sk", SORT)
            .set_exclusive_start_key(start)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let scanned = Box::pin(scan.send()).await.map_err(|fault| unavailable("Scan (a backup)", fault))?;
        let next = scanned.last_evaluated_key.filter(|key| !key.is_empty());
        let next = next.as_ref().map(|key| Ok(Place { partition: part(key, PARTITION)?, sort: part(key, SORT)? }));
        let mut page = Page { items: 0, partitions: Vec::new(), left_behind: Vec::new(), next: next.transpose()? };
        for key in scanned.items.unwrap_or_default() {
            let partition = part(&key, PARTITION)?;
            page.items += 1;
            let kind = match holds(&partition) {
                Holds::Owner(_) | Holds::Client | Holds::PublicKeys => {
                    // A scan goes through a table partition by partition.
                    if page.partitions.last().is_none_or(|last| last.0 != partition) {
                        page.partitions.push(Partition(partition));
                    }
                    continue;
                }
                // It comes with its account or client.
                Holds::OfAnother => continue,
                Holds::Passing => Kind::Passing,
                Holds::Unknown => Kind::Unknown,
            };
            page.left_behind.push(Outcome { kind, fate: Fate::LeftBehind, name: partition });
        }
        Ok(page)
    }

    async fn restore(
        &self,
        backup: &Self,
        partition: &Partition,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<Vec<Outcome>, StoreError> {
        let Partition(name) = partition;
        let saved = backup.partition("Query (a backup)", name).await?;
        let there = self.partition("Query (what a backup is held against)", name).await?;
        let trail = self.read_under("Query (a trail)", name, TRAIL_PREFIX).await?;
        let restoration = Restoration { table: self, backup, saved, there, since: since(trail), now, dry_run };
        let mut outcomes = restoration.past().await?;
        match holds(name) {
            Holds::Owner(owner) => {
                let since = restoration.since_the_backup()?;
                outcomes.extend(restoration.owner(owner, &since).await?);
            }
            Holds::Client => outcomes.extend(restoration.client().await?),
            Holds::PublicKeys | Holds::OfAnother | Holds::Passing | Holds::Unknown => {}
        }
        outcomes.extend(restoration.left_behind());
        Ok(outcomes)
    }
}

/// `RestoreDateTime` is the point in time or the backup that a table was restored from (API Reference, `RestoreSummary`).
fn description(table: &TableDescription) -> Described {
    let of = table.restore_summary().and_then(|summary| summary.restore_date_time().secs().try_into().ok());
    Described {
        items: table.item_count().and_then(|count| count.try_into().ok()).unwrap_or(0),
        of: of.map(Timestamp::from_seconds),
    }
}

fn since(trail: Vec<Item>) -> Items {
    trail.into_iter().filter_map(|item| Some((part(&item, SORT).ok()?, item))).collect()
}

fn part(key: &Item, name: &str) -> Result<String, StoreError> {
    Reader::new(key).text(name).map(str::to_owned)
}

/// One partition of a backup beside the same of the table.
pub(super) struct Restoration<'t> {
    pub(super) table: &'t Table,
    pub(super) backup: &'t Table,
    pub(super) saved: Items,
    pub(super) there: Items,
    /// All entries of the table's trail.
    since: Items,
    pub(super) now: Timestamp,
    pub(super) dry_run: bool,
}

impl Restoration<'_> {
    /// What happened that the backup does not know.
    fn since_the_backup(&self) -> Result<Since, StoreError> {
        self.unknown_to_the_backup(entry).map(Since::new)
    }

    /// The same, as `read` reads an entry.
    pub(super) fn unknown_to_the_backup<T>(
        &self,
        read: impl Fn(&Reader<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let unknown = self.since.iter().filter(|(sort, _)| !self.saved.contains_key(*sort));
        unknown.map(|(_, item)| read(&Reader::new(item))).collect()
    }

    /// The saved items whose sort keys begin with `prefix`, in their order, with the rest of their sort keys.
    pub(super) fn saved_under<'a>(&'a self, prefix: &str) -> Vec<(&'a str, &'a str, &'a Item)> {
        let mut found: Vec<_> = self
            .saved
            .iter()
            .filter_map(|(sort, item)| Some((sort.as_str(), sort.strip_prefix(prefix)?, item)))
            .collect();
        found.sort_unstable_by_key(|(sort, ..)| *sort);
        found
    }

    /// The entries of the trail: whoever looks back finds all that was kept.
    async fn past(&self) -> Result<Vec<Outcome>, StoreError> {
        let mut outcomes = Vec::new();
        for (sort, name, item) in self.saved_under(TRAIL_PREFIX) {
            let expired = Reader::new(item).time(EXPIRES_AT)? <= self.now;
            let fate = match () {
                () if self.there.contains_key(sort) => Fate::There,
                () if expired => Fate::LeftBehind,
                () => self.put_back("PutItem (an audit entry from a backup)", item).await?,
            };
            outcomes.push(Outcome { kind: Kind::AuditEntry, fate, name: name.to_owned() });
        }
        Ok(outcomes)
    }

    /// Writes `item` where there is nothing.
    pub(super) async fn put_back(&self, operation: &'static str, item: &Item) -> Result<Fate, StoreError> {
        if self.dry_run {
            return Ok(Fate::Back);
        }
        let put = self
            .table
            .client
            .put_item()
            .table_name(&self.table.name)
            .set_item(Some(item.clone()))
            .condition_expression("attribute_not_exists(#pk)")
            .expression_attribute_names("#pk", PARTITION)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        match Box::pin(put.send()).await {
            Ok(_) => Ok(Fate::Back),
            Err(fault) => match fault.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(Fate::There),
                _ => Err(unavailable(operation, fault)),
            },
        }
    }

    /// What of this partition does not come back by its kind.
    fn left_behind(&self) -> Vec<Outcome> {
        let kind = |sort: &str| match sort {
            sort if sort.starts_with(SESSION_PREFIX) => Some(Kind::Session),
            sort if sort.starts_with(CONSENT_PREFIX) => Some(Kind::Consent),
            "CURRENT" => Some(Kind::PublicKeys),
            ACCOUNT | SERVICE | super::keys::CLIENT => None,
            sort if [TRAIL_PREFIX, API_KEY_PREFIX, IDENTITY_PREFIX].iter().any(|prefix| sort.starts_with(prefix)) => {
                None
            }
            _ => Some(Kind::Unknown),
        };
        let left = self.saved.keys().filter_map(|sort| Some((kind(sort)?, sort.clone())));
        left.map(|(kind, name)| Outcome { kind, fate: Fate::LeftBehind, name }).collect()
    }
}

impl Table {
    /// Another table in the same place, such as a backup that was restored.
    pub fn beside(&self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self.clone() }
    }

    /// All of one partition.
    async fn partition(&self, operation: &'static str, name: &str) -> Result<Items, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression("#pk = :partition")
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_values(":partition", text(name))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let mut pages = query.into_paginator().send();
        let mut items = Items::new();
        while let Some(page) = pages.next().await {
            for item in page.map_err(|fault| unavailable(operation, fault))?.items.unwrap_or_default() {
                items.insert(part(&item, SORT)?, item);
            }
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::primitives::DateTime;
    use aws_sdk_dynamodb::types::RestoreSummary;

    use super::*;

    #[test]
    fn a_restored_table_is_of_the_moment_that_it_was_restored_from_and_any_other_of_none() {
        let restored = |at| {
            let summary =
                RestoreSummary::builder().restore_date_time(DateTime::from_secs(at)).restore_in_progress(false);
            description(&TableDescription::builder().item_count(7).restore_summary(summary.build().unwrap()).build())
        };
        let of = Some(Timestamp::from_seconds(1_800_000_000));
        assert_eq!(restored(1_800_000_000), Described { items: 7, of });
        assert_eq!(restored(-1).of, None);
        assert_eq!(description(&TableDescription::builder().build()), Described::default());
    }
}
