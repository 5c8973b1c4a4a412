//! Payload 2.0 of HTTP APIs.
//! Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use http::header;
use serde_json::{Value, json};

use super::{Authorized, common};
use crate::gateway::exchange::Exchange;
use crate::template::{Api, ApiKind};
use crate::world::{ACCOUNT_ID, API_ID};

/// The event. What is empty is left out.
pub(super) fn event(api: &Api, exchange: &Exchange, authorized: Option<Authorized>) -> Value {
    let mut headers = common::headers(&exchange.headers);
    let cookies = headers.remove(header::COOKIE.as_str()).map(|values| cookies(&values));
    let mut event = json!({
        "version": "2.0",
        "routeKey": exchange.route_key,
        "rawPath": exchange.staged_path(api),
        "rawQueryString": exchange.raw_query,
        "headers": common::joined(headers),
        "requestContext": request_context(api, exchange, authorized),
        "isBase64Encoded": false,
    });
    if let Some(cookies) = cookies {
        set(&mut event, "cookies", cookies);
    }
    let query = common::joined(common::query(&exchange.raw_query));
    if !query.is_empty() {
        set(&mut event, "queryStringParameters", query);
    }
    let parameters = common::path_parameters(exchange);
    if !parameters.is_empty() {
        set(&mut event, "pathParameters", parameters);
    }
    if let Some((body, encoded)) = common::body(ApiKind::Http, exchange) {
        set(&mut event, "body", body);
        set(&mut event, "isBase64Encoded", encoded);
    }
    event
}

/// Each cookie by itself, whichever `Cookie` header it came in.
fn cookies(values: &[String]) -> Vec<String> {
    let pairs = values.iter().flat_map(|value| value.split(';'));
    pairs.map(|pair| pair.trim().to_owned()).filter(|pair| !pair.is_empty()).collect()
}

fn request_context(api: &Api, exchange: &Exchange, authorized: Option<Authorized>) -> Value {
    let domain_name = exchange.domain_name();
    let mut context = json!({
        "accountId": ACCOUNT_ID,
        "apiId": API_ID,
        "domainPrefix": common::domain_prefix(&domain_name),
        "domainName": domain_name,
        "http": {
            "method": exchange.method.as_str(),
            "path": exchange.staged_path(api),
            "protocol": "HTTP/1.1",
            "sourceIp": exchange.source_ip.to_string(),
            "userAgent": exchange.user_agent(),
        },
        "requestId": exchange.request_id,
        "routeKey": exchange.route_key,
        "stage": api.stage,
        "time": common::clf_time(exchange.received_at),
        "timeEpoch": common::epoch_millis(exchange.received_at),
    });
    if let Some(authorized) = authorized {
        set(&mut context, "authorizer", json!({ "lambda": authorized.context }));
    }
    context
}

fn set(object: &mut Value, field: &str, value: impl Into<Value>) {
    if let Some(object) = object.as_object_mut() {
        object.insert(field.to_owned(), value.into());
    }
}
