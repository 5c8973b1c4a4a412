//! The verbs of clients: read one, register, rotate its secret, close it.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::attributes::{text, time};
use super::client_item::{DISABLED_AT, PREVIOUS_SECRET, PREVIOUS_UNTIL, SECRET, encode};
use super::conditional::{Conditional, decided};
use super::keys::{CLIENT, Key, PARTITION};
use super::sdk_fault::unavailable;
use super::table::Table;
use crate::clock::Timestamp;
use crate::oauth::clients::{Added, Changed, Client, ClientId, ManageClients, ReadClient, SecretHash, SecretRotation};
use crate::storage::StoreError;

impl ReadClient for Table {
    async fn client(&self, id: &ClientId) -> Result<Option<Client>, StoreError> {
        // A secret that was just rotated must work at once.
        let item = self.read("GetItem (a client)", &Key::client(id)).await?;
        item.as_ref().map(Client::try_from).transpose()
    }
}

impl ManageClients for Table {
    async fn add_client(&self, client: &Client) -> Result<Added, StoreError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(encode(client)))
            .condition_expression("attribute_not_exists(#pk)")
            .expression_attribute_names("#pk", PARTITION)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        match put.send().await {
            Ok(_) => Ok(Added::Added),
            Err(fault) if fault.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
                Ok(Added::Taken)
            }
            Err(fault) => Err(unavailable("PutItem (a client)", fault)),
        }
    }

    async fn clients(&self) -> Result<Vec<Client>, StoreError> {
        self.scan("Scan (clients)", CLIENT).await?.iter().map(Client::try_from).collect()
    }

    async fn rotate_client_secret(
        &self,
        client: &ClientId,
        secret: &SecretHash,
        previous_until: Timestamp,
    ) -> Result<SecretRotation, StoreError> {
        let request = self
            .update(client)
            .condition_expression("attribute_exists(#secret)")
            .update_expression("SET #previous = #secret, #until = :until, #secret = :secret")
            .expression_attribute_names("#secret", SECRET)
            .expression_attribute_names("#previous", PREVIOUS_SECRET)
            .expression_attribute_names("#until", PREVIOUS_UNTIL)
            .expression_attribute_values(":secret", text(secret.to_string()))
            .expression_attribute_values(":until", time(previous_until));
        Ok(match decided("UpdateItem (rotate a client's secret)", request).await? {
            Conditional::Written(_) => SecretRotation::Rotated,
            Conditional::Refused(_) => SecretRotation::NoSecret,
        })
    }

    async fn set_client_disabled(
        &self,
        client: &ClientId,
        disabled_at: Option<Timestamp>,
    ) -> Result<Changed, StoreError> {
        let request = self
            .update(client)
            .condition_expression("attribute_exists(#pk)")
            .expression_attribute_names("#pk", PARTITION)
            .expression_attribute_names("#disabled", DISABLED_AT);
        let request = match disabled_at {
            Some(at) => request.update_expression("SET #disabled = :at").expression_attribute_values(":at", time(at)),
            None => request.update_expression("REMOVE #disabled"),
        };
        Ok(match decided("UpdateItem (disable a client)", request).await? {
            Conditional::Written(_) => Changed::Done,
            Conditional::Refused(_) => Changed::NoSuchClient,
        })
    }
}

impl Table {
    fn update(&self, client: &ClientId) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::client(client).attributes()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }
}
