//! Promise 10, *cache-correct*: a cached authorizer answer equals the uncached one on every route.

use proptest::prelude::*;
use serde_json::Value;
use vestibule::policy::Decision;

use super::events::{Asks, CHANGE_ORDER, Call, DECLARED, UNDECLARED};
use super::gateway::{Outcome, resources};
use super::malformed::json;
use super::says::Says;
use super::world::{NOW, World, block_on};

fn callers() -> [Says; 7] {
    [
        Says::with("", ""),
        Says::with("orders:read", ""),
        Says::with("orders:read orders:write", "clerk"),
        Says::with("files", "auditor"),
        Says::with("orders:read", "auditor"),
        Says::with("", "admin"),
        Says::everything(),
    ]
}

fn rule_key(call: Call) -> String {
    format!("{} {}", call.method, call.template)
}

fn is_strict(world: &World, call: Call) -> bool {
    world.rules.find(&rule_key(call)).is_some_and(|rule| rule.strict)
}

#[tokio::test]
async fn a_cached_policy_equals_the_uncached_one_on_every_route() {
    let world = World::new();
    for asks in Asks::POLICIES {
        for says in callers() {
            let authorization = world.bearer(&says);
            for from in DECLARED.into_iter().chain(UNDECLARED).filter(|from| !is_strict(&world, *from)) {
                let cached = world.ask(asks.event(from, &[&authorization])).await;
                for on in DECLARED {
                    let replayed = asks.outcome(on, &cached);
                    if is_strict(&world, on) {
                        // Its own authorizer looks the session up on every call; no answer of another may stand in for it.
                        assert_eq!(replayed, Outcome::Forbidden, "{asks:?}: from {from:?} on {on:?}");
                        continue;
                    }
                    let uncached = asks.outcome(on, &world.ask(asks.event(on, &[&authorization])).await);
                    assert_eq!(replayed, uncached, "{asks:?}: from {from:?} on {on:?} for {:?}", says.principal());
                    let permitted = world.rules.decide(&rule_key(on), &says.principal(), NOW) == Decision::Permitted;
                    assert_eq!(matches!(replayed, Outcome::LetIn { .. }), permitted, "{asks:?}: {on:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_cached_policy_for_nobody_refuses_every_route_as_the_uncached_one_does() {
    let world = World::new();
    let asks = Asks::HttpPolicy;
    for from in DECLARED {
        let cached = world.ask(asks.event(from, &["Bearer x"])).await;
        for on in DECLARED {
            let uncached = asks.outcome(on, &world.ask(asks.event(on, &["Bearer x"])).await);
            assert_eq!(asks.outcome(on, &cached), uncached);
        }
    }
}

/// A text that no wildcard of a policy may be made of.
fn path_of_an_undeclared_route() -> impl Strategy<Value = String> {
    "/orders/[a-z*?$%{}:.]{1,12}/(notes|[*?$]{1,4})(/[a-z*?$]{0,600})?"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_request_without_a_rule_is_refused_and_takes_no_declared_route_with_it(path in path_of_an_undeclared_route()) {
        let world = World::new();
        for asks in Asks::POLICIES {
            let path: &'static str = Box::leak(path.clone().into_boxed_str());
            let stray = Call { method: "GET", path, template: "/orders/{orderId}/{rest}" };
            let event = asks.event(stray, &[&world.bearer(&Says::everything())]);
            let answer = block_on(world.ask(event));
            prop_assert_eq!(asks.outcome(stray, &answer), Outcome::Forbidden);
            for on in DECLARED.into_iter().filter(|on| !is_strict(&world, *on)) {
                prop_assert!(matches!(asks.outcome(on, &answer), Outcome::LetIn { .. }), "{:?}", on);
            }
            for resource in resources(&answer.unwrap()["policyDocument"], "Deny") {
                prop_assert!(resource.chars().count() <= 512, "{}", resource.len());
                prop_assert!(!resource[asks.stage().len()..].contains('$'), "a variable is never what it looks like: {}", resource);
            }
        }
    }

    /// The gateway caches it under the header and the route's key, so nothing else may make a difference.
    #[test]
    fn a_simple_answer_depends_on_the_header_and_the_route_key_alone(noise in json(), at in any::<prop::sample::Index>()) {
        let world = World::new();
        let event = Asks::HttpSimple.event(CHANGE_ORDER, &[&world.bearer(&Says::default())]);
        let mut other = event.clone();
        let rest = event.as_object().unwrap().keys().filter(|field| !["version", "type", "routeKey", "headers"].contains(&field.as_str()));
        let rest = rest.cloned().collect::<Vec<_>>();
        other[at.get(&rest).as_str()] = noise;
        let ask = |event: Value| block_on(world.ask(event)).unwrap();
        prop_assert_eq!(ask(event), ask(other));
    }
}
