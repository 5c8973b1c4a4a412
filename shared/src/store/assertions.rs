//! Client assertions that were presented: each is taken once (RFC 7523 §3, `jti`).

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::attributes::{Writer, time};
use super::keys::{Key, PARTITION};
use super::sdk_fault::unavailable;
use super::session_item::EXPIRES_AT;
use super::table::Table;
use crate::oauth::client_authentication::{AcceptAssertion, Accepted};
use crate::oauth::clients::ClientId;
use crate::storage::StoreError;
use crate::tokens::ClientAssertion;

impl AcceptAssertion for Table {
    async fn accept_assertion(&self, client: &ClientId, assertion: &ClientAssertion) -> Result<Accepted, StoreError> {
        let item = Writer::new(&Key::assertion(client, &assertion.id)).with(EXPIRES_AT, time(assertion.expires_at));
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item.finish()))
            // No time is compared: an assertion that is older than its item is refused before it comes here.
            .condition_expression("attribute_not_exists(#pk)")
            .expression_attribute_names("#pk", PARTITION)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        match put.send().await {
            Ok(_) => Ok(Accepted::First),
            Err(fault) if fault.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
                Ok(Accepted::Replayed)
            }
            Err(fault) => Err(unavailable("PutItem (a client's assertion)", fault)),
        }
    }
}
