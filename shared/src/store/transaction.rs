//! All or nothing: one transaction, asked again while another holds its items.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, TransactWriteItem};

use super::conflict::{Attempt, until_decided};
use super::sdk_fault::unavailable;
use super::table::{Table, unbuilt};
use crate::randomness::{NoRandomness, Randomness};
use crate::storage::StoreError;

impl Table {
    /// Whether the conditions of all `writes` held and they were written.
    ///
    /// All attempts carry one token (API Reference, `TransactWriteItems`, `ClientRequestToken`): one whose answer was lost may
    /// have been carried out, and a second one under another token would find its own writes and report a failed condition.
    pub(super) async fn transact(
        &self,
        operation: &'static str,
        writes: Vec<TransactWriteItem>,
    ) -> Result<bool, StoreError> {
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
                Ok(_) => Ok(Attempt::Done(true)),
                Err(fault) => match cancelled(&fault) {
                    Some(Cancelled::Condition) => Ok(Attempt::Done(false)),
                    Some(Cancelled::Conflict) => Ok(Attempt::Conflict),
                    None => Err(unavailable(operation, fault)),
                },
            }
        })
        .await
    }
}

/// 36 characters at most: 128 random bits in hexadecimal.
fn token() -> Result<String, NoRandomness> {
    let bytes: [u8; 16] = Randomness::System.bytes()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Why a transaction was not carried out, where that is an answer and no fault.
enum Cancelled {
    /// One of its conditions did not hold.
    Condition,
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
    let because = |codes: &[&str]| reasons.iter().any(|reason| reason.code().is_some_and(|code| codes.contains(&code)));
    if because(&["ConditionalCheckFailed"]) {
        Some(Cancelled::Condition)
    } else if because(&PASSING) {
        Some(Cancelled::Conflict)
    } else {
        None
    }
}
