//! The event of each dialect, whole.

use super::*;
use crate::world::API_ID;

/// `POST /orders/7?tag=a&tag=b%20c&empty=` with cookies, doubled headers and a body.
fn rich_request() -> Exchange {
    let request = Exchange {
        method: Method::POST,
        raw_query: "tag=a&tag=b%20c&empty=".into(),
        route_key: "POST /orders/{id}".into(),
        ..request()
    };
    let headers = [
        ("host", "localhost:9000"),
        ("user-agent", "curl/8.15.0"),
        ("x-colour", "red"),
        ("x-colour", "blue"),
        ("cookie", "one=1; two=2"),
    ];
    headers.into_iter().fold(request, |request, (name, value)| with(request, name, value))
}

fn arn(request: &str) -> String {
    format!("arn:aws:execute-api:us-east-1:000000000000:{API_ID}/{request}")
}

async fn event(gate: Gate, request: &Exchange) -> Value {
    assert!(is_allowed(&gate.decide(request).await));
    gate.function.events().remove(0)
}

/// As payload 1.0 shows it.
fn identity() -> Value {
    json!({
        "accessKey": null,
        "accountId": null,
        "caller": null,
        "cognitoAuthenticationProvider": null,
        "cognitoAuthenticationType": null,
        "cognitoIdentityId": null,
        "cognitoIdentityPoolId": null,
        "principalOrgId": null,
        "sourceIp": "192.0.2.7",
        "user": null,
        "userAgent": "curl/8.15.0",
        "userArn": null,
    })
}

#[tokio::test]
async fn an_http_api_asks_with_payload_2_0_for_a_simple_answer() {
    let gate = Gate::of(HttpSimple).reading(["$request.header.Authorization", "$context.routeKey"]);
    let expected = json!({
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": arn("prod/POST/orders/7"),
        "identitySource": ["Bearer one", "POST /orders/{id}"],
        "routeKey": "POST /orders/{id}",
        "rawPath": "/prod/orders/7",
        "rawQueryString": "tag=a&tag=b%20c&empty=",
        "cookies": ["one=1", "two=2"],
        "headers": {
            "authorization": "Bearer one",
            "host": "localhost:9000",
            "user-agent": "curl/8.15.0",
            "x-colour": "red,blue",
        },
        "queryStringParameters": { "tag": "a,b c", "empty": "" },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": API_ID,
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": {
                "method": "POST",
                "path": "/prod/orders/7",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.7",
                "userAgent": "curl/8.15.0",
            },
            "requestId": "request-1",
            "routeKey": "POST /orders/{id}",
            "stage": "prod",
            "time": "04/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1_583_348_638_000_u64,
        },
        "pathParameters": { "id": "7" },
    });
    assert_eq!(event(gate, &rich_request()).await, expected);
}

#[tokio::test]
async fn an_http_api_asks_with_payload_1_0_for_a_policy() {
    let gate = Gate::of(HttpPolicy).reading(["$request.header.Authorization", "$context.routeKey"]);
    let mut event = event(gate, &rich_request()).await;
    assert!(event["requestContext"].as_object_mut().unwrap().remove("extendedRequestId").is_some());
    assert_eq!(event["requestContext"]["identity"].as_object_mut().unwrap().remove("cognitoAmr"), Some(Value::Null));
    let expected = json!({
        "version": "1.0",
        "type": "REQUEST",
        "methodArn": arn("prod/POST/orders/7"),
        "identitySource": "Bearer one,POST /orders/{id}",
        "authorizationToken": "Bearer one,POST /orders/{id}",
        "resource": "/orders/{id}",
        "path": "/prod/orders/7",
        "httpMethod": "POST",
        "headers": {
            "authorization": "Bearer one",
            "cookie": "one=1; two=2",
            "Host": "localhost:9000",
            "User-Agent": "curl/8.15.0",
            "x-colour": "blue",
        },
        "queryStringParameters": { "tag": "b c", "empty": "" },
        "pathParameters": { "id": "7" },
        "stageVariables": {},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": API_ID,
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "httpMethod": "POST",
            "identity": identity(),
            "path": "/prod/orders/7",
            "protocol": "HTTP/1.1",
            "requestId": "request-1",
            "requestTime": "04/Mar/2020:19:03:58 +0000",
            "requestTimeEpoch": 1_583_348_638_000_u64,
            "resourceId": "POST /orders/{id}",
            "resourcePath": "/orders/{id}",
            "stage": "prod",
        },
    });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn a_rest_api_shows_a_request_authorizer_every_value() {
    let mut event = event(Gate::of(RestRequest), &rich_request()).await;
    assert!(event["requestContext"].as_object_mut().unwrap().remove("extendedRequestId").is_some());
    let expected = json!({
        "type": "REQUEST",
        "methodArn": arn("prod/POST/orders/7"),
        "resource": "/orders/{id}",
        "path": "/orders/7",
        "httpMethod": "POST",
        "headers": {
            "authorization": "Bearer one",
            "cookie": "one=1; two=2",
            "host": "localhost:9000",
            "user-agent": "curl/8.15.0",
            "x-colour": "blue",
        },
        "multiValueHeaders": {
            "authorization": ["Bearer one"],
            "cookie": ["one=1; two=2"],
            "host": ["localhost:9000"],
            "user-agent": ["curl/8.15.0"],
            "x-colour": ["red", "blue"],
        },
        "queryStringParameters": { "tag": "b c", "empty": "" },
        "multiValueQueryStringParameters": { "tag": ["a", "b c"], "empty": [""] },
        "pathParameters": { "id": "7" },
        "stageVariables": {},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": API_ID,
            "deploymentId": "local0",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "httpMethod": "POST",
            "identity": identity(),
            "path": "/prod/orders/7",
            "protocol": "HTTP/1.1",
            "requestId": "request-1",
            "requestTime": "04/Mar/2020:19:03:58 +0000",
            "requestTimeEpoch": 1_583_348_638_000_u64,
            "resourceId": event["requestContext"]["resourceId"],
            "resourcePath": "/orders/{id}",
            "stage": "prod",
        },
    });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn a_rest_api_shows_a_token_authorizer_the_token_and_the_arn_only() {
    let expected = json!({
        "type": "TOKEN",
        "authorizationToken": "Bearer one",
        "methodArn": arn("prod/POST/orders/7"),
    });
    assert_eq!(event(Gate::of(RestToken), &rich_request()).await, expected);
}

#[tokio::test]
async fn what_a_request_lacks_is_left_out_of_payload_2_0_and_empty_in_payload_1_0() {
    let bare = request_to("/orders");
    let simple = event(Gate::of(HttpSimple), &bare).await;
    for absent in ["cookies", "queryStringParameters", "pathParameters", "stageVariables", "body", "isBase64Encoded"] {
        assert!(simple.get(absent).is_none(), "{absent}");
    }
    for dialect in [HttpPolicy, RestRequest] {
        let event = event(Gate::of(dialect), &bare).await;
        for empty in ["queryStringParameters", "pathParameters", "stageVariables"] {
            assert_eq!(event[empty], json!({}), "{dialect:?}: {empty}");
        }
        for absent in ["body", "isBase64Encoded"] {
            assert!(event.get(absent).is_none(), "{dialect:?}: {absent}");
        }
    }
}

#[tokio::test]
async fn without_identity_sources_an_http_api_sends_null() {
    let simple = event(Gate::of(HttpSimple).reading([]), &request()).await;
    assert_eq!(simple.get("identitySource"), Some(&Value::Null));
    let policy = event(Gate::of(HttpPolicy).reading([]), &request()).await;
    assert_eq!(policy.get("identitySource"), Some(&Value::Null));
    assert_eq!(policy.get("authorizationToken"), Some(&Value::Null));
}

#[tokio::test]
async fn the_arn_of_a_request_has_its_stage_and_an_empty_path_for_the_root() {
    for dialect in [HttpPolicy, RestRequest, RestToken] {
        let mut gate = Gate::of(dialect);
        gate.api.stage = "$default".into();
        let method_arn = event(gate, &request_to("/")).await["methodArn"].clone();
        assert_eq!(method_arn, arn("$default/GET/"), "{dialect:?}");
    }
}

/// The bearer's right to see the body ends at the function that serves the route.
#[tokio::test]
async fn no_authorizer_sees_the_body() {
    for dialect in DIALECTS {
        let event = event(Gate::of(dialect), &rich_request()).await;
        assert!(!event.to_string().contains("never shown"), "{dialect:?}");
    }
}
