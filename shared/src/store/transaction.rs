//! All or nothing: one transaction, asked again while another holds its items.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{Put, ReturnConsumedCapacity, TransactWriteItem};

use super::attributes::Item;
use super::conflict::{Attempt, until_decided};
use super::keys::PARTITION;
use super::sdk_fault::unavailable;
use super::table::{Table, unbuilt};
use crate::randomness::{NoRandomness, Randomness};
use crate::storage::StoreError;

impl Table {
    /// Whether the conditions of all `writes` held and they were written.
    pub(super) async fn transact(
        &self,
        operation: &'static str,
        writes: Vec<TransactWriteItem>,
    ) -> Result<bool, StoreError> {
        Ok(self.transact_each(operation, writes).await?.is_empty())
    }

    /// The positions of those of `writes` whose conditions did not hold, so that none was written; all are if there is no such one.
    ///
    /// All attempts carry one token (API Reference, `TransactWriteItems`, `ClientRequestToken`): one whose answer was lost may
    /// have been carried out, and a second one under another token would find its own writes and report a failed condition.
    pub(super) async fn transact_each(
        &self,
        operation: &'static str,
        writes: Vec<TransactWriteItem>,
    ) -> Result<Vec<usize>, StoreError> {
        let token = token().map_err(|fault| unbuilt(operation, fault))?;
        until_decided(operation, || async {
            let sent = self
                .client
                .transact_write_items()
                .client_request_token(&token)
                .set_transact_items(Some(writes.clone()))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            match sent {
                Ok(_) => Ok(Attempt::Done(Vec::new())),
                Err(fault) => match cancelled(&fault) {
                    Some(Cancelled::Conditions(refused)) => Ok(Attempt::Done(refused)),
                    Some(Cancelled::Conflict) => Ok(Attempt::Conflict),
                    None => Err(unavailable(operation, fault)),
                },
            }
        })
        .await
    }
}

impl Table {
    /// The write of `item`, whatever is there.
    pub(super) fn put(&self, operation: &'static str, item: Item) -> Result<TransactWriteItem, StoreError> {
        written(operation, Put::builder().table_name(&self.name).set_item(Some(item)))
    }

    /// The write of `item` where there is none yet.
    pub(super) fn put_new(&self, operation: &'static str, item: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(#pk)")
            .expression_attribute_names("#pk", PARTITION);
        written(operation, put)
    }
}

fn written(operation: &'static str, put: PutBuilder) -> Result<TransactWriteItem, StoreError> {
    let put = put.build().map_err(|fault| unbuilt(operation, fault))?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// 36 characters at most: 128 random bits in hexadecimal.
pub(super) fn token() -> Result<String, NoRandomness> {
    let bytes: [u8; 16] = Randomness::System.bytes()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Why a transaction was not carried out, where that is an answer and no fault.
enum Cancelled {
    /// Conditions of the writes at these positions did not hold: the reasons stand in the order of the writes.
    Conditions(Vec<usize>),
    /// Another transaction held one of its items, DynamoDB was too busy for one, or the first attempt is still under way.
    Conflict,
}

/// The reasons that pass by themselves (API Reference, `TransactWriteItems`, "Errors").
const PASSING: [&str; 3] = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

fn cancelled<R>(fault: &SdkError<TransactWriteItemsError, R>) -> Option<Cancelled> {
    let reasons = match fault.as_service_error()? {
        TransactWriteItemsError::TransactionInProgressException(_) => return Some(Cancelled::Conflict),
        TransactWriteItemsError::TransactionCanceledException(cancelled) => cancelled.cancellation_reasons(),
        _ => return None,
    };
    let because = |codes: &[&str]| {
        let named = |code: Option<&str>| code.is_some_and(|code| codes.contains(&code));
        reasons.iter().enumerate().filter(|(_, reason)| named(reason.code())).map(|(at, _)| at).collect::<Vec<_>>()
    };
    match because(&["ConditionalCheckFailed"]) {
        refused if !refused.is_empty() => Some(Cancelled::Conditions(refused)),
        _ if !because(&PASSING).is_empty() => Some(Cancelled::Conflict),
        _ => None,
    }
}
