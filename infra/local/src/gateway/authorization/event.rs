//! The event that asks an authorizer.
//! Sources: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html> ("Payload
//! format version"), <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html>
//!
//! It is the event that the function would get, without the body and with the identity. Payload 1.0 shows an authorizer
//! empty maps where it shows a function null, and an HTTP API leaves its maps of several values out. Without identity
//! sources an HTTP API sends null in their place.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::gateway::event;
use crate::gateway::exchange::Exchange;
use crate::template::{Api, Authorizer, AuthorizerDialect, Payload};
use crate::world::{ACCOUNT_ID, API_ID, REGION};

/// The request as IAM policies name it: with the path that was asked for, never the route's template.
pub(super) fn method_arn(api: &Api, exchange: &Exchange) -> String {
    let path = exchange.path.strip_prefix('/').unwrap_or(&exchange.path);
    format!("arn:aws:execute-api:{REGION}:{ACCOUNT_ID}:{API_ID}/{}/{}/{path}", api.stage, exchange.method)
}

/// The event in the authorizer's dialect, as JSON.
pub(super) fn bytes(api: &Api, authorizer: &Authorizer, exchange: &Exchange, identity: &[String]) -> Bytes {
    let arn = method_arn(api, exchange);
    let event = match authorizer.dialect {
        AuthorizerDialect::HttpSimple => {
            let identity = (!identity.is_empty()).then_some(identity);
            let own = json!({ "type": "REQUEST", "routeArn": arn, "identitySource": identity });
            merged(request(api, Payload::V2, exchange), own)
        }
        AuthorizerDialect::HttpPolicy => {
            let mut request = with_empty_maps(request(api, Payload::V1, exchange));
            request.remove("multiValueHeaders");
            request.remove("multiValueQueryStringParameters");
            let identity = (!identity.is_empty()).then(|| identity.join(","));
            let own = json!({
                "type": "REQUEST",
                "methodArn": arn,
                "identitySource": identity,
                "authorizationToken": identity,
            });
            merged(request, own)
        }
        AuthorizerDialect::RestRequest => {
            let request = with_empty_maps(request(api, Payload::V1, exchange));
            merged(request, json!({ "type": "REQUEST", "methodArn": arn }))
        }
        AuthorizerDialect::RestToken => {
            json!({ "type": "TOKEN", "authorizationToken": identity.first(), "methodArn": arn })
        }
    };
    event.to_string().into()
}

/// What the gateway knows of the request, as payload 1.0 shows it: the fields of `$context`.
pub(super) fn context(api: &Api, exchange: &Exchange) -> Value {
    request(api, Payload::V1, exchange).remove("requestContext").unwrap_or_default()
}

/// The event that a function would get, without what comes from the body or from an authorizer.
fn request(api: &Api, payload: Payload, exchange: &Exchange) -> Map<String, Value> {
    // Emptied first, or a long body would be encoded for nothing.
    let bodiless = Exchange { body: Bytes::new(), ..exchange.clone() };
    let mut event = event::value(api, payload, &bodiless, None);
    if let Some(context) = event.get_mut("requestContext").and_then(Value::as_object_mut) {
        context.remove("authorizer");
    }
    let mut fields = fields(event);
    fields.remove("body");
    fields.remove("isBase64Encoded");
    fields
}

fn with_empty_maps(mut request: Map<String, Value>) -> Map<String, Value> {
    for name in ["queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables"] {
        request.entry(name).and_modify(|value| {
            if value.is_null() {
                *value = json!({});
            }
        });
    }
    request
}

fn merged(mut request: Map<String, Value>, own: Value) -> Value {
    request.extend(fields(own));
    request.into()
}

fn fields(object: Value) -> Map<String, Value> {
    if let Value::Object(fields) = object { fields } else { Map::new() }
}
