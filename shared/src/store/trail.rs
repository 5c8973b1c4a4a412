//! An account's past, item by item, under the account.
//!
//! An entry's key ends in the version that the change gave the account, so that a transaction which is repeated writes the same
//! item, and no two changes do.

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::account_item::{ROLES, SCOPES};
use super::attributes::{Item, Reader, Writer, text, time};
use super::keys::{Key, TRAIL_PREFIX, owner_partition};
use super::session_item::EXPIRES_AT;
use super::table::Table;
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
const SESSION: &str = "session";
const IDENTITY: &str = "identity";

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
        Entry { at, change, by, rights, identity }: Entry,
    ) -> Result<TransactWriteItem, StoreError> {
        let (api_key, session) = match change {
            AccountChange::ApiKey(key, _) => (Some(text(key.to_string())), None),
            AccountChange::SessionEnded(session) => (None, Some(text(session.to_string()))),
            _ => (None, None),
        };
        let item = Writer::new(&Key::trail(owner, at, which))
            .with(CHANGE, text(change.as_str()))
            .with_some(API_KEY, api_key)
            .with_some(SESSION, session)
            .with_some(IDENTITY, identity.as_ref().map(|identity| text(identity.as_str())))
            .with(AT, time(at))
            .with_some(BY, by.map(|by| text(by.to_string())))
            .with_some(SCOPES, rights.as_ref().map(|rights| text(rights.scopes.to_string())))
            .with_some(ROLES, rights.as_ref().map(|rights| text(rights.roles.to_string())))
            .with(EXPIRES_AT, time(at.plus(KEPT_FOR)))
            .finish();
        self.put(operation, item)
    }
}

impl ReadTrail for Table {
    async fn trail_of(&self, owner: Subject, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let items = self.unexpired("Query (an account's trail)", owner_partition(owner), now).await?;
        items.iter().map(|item| entry(&Reader::new(item))).collect()
    }
}

impl Table {
    /// The trail in `partition`, but for what is kept no longer.
    pub(super) async fn unexpired(
        &self,
        operation: &'static str,
        partition: impl Into<String>,
        now: Timestamp,
    ) -> Result<Vec<Item>, StoreError> {
        let mut kept = Vec::new();
        for item in self.read_under(operation, partition, TRAIL_PREFIX).await? {
            // DynamoDB deletes late.
            if Reader::new(&item).time(EXPIRES_AT)? > now {
                kept.push(item);
            }
        }
        Ok(kept)
    }
}

pub(super) fn entry(read: &Reader<'_>) -> Result<Entry, StoreError> {
    let change = change(read)?;
    let rights = match change {
        AccountChange::RightsChanged => {
            Some(Rights { scopes: read.parsed_by(SCOPES, Scopes::parse)?, roles: read.parsed_by(ROLES, Roles::parse)? })
        }
        _ => None,
    };
    let by = read.text_if_any(BY)?.map(str::parse).transpose();
    let by = by.map_err(|_| read.impossible("by is malformed"))?;
    Ok(Entry { at: read.time(AT)?, change, by, rights, identity: read.parsed_if_any(IDENTITY)? })
}

fn change(read: &Reader<'_>) -> Result<AccountChange, StoreError> {
    if read.text_if_any(API_KEY)?.is_some() {
        return Ok(AccountChange::ApiKey(read.parsed(API_KEY)?, read.parsed(CHANGE)?));
    }
    match read.parsed_if_any(SESSION)? {
        Some(session) => Ok(AccountChange::SessionEnded(session)),
        None => read.parsed(CHANGE),
    }
}
