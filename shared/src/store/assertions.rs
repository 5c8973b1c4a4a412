//! Client assertions that were presented: each is taken once (RFC 7523 §3, `jti`).

use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::attributes::{Writer, bytes, time};
use super::keys::{Key, PARTITION};
use super::sdk_fault::unavailable;
use super::session_item::EXPIRES_AT;
use super::table::Table;
use crate::oauth::client_authentication::{ATTEMPT_BYTES, AcceptAssertion, Accepted};
use crate::oauth::clients::ClientId;
use crate::storage::StoreError;
use crate::tokens::ClientAssertion;

/// By which attempt it was taken; empty once it was given back.
const TAKEN_BY: &str = "taken_by";

impl AcceptAssertion for Table {
    async fn accept_assertion(
        &self,
        client: &ClientId,
        assertion: &ClientAssertion,
        attempt: [u8; ATTEMPT_BYTES],
    ) -> Result<Accepted, StoreError> {
        let put = self
            .put_assertion(client, assertion, &attempt)
            // No time is compared: an assertion that is older than its item is refused before it comes here.
            .condition_expression("attribute_not_exists(#pk) OR #taken_by IN (:attempt, :nobody)")
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_names("#taken_by", TAKEN_BY)
            .expression_attribute_values(":attempt", bytes(attempt.to_vec()))
            .expression_attribute_values(":nobody", bytes(Vec::new()));
        match put.send().await {
            Ok(_) => Ok(Accepted::First),
            Err(fault) if fault.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
                Ok(Accepted::Replayed)
            }
            Err(fault) => Err(unavailable("PutItem (a client's assertion)", fault)),
        }
    }

    async fn give_back_assertion(&self, client: &ClientId, assertion: &ClientAssertion) -> Result<(), StoreError> {
        let put = self.put_assertion(client, assertion, &[]);
        put.send().await.map_err(|fault| unavailable("PutItem (a client's assertion, given back)", fault))?;
        Ok(())
    }
}

impl Table {
    fn put_assertion(&self, client: &ClientId, assertion: &ClientAssertion, attempt: &[u8]) -> PutItemFluentBuilder {
        let item = Writer::new(&Key::assertion(client, &assertion.id))
            .with(EXPIRES_AT, time(assertion.expires_at))
            .with(TAKEN_BY, bytes(attempt.to_vec()));
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item.finish()));
        put.return_consumed_capacity(ReturnConsumedCapacity::Total)
    }
}
