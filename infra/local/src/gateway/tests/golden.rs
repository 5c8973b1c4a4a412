//! The golden events of `tests/events`, field by field: their request goes through the gateway, and what the functions get
//! has the same fields, types and values.
//!
//! Nothing is left out of the comparison. What depends on the place is written over the golden value first, and the whole
//! list of that is [`here`].

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Map, Value, json};
use vestibule::clock::{Clock, ManualClock, Timestamp};

use super::{Scripted, Setup, request};
use crate::function::Function;
use crate::gateway::Gateway;
use crate::template::AuthorizerDialect::{self, HttpPolicy, HttpSimple, RestRequest, RestToken};
use crate::template::Payload::{V1, V2};
use crate::world::{ACCOUNT_ID, API_ID, REGION};

/// The request of all golden events is in here, word by word but for the token.
const README: &str = include_str!("../../../../../tests/events/README.md");

const AUTHORIZER_HTTP_2_0: &str = include_str!("../../../../../tests/events/authorizer-http-2.0.json");
const AUTHORIZER_HTTP_1_0: &str = include_str!("../../../../../tests/events/authorizer-http-1.0.json");
const AUTHORIZER_REST_REQUEST: &str = include_str!("../../../../../tests/events/authorizer-rest-request.json");
const AUTHORIZER_REST_TOKEN: &str = include_str!("../../../../../tests/events/authorizer-rest-token.json");
const FUNCTION_HTTP_2_0: &str = include_str!("../../../../../tests/events/function-http-2.0.json");
const FUNCTION_HTTP_1_0: &str = include_str!("../../../../../tests/events/function-http-1.0.json");
const FUNCTION_REST: &str = include_str!("../../../../../tests/events/function-rest.json");

/// 23 November 2026, 09:26:53.
const NOW: Timestamp = Timestamp::from_seconds(1_795_426_013);

const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 17));

const ROUTE: &str = "PUT /orders/{orderId}";

#[tokio::test]
async fn an_http_api_with_payload_2_0_sends_the_golden_events() {
    sends(HttpSimple, AUTHORIZER_HTTP_2_0, FUNCTION_HTTP_2_0).await;
}

#[tokio::test]
async fn an_http_api_with_payload_1_0_sends_the_golden_events() {
    sends(HttpPolicy, AUTHORIZER_HTTP_1_0, FUNCTION_HTTP_1_0).await;
}

#[tokio::test]
async fn a_rest_api_with_a_request_authorizer_sends_the_golden_events() {
    sends(RestRequest, AUTHORIZER_REST_REQUEST, FUNCTION_REST).await;
}

#[tokio::test]
async fn a_rest_api_with_a_token_authorizer_sends_the_golden_events() {
    sends(RestToken, AUTHORIZER_REST_TOKEN, FUNCTION_REST).await;
}

async fn sends(dialect: AuthorizerDialect, authorizer_golden: &str, function_golden: &str) {
    let [asked, served] = [authorizer_golden, function_golden].map(|golden| serde_json::from_str(golden).unwrap());
    let (authorizer, function) = (Scripted::answering(allowing(dialect, &served)), hello());
    let functions: [(_, Arc<dyn Function>); 2] =
        [("Authorizer".into(), Arc::clone(&authorizer) as _), ("Function".into(), Arc::clone(&function) as _)];
    let clock = Clock::Manual(ManualClock::starting_at(NOW));
    let gateway = Gateway::new(setup(dialect).api, HashMap::from(functions), clock).unwrap();
    let response = gateway.call(PEER, the_request(dialect, &served)).await;
    assert_eq!(response.status(), 200);
    for (recorded, golden) in [(authorizer.events(), asked), (function.events(), served)] {
        let [event] = recorded.as_slice() else { panic!("asked once: {recorded:?}") };
        let mut found = Vec::new();
        differences("", &here(dialect, golden, event, &response), event, &mut found);
        assert!(found.is_empty(), "{dialect:?}:\n{}", found.join("\n"));
    }
}

fn hello() -> Arc<Scripted> {
    Scripted::answering(r#"{"statusCode":200}"#)
}

/// The stage as the README says it, and the route key among the identity sources.
fn setup(dialect: AuthorizerDialect) -> Setup {
    let (setup, payload) = match dialect {
        HttpSimple => (Setup::http("$default"), V2),
        HttpPolicy => (Setup::http("live"), V1),
        RestRequest | RestToken => (Setup::rest("prod"), V1),
    };
    let mut setup = setup.guarded(dialect);
    if dialect == HttpSimple {
        let authorizer = setup.authorizer.as_mut().and_then(Arc::get_mut).unwrap();
        authorizer.identity_sources.push("$context.routeKey".into());
    }
    setup.route(ROUTE, payload)
}

/// The README's, with what a client and the net add to it.
fn the_request(dialect: AuthorizerDialect, golden: &Value) -> Request<Bytes> {
    let block = README.split("```").nth(1).unwrap().trim();
    let (head, body) = block.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
    let stage = match dialect {
        HttpSimple => "",
        HttpPolicy => "/live",
        RestRequest | RestToken => "/prod",
    };
    let token: Value = serde_json::from_str(AUTHORIZER_REST_TOKEN).unwrap();
    let mut headers: Vec<_> = lines.map(|line| line.split_once(": ").unwrap()).collect();
    for (name, value) in &mut headers {
        if *name == "Authorization" {
            *value = token["authorizationToken"].as_str().unwrap();
        }
    }
    headers.push(("Accept", "application/json"));
    for name in ["Host", "User-Agent", "X-Amzn-Trace-Id"] {
        let (_, value) = header(golden, name).unwrap();
        headers.push((name, value));
    }
    request(&format!("{method} {stage}{target}"), &headers, body.to_owned())
}

fn header<'g>(golden: &'g Value, name: &str) -> Option<(&'g str, &'g str)> {
    let mut headers = golden["headers"].as_object()?.iter();
    headers.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(key, value)| (key.as_str(), value.as_str().unwrap()))
}

/// The authorizer's answer: the context that the golden function event shows, without what API Gateway adds to it.
fn allowing(dialect: AuthorizerDialect, golden: &Value) -> String {
    let authorizer = &golden["requestContext"]["authorizer"];
    if dialect == HttpSimple {
        return json!({ "isAuthorized": true, "context": authorizer["lambda"] }).to_string();
    }
    let mut context = authorizer.clone();
    for added in ["claims", "scopes", "principalId", "integrationLatency"] {
        context.as_object_mut().unwrap().remove(added);
    }
    let mut policy = super::authorizers::policy("Allow");
    policy["principalId"] = context["sub"].clone();
    policy["context"] = context;
    policy.to_string()
}

/// The golden event as it is here: all that may differ from it, and why.
fn here(dialect: AuthorizerDialect, mut golden: Value, event: &Value, response: &Response<Bytes>) -> Value {
    let (name, extended) = match dialect {
        HttpSimple | HttpPolicy => ("apigw-requestid", "apigw-requestid"),
        RestRequest | RestToken => ("x-amzn-requestid", "x-amz-apigw-id"),
    };
    let sent = |name: &str| json!(response.headers()[name].to_str().unwrap());
    // The account, the API and its deployment are the laptop's, and each request has its own ids, which the client gets too.
    for (pointer, value) in [
        ("/requestContext/accountId", json!(ACCOUNT_ID)),
        ("/requestContext/apiId", json!(API_ID)),
        ("/requestContext/deploymentId", json!("local0")),
        ("/requestContext/requestId", sent(name)),
        ("/requestContext/extendedRequestId", sent(extended)),
    ] {
        replace(&mut golden, pointer, |_| value);
    }
    for pointer in ["/methodArn", "/routeArn"] {
        replace(&mut golden, pointer, |arn| {
            let (_, request) = arn.as_str().unwrap().split_once('/').unwrap();
            format!("arn:aws:execute-api:{REGION}:{ACCOUNT_ID}:{API_ID}/{request}").into()
        });
    }
    // The gateway's clock knows whole seconds.
    for pointer in ["/requestContext/timeEpoch", "/requestContext/requestTimeEpoch"] {
        replace(&mut golden, pointer, |millis| json!(millis.as_u64().unwrap() / 1000 * 1000));
    }
    // The wall clock says how long the authorizer took.
    let latency = "/requestContext/authorizer/integrationLatency";
    replace(&mut golden, latency, |_| event.pointer(latency).filter(|latency| latency.is_u64()).cloned().into());
    // There is no TLS on a laptop, and so another port.
    for (name, value) in [("X-Forwarded-Port", "80"), ("X-Forwarded-Proto", "http")] {
        let Some(name) = header(&golden, name).map(|(name, _)| name.to_owned()) else { continue };
        replace(&mut golden, &format!("/headers/{name}"), |_| json!(value));
        replace(&mut golden, &format!("/multiValueHeaders/{name}"), |_| json!([value]));
    }
    let asks = golden.get("type").is_some();
    // A stage has no variables: payload 2.0 leaves them out, 1.0 shows a function null and an authorizer an empty map.
    if dialect == HttpSimple {
        golden.as_object_mut().unwrap().remove("stageVariables");
    }
    replace(&mut golden, "/stageVariables", |_| if asks { json!({}) } else { Value::Null });
    match dialect {
        HttpSimple => {}
        // Neither the page nor AWS's types of this event (Java, Go, Rust) have the maps of several values; whether API Gateway
        // sends them all the same we have not seen. The golden file has them, so that the authorizer meets both forms.
        HttpPolicy if asks => {
            golden.as_object_mut().unwrap().retain(|name, _| !name.starts_with("multiValue"));
        }
        HttpPolicy => {}
        // The client's spelling of a header's name is lost before the gateway sees it, and a resource bears its path
        // instead of a random name.
        RestRequest | RestToken => {
            replace(&mut golden, "/requestContext/resourceId", |_| json!("/orders/{orderId}"));
            for pointer in ["/headers", "/multiValueHeaders"] {
                replace(&mut golden, pointer, lower_case);
            }
        }
    }
    golden
}

/// Writes over a value, if the golden event has it.
fn replace(golden: &mut Value, pointer: &str, by: impl FnOnce(&Value) -> Value) {
    if let Some(value) = golden.pointer_mut(pointer) {
        *value = by(value);
    }
}

fn lower_case(headers: &Value) -> Value {
    let headers = headers.as_object().unwrap().iter();
    headers.map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect::<Map<_, _>>().into()
}

/// Each place where the two are not the same, by its path.
fn differences(path: &str, golden: &Value, event: &Value, found: &mut Vec<String>) {
    match (golden, event) {
        (Value::Object(golden), Value::Object(event)) => {
            for (name, value) in golden {
                match event.get(name) {
                    Some(other) => differences(&format!("{path}/{name}"), value, other, found),
                    None => found.push(format!("{path}/{name}: golden {value}, not in the event")),
                }
            }
            let added = event.iter().filter(|(name, _)| !golden.contains_key(*name));
            found.extend(added.map(|(name, value)| format!("{path}/{name}: not in the golden event, here {value}")));
        }
        (golden, event) if golden != event => found.push(format!("{path}: golden {golden}, here {event}")),
        _ => {}
    }
}
