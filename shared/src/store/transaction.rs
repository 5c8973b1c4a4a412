//! All or nothing: one transaction, retried while another holds its items.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, TransactWriteItem};

use super::conflict::{Attempt, until_decided};
use super::table::{Table, unavailable};
use crate::storage::StoreError;

impl Table {
    /// Whether the conditions of all `writes` held and they were written.
    pub(super) async fn transact(
        &self,
        operation: &'static str,
        writes: Vec<TransactWriteItem>,
    ) -> Result<bool, StoreError> {
        until_decided(operation, || async {
            let sent = self
                .client
                .transact_write_items()
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

/// Why a transaction was cancelled, where that is an answer and no fault.
enum Cancelled {
    /// One of its conditions did not hold.
    Condition,
    /// Another transaction held one of its items.
    Conflict,
}

fn cancelled<R>(fault: &SdkError<TransactWriteItemsError, R>) -> Option<Cancelled> {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = fault.as_service_error()? else {
        return match fault.as_service_error()? {
            TransactWriteItemsError::TransactionInProgressException(_) => Some(Cancelled::Conflict),
            _ => None,
        };
    };
    let because = |code: &str| cancelled.cancellation_reasons().iter().any(|reason| reason.code() == Some(code));
    if because("ConditionalCheckFailed") {
        Some(Cancelled::Condition)
    } else if because("TransactionConflict") {
        Some(Cancelled::Conflict)
    } else {
        None
    }
}
