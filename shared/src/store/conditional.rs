//! One update on a condition: written, or refused with the item as it stood.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;

use super::attributes::Item;
use super::conflict::{Attempt, until_decided};
use super::sdk_fault::unavailable;
use crate::storage::StoreError;

/// What a conditional update came to.
pub(super) enum Conditional {
    /// Written; the attributes that were asked for.
    Written(Item),
    /// The condition did not hold; the item as it stood, if there was one and it was asked for.
    Refused(Option<Item>),
}

/// Sends one conditional update.
pub(super) async fn conditional(
    operation: &'static str,
    request: UpdateItemFluentBuilder,
) -> Result<Attempt<Conditional>, StoreError> {
    // The SDK's futures are nested so deeply that the compiler gives up on what holds them: a box ends the nesting.
    let fault = match Box::pin(request.send()).await {
        Ok(written) => return Ok(Attempt::Done(Conditional::Written(written.attributes.unwrap_or_default()))),
        Err(fault) => fault,
    };
    match fault.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
            Ok(Attempt::Done(Conditional::Refused(refused.item.clone().filter(|item| !item.is_empty()))))
        }
        Some(UpdateItemError::TransactionConflictException(_)) => Ok(Attempt::Conflict),
        _ => Err(unavailable(operation, fault)),
    }
}

/// The same once nothing holds the item any more.
pub(super) async fn decided(
    operation: &'static str,
    request: UpdateItemFluentBuilder,
) -> Result<Conditional, StoreError> {
    until_decided(operation, || conditional(operation, request.clone())).await
}
