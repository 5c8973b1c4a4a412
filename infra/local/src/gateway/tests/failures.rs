//! Functions that fail, and APIs that cannot be served.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use super::{Setup, clock, header, outcome, request};
use crate::function::{Function, FunctionError, Invocation};
use crate::gateway::{Gateway, GatewayFault};
use crate::in_process::InProcess;
use crate::template::AuthorizerDialect::HttpSimple;
use crate::template::Payload::{V1, V2};

/// Never answers.
struct Stuck;

impl Function for Stuck {
    fn invoke(&self, _: Bytes) -> Invocation<'_> {
        Box::pin(std::future::pending())
    }
}

fn serving(setup: Setup, function: impl Function + 'static) -> Gateway {
    Gateway::new(setup.api, HashMap::from([("Function".into(), Arc::new(function) as _)]), clock()).unwrap()
}

#[tokio::test]
async fn a_function_error_is_500_on_an_http_api_and_502_on_a_rest_api() {
    let unhandled = FunctionError::Unhandled { error_type: "E".into(), error_message: "secret detail".into() };
    for fault in [unhandled, FunctionError::TimedOut] {
        let api = Setup::http("$default").route("GET /", V2).serve();
        api.function.answer(Err(fault.clone()));
        assert_eq!(outcome(&api.get("/").await), (500, r#"{"message":"Internal Server Error"}"#));
        let api = Setup::rest("prod").route("GET /", V1).serve();
        api.function.answer(Err(fault));
        let response = api.get("/prod").await;
        assert_eq!(outcome(&response), (502, r#"{"message": "Internal server error"}"#));
        assert_eq!(header(&response, "x-amzn-errortype"), Some("InternalServerErrorException"));
    }
}

/// Lambda's guide: "If the Lambda API rejects the invocation request, API Gateway returns a 500".
#[tokio::test]
async fn a_function_that_cannot_be_run_is_500_on_both() {
    for (setup, path) in
        [(Setup::http("$default").route("GET /", V2), "/"), (Setup::rest("p").route("GET /", V1), "/p")]
    {
        let api = setup.serve();
        api.function.answer(Err(FunctionError::Unavailable("no program".into())));
        assert_eq!(api.get(path).await.status(), 500);
    }
}

#[tokio::test(start_paused = true)]
async fn an_integration_has_30_seconds_on_an_http_api_and_29_on_a_rest_api() {
    for (setup, path, seconds, expected) in [
        (Setup::http("$default").route("GET /", V2), "/", 30, (503, r#"{"message":"Service Unavailable"}"#)),
        (Setup::rest("prod").route("GET /", V1), "/prod", 29, (504, r#"{"message": "Endpoint request timed out"}"#)),
    ] {
        let gateway = serving(setup, Stuck);
        let started = tokio::time::Instant::now();
        let response = gateway.call(super::PEER, request(&format!("GET {path}"), &[], "")).await;
        assert_eq!(outcome(&response), expected);
        assert_eq!(started.elapsed().as_secs(), seconds);
    }
}

#[tokio::test]
async fn a_panicking_function_is_500_and_answers_the_next_event() {
    let handler = |event: serde_json::Value| async move {
        assert!(event["rawPath"] != "/panic", "as the test wants it");
        Ok(json!({ "statusCode": 200 }))
    };
    let setup = Setup::http("$default").route("$default", V2);
    let gateway = serving(setup, InProcess::json(handler, Duration::from_secs(5)));
    let call = |path| gateway.call(super::PEER, request(path, &[], ""));
    assert_eq!(outcome(&call("GET /panic").await), (500, r#"{"message":"Internal Server Error"}"#));
    assert_eq!(call("GET /").await.status(), 200);
}

#[test]
fn a_route_or_authorizer_without_its_function_is_a_fault() {
    let fault = |setup: Setup, functions: &[&str]| {
        let stuck = |name: &&str| ((*name).to_owned(), Arc::new(Stuck) as Arc<dyn Function>);
        Gateway::new(setup.api, functions.iter().map(stuck).collect(), clock()).err()
    };
    let setup = || Setup::http("$default").guarded(HttpSimple).route("GET /", V2);
    assert_eq!(fault(setup(), &["Function", "Authorizer"]), None);
    let absent = |user: &str, function: &str| GatewayFault::NoFunction { user: user.into(), function: function.into() };
    assert_eq!(fault(setup(), &["Function"]), Some(absent("Bearer", "Authorizer")));
    assert_eq!(fault(setup(), &["Authorizer"]), Some(absent("GET /", "Function")));
    let twice = setup().route("GET /", V2);
    assert_eq!(fault(twice, &["Function", "Authorizer"]), Some(GatewayFault::DuplicateRoute("GET /".into())));
}

#[test]
fn the_routes_are_listed_in_their_order() {
    let api = Setup::http("$default").route("GET /b", V2).route("GET /a", V1).serve();
    let keys: Vec<_> = api.gateway.routes().map(|route| route.key.as_str()).collect();
    assert_eq!(keys, ["GET /b", "GET /a"]);
}
