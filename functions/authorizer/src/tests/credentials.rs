//! What proves nothing: 401 on a REST API, and on an HTTP API, which cannot say that from inside an authorizer, 403.

use std::time::Duration;

use vestibule::keys::{Algorithm, SigningKeyRing};

use super::events::{ADMIN, Asks, CHANGE_ORDER, DECLARED, ORDERS, WHOAMI};
use super::gateway::{Outcome, resources};
use super::says::Says;
use super::world::{LIFETIME, NOW, World};

/// Values of `Authorization` that authenticate nobody, each with its name.
fn worthless(world: &World) -> Vec<(&'static str, Vec<String>)> {
    let good = world.bearer(&Says::everything());
    let other = world.bearer(&Says::with("orders:read", ""));
    let stranger = SigningKeyRing::generate(Algorithm::Es256, NOW).unwrap();
    let [head, payload, signature] = good.splitn(3, '.').collect::<Vec<_>>().try_into().unwrap();
    let [_, other_payload, other_signature] = other.splitn(3, '.').collect::<Vec<_>>().try_into().unwrap();
    let one = |value: String| vec![value];
    vec![
        ("no header", vec![]),
        ("empty", one(String::new())),
        ("another scheme", one("Basic dXNlcjpwYXNzd29yZA==".into())),
        ("a scheme alone", one("Bearer".into())),
        ("a token without a scheme", one(good.trim_start_matches("Bearer ").into())),
        ("two tokens in one value", one(format!("{good}, {good}"))),
        ("a token and more", one(format!("{good} x"))),
        ("the same value twice", vec![good.clone(), good.clone()]),
        ("a bad value before a good one", vec!["Bearer x".into(), good.clone()]),
        ("a good value before a bad one", vec![good.clone(), "Basic dTpw".into()]),
        ("no JWS", one("Bearer 0123456789abcdef".into())),
        ("truncated", one(good[..good.len() - 1].into())),
        ("without a signature", one(format!("{head}.{payload}."))),
        ("unsigned", one(format!("Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{payload}."))),
        ("the signature of another token", one(format!("{head}.{payload}.{other_signature}"))),
        ("the claims of another token", one(format!("{head}.{other_payload}.{signature}"))),
        ("a key that is not published", one(format!("Bearer {}", Says::everything().minted_by(&stranger)))),
        ("another audience", one(world.bearer(&Says { audience: "https://b.example.com", ..Says::everything() }))),
        ("another issuer", one(world.bearer(&Says { issuer: "https://b.example.com", ..Says::everything() }))),
        ("expired", one(world.bearer(&Says { issued_at: NOW.minus(LIFETIME), ..Says::everything() }))),
        ("issued tomorrow", one(world.bearer(&Says { issued_at: NOW.plus(LIFETIME * 288), ..Says::everything() }))),
        ("far too long", one(format!("Bearer {}", "a".repeat(6 << 20)))),
    ]
}

#[tokio::test]
async fn what_authenticates_nobody_is_401_on_a_rest_api_and_403_on_an_http_api() {
    let world = World::new();
    for (name, authorization) in worthless(&world) {
        let authorization = authorization.iter().map(String::as_str).collect::<Vec<_>>();
        for asks in Asks::ALL {
            let expected = if asks.is_rest() { Outcome::Unauthorized } else { Outcome::Forbidden };
            // The third has no session to look up: nobody was authenticated who could have one.
            for call in [WHOAMI, CHANGE_ORDER, ADMIN] {
                let answer = world.ask(asks.event(call, &authorization)).await;
                assert_eq!(asks.outcome(call, &answer), expected, "{name}, {asks:?}");
            }
        }
    }
    assert_eq!(world.store.session_reads(), 0);
}

#[tokio::test]
async fn a_policy_for_nobody_denies_every_declared_route_and_carries_no_context() {
    let world = World::new();
    let asks = Asks::HttpPolicy;
    let answer = world.ask(asks.event(ORDERS, &["Bearer x"])).await.unwrap();
    assert_eq!(answer["principalId"], "anonymous");
    assert!(answer.get("context").is_none());
    assert!(resources(&answer["policyDocument"], "Allow").is_empty());
    for call in DECLARED {
        assert_eq!(asks.outcome(call, &Ok(answer.clone())), Outcome::Forbidden);
    }
}

#[tokio::test]
async fn a_token_that_was_good_is_refused_from_the_second_of_its_expiry() {
    let world = World::new();
    let authorization = world.bearer(&Says::everything());
    for asks in Asks::ALL {
        world.clock.set(NOW.plus(LIFETIME).minus(Duration::from_secs(1)));
        let answer = world.ask(asks.event(WHOAMI, &[&authorization])).await;
        assert!(matches!(asks.outcome(WHOAMI, &answer), Outcome::LetIn { .. }), "{asks:?}");
        world.clock.set(NOW.plus(LIFETIME));
        let answer = world.ask(asks.event(WHOAMI, &[&authorization])).await;
        assert!(!matches!(asks.outcome(WHOAMI, &answer), Outcome::LetIn { .. }), "{asks:?}");
    }
}

#[tokio::test]
async fn a_header_is_found_whatever_the_case_of_its_name() {
    let world = World::new();
    let authorization = world.bearer(&Says::default());
    for asks in Asks::REQUESTS {
        for name in ["authorization", "Authorization", "AUTHORIZATION", "aUTHORIZATION"] {
            let mut event = asks.event(ORDERS, &[]);
            event["headers"][name] = authorization.clone().into();
            if asks != Asks::HttpSimple {
                event["multiValueHeaders"][name] = vec![authorization.clone()].into();
            }
            let answer = world.ask(event).await;
            assert!(matches!(asks.outcome(ORDERS, &answer), Outcome::LetIn { .. }), "{asks:?} {name}");
        }
    }
}

#[tokio::test]
async fn two_spellings_of_the_header_are_two_credentials() {
    let world = World::new();
    let authorization = world.bearer(&Says::default());
    for asks in Asks::REQUESTS {
        let mut event = asks.event(ORDERS, &[&authorization]);
        event["headers"]["AUTHORIZATION"] = authorization.clone().into();
        if asks != Asks::HttpSimple {
            event["multiValueHeaders"]["AUTHORIZATION"] = vec![authorization.clone()].into();
        }
        let answer = world.ask(event).await;
        assert!(!matches!(asks.outcome(ORDERS, &answer), Outcome::LetIn { .. }), "{asks:?}");
    }
}

#[tokio::test]
async fn headers_alone_are_read_where_there_are_no_multi_value_headers() {
    let world = World::new();
    let authorization = world.bearer(&Says::default());
    for asks in [Asks::HttpPolicy, Asks::RestRequest] {
        let mut event = asks.event(ORDERS, &[&authorization]);
        event.as_object_mut().unwrap().remove("multiValueHeaders");
        let answer = world.ask(event).await;
        assert!(matches!(asks.outcome(ORDERS, &answer), Outcome::LetIn { .. }), "{asks:?}");
    }
}

#[tokio::test]
async fn the_identity_source_is_no_place_for_a_credential() {
    let world = World::new();
    let authorization = world.bearer(&Says::default());
    for asks in [Asks::HttpSimple, Asks::HttpPolicy] {
        let mut event = asks.event(ORDERS, &[]);
        event["identitySource"] = authorization.clone().into();
        event["authorizationToken"] = authorization.clone().into();
        let answer = world.ask(event).await;
        assert_eq!(asks.outcome(ORDERS, &answer), Outcome::Forbidden, "{asks:?}");
    }
}
