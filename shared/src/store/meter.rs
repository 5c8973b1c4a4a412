//! Counts the calls of DynamoDB and their capacity units for the request under way, whichever verb makes them.
//!
//! It sits in the client, below every verb: none can forget it. The answers say what they cost because each request asks for it
//! (`ReturnConsumedCapacity`, "DynamoDB API Reference"); a condition that does not hold is charged too, but its answer has no price.

use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use serde::Deserialize;

use crate::telemetry;

#[derive(Debug)]
pub(super) struct Meter;

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "Meter"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        telemetry::sent();
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response().body().bytes().map(serde_json::from_slice::<Answer>);
        if let Some(Ok(Answer { consumed: Some(consumed) })) = answer {
            telemetry::charged(consumed.units());
        }
        Ok(())
    }
}

/// What every answer may say of its cost.
#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "ConsumedCapacity")]
    consumed: Option<Consumed>,
}

/// A transaction is charged table by table.
#[derive(Deserialize)]
#[serde(untagged)]
enum Consumed {
    Tables(Vec<Capacity>),
    Table(Capacity),
}

#[derive(Deserialize)]
struct Capacity {
    #[serde(rename = "CapacityUnits", default)]
    units: f64,
}

impl Consumed {
    fn units(&self) -> f64 {
        match self {
            Self::Tables(tables) => tables.iter().map(|table| table.units).sum(),
            Self::Table(table) => table.units,
        }
    }
}
