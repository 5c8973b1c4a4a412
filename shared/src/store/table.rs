//! The table: its client, its schema, and how the SDK's errors become ours.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeDefinition, KeySchemaElement, KeyType, ScalarAttributeType};

use super::keys::{PARTITION, SORT};
use super::limits::Remembered;
use super::meter::Meter;
use crate::storage::StoreError;

/// The one table, reached by the ordinary SDK.
#[derive(Clone, Debug)]
pub struct Table {
    pub(super) client: Client,
    pub(super) name: String,
    pub(super) arrivals: Remembered,
}

impl Table {
    /// The table called `name`, through `client`, whose calls are counted from here on.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        let counted = client.config().to_builder().interceptor(Meter).build();
        Self { client: Client::from_conf(counted), name: name.into(), arrivals: Remembered::default() }
    }
}

/// What the table's keys are called and typed, for whoever creates it.
///
/// # Errors
/// The SDK's builder error, if a name were missing.
pub fn key_schema() -> Result<(Vec<AttributeDefinition>, Vec<KeySchemaElement>), aws_sdk_dynamodb::error::BuildError> {
    let attribute =
        |name: &str| AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build();
    let element = |name: &str, kind: KeyType| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    Ok((
        vec![attribute(PARTITION)?, attribute(SORT)?],
        vec![element(PARTITION, KeyType::Hash)?, element(SORT, KeyType::Range)?],
    ))
}

/// The fault of a request that we failed to build.
pub(super) fn unbuilt(operation: &'static str, fault: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable { operation, detail: fault.to_string() }
}
