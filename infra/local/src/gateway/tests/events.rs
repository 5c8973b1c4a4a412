//! Each payload, field by field, as AWS's pages show it.

use serde_json::{Value, json};

use super::{PEER, Setup, request};
use crate::template::AuthorizerDialect::{HttpPolicy, HttpSimple, RestRequest};
use crate::template::Payload::{V1, V2};

const QUERY: &str = "tag=a&tag=b%20c&empty=&q=x%2By+z";

const HEADERS: [(&str, &str); 8] = [
    ("User-Agent", "test/1"),
    ("Accept", "text/html"),
    ("accept", "text/plain"),
    ("Cookie", "a=1; b=2"),
    ("Cookie", "c=3"),
    ("Content-Type", "application/json"),
    ("Authorization", "Bearer token"),
    ("X-Amzn-Trace-Id", "Root=1-5e6a879e-000000000000000000000000"),
];

/// The names that payload 1.0 of an HTTP API capitalizes.
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

/// Takes out what is different each time, after a look at its form.
fn take(event: &mut Value, pointer: &str) -> String {
    event.pointer_mut(pointer).unwrap().take().as_str().unwrap().to_owned()
}

#[tokio::test]
async fn payload_2_0_of_an_http_api() {
    let api = Setup::http("prod").guarded(HttpSimple).route("PUT /orders/{id}", V2).serve();
    api.authorizer.answer(Ok(json!({ "isAuthorized": true, "context": { "sub": "ada", "n": 1 } }).to_string().into()));
    let response = api.call(request(&format!("PUT /prod/orders/a%20b?{QUERY}"), &HEADERS, "{}")).await;
    let mut event = api.event();
    let request_id = take(&mut event, "/requestContext/requestId");
    assert_eq!(response.headers()["apigw-requestid"], request_id.as_str());
    assert!(request_id.len() == 16 && request_id.ends_with('='), "{request_id}");
    let expected = json!({
        "version": "2.0",
        "routeKey": "PUT /orders/{id}",
        "rawPath": "/prod/orders/a b",
        "rawQueryString": QUERY,
        "cookies": ["a=1", "b=2", "c=3"],
        "headers": {
            "accept": "text/html,text/plain",
            "authorization": "Bearer token",
            "content-length": "2",
            "content-type": "application/json",
            "host": "api.example.com:9000",
            "user-agent": "test/1",
            "x-amzn-trace-id": "Root=1-5e6a879e-000000000000000000000000",
            "x-forwarded-for": "192.0.2.7",
            "x-forwarded-port": "9000",
            "x-forwarded-proto": "http",
        },
        "queryStringParameters": { "tag": "a,b c", "empty": "", "q": "x+y z" },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "vestibule0",
            "authorizer": { "lambda": { "sub": "ada", "n": 1 } },
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "http": {
                "method": "PUT",
                "path": "/prod/orders/a b",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.7",
                "userAgent": "test/1",
            },
            "requestId": null,
            "routeKey": "PUT /orders/{id}",
            "stage": "prod",
            "time": "12/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1_584_039_838_000_u64,
        },
        "body": "{}",
        "pathParameters": { "id": "a b" },
        "isBase64Encoded": false,
    });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn payload_2_0_leaves_out_what_is_empty() {
    let api = Setup::http("$default").route("$default", V2).serve();
    api.get("/any/path").await;
    let event = api.event();
    let mut fields: Vec<_> = event.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    let present = ["headers", "isBase64Encoded", "rawPath", "rawQueryString", "requestContext", "routeKey", "version"];
    assert_eq!(fields, present);
    assert_eq!(event["rawPath"], "/any/path");
    assert_eq!(event["routeKey"], "$default");
    assert_eq!(event["rawQueryString"], "");
    assert_eq!(event["requestContext"]["stage"], "$default");
    assert_eq!(event["requestContext"].get("authorizer"), None);
    assert_eq!(event["headers"]["content-length"], "0");
    let trace = event["headers"]["x-amzn-trace-id"].as_str().unwrap();
    assert!(trace.starts_with("Root=1-5e6a879e-") && trace.len() == 40, "{trace}");
}

/// What both versions of payload 1.0 have in common.
fn payload_1_0(resource: &str, path: &str, staged: &str) -> Value {
    json!({
        "resource": resource,
        "path": path,
        "httpMethod": "PUT",
        "headers": {
            "accept": "text/plain",
            "authorization": "Bearer token",
            "content-length": "2",
            "content-type": "application/json",
            "cookie": "c=3",
            "host": "api.example.com:9000",
            "user-agent": "test/1",
            "x-amzn-trace-id": "Root=1-5e6a879e-000000000000000000000000",
            "x-forwarded-for": "192.0.2.7",
            "x-forwarded-port": "9000",
            "x-forwarded-proto": "http",
        },
        "multiValueHeaders": {
            "accept": ["text/html", "text/plain"],
            "authorization": ["Bearer token"],
            "content-length": ["2"],
            "content-type": ["application/json"],
            "cookie": ["a=1; b=2", "c=3"],
            "host": ["api.example.com:9000"],
            "user-agent": ["test/1"],
            "x-amzn-trace-id": ["Root=1-5e6a879e-000000000000000000000000"],
            "x-forwarded-for": ["192.0.2.7"],
            "x-forwarded-port": ["9000"],
            "x-forwarded-proto": ["http"],
        },
        "queryStringParameters": { "tag": "b c", "empty": "", "q": "x+y z" },
        "multiValueQueryStringParameters": { "tag": ["a", "b c"], "empty": [""], "q": ["x+y z"] },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "vestibule0",
            "domainName": "api.example.com",
            "domainPrefix": "api",
            "extendedRequestId": null,
            "httpMethod": "PUT",
            "identity": {
                "accessKey": null,
                "accountId": null,
                "caller": null,
                "cognitoAuthenticationProvider": null,
                "cognitoAuthenticationType": null,
                "cognitoIdentityId": null,
                "cognitoIdentityPoolId": null,
                "principalOrgId": null,
                "sourceIp": PEER.to_string(),
                "user": null,
                "userAgent": "test/1",
                "userArn": null,
            },
            "path": staged,
            "protocol": "HTTP/1.1",
            "requestId": null,
            "requestTime": "12/Mar/2020:19:03:58 +0000",
            "requestTimeEpoch": 1_584_039_838_000_u64,
            "resourcePath": resource,
            "stage": "prod",
        },
        "pathParameters": { "id": "a b" },
        "stageVariables": null,
        "body": "{}",
        "isBase64Encoded": false,
    })
}

#[tokio::test]
async fn payload_1_0_of_an_http_api() {
    let api = Setup::http("prod").guarded(HttpPolicy).route("PUT /orders/{id}", V1).serve();
    api.authorizer.answer(Ok(super::authorizers::policy("Allow").to_string().into()));
    let response = api.call(request(&format!("PUT /prod/orders/a%20b?{QUERY}"), &HEADERS, "{}")).await;
    let mut event = api.event();
    let request_id = take(&mut event, "/requestContext/requestId");
    assert_eq!(take(&mut event, "/requestContext/extendedRequestId"), request_id);
    assert_eq!(response.headers()["apigw-requestid"], request_id.as_str());
    let mut expected = payload_1_0("/orders/{id}", "/prod/orders/a b", "/prod/orders/a b");
    expected["version"] = "1.0".into();
    for headers in ["headers", "multiValueHeaders"] {
        for name in OWN_HEADERS {
            let value = expected[headers].as_object_mut().unwrap().remove(&name.to_ascii_lowercase()).unwrap();
            expected[headers][name] = value;
        }
    }
    expected["requestContext"]["authorizer"] = json!({ "claims": null, "scopes": null, "sub": "ada" });
    expected["requestContext"]["identity"]["cognitoAmr"] = Value::Null;
    expected["requestContext"]["resourceId"] = "PUT /orders/{id}".into();
    assert_eq!(event, expected);
}

#[tokio::test]
async fn the_event_of_a_rest_api() {
    let api = Setup::rest("prod").guarded(RestRequest).route("PUT /orders/{id}", V1).serve();
    api.authorizer.answer(Ok(super::authorizers::policy("Allow").to_string().into()));
    let response = api.call(request(&format!("PUT /prod/orders/a%20b?{QUERY}"), &HEADERS, "{}")).await;
    let mut event = api.event();
    assert_eq!(response.headers()["x-amzn-requestid"], take(&mut event, "/requestContext/requestId").as_str());
    assert_eq!(response.headers()["x-amz-apigw-id"], take(&mut event, "/requestContext/extendedRequestId").as_str());
    let latency = event.pointer_mut("/requestContext/authorizer/integrationLatency").unwrap().take();
    assert!(latency.is_u64());
    let mut expected = payload_1_0("/orders/{id}", "/orders/a%20b", "/prod/orders/a%20b");
    for headers in ["headers", "multiValueHeaders"] {
        expected[headers].as_object_mut().unwrap().remove("content-length");
    }
    expected["requestContext"]["deploymentId"] = "local0".into();
    expected["requestContext"]["resourceId"] = "/orders/{id}".into();
    expected["requestContext"]["authorizer"] =
        json!({ "sub": "ada", "principalId": "ada", "integrationLatency": null });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn payload_1_0_shows_null_for_what_is_empty() {
    for api in [Setup::http("prod"), Setup::rest("prod")] {
        let api = api.route("GET /orders", V1).serve();
        api.get("/prod/orders").await;
        let event = api.event();
        for field in
            ["queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body"]
        {
            assert_eq!(event.get(field), Some(&Value::Null), "{field}");
        }
        assert_eq!(event["isBase64Encoded"], false);
    }
}

#[tokio::test]
async fn an_http_api_encodes_every_body_but_text_of_few_types() {
    for (content_type, body, encoded) in [
        ("application/json", &b"{}"[..], false),
        ("Application/JSON; charset=utf-8", b"{}", false),
        ("application/xml", b"<a/>", false),
        ("application/javascript", b"1", false),
        ("text/csv", "ü".as_bytes(), false),
        ("text/plain", b"\xff", true),
        ("application/json", b"\"\xff\"", true),
        ("application/problem+json", b"{}", true),
        ("application/x-www-form-urlencoded", b"token=vrt_", true),
        ("application/octet-stream", b"a", true),
        ("", b"a", true),
    ] {
        for payload in [V1, V2] {
            let api = Setup::http("$default").route("POST /", payload).serve();
            api.call(request("POST /", &[("content-type", content_type)], body)).await;
            let event = api.event();
            assert_eq!(event["isBase64Encoded"], encoded, "{content_type}");
            let shown = if encoded { base64(body) } else { String::from_utf8(body.to_vec()).unwrap() };
            assert_eq!(event["body"], shown, "{content_type}");
        }
    }
}

#[tokio::test]
async fn a_rest_api_without_binary_types_takes_every_body_for_text() {
    let api = Setup::rest("prod").route("POST /a", V1).serve();
    api.call(request("POST /prod/a", &[("content-type", "application/octet-stream")], &b"a\xffb"[..])).await;
    let event = api.event();
    assert_eq!(event["body"], "a\u{fffd}b");
    assert_eq!(event["isBase64Encoded"], false);
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}
