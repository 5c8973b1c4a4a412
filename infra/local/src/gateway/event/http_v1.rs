//! Payload 1.0 of HTTP APIs.
//! Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
//!
//! Where the page's example and the events of deployed APIs differ, this follows the latter: `resourceId` is the route
//! key there and null in the example.

use serde_json::{Map, Value, json};

use super::common::Values;
use super::{Authorized, common};
use crate::gateway::exchange::Exchange;
use crate::gateway::request_id;
use crate::template::{Api, ApiKind};
use crate::world::{ACCOUNT_ID, API_ID};

/// Headers that API Gateway reads or writes itself. In the events of deployed APIs their names are capitalized, whatever
/// the client wrote, and those of other headers are not.
const OWN_HEADERS: [&str; 8] = [
    "Content-Length",
    "Content-Type",
    "Host",
    "User-Agent",
    "X-Amzn-Trace-Id",
    "X-Forwarded-For",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
];

/// The event. What is empty is null.
pub(super) fn event(api: &Api, exchange: &Exchange, authorized: Option<Authorized>) -> Value {
    let (headers, query) = (capitalized(common::headers(&exchange.headers)), common::query(&exchange.raw_query));
    let parameters = common::path_parameters(exchange);
    let (body, encoded) = common::body(ApiKind::Http, exchange).unzip();
    json!({
        "version": "1.0",
        "resource": exchange.resource(),
        "path": exchange.staged_path(api),
        "httpMethod": exchange.method.as_str(),
        "headers": common::last(&headers),
        "multiValueHeaders": headers,
        "queryStringParameters": common::or_null(!query.is_empty(), common::last(&query)),
        "multiValueQueryStringParameters": common::or_null(!query.is_empty(), json!(query)),
        "requestContext": request_context(api, exchange, authorized),
        "pathParameters": common::or_null(!parameters.is_empty(), parameters),
        "stageVariables": null,
        "body": body,
        "isBase64Encoded": encoded.unwrap_or_default(),
    })
}

fn capitalized(mut headers: Values) -> Values {
    for name in OWN_HEADERS {
        if let Some(values) = headers.remove(&name.to_ascii_lowercase()) {
            headers.insert(name.to_owned(), values);
        }
    }
    headers
}

/// Flat, as on a REST API, and always beside the two fields that only JWT authorizers fill.
fn authorizer(authorized: Option<Authorized>) -> Map<String, Value> {
    let context = authorized.map(|authorized| authorized.context).unwrap_or_default();
    let unfilled = ["claims", "scopes"].map(|name| (name.to_owned(), Value::Null));
    unfilled.into_iter().chain(context).collect()
}

fn request_context(api: &Api, exchange: &Exchange, authorized: Option<Authorized>) -> Value {
    let domain_name = exchange.domain_name();
    json!({
        "accountId": ACCOUNT_ID,
        "apiId": API_ID,
        "authorizer": authorizer(authorized),
        "domainPrefix": common::domain_prefix(&domain_name),
        "domainName": domain_name,
        "extendedRequestId": request_id::extended(ApiKind::Http, &exchange.request_id),
        "httpMethod": exchange.method.as_str(),
        "identity": common::identity(ApiKind::Http, exchange),
        "path": exchange.staged_path(api),
        "protocol": "HTTP/1.1",
        "requestId": exchange.request_id,
        "requestTime": common::clf_time(exchange.received_at),
        "requestTimeEpoch": common::epoch_millis(exchange.received_at),
        "resourceId": exchange.route_key,
        "resourcePath": exchange.resource(),
        "stage": api.stage,
    })
}
