//! What a deployment must have before its first request: a table, a key ring, published keys.
//!
//! On AWS the template makes the table and `vestibule keys init` the keys; on a laptop both happen at the first start. Each
//! step looks first and changes nothing that is there: a restart keeps users, sessions and keys.

use aws_sdk_dynamodb::types::{BillingMode, TimeToLiveSpecification};
use vestibule::app::Clients;
use vestibule::clock::Timestamp;
use vestibule::keys::{Algorithm, PublishKeys, Published, ReadSigningKeys, SigningKeyRing, SymmetricKeys};
use vestibule::randomness::Randomness;
use vestibule::store::{Secrets, Table, key_schema, sdk_fault};

/// A step that could not be taken.
#[derive(Debug, thiserror::Error)]
#[error("{step} failed: {detail}")]
pub struct ProvisionError {
    step: &'static str,
    detail: String,
}

impl ProvisionError {
    fn of(step: &'static str) -> impl Fn(String) -> Self {
        move |detail| Self { step, detail }
    }
}

/// Makes the table unless it is there.
///
/// # Errors
/// [`ProvisionError`] with what DynamoDB said.
pub async fn table(clients: &Clients, name: &str) -> Result<(), ProvisionError> {
    let failed = ProvisionError::of("making the table");
    let (attributes, keys) = key_schema().map_err(|fault| failed(fault.to_string()))?;
    let created = clients
        .dynamodb
        .create_table()
        .table_name(name)
        .set_attribute_definitions(Some(attributes))
        .set_key_schema(Some(keys))
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await;
    match created {
        Ok(_) => {}
        Err(fault) if fault.as_service_error().is_some_and(|e| e.is_resource_in_use_exception()) => return Ok(()),
        Err(fault) => return Err(failed(sdk_fault(&fault))),
    }
    let clean_up = TimeToLiveSpecification::builder().attribute_name("expires_at").enabled(true).build();
    let clean_up = clean_up.map_err(|fault| failed(fault.to_string()))?;
    let request = clients.dynamodb.update_time_to_live().table_name(name).time_to_live_specification(clean_up);
    request.send().await.map(drop).map_err(|fault| failed(sdk_fault(&fault)))
}

/// Whether keys had to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Fresh ones.
    Made,
    /// They were there.
    Found,
}

/// Makes signing keys for every algorithm, MAC keys and peppers unless there are any, and publishes the public ones.
///
/// # Errors
/// [`ProvisionError`] with what failed.
pub async fn keys(
    secrets: &Secrets,
    table: &Table,
    randomness: &Randomness,
    now: Timestamp,
) -> Result<Keys, ProvisionError> {
    let failed = ProvisionError::of("making the keys");
    // Each by itself: a start that died between any two steps is finished by the next one.
    let had_symmetric = secrets.has_symmetric_keys().await.map_err(|fault| failed(fault.to_string()))?;
    if !had_symmetric {
        let symmetric = SymmetricKeys::generate(randomness).map_err(|fault| failed(fault.to_string()))?;
        secrets.write_symmetric_keys(&symmetric).await.map_err(|fault| failed(fault.to_string()))?;
    }
    let had_signing = secrets.has_signing_keys().await.map_err(|fault| failed(fault.to_string()))?;
    let ring = if had_signing {
        secrets.read_signing_keys().await.map_err(|fault| failed(fault.to_string()))?
    } else {
        let ring = tokio::task::spawn_blocking(move || SigningKeyRing::generate_all(&Algorithm::ALL, now)).await;
        let ring = ring.map_err(|fault| failed(fault.to_string()))?.map_err(|fault| failed(fault.to_string()))?;
        secrets.write_signing_keys(&ring).await.map_err(|fault| failed(fault.to_string()))?;
        ring
    };
    publish(table, &ring, now).await?;
    Ok(if had_symmetric && had_signing { Keys::Found } else { Keys::Made })
}

/// Publishes the ring unless any of its keys is published: what is published beside it, or is not any more, was decided by a
/// rotation.
async fn publish(table: &Table, ring: &SigningKeyRing, now: Timestamp) -> Result<(), ProvisionError> {
    let failed = ProvisionError::of("publishing the keys");
    let before = table.published().await.map_err(|fault| failed(fault.to_string()))?;
    if before.as_ref().is_some_and(|before| ring.iter().any(|key| before.keys.find(key.kid()).is_some())) {
        return Ok(());
    }
    let public = ring.public_set().map_err(|fault| failed(fault.to_string()))?;
    match table.publish(&public, before.as_ref(), now).await.map_err(|fault| failed(fault.to_string()))? {
        Published::Done => Ok(()),
        Published::Overtaken => Err(failed("other keys were published at the same moment".to_owned())),
    }
}
