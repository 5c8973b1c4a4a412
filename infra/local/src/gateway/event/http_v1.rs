//! Payload 1.0 of HTTP APIs.
//! Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use serde_json::{Value, json};

use super::{Authorized, common};
use crate::gateway::exchange::Exchange;
use crate::gateway::{API_ID, request_id};
use crate::template::{Api, ApiKind};
use crate::world::ACCOUNT_ID;

/// The event. What is empty is null.
pub(super) fn event(api: &Api, exchange: &Exchange, authorized: Option<Authorized>) -> Value {
    let (headers, query) = (common::headers(&exchange.headers), common::query(&exchange.raw_query));
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

fn request_context(api: &Api, exchange: &Exchange, authorized: Option<Authorized>) -> Value {
    let domain_name = exchange.domain_name();
    json!({
        "accountId": ACCOUNT_ID,
        "apiId": API_ID,
        // Flat, as on a REST API. Of the two fields of a route without a Lambda authorizer, JWT authorizers fill both.
        "authorizer": authorized.map_or_else(
            || json!({ "claims": null, "scopes": null }),
            |authorized| authorized.context.into(),
        ),
        "domainPrefix": common::domain_prefix(&domain_name),
        "domainName": domain_name,
        "extendedRequestId": request_id::extended(ApiKind::Http, &exchange.request_id),
        "httpMethod": exchange.method.as_str(),
        "identity": common::identity(exchange),
        "path": exchange.staged_path(api),
        "protocol": "HTTP/1.1",
        "requestId": exchange.request_id,
        "requestTime": common::clf_time(exchange.received_at),
        "requestTimeEpoch": common::epoch_millis(exchange.received_at),
        "resourceId": null,
        "resourcePath": exchange.resource(),
        "stage": api.stage,
    })
}
