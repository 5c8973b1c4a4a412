//! The golden events agree with each other and with the answers: what the function gets is what the authorizer said.

use lambda_http::{Body, RequestExt};
use serde_json::{Map, Value};

use super::events::{Asks, CHANGE_ORDER, HTTP_1_0, HTTP_2_0, REST_REQUEST};
use super::gateway::Outcome;
use super::says::Says;
use super::world::World;

const FUNCTION_HTTP_2_0: &str = include_str!("../../../../tests/events/function-http-2.0.json");
const FUNCTION_HTTP_1_0: &str = include_str!("../../../../tests/events/function-http-1.0.json");
const FUNCTION_REST: &str = include_str!("../../../../tests/events/function-rest.json");

fn read(event: &str) -> Value {
    serde_json::from_str(event).unwrap()
}

/// What the gateway adds to the context on its own.
const ADDED: [&str; 4] = ["principalId", "integrationLatency", "claims", "scopes"];

fn context_for_the_function(event: &str) -> Map<String, Value> {
    let authorizer = read(event)["requestContext"]["authorizer"].clone();
    let context = authorizer.get("lambda").unwrap_or(&authorizer).as_object().unwrap().clone();
    context.into_iter().filter(|(name, _)| !ADDED.contains(&name.as_str())).collect()
}

#[tokio::test]
async fn the_context_of_the_function_events_is_what_the_authorizer_answers() {
    let world = World::new();
    for (asks, function) in [
        (Asks::HttpSimple, FUNCTION_HTTP_2_0),
        (Asks::HttpPolicy, FUNCTION_HTTP_1_0),
        (Asks::RestRequest, FUNCTION_REST),
        (Asks::RestToken, FUNCTION_REST),
    ] {
        let answer = world.ask(asks.event(CHANGE_ORDER, &[&world.bearer(&Says::default())])).await;
        let Outcome::LetIn { context } = asks.outcome(CHANGE_ORDER, &answer) else { panic!("{asks:?}: {answer:?}") };
        assert_eq!(context, context_for_the_function(function), "{asks:?}");
    }
}

#[test]
fn a_function_behind_any_gateway_reads_the_principal_the_route_and_the_body() {
    for event in [FUNCTION_HTTP_2_0, FUNCTION_HTTP_1_0, FUNCTION_REST] {
        let request = lambda_http::request::from_str(event).unwrap();
        assert_eq!(vestibule::http::principal(&request), Ok(Says::default().principal()));
        assert_eq!(vestibule::http::route_key(&request).as_deref(), Some("PUT /orders/{orderId}"));
        assert_eq!(request.path_parameters().first("orderId"), Some("7c1f09e4"));
        assert_eq!(*request.body(), Body::Text(r#"{"status":"packed","note":"fragile"}"#.into()));
    }
}

#[test]
fn authorizer_and_function_are_told_of_the_same_request() {
    for (authorizer, function) in
        [(HTTP_2_0, FUNCTION_HTTP_2_0), (HTTP_1_0, FUNCTION_HTTP_1_0), (REST_REQUEST, FUNCTION_REST)]
    {
        let (authorizer, mut function) = (read(authorizer), read(function));
        function["requestContext"].as_object_mut().unwrap().remove("authorizer");
        for (field, value) in authorizer.as_object().unwrap() {
            let only_for_authorizers =
                ["type", "methodArn", "routeArn", "identitySource", "authorizationToken"].contains(&field.as_str());
            assert_eq!(only_for_authorizers, function.get(field).is_none(), "{field}");
            assert!(only_for_authorizers || function[field] == *value, "{field}");
        }
    }
}

#[tokio::test]
async fn the_golden_events_as_they_are_present_a_token_that_nobody_signed() {
    let world = World::new();
    for asks in Asks::ALL {
        let expected = if asks.is_rest() { Outcome::Unauthorized } else { Outcome::Forbidden };
        assert_eq!(asks.outcome(CHANGE_ORDER, &world.ask(asks.golden()).await), expected, "{asks:?}");
        assert_eq!(asks.event(CHANGE_ORDER, &[golden_authorization(asks).as_str()]), asks.golden(), "{asks:?}");
    }
}

fn golden_authorization(asks: Asks) -> String {
    let event = asks.golden();
    let value = match asks {
        Asks::HttpSimple | Asks::HttpPolicy => &event["headers"]["authorization"],
        Asks::RestRequest => &event["headers"]["Authorization"],
        Asks::RestToken => &event["authorizationToken"],
    };
    value.as_str().unwrap().to_owned()
}
