//! The verbs of identities at providers: whose it is, and how it comes to an account and goes from it.
//!
//! Whatever changes who opens an account raises the account's version: a sign-in that read it before opens nothing, and of two
//! changes at once, such as taking away the last two ways in, one is refused.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{Delete, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure, TransactWriteItem};

use super::accounts::Change;
use super::attributes::{Writer, text, time};
use super::identity_item::{listed, owner, taken};
use super::keys::{IDENTITY_PREFIX, Key, PARTITION, user_partition};
use super::sdk_fault::unavailable;
use super::session_item::EXPIRES_AT;
use super::table::{Table, unbuilt};
use super::transaction::token;
use crate::accounts::{Account, Standing};
use crate::audit::trail::AccountChange;
use crate::clock::Timestamp;
use crate::federation::accounts::{
    FindIdentity, LinkIdentity, Linked, LinkedIdentity, RegisterByIdentity, RegisteredBy, Unlinked, UseAttempt,
};
use crate::federation::{IdentityKey, UsedAttempt};
use crate::identity::UserId;
use crate::passwords::PasswordHash;
use crate::storage::StoreError;

/// Which call used an attempt.
const USED_BY: &str = "used_by";

/// Where the write stands that takes the identity: the first of its transaction.
const IDENTITY: usize = 0;

impl UseAttempt for Table {
    async fn use_attempt(&self, attempt: &UsedAttempt, expires_at: Timestamp) -> Result<bool, StoreError> {
        const OPERATION: &str = "PutItem (a used attempt)";
        // The SDK sends a call again whose answer was lost, and would find its own mark: so each call has one of its own.
        let mark = token().map_err(|fault| unbuilt(OPERATION, fault))?;
        let item = Writer::new(&Key::attempt(attempt)).with(USED_BY, text(&mark)).with(EXPIRES_AT, time(expires_at));
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item.finish()))
            .condition_expression("attribute_not_exists(#pk)")
            .expression_attribute_names("#pk", PARTITION)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        match Box::pin(put.send()).await {
            Ok(_) => Ok(true),
            Err(fault) => match fault.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refused)) => {
                    Ok(refused.item().and_then(|found| found.get(USED_BY)) == Some(&text(&mark)))
                }
                _ => Err(unavailable(OPERATION, fault)),
            },
        }
    }
}

impl FindIdentity for Table {
    async fn find_identity(&self, key: &IdentityKey) -> Result<Option<UserId>, StoreError> {
        // One that was just taken away must not open anything.
        let item = self.read("GetItem (an identity)", &Key::identity(key)).await?;
        item.as_ref().map(owner).transpose()
    }
}

impl RegisterByIdentity for Table {
    async fn register_by_identity(
        &self,
        account: &Account,
        identity: &LinkedIdentity,
    ) -> Result<RegisteredBy, StoreError> {
        const OPERATION: &str = "TransactWriteItems (register by an identity)";
        let mut writes = vec![self.put_new(OPERATION, taken(account.user, identity))?];
        writes.extend(self.writes_of_a_registration(OPERATION, account, &PasswordHash::none())?);
        writes.push(self.put_new(OPERATION, listed(account.user, identity))?);
        let refused = self.transact_each(OPERATION, writes).await?;
        // The names stand behind the identity, in their order.
        let name = account.identifiers.iter().zip(IDENTITY + 1..).find(|(_, at)| refused.contains(at));
        Ok(match name {
            _ if refused.contains(&IDENTITY) => RegisteredBy::IdentityKnown,
            Some((name, _)) => RegisteredBy::Taken(name.clone()),
            None => RegisteredBy::Done,
        })
    }
}

impl LinkIdentity for Table {
    async fn identities(&self, user: UserId) -> Result<Vec<LinkedIdentity>, StoreError> {
        let items = self.read_under("Query (identities of a user)", user_partition(user), IDENTITY_PREFIX).await?;
        items.iter().map(LinkedIdentity::try_from).collect()
    }

    async fn link(&self, account: &Account, identity: &LinkedIdentity) -> Result<Linked, StoreError> {
        const OPERATION: &str = "TransactWriteItems (link an identity)";
        if account.standing != Standing::Active {
            return Ok(Linked::AccountChanged);
        }
        let mut writes = vec![
            self.put_new(OPERATION, taken(account.user, identity))?,
            self.put_new(OPERATION, listed(account.user, identity))?,
        ];
        let change = Change::Identities(&identity.key, AccountChange::IdentityLinked);
        writes.extend(self.writes_of(OPERATION, account, &change, None, identity.linked_at)?);
        let refused = self.transact_each(OPERATION, writes).await?;
        Ok(match refused.as_slice() {
            [] => Linked::Done,
            [IDENTITY, ..] => Linked::IdentityKnown,
            _ => Linked::AccountChanged,
        })
    }

    async fn unlink(&self, account: &Account, key: &IdentityKey, now: Timestamp) -> Result<Unlinked, StoreError> {
        const OPERATION: &str = "TransactWriteItems (unlink an identity)";
        let mut writes = vec![
            self.delete_identity(OPERATION, Key::identity(key))?,
            self.delete_identity(OPERATION, Key::identity_of(account.user, key))?,
        ];
        let change = Change::Identities(key, AccountChange::IdentityUnlinked);
        writes.extend(self.writes_of(OPERATION, account, &change, None, now)?);
        Ok(if self.transact(OPERATION, writes).await? { Unlinked::Done } else { Unlinked::AccountChanged })
    }
}

impl Table {
    /// The write that takes one of the two items away, which must be there.
    fn delete_identity(&self, operation: &'static str, key: Key) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .condition_expression("attribute_exists(#pk)")
            .expression_attribute_names("#pk", PARTITION)
            .build()
            .map_err(|fault| unbuilt(operation, fault))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}
