//! Who may call what, in the words of each dialect.

use lambda_runtime::Diagnostic;
use serde_json::{Map, Value, json};
use vestibule::authentication::Undecided;
use vestibule::principal::{Principal, Subject};
use vestibule::storage::StoreError;

use super::events::{ADMIN, AUDIT, Asks, CHANGE_ORDER, Call, DECLARED, FILE, ORDER, ORDERS, UNDECLARED, WHOAMI, call};
use super::gateway::{Outcome, resources};
use super::pairs::key;
use super::says::Says;
use super::world::{World, user};
use crate::NoAnswer;

async fn outcome(world: &World, asks: Asks, call: Call, says: &Says) -> Outcome {
    let answer = world.ask(asks.event(call, &[&world.bearer(says)])).await;
    asks.outcome(call, &answer)
}

#[tokio::test]
async fn a_valid_token_is_let_in_with_its_principal_as_flat_strings() {
    let world = World::new();
    let says = Says::with("orders:read orders:write", "clerk");
    for asks in Asks::ALL {
        let Outcome::LetIn { context } = outcome(&world, asks, CHANGE_ORDER, &says).await else {
            panic!("{asks:?} does not let it in");
        };
        assert!(context.values().all(Value::is_string), "{context:?}");
        assert_eq!(Principal::try_from(&context), Ok(says.principal()), "{asks:?}");
    }
}

#[tokio::test]
async fn an_answer_has_no_other_fields_than_its_dialect_knows() {
    let world = World::new();
    let fields = |answer: &Value| answer.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for asks in Asks::ALL {
        let answer = world.ask(asks.event(ORDERS, &[&world.bearer(&Says::default())])).await.unwrap();
        match asks {
            Asks::HttpSimple => assert_eq!(fields(&answer), ["context", "isAuthorized"]),
            Asks::HttpPolicy | Asks::RestRequest | Asks::RestToken => {
                assert_eq!(fields(&answer), ["context", "policyDocument", "principalId"]);
                assert_eq!(answer["principalId"], answer["context"]["sub"]);
            }
        }
    }
}

#[tokio::test]
async fn each_route_lets_in_whoever_has_what_its_rule_asks() {
    let world = World::new();
    for asks in Asks::ALL {
        for call in DECLARED {
            let outcome = outcome(&world, asks, call, &Says::everything()).await;
            assert!(matches!(outcome, Outcome::LetIn { .. }), "{asks:?} {call:?}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn a_principal_that_lacks_a_scope_or_a_role_is_403() {
    let world = World::new();
    for (call, says) in [
        (ORDERS, Says::with("", "admin auditor")),
        (ORDERS, Says::with("orders:write files", "admin")),
        (ORDER, Says::with("orders", "")),
        (CHANGE_ORDER, Says::with("orders:read", "admin")),
        (FILE, Says::with("orders:read orders:write", "admin")),
        (AUDIT, Says::with("orders:read", "admin")),
        (AUDIT, Says::with("files", "auditor")),
        (ADMIN, Says::with("orders:read files", "auditor")),
        (ADMIN, Says::with("admin", "")),
    ] {
        for asks in Asks::ALL {
            assert_eq!(outcome(&world, asks, call, &says).await, Outcome::Forbidden, "{asks:?} {call:?}");
        }
    }
}

#[tokio::test]
async fn a_route_without_a_rule_is_403_whoever_calls() {
    let world = World::new();
    for asks in Asks::ALL {
        for call in UNDECLARED {
            let outcome = outcome(&world, asks, call, &Says::everything()).await;
            assert_eq!(outcome, Outcome::Forbidden, "{asks:?} {call:?}");
        }
    }
    // A `TOKEN` event cannot tell the default route from the one whose path it has.
    for asks in [Asks::HttpSimple, Asks::HttpPolicy] {
        let call = call("GET", "/orders/7c1f09e4", "$default");
        assert_eq!(outcome(&world, asks, call, &Says::everything()).await, Outcome::Forbidden, "{asks:?}");
    }
}

#[tokio::test]
async fn a_simple_refusal_says_nothing_of_who_was_refused() {
    let world = World::new();
    for says in [Says::with("", ""), Says { audience: "https://other.example.com", ..Says::default() }] {
        let answer = world.ask(Asks::HttpSimple.event(ORDERS, &[&world.bearer(&says)])).await.unwrap();
        assert_eq!(answer, json!({ "isAuthorized": false }));
    }
}

#[tokio::test]
async fn a_policy_is_for_one_stage_of_one_api_and_permits_no_wildcard_method() {
    let world = World::new();
    for asks in Asks::POLICIES {
        for says in [Says::everything(), Says::default(), Says::with("", "")] {
            for call in DECLARED.into_iter().chain(UNDECLARED) {
                let answer = world.ask(asks.event(call, &[&world.bearer(&says)])).await.unwrap();
                let policy = &answer["policyDocument"];
                for resource in [resources(policy, "Allow"), resources(policy, "Deny")].concat() {
                    assert!(resource.starts_with(&format!("{}/", asks.stage())), "{asks:?} {resource}");
                    assert_ne!(resource, format!("{}/*", asks.stage()));
                }
                for resource in resources(policy, "Allow") {
                    assert!(!resource.starts_with(&format!("{}/*", asks.stage())), "{asks:?} {resource}");
                }
            }
        }
    }
}

#[tokio::test]
async fn the_shipped_rules_hold_in_every_dialect() {
    let world = World::with_rules(crate::rules().unwrap());
    for asks in Asks::ALL {
        for (call, says, let_in) in [
            (WHOAMI, Says::with("", ""), true),
            (ORDERS, Says::with("orders:read", ""), true),
            (ORDERS, Says::with("", "admin"), false),
            (ADMIN, Says::with("", "admin"), true),
            (ADMIN, Says::with("orders:read", ""), false),
            (CHANGE_ORDER, Says::everything(), false),
        ] {
            let outcome = outcome(&world, asks, call, &says).await;
            assert_eq!(matches!(outcome, Outcome::LetIn { .. }), let_in, "{asks:?} {call:?}");
        }
    }
}

/// A `TOKEN` event does not say which header its value came in, but a key without a scheme can have come in one only.
#[tokio::test]
async fn a_bare_key_is_known_where_no_rule_says_which_credential_counts() {
    let world = World::new();
    let (bare, _) = key(&world, &Says::everything(), Subject::User(user()), false);
    for value in [bare.clone(), format!("ApiKey {bare}")] {
        let answer = world.ask(Asks::RestToken.event(UNDECLARED[2], &[&value])).await;
        assert_eq!(Asks::RestToken.outcome(UNDECLARED[2], &answer), Outcome::Forbidden);
        assert_eq!(answer.unwrap()["principalId"], user().to_string());
    }
}

#[tokio::test]
async fn without_keys_nobody_is_let_in_and_nothing_is_said_that_could_be_cached() {
    let world = World::new();
    world.store.fail();
    for asks in Asks::ALL {
        let answer = world.ask(asks.event(WHOAMI, &[&world.bearer(&Says::everything())])).await;
        assert!(matches!(answer, Err(NoAnswer::Undecided(_))), "{asks:?}: {answer:?}");
        assert_eq!(asks.outcome(WHOAMI, &answer), Outcome::Error);
    }
}

/// The Lambda runtime sends this JSON, and API Gateway reads `errorMessage`.
fn reported(no_answer: NoAnswer) -> Map<String, Value> {
    let Value::Object(report) = serde_json::to_value(Diagnostic::from(no_answer)).unwrap() else { panic!("no object") };
    report
}

#[test]
fn unauthorized_reaches_the_gateway_as_exactly_that_word() {
    let report = reported(NoAnswer::Unauthorized);
    assert_eq!(Value::Object(report), json!({ "errorType": "Unauthorized", "errorMessage": "Unauthorized" }));
    let report = reported(NoAnswer::Malformed("methodArn"));
    assert_eq!(report["errorType"], "MalformedEvent");
    assert_ne!(report["errorMessage"], "Unauthorized");
    let throttled = StoreError::Unavailable { operation: "GetItem", detail: "throttled".into() };
    for (no_answer, kind) in
        [(NoAnswer::SourceUnknown, "SourceUnknown"), (NoAnswer::Undecided(Undecided::Store(throttled)), "Undecided")]
    {
        let report = reported(no_answer);
        assert_eq!(report["errorType"], kind);
        assert_ne!(report["errorMessage"], "Unauthorized", "nobody is told that they are nobody");
    }
}
