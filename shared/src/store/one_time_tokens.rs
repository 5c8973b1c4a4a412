//! One-time tokens as items, under their hashes: kept, found, and consumed with what they allow. That of a reset is remembered, until it
//! would have expired, for the request that is sent again.

use aws_sdk_dynamodb::types::{Delete, ReturnConsumedCapacity, TransactWriteItem, Update};

use super::attributes::{Item, Reader, Writer, number, text, time};
use super::keys::Key;
use super::sdk_fault::unavailable;
use super::session_item::EXPIRES_AT;
use super::table::{Table, unbuilt};
use crate::accounts::{FindToken, Grant, Identifier, KeepToken, Purpose, TokenHash};
use crate::clock::Timestamp;
use crate::storage::StoreError;

const PURPOSE: &str = "purpose";
const EMAIL: &str = "email";
const USER: &str = "user";
const VERSION: &str = "version";
const NEXT: &str = "continue";

impl KeepToken for Table {
    async fn keep_token(&self, token: &TokenHash, grant: &Grant) -> Result<(), StoreError> {
        self.client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(encode(token, grant)))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map(drop)
            .map_err(|fault| unavailable("PutItem (a one-time token)", fault))
    }
}

impl FindToken for Table {
    async fn find_token(&self, token: &TokenHash, now: Timestamp) -> Result<Option<Grant>, StoreError> {
        // Mail may be read within the second.
        let item = self.read("GetItem (a one-time token)", &Key::one_time_token(token)).await?;
        let grant = item.as_ref().map(decode).transpose()?;
        // DynamoDB deletes late.
        Ok(grant.filter(|grant| now < grant.expires_at))
    }
}

impl Table {
    /// The write that consumes `token`, which must be there for this purpose and good at `now`.
    pub(super) fn consume(
        &self,
        operation: &'static str,
        token: &TokenHash,
        purpose: &'static str,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.name)
            .set_key(Some(Key::one_time_token(token).attributes()))
            .condition_expression("#purpose = :purpose AND #expires > :now")
            .expression_attribute_names("#purpose", PURPOSE)
            .expression_attribute_names("#expires", EXPIRES_AT)
            .expression_attribute_values(":purpose", text(purpose))
            .expression_attribute_values(":now", time(now))
            .build()
            .map_err(|fault| unbuilt(operation, fault))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

impl Table {
    /// The write that makes of `token`, which must be there and good at `now`, what remembers that the password was reset with it and
    /// that the account stands at `version` since. It expires when it would have.
    pub(super) fn consume_by_reset(
        &self,
        operation: &'static str,
        token: &TokenHash,
        version: u64,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(Key::one_time_token(token).attributes()))
            .condition_expression("#purpose = :purpose AND #expires > :now")
            .update_expression("SET #purpose = :spent, #version = :version")
            .expression_attribute_names("#purpose", PURPOSE)
            .expression_attribute_names("#expires", EXPIRES_AT)
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":purpose", text(RESET_PASSWORD))
            .expression_attribute_values(":spent", text(HAS_RESET_PASSWORD))
            .expression_attribute_values(":version", number(version))
            .expression_attribute_values(":now", time(now))
            .build()
            .map_err(|fault| unbuilt(operation, fault))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

pub(super) const REGISTER: &str = "register";
const RESET_PASSWORD: &str = "reset_password";
const HAS_RESET_PASSWORD: &str = "has_reset_password";
pub(super) const CHANGE_EMAIL: &str = "change_email";

fn encode(token: &TokenHash, grant: &Grant) -> Item {
    let item = Writer::new(&Key::one_time_token(token)).with(EXPIRES_AT, time(grant.expires_at));
    let item = item.with_some(NEXT, grant.next.as_ref().map(|next| text(next.as_str())));
    match &grant.purpose {
        Purpose::Register { email } => item.with(PURPOSE, text(REGISTER)).with(EMAIL, text(email.as_str())),
        Purpose::ResetPassword { user, version } => {
            item.with(PURPOSE, text(RESET_PASSWORD)).with(USER, text(user.to_string())).with(VERSION, number(version))
        }
        Purpose::HasResetPassword { user, version } => item
            .with(PURPOSE, text(HAS_RESET_PASSWORD))
            .with(USER, text(user.to_string()))
            .with(VERSION, number(version)),
        Purpose::ChangeEmail { user, version, email } => item
            .with(PURPOSE, text(CHANGE_EMAIL))
            .with(USER, text(user.to_string()))
            .with(VERSION, number(version))
            .with(EMAIL, text(email.as_str())),
    }
    .finish()
}

fn decode(item: &Item) -> Result<Grant, StoreError> {
    let read = Reader::new(item);
    let email = || read.parsed_by(EMAIL, Identifier::parse);
    let purpose = match read.text(PURPOSE)? {
        REGISTER => Purpose::Register { email: email()? },
        RESET_PASSWORD => Purpose::ResetPassword { user: read.parsed(USER)?, version: read.number(VERSION)? },
        HAS_RESET_PASSWORD => Purpose::HasResetPassword { user: read.parsed(USER)?, version: read.number(VERSION)? },
        CHANGE_EMAIL => {
            Purpose::ChangeEmail { user: read.parsed(USER)?, version: read.number(VERSION)?, email: email()? }
        }
        _ => return Err(read.impossible("purpose is none of ours")),
    };
    // Looked at once more: a page that people went on to when the letter was written may be none any more.
    let next = read.text_if_any(NEXT)?.and_then(|next| next.parse().ok());
    Ok(Grant { purpose, expires_at: read.time(EXPIRES_AT)?, next })
}
