//! Events that API Gateway does not send: no answer, no panic, and nobody is let in.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::events::{Asks, CHANGE_ORDER, HTTP_2_0, WHOAMI};
use super::says::Says;
use super::world::{LIFETIME, World, block_on};
use crate::NoAnswer;

/// A field that the decision needs, and what is at fault without it.
const NEEDED: [(Asks, &[&str]); 4] = [
    (Asks::HttpSimple, &["type", "routeKey"]),
    (Asks::HttpPolicy, &["type", "methodArn", "httpMethod", "resource"]),
    (Asks::RestRequest, &["type", "methodArn", "httpMethod", "resource"]),
    (Asks::RestToken, &["type", "methodArn"]),
];

fn malformed(answer: Result<Value, NoAnswer>) -> &'static str {
    match answer {
        Err(NoAnswer::Malformed(field)) => field,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_field_that_the_decision_needs_is_there_and_a_string() {
    let world = World::new();
    let authorization = world.bearer(&Says::everything());
    for (asks, fields) in NEEDED {
        for field in fields {
            let event = asks.event(CHANGE_ORDER, &[&authorization]);
            let mut absent = event.clone();
            absent.as_object_mut().unwrap().remove(*field);
            assert_eq!(malformed(world.ask(absent).await), *field, "{asks:?}");
            for wrong in [Value::Null, json!(""), json!(7), json!(true), json!(["GET"]), json!({ "a": "GET" })] {
                let mut event = event.clone();
                event[field] = wrong;
                assert_eq!(malformed(world.ask(event).await), *field, "{asks:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_version_or_a_type_that_is_not_documented_is_no_event() {
    let world = World::new();
    let authorization = world.bearer(&Says::everything());
    for asks in Asks::ALL {
        for (field, wrong) in [
            ("version", json!("3.0")),
            ("version", json!("")),
            ("version", json!(2.0)),
            ("type", json!("request")),
            ("type", json!("COGNITO_USER_POOLS")),
        ] {
            let mut event = asks.event(CHANGE_ORDER, &[&authorization]);
            event[field] = wrong;
            assert_eq!(malformed(world.ask(event).await), field, "{asks:?}");
        }
    }
    for (asks, other) in [(Asks::HttpSimple, "TOKEN"), (Asks::HttpPolicy, "TOKEN")] {
        let mut event = asks.event(CHANGE_ORDER, &[&authorization]);
        event["type"] = other.into();
        assert_eq!(malformed(world.ask(event).await), "type", "{asks:?}");
    }
}

#[tokio::test]
async fn headers_are_maps_and_their_values_strings() {
    let world = World::new();
    let authorization = world.bearer(&Says::everything());
    for asks in Asks::REQUESTS {
        for wrong in [json!("x"), json!([]), json!(1), json!({ "Authorization": 1 }), json!({ "Authorization": null })]
        {
            let mut event = asks.event(CHANGE_ORDER, &[&authorization]);
            event.as_object_mut().unwrap().remove("multiValueHeaders");
            event["headers"] = wrong;
            assert_eq!(malformed(world.ask(event).await), "headers", "{asks:?}");
        }
    }
    for asks in [Asks::HttpPolicy, Asks::RestRequest] {
        for wrong in [json!("x"), json!([]), json!({ "Authorization": "x" }), json!({ "Authorization": [1] })] {
            let mut event = asks.event(CHANGE_ORDER, &[&authorization]);
            event["multiValueHeaders"] = wrong;
            assert_eq!(malformed(world.ask(event).await), "multiValueHeaders", "{asks:?}");
        }
    }
    let mut event = Asks::RestToken.event(CHANGE_ORDER, &[]);
    event["authorizationToken"] = json!([authorization]);
    assert_eq!(malformed(world.ask(event).await), "authorizationToken");
}

#[tokio::test]
async fn headers_that_are_absent_or_null_present_nothing() {
    let world = World::new();
    for asks in Asks::ALL {
        for absent in [None, Some(Value::Null)] {
            let mut event = asks.event(CHANGE_ORDER, &[]);
            for field in ["headers", "multiValueHeaders", "authorizationToken"] {
                match &absent {
                    None => drop(event.as_object_mut().unwrap().remove(field)),
                    Some(null) => event[field] = null.clone(),
                }
            }
            let answer = world.ask(event).await;
            assert!(!matches!(answer, Err(NoAnswer::Malformed(_))), "{asks:?}");
            assert!(grants_nothing(&answer), "{asks:?}");
        }
    }
}

#[tokio::test]
async fn what_is_no_event_at_all_gets_no_answer() {
    let world = World::new();
    for event in
        [json!(null), json!([]), json!("event"), json!(5), json!(true), json!({}), json!([{ "type": "TOKEN" }])]
    {
        malformed(world.ask(event).await);
    }
    // A WebSocket API has authorizers too, which this function does not serve.
    let mut connect = Asks::RestRequest.event(CHANGE_ORDER, &[&world.bearer(&Says::everything())]);
    for field in ["resource", "path", "httpMethod"] {
        connect.as_object_mut().unwrap().remove(field);
    }
    malformed(world.ask(connect).await);
}

#[tokio::test]
async fn an_arn_that_is_not_of_one_stage_of_one_api_is_refused() {
    let world = World::new();
    let authorization = world.bearer(&Says::everything());
    for arn in [
        "*",
        "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5",
        "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/*/GET/whoami",
        "arn:aws:execute-api:eu-west-1:123456789012:*/prod/GET/whoami",
        "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/${stage}/GET/whoami",
        "arn:aws:lambda:eu-west-1:123456789012:function:authorizer",
    ] {
        for asks in Asks::POLICIES {
            let mut event = asks.event(CHANGE_ORDER, &[&authorization]);
            event["methodArn"] = arn.into();
            assert_eq!(malformed(world.ask(event).await), "methodArn", "{arn}");
        }
    }
}

#[tokio::test]
async fn a_huge_event_is_answered_like_a_small_one() {
    let world = World::new();
    let authorization = world.bearer(&Says::default());
    for asks in Asks::ALL {
        let mut event = asks.event(CHANGE_ORDER, &[&authorization]);
        let small = world.ask(event.clone()).await.unwrap();
        event["stageVariables"] = (0..100_000).map(|n| (format!("v{n}"), json!("x"))).collect::<Map<_, _>>().into();
        event["body"] = "x".repeat(6 << 20).into();
        assert_eq!(world.ask(event).await.unwrap(), small, "{asks:?}");
    }
}

/// Whether nothing in the answer could let anybody in, whatever the gateway applies it to.
fn grants_nothing(answer: &Result<Value, NoAnswer>) -> bool {
    let Ok(answer) = answer else { return true };
    let text = answer.to_string();
    answer["isAuthorized"] != json!(true) && !text.contains("Allow") && answer.get("context").is_none()
}

/// Anything, with a leaning to what the events are made of.
pub(super) fn json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "1.0",
        "2.0",
        "REQUEST",
        "TOKEN",
        "GET",
        "/whoami",
        "GET /whoami",
        "$default",
        "Bearer x",
        "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/whoami",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.prop_map(Value::from),
        ".{0,24}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        prop::sample::select(vec!["authorization", "Authorization", "type", "version", "headers"])
            .prop_map(String::from),
        "[a-zA-Z]{1,8}",
    ];
    leaf.prop_recursive(3, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// What is done to an event, at one of its places.
#[derive(Clone, Debug)]
enum Mutation {
    Remove,
    Replace(Value),
    Rename(String),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        Just(Mutation::Remove),
        json().prop_map(Mutation::Replace),
        prop::sample::select(vec!["authorization", "AUTHORIZATION", "headers", "multiValueHeaders", "methodArn", "x"])
            .prop_map(|name| Mutation::Rename(name.into())),
    ]
}

/// The JSON pointers of everything in `value`.
fn places(value: &Value, here: &str, all: &mut Vec<(String, String)>) {
    if let Value::Object(fields) = value {
        for (name, inner) in fields {
            all.push((here.to_owned(), name.clone()));
            places(inner, &format!("{here}/{}", name.replace('~', "~0").replace('/', "~1")), all);
        }
    }
}

fn mutate(event: &mut Value, at: prop::sample::Index, mutation: Mutation) {
    let mut all = Vec::new();
    places(event, "", &mut all);
    if all.is_empty() {
        return;
    }
    let (parent, name) = at.get(&all);
    let Some(Value::Object(fields)) = event.pointer_mut(parent) else { return };
    match mutation {
        Mutation::Remove => drop(fields.remove(name)),
        Mutation::Replace(value) => drop(fields.insert(name.clone(), value)),
        Mutation::Rename(other) => {
            let value = fields.remove(name).unwrap_or_default();
            fields.insert(other, value);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_of_an_event_lets_anybody_in_without_a_valid_token(
        asks in prop::sample::select(Asks::ALL.to_vec()),
        expired in any::<bool>(),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), mutation()), 0..6),
    ) {
        let world = World::new();
        // The token of the golden events is signed by nobody.
        let mut event = asks.golden();
        if expired {
            let authorization = world.bearer(&Says::everything());
            event = asks.event(WHOAMI, &[&authorization]);
            world.clock.advance(LIFETIME);
        }
        for (at, mutation) in mutations {
            mutate(&mut event, at, mutation);
        }
        let answer = block_on(world.ask(event.clone()));
        prop_assert!(grants_nothing(&answer), "{}\n{:?}", event, answer);
    }

    #[test]
    fn no_mutation_of_an_event_makes_the_authorizer_panic(
        asks in prop::sample::select(Asks::ALL.to_vec()),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), mutation()), 1..6),
    ) {
        let world = World::new();
        let mut event = asks.event(CHANGE_ORDER, &[&world.bearer(&Says::everything())]);
        for (at, mutation) in mutations {
            mutate(&mut event, at, mutation);
        }
        // Whatever it says, it says it in one dialect.
        if let Ok(answer) = block_on(world.ask(event)) {
            prop_assert!(answer["isAuthorized"].is_boolean() != answer["policyDocument"].is_object(), "{}", answer);
        }
    }

    #[test]
    fn any_json_is_answered_without_a_panic(event in json()) {
        let answer = block_on(World::new().ask(event));
        prop_assert!(grants_nothing(&answer));
    }
}

#[test]
fn the_mutations_reach_every_place_of_an_event() {
    let mut all = Vec::new();
    places(&serde_json::from_str(HTTP_2_0).unwrap(), "", &mut all);
    for place in [("", "routeKey"), ("/headers", "authorization"), ("/requestContext/http", "path")] {
        assert!(all.iter().any(|(parent, name)| (parent.as_str(), name.as_str()) == place), "{place:?}");
    }
}
