//! The verbs of consents: agree, look up, list, withdraw.
//!
//! What was agreed to is a set of the item, to which an agreement adds: nothing is read before it is written.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, ReturnConsumedCapacity, TransactWriteItem, Update};

use super::attributes::{Item, Reader, text, time};
use super::conditional::{Conditional, decided};
use super::keys::{CONSENT_PREFIX, Key, user_partition};
use super::session_item::EXPIRES_AT;
use super::table::{Table, unbuilt};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::oauth::clients::ClientId;
use crate::oauth::consents::{
    Agree, Agreed, Consent, FindConsent, ListConsents, Permission, WithdrawConsent, Withdrawn,
};
use crate::sessions::Ending;
use crate::sessions::end::EndedAll;
use crate::storage::StoreError;

const CLIENT: &str = "client_id";
const CLIENT_NAME: &str = "client_name";
const PERMISSIONS: &str = "permissions";
const AGREED_AT: &str = "agreed_at";

impl FindConsent for Table {
    async fn find_consent(&self, user: UserId, client: &ClientId) -> Result<Option<Consent>, StoreError> {
        // One that was withdrawn a moment ago lets nobody in.
        let item = self.read("GetItem (a consent)", &Key::consent(user, client)).await?;
        item.as_ref().filter(|item| !is_withdrawn(item)).map(Consent::try_from).transpose()
    }
}

impl Agree for Table {
    async fn agree(&self, user: UserId, account_version: u64, consent: &Consent) -> Result<Agreed, StoreError> {
        const OPERATION: &str = "TransactWriteItems (agree)";
        let add = Update::builder()
            .table_name(&self.name)
            .set_key(Some(Key::consent(user, &consent.client).attributes()))
            .update_expression(
                "SET #client = :client, #name = :name, #at = :at REMOVE #expires ADD #permissions :permissions",
            )
            .expression_attribute_names("#client", CLIENT)
            .expression_attribute_names("#name", CLIENT_NAME)
            .expression_attribute_names("#at", AGREED_AT)
            .expression_attribute_names("#permissions", PERMISSIONS)
            .expression_attribute_names("#expires", EXPIRES_AT)
            .expression_attribute_values(":client", text(consent.client.as_str()))
            .expression_attribute_values(":name", text(&consent.client_name))
            .expression_attribute_values(":at", time(consent.agreed_at))
            .expression_attribute_values(":permissions", set(&consent.permissions))
            .build()
            .map_err(|fault| unbuilt(OPERATION, fault))?;
        let writes = vec![
            TransactWriteItem::builder().update(add).build(),
            self.still_stands(OPERATION, user, account_version)?,
        ];
        Ok(if self.transact(OPERATION, writes).await? { Agreed::Kept } else { Agreed::AccountChanged })
    }
}

impl ListConsents for Table {
    async fn consents(&self, user: UserId) -> Result<Vec<Consent>, StoreError> {
        let items = self.read_under("Query (consents of a user)", user_partition(user), CONSENT_PREFIX).await?;
        Ok(items.iter().filter(|item| !is_withdrawn(item)).filter_map(|item| Consent::try_from(item).ok()).collect())
    }
}

impl WithdrawConsent for Table {
    async fn withdraw(&self, user: UserId, client: &ClientId, now: Timestamp) -> Result<Withdrawn, StoreError> {
        const OPERATION: &str = "UpdateItem (withdraw a consent)";
        // Emptied and left to be cleaned up: a function that withdraws needs no right to delete.
        let request = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::consent(user, client).attributes()))
            .condition_expression("attribute_exists(#permissions)")
            .update_expression("SET #expires = :now REMOVE #permissions")
            .expression_attribute_names("#permissions", PERMISSIONS)
            .expression_attribute_names("#expires", EXPIRES_AT)
            .expression_attribute_values(":now", time(now))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        Ok(match decided(OPERATION, request).await? {
            Conditional::Written(_) => Withdrawn::Now,
            Conditional::Refused(_) => Withdrawn::Already,
        })
    }

    async fn end_of_client(&self, user: UserId, client: &ClientId, cause: Ending, now: Timestamp) -> EndedAll {
        self.end_held_by(client, user, cause, now).await
    }
}

impl Table {
    /// The condition that `user` still agrees to all of `permissions`: for whatever rests on an agreement and is written later.
    pub(super) fn still_agreed(
        &self,
        operation: &'static str,
        user: UserId,
        client: &ClientId,
        permissions: &BTreeSet<Permission>,
    ) -> Result<TransactWriteItem, StoreError> {
        // Short, for an expression has 4 KiB at most (Developer Guide, "Expression parameters") and a scope value 160 scopes.
        let each = (0..permissions.len()).map(|at| format!("contains(#p,:p{at})"));
        let mut check = ConditionCheck::builder()
            .table_name(&self.name)
            .set_key(Some(Key::consent(user, client).attributes()))
            .condition_expression(each.collect::<Vec<_>>().join(" AND "))
            .expression_attribute_names("#p", PERMISSIONS);
        for (at, permission) in permissions.iter().enumerate() {
            check = check.expression_attribute_values(format!(":p{at}"), text(permission.to_string()));
        }
        let check = check.build().map_err(|fault| unbuilt(operation, fault))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}

/// One that was withdrawn has nothing left.
fn is_withdrawn(item: &Item) -> bool {
    !item.contains_key(PERMISSIONS)
}

fn set(permissions: &BTreeSet<Permission>) -> AttributeValue {
    AttributeValue::Ss(permissions.iter().map(ToString::to_string).collect())
}

impl TryFrom<&Item> for Consent {
    type Error = StoreError;

    fn try_from(item: &Item) -> Result<Self, Self::Error> {
        let read = Reader::new(item);
        Ok(Self {
            client: read.parsed(CLIENT)?,
            client_name: read.text(CLIENT_NAME)?.to_owned(),
            permissions: read.parsed_set(PERMISSIONS)?,
            agreed_at: read.time(AGREED_AT)?,
        })
    }
}
