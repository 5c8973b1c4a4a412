//! The event of a REST API's Lambda proxy integration.
//! Source: <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html> ("Input
//! format of a Lambda function for proxy integration")

use http::header;
use serde_json::{Value, json};

use super::{Authorized, common};
use crate::gateway::exchange::Exchange;
use crate::gateway::request_id;
use crate::template::{Api, ApiKind};
use crate::world::{ACCOUNT_ID, API_ID};

/// The name of the deployment, which every deployed API has and a laptop does not.
const DEPLOYMENT_ID: &str = "local0";

/// The event. What is empty is null. A REST API keeps `Content-Length` to itself: adapters of web frameworks compute it
/// again for that reason.
pub(super) fn event(api: &Api, exchange: &Exchange, authorized: Option<Authorized>) -> Value {
    let (mut headers, query) = (common::headers(&exchange.headers), common::query(&exchange.raw_query));
    headers.remove(header::CONTENT_LENGTH.as_str());
    let parameters = common::path_parameters(exchange);
    let (body, encoded) = common::body(ApiKind::Rest, exchange).unzip();
    json!({
        "resource": exchange.resource(),
        "path": exchange.path,
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
    let mut context = json!({
        "accountId": ACCOUNT_ID,
        "apiId": API_ID,
        "deploymentId": DEPLOYMENT_ID,
        "domainPrefix": common::domain_prefix(&domain_name),
        "domainName": domain_name,
        "extendedRequestId": request_id::extended(ApiKind::Rest, &exchange.request_id),
        "httpMethod": exchange.method.as_str(),
        "identity": common::identity(ApiKind::Rest, exchange),
        "path": exchange.staged_path(api),
        "protocol": "HTTP/1.1",
        "requestId": exchange.request_id,
        "requestTime": common::clf_time(exchange.received_at),
        "requestTimeEpoch": common::epoch_millis(exchange.received_at),
        // Deployed it is a random name; the path tells resources apart too.
        "resourceId": exchange.resource(),
        "resourcePath": exchange.resource(),
        "stage": api.stage,
    });
    if let (Some(Authorized { context: mut authorizer, latency }), Some(context)) =
        (authorized, context.as_object_mut())
    {
        let millis = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        authorizer.insert("integrationLatency".to_owned(), millis.into());
        context.insert("authorizer".to_owned(), authorizer.into());
    }
    context
}
