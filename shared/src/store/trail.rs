//! An account's past, item by item, under the account.
//!
//! An entry's key ends in the version that the change gave the account, so that a transaction which is repeated writes the same
//! item, and no two changes do.

use aws_sdk_dynamodb::types::{Put, ReturnConsumedCapacity, TransactWriteItem};

use super::account_item::{ROLES, SCOPES};
use super::attributes::{Reader, Writer, text, time};
use super::keys::{Key, PARTITION, SORT, TRAIL_PREFIX, owner_partition};
use super::sdk_fault::unavailable;
use super::session_item::EXPIRES_AT;
use super::table::{Table, unbuilt};
use crate::audit::trail::{AccountChange, Entry, KEPT_FOR, ReadTrail};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::principal::Subject;
use crate::scope::{Rights, Roles, Scopes};
use crate::storage::StoreError;

const CHANGE: &str = "change";
const AT: &str = "at";
const BY: &str = "by";
const API_KEY: &str = "api_key";

impl Table {
    /// The write that notes `change` of the account, which has `version` from then on.
    pub(super) fn entry(
        &self,
        operation: &'static str,
        user: UserId,
        version: u64,
        entry: Entry,
    ) -> Result<TransactWriteItem, StoreError> {
        self.entry_of(operation, Subject::User(user), &version.to_string(), entry)
    }

    /// The same for whoever else has a past. `which` tells the entry from others of the same moment.
    pub(super) fn entry_of(
        &self,
        operation: &'static str,
        owner: Subject,
        which: &str,
        Entry { at, change, by, rights }: Entry,
    ) -> Result<TransactWriteItem, StoreError> {
        let api_key = match change {
            AccountChange::ApiKey(key, _) => Some(text(key.to_string())),
            _ => None,
        };
        let item = Writer::new(&Key::trail(owner, at, which))
            .with(CHANGE, text(change.as_str()))
            .with_some(API_KEY, api_key)
            .with(AT, time(at))
            .with_some(BY, by.map(|by| text(by.to_string())))
            .with_some(SCOPES, rights.as_ref().map(|rights| text(rights.scopes.to_string())))
            .with_some(ROLES, rights.as_ref().map(|rights| text(rights.roles.to_string())))
            .with(EXPIRES_AT, time(at.plus(KEPT_FOR)))
            .finish();
        let put = Put::builder().table_name(&self.name).set_item(Some(item));
        let put = put.build().map_err(|fault| unbuilt(operation, fault))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

impl ReadTrail for Table {
    async fn trail_of(&self, owner: Subject, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression("#pk = :owner AND begins_with(#sk, :trail)")
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_names("#sk", SORT)
            .expression_attribute_values(":owner", text(owner_partition(owner)))
            .expression_attribute_values(":trail", text(TRAIL_PREFIX))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .into_paginator()
            .send();
        let mut entries = Vec::new();
        while let Some(page) = pages.next().await {
            for item in page.map_err(|fault| unavailable("Query (an account's trail)", fault))?.items() {
                let read = Reader::new(item);
                // DynamoDB deletes late.
                if read.time(EXPIRES_AT)? > now {
                    entries.push(entry(&read)?);
                }
            }
        }
        Ok(entries)
    }
}

fn entry(read: &Reader<'_>) -> Result<Entry, StoreError> {
    let change = change(read)?;
    let rights = match change {
        AccountChange::RightsChanged => {
            Some(Rights { scopes: read.parsed_by(SCOPES, Scopes::parse)?, roles: read.parsed_by(ROLES, Roles::parse)? })
        }
        _ => None,
    };
    let by = read.text_if_any(BY)?.map(str::parse).transpose();
    let by = by.map_err(|_| read.impossible("by is malformed"))?;
    Ok(Entry { at: read.time(AT)?, change, by, rights })
}

fn change(read: &Reader<'_>) -> Result<AccountChange, StoreError> {
    match read.text_if_any(API_KEY)? {
        None => read.parsed(CHANGE),
        Some(_) => Ok(AccountChange::ApiKey(read.parsed(API_KEY)?, read.parsed(CHANGE)?)),
    }
}
