//! API keys with a limit: each call counts once, on the routes whose answers nobody keeps, and nobody else uses a key's calls up.

use std::time::Duration;

use serde_json::{Value, json};
use vestibule::api_keys::{ApiKey, Environment, NewSecret};
use vestibule::authentication::Undecided;
use vestibule::limits::Limit;
use vestibule::policy::Rules;
use vestibule::principal::Subject;
use vestibule::randomness::{Randomness, SeededRandomness};

use super::events::{Asks, Call, ORDERS, call};
use super::gateway::{Outcome, resources};
use super::pairs::key;
use super::says::Says;
use super::world::{World, user};
use crate::NoAnswer;

const REPORTS: Call = call("GET", "/reports", "/reports");

/// Of one call that comes back in so many seconds.
const BACK: Duration = Duration::from_secs(20);

/// A route whose calls are counted beside one whose answers are kept, and a key for both that has three calls a minute.
fn world() -> (World, String) {
    let rules = r#"
        [[route]]
        route = "GET /reports"
        any = true
        counted = true
        [[route]]
        route = "GET /orders"
        scope = "orders:read"
    "#;
    let world = World::with_rules(Rules::parse(rules).unwrap());
    let (text, _) = key(&world, &Says::default(), Subject::User(user()), false);
    change_key(&world, |key| key.limit = Some(Limit::new(3, 60).unwrap()));
    (world, format!("ApiKey {text}"))
}

fn change_key(world: &World, change: impl Fn(&mut ApiKey)) {
    world.store.api_keys.lock().unwrap().iter_mut().for_each(change);
}

async fn answer(world: &World, asks: Asks, call: Call, authorization: &str) -> Result<Value, NoAnswer> {
    world.ask(asks.event(call, &[authorization])).await
}

async fn is_let_in(world: &World, asks: Asks, call: Call, authorization: &str) -> bool {
    let answer = answer(world, asks, call, authorization).await;
    matches!(asks.outcome(call, &answer), Outcome::LetIn { .. })
}

#[tokio::test]
async fn a_key_is_let_in_as_often_as_its_limit_allows_and_again_when_a_call_has_come_back() {
    for asks in Asks::ALL {
        let (world, key) = world();
        for _ in 0..2 {
            for _ in 0..3 {
                assert!(is_let_in(&world, asks, REPORTS, &key).await, "{asks:?}");
            }
            assert!(!is_let_in(&world, asks, REPORTS, &key).await, "{asks:?}");
            world.clock.advance(BACK - Duration::from_secs(1));
            assert!(!is_let_in(&world, asks, REPORTS, &key).await, "{asks:?}");
            world.clock.advance(Duration::from_secs(1));
            assert!(is_let_in(&world, asks, REPORTS, &key).await, "{asks:?}");
            assert!(!is_let_in(&world, asks, REPORTS, &key).await, "{asks:?}: one call, and no more");
            world.clock.advance(BACK * 3);
        }
    }
}

#[tokio::test]
async fn a_key_whose_limit_is_used_up_is_told_for_how_long_where_the_dialect_has_a_place_for_it() {
    for asks in Asks::ALL {
        let (world, key) = world();
        for _ in 0..3 {
            answer(&world, asks, REPORTS, &key).await.unwrap();
        }
        let refused = answer(&world, asks, REPORTS, &key).await.unwrap();
        assert_eq!(asks.outcome(REPORTS, &Ok(refused.clone())), Outcome::Forbidden, "{asks:?}: who it is is known");
        if asks == Asks::HttpSimple {
            assert_eq!(refused, json!({ "isAuthorized": false }));
            continue;
        }
        assert_eq!(refused["context"]["retry_after"], "20", "{asks:?}");
        assert_eq!(refused["principalId"], user().to_string(), "{asks:?}");
        assert!(resources(&refused["policyDocument"], "Allow").is_empty(), "{asks:?}: it opens nothing else meanwhile");
        assert_eq!(asks.outcome(ORDERS, &Ok(refused)), Outcome::Forbidden, "{asks:?}");
    }
}

/// An answer may be kept there and given many times, none of which would be counted.
#[tokio::test]
async fn a_key_with_a_limit_is_not_taken_where_answers_may_be_kept() {
    for asks in Asks::ALL {
        let (world, key) = world();
        for _ in 0..5 {
            let answer = answer(&world, asks, ORDERS, &key).await;
            assert_eq!(asks.outcome(ORDERS, &answer), Outcome::Forbidden, "{asks:?}");
        }
        for _ in 0..3 {
            assert!(is_let_in(&world, asks, REPORTS, &key).await, "{asks:?}: none of that was counted");
        }
        change_key(&world, |key| key.limit = None);
        assert!(is_let_in(&world, asks, ORDERS, &key).await, "{asks:?}");
    }
}

/// A key's name is no secret: whoever knows it must not use its calls up.
#[tokio::test]
async fn a_stranger_who_knows_the_name_of_a_key_uses_none_of_its_calls_up() {
    for asks in Asks::ALL {
        let (world, key) = world();
        let named = world.store.api_keys.lock().unwrap()[0].named;
        let randomness = Randomness::Seeded(SeededRandomness::new(99));
        let guess = NewSecret::draw(named, &Environment::default(), &randomness).unwrap();
        let guess = format!("ApiKey {}", guess.text.expose());
        assert!(is_let_in(&world, asks, REPORTS, &key).await, "{asks:?}: from now on its limit is known");
        for _ in 0..10 {
            assert!(!is_let_in(&world, asks, REPORTS, &guess).await, "{asks:?}");
        }
        assert!(is_let_in(&world, asks, REPORTS, &key).await, "{asks:?}");
        assert!(is_let_in(&world, asks, REPORTS, &key).await, "{asks:?}");
        assert!(!is_let_in(&world, asks, REPORTS, &key).await, "{asks:?}");
    }
}

#[tokio::test]
async fn a_call_that_cannot_be_counted_is_not_let_in() {
    for asks in Asks::ALL {
        for is_known in [false, true] {
            let (world, key) = world();
            if is_known {
                assert!(is_let_in(&world, asks, REPORTS, &key).await, "{asks:?}");
            }
            world.store.fail_writes();
            let answer = answer(&world, asks, REPORTS, &key).await;
            assert!(matches!(answer, Err(NoAnswer::Undecided(Undecided::Store(_)))), "{asks:?}: {answer:?}");
            assert_eq!(asks.outcome(REPORTS, &answer), Outcome::Error);
        }
    }
}

#[tokio::test]
async fn a_key_without_a_limit_and_a_token_are_not_counted() {
    for asks in Asks::ALL {
        let (world, key) = world();
        change_key(&world, |key| key.limit = None);
        world.store.fail_writes();
        for _ in 0..5 {
            assert!(is_let_in(&world, asks, REPORTS, &key).await, "{asks:?}");
            assert!(is_let_in(&world, asks, REPORTS, &world.bearer(&Says::default())).await, "{asks:?}");
        }
    }
}
