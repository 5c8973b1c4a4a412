//! The spelling of a path: nothing where the gateway says which route it matched, and no more than a match where it does not.

use serde_json::json;

use super::events::{ADMIN, Asks, CHANGE_ORDER, Call, ORDER, ORDERS, WHOAMI, call};
use super::gateway::{Outcome, resources};
use super::says::Says;
use super::world::World;

const SPELLINGS: [&str; 10] = [
    "/whoami",
    "//whoami",
    "/whoami/",
    "/WhoAmI",
    "/%77hoami",
    "/%2e/whoami",
    "/orders/%2e%2e/whoami",
    "/orders;a=b/../whoami",
    "/live/whoami",
    "/prod/admin",
];

#[tokio::test]
async fn the_spelling_of_the_path_changes_nothing_where_the_route_key_decides() {
    let world = World::new();
    let authorization = world.bearer(&Says::default());
    for asks in Asks::REQUESTS {
        for route in [WHOAMI, CHANGE_ORDER, ADMIN] {
            let event = asks.event(route, &[&authorization]);
            let expected = world.ask(event.clone()).await.unwrap();
            for spelling in SPELLINGS {
                let mut event = event.clone();
                match asks {
                    Asks::HttpSimple => {
                        event["rawPath"] = json!(spelling);
                        event["requestContext"]["http"]["path"] = json!(spelling);
                        event["routeArn"] = json!(format!("{}/{}{spelling}", asks.stage(), route.method));
                    }
                    _ => {
                        event["path"] = json!(spelling);
                        event["requestContext"]["path"] = json!(spelling);
                        event["methodArn"] = json!(format!("{}/{}{spelling}", asks.stage(), route.method));
                    }
                }
                assert_eq!(world.ask(event).await.unwrap(), expected, "{asks:?} {spelling}");
            }
        }
    }
}

async fn token(world: &World, call: Call) -> Outcome {
    let event = Asks::RestToken.event(call, &[&world.bearer(&Says::everything())]);
    Asks::RestToken.outcome(call, &world.ask(event).await)
}

#[tokio::test]
async fn a_token_event_is_let_in_only_where_its_path_fits_a_rule() {
    let world = World::new();
    for path in ["/orders", "/orders/1", "/orders/a%2Fb", "/orders/%2e", "/files/a", "/files/a/b/c"] {
        let outcome = token(&world, call("GET", path, "")).await;
        assert!(matches!(outcome, Outcome::LetIn { .. }), "{path}: {outcome:?}");
    }
    for path in [
        "/",
        "/Orders",
        "/orders/",
        "//orders",
        "/%6frders",
        "/prod/orders",
        "/orders/1/",
        "//orders/1",
        "/orders//1",
        "/orders/1/notes",
        "/orders/1/2/3",
        "/files",
        "/files/",
        "/admin/",
        "/ADMIN",
        "/accounts/81",
    ] {
        assert_eq!(token(&world, call("GET", path, "")).await, Outcome::Forbidden, "{path}");
    }
}

#[tokio::test]
async fn a_policy_holds_for_the_stage_that_asked_however_it_is_called() {
    let world = World::new();
    let authorization = world.bearer(&Says::default());
    for stage in ["$default", "test-invoke-stage", "v1_beta-2", "null", "GET"] {
        let api = format!("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/{stage}");
        for asks in Asks::POLICIES {
            let mut event = asks.event(ORDER, &[&authorization]);
            event["methodArn"] = json!(format!("{api}/GET{}", ORDER.path));
            let answer = world.ask(event).await.unwrap();
            let allowed = resources(&answer["policyDocument"], "Allow");
            assert!(allowed.contains(&format!("{api}/GET/orders").as_str()), "{asks:?} {stage}: {allowed:?}");
            assert!(allowed.iter().all(|resource| resource.starts_with(&format!("{api}/"))), "{asks:?} {stage}");
        }
    }
    // Another stage is another API: what was cached for one says nothing of it.
    let answer = world.ask(Asks::HttpPolicy.event(ORDERS, &[&authorization])).await;
    assert_eq!(Asks::RestRequest.outcome(ORDERS, &answer), Outcome::Forbidden);
}
