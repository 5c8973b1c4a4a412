//! Session cookies: who they are of, which page may use them, and what may be kept of an answer.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use vestibule::authentication::Undecided;
use vestibule::sessions::cookie::SessionCookie;
use vestibule::sessions::{Ending, Session, State, Transport};

use super::events::{
    Asks, Call, UNDECLARED, WEB_ADMIN, WEB_BALANCE, WEB_CHANGE, WEB_FILE, WEB_KEPT, WEB_UNKEPT, WHOAMI,
};
use super::gateway::Outcome;
use super::malformed::json;
use super::says::Says;
use super::world::{IDLE, NOW, SIGNED_IN, World, block_on};
use crate::NoAnswer;

const OURS: &[(&str, &str)] = &[("sec-fetch-site", "same-origin")];
const APP: &[(&str, &str)] = &[("sec-fetch-site", "same-site"), ("origin", "https://app.example.com")];
const FOREIGN: &[(&str, &str)] = &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];

fn header(cookie: &SessionCookie) -> String {
    format!("theme=dark; __Host-session={}", cookie.value().expose())
}

fn nobody(asks: Asks) -> Outcome {
    if asks.is_rest() { Outcome::Unauthorized } else { Outcome::Forbidden }
}

fn is_let_in(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::LetIn { .. })
}

async fn outcome(world: &World, asks: Asks, call: Call, cookies: &[&str], headers: &[(&str, &str)]) -> Outcome {
    asks.outcome(call, &world.ask(asks.with_cookies(call, cookies, headers)).await)
}

#[tokio::test]
async fn a_session_cookie_is_its_person_in_every_dialect_for_one_read() {
    for asks in Asks::ALL {
        let world = World::new();
        let cookie = world.cookie(&Says::everything());
        let Outcome::LetIn { context } = outcome(&world, asks, WEB_KEPT[0], &[&header(&cookie)], FOREIGN).await else {
            panic!("{asks:?}");
        };
        let mut expected = Says::everything().principal().to_context();
        expected["sid"] = json!(cookie.session.to_string());
        expected["auth_method"] = json!("session_cookie");
        assert_eq!(context, expected, "{asks:?}");
        assert_eq!((world.store.session_reads(), world.store.notes()), (1, 0));
    }
}

#[tokio::test]
async fn a_cookie_that_is_left_in_the_headers_of_payload_2_is_found_there() {
    let world = World::new();
    let mut event = Asks::HttpSimple.with_cookies(WEB_KEPT[0], &[], &[]);
    event["headers"]["cookie"] = json!(header(&world.cookie(&Says::default())));
    event.as_object_mut().unwrap().remove("cookies");
    assert!(is_let_in(&Asks::HttpSimple.outcome(WEB_KEPT[0], &world.ask(event).await)));
}

#[tokio::test]
async fn a_cookie_that_opens_nothing_is_nobodys() {
    let world = World::new();
    let good = header(&world.cookie(&Says::everything()));
    let value = good.rsplit_once('=').unwrap().1;
    let forged = SessionCookie::parse(&format!("{}{}", &value[..43], "A".repeat(43))).unwrap();
    let stranger = World::new();
    let unknown = (0..9).map(|_| stranger.cookie(&Says::everything())).last().unwrap();
    for (name, cookies) in [
        ("none", vec![]),
        ("others only", vec!["theme=dark".to_owned()]),
        (
            "an access token",
            vec![format!("__Host-session={}", world.bearer(&Says::everything()).replace("Bearer ", ""))],
        ),
        ("empty", vec!["__Host-session=".to_owned()]),
        ("quoted", vec![format!("__Host-session=\"{value}\"")]),
        ("truncated", vec![good[..good.len() - 1].to_owned()]),
        ("twice", vec![format!("{good}; __Host-session={value}")]),
        ("in two headers", vec![good.clone(), good.clone()]),
        ("the proof of nobody", vec![header(&forged)]),
        ("no such session", vec![header(&unknown)]),
        ("far too long", vec![format!("__Host-session={}", "A".repeat(1 << 20))]),
    ] {
        let cookies = cookies.iter().map(String::as_str).collect::<Vec<_>>();
        for asks in Asks::ALL {
            for call in [WEB_KEPT[0], WEB_CHANGE, WEB_ADMIN] {
                assert_eq!(
                    outcome(&world, asks, call, &cookies, OURS).await,
                    nobody(asks),
                    "{name}, {asks:?} {call:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn an_ended_an_expired_and_a_token_session_open_nothing_from_the_next_call_on() {
    type Change = fn(&mut Session);
    let changes: [(&str, Change); 4] = [
        ("ended", |session| session.state = State::Ended { at: NOW, cause: Ending::SignedOut }),
        ("idle", |session| session.idle_expires_at = NOW),
        ("expired", |session| session.expires_at = NOW),
        ("held by tokens", |session| session.transport = Transport::Tokens),
    ];
    for (name, change) in changes {
        for asks in Asks::ALL {
            let world = World::new();
            let cookie = header(&world.cookie(&Says::everything()));
            assert!(is_let_in(&outcome(&world, asks, WEB_KEPT[1], &[&cookie], OURS).await));
            world.store.change(change);
            assert_eq!(outcome(&world, asks, WEB_KEPT[1], &[&cookie], OURS).await, nobody(asks), "{name}, {asks:?}");
        }
    }
}

#[tokio::test]
async fn what_changes_something_needs_a_page_of_ours_or_the_sessions_token() {
    let world = World::new();
    let cookie = world.cookie(&Says::everything());
    let (token, cookie) = (cookie.csrf_token(), header(&cookie));
    let change_file = Call { method: "POST", ..WEB_FILE };
    for asks in Asks::REQUESTS {
        for call in [WEB_CHANGE, change_file] {
            for headers in [OURS, APP, &[("X-CSRF-Token", token.expose().as_str())]] {
                assert!(is_let_in(&outcome(&world, asks, call, &[&cookie], headers).await), "{asks:?} {headers:?}");
            }
            let reads = world.store.session_reads();
            for headers in [
                &[][..],
                FOREIGN,
                &[("X-CSRF-Token", "x")],
                &[("sec-fetch-site", "cross-site"), ("X-CSRF-Token", token.expose())],
            ] {
                assert_eq!(
                    outcome(&world, asks, call, &[&cookie], headers).await,
                    nobody(asks),
                    "{asks:?} {headers:?}"
                );
            }
            assert_eq!(world.store.session_reads(), reads, "what no page of ours sent costs nothing");
        }
        assert!(
            is_let_in(&outcome(&world, asks, WEB_FILE, &[&cookie], FOREIGN).await),
            "{asks:?}: a GET on a route of ANY"
        );
    }
    // A TOKEN event has no header that would say which page it was.
    assert_eq!(outcome(&world, Asks::RestToken, WEB_CHANGE, &[&cookie], OURS).await, Outcome::Unauthorized);
}

/// Promise 10, *cache-correct*, for cookies: what is kept of an answer opens what a fresh one would, and nothing that depends on more
/// than the cookie.
#[tokio::test]
async fn a_cached_policy_of_a_cookie_equals_the_uncached_one_and_opens_no_route_that_must_be_asked_for() {
    let world = World::new();
    let rights = ["", "orders:read", "orders:read orders:write", "files"];
    for (asks, scope) in Asks::POLICIES.into_iter().flat_map(|asks| rights.map(|scope| (asks, scope))) {
        let cookie = header(&world.cookie(&Says::with(scope, "admin")));
        for from in WEB_KEPT.into_iter().chain(UNDECLARED.into_iter().filter(|_| asks != Asks::RestToken)) {
            let cached = world.ask(asks.with_cookies(from, &[&cookie], FOREIGN)).await;
            for on in WEB_KEPT {
                let uncached = outcome(&world, asks, on, &[&cookie], OURS).await;
                assert_eq!(asks.outcome(on, &cached), uncached, "{asks:?} {scope:?}: from {from:?} on {on:?}");
            }
            for on in WEB_UNKEPT {
                assert_eq!(asks.outcome(on, &cached), Outcome::Forbidden, "{asks:?}: from {from:?} on {on:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_route_reads_only_the_credential_that_it_takes_so_that_another_changes_no_answer() {
    let world = World::new();
    let (cookie, bearer) = (header(&world.cookie(&Says::default())), world.bearer(&Says::everything()));
    for asks in Asks::REQUESTS {
        let both = |call| {
            let mut event = asks.with_cookies(call, &[&cookie], &[]);
            event["headers"]["authorization"] = json!(bearer);
            if asks != Asks::HttpSimple {
                event["multiValueHeaders"]["authorization"] = json!([bearer]);
            }
            event
        };
        for call in [WHOAMI, WEB_KEPT[0]] {
            let alone =
                if call == WHOAMI { asks.event(call, &[&bearer]) } else { asks.with_cookies(call, &[&cookie], &[]) };
            assert_eq!(world.ask(both(call)).await.unwrap(), world.ask(alone).await.unwrap(), "{asks:?} {call:?}");
        }
        // Where nothing says which of them counts, nothing is said that could be kept.
        let answer = world.ask(both(UNDECLARED[0])).await;
        assert!(matches!(answer, Err(NoAnswer::SourceUnknown)), "{asks:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_route_with_an_age_asks_for_a_recent_sign_in() {
    let world = World::new();
    let cookie = header(&world.cookie(&Says::default()));
    for asks in Asks::ALL {
        world.clock.set(SIGNED_IN.plus(Duration::from_secs(300)));
        assert!(is_let_in(&outcome(&world, asks, WEB_BALANCE, &[&cookie], &[]).await), "{asks:?}");
        world.clock.set(SIGNED_IN.plus(Duration::from_secs(301)));
        assert_eq!(outcome(&world, asks, WEB_BALANCE, &[&cookie], &[]).await, Outcome::Forbidden, "{asks:?}");
        assert!(is_let_in(&outcome(&world, asks, WEB_KEPT[0], &[&cookie], &[]).await), "{asks:?}");
    }
}

#[tokio::test]
async fn a_session_is_noted_as_seen_at_most_once_a_minute_and_lives_on_from_there() {
    let world = World::new();
    let cookie = header(&world.cookie(&Says::default()));
    let asked_at = async |seconds: u64| {
        world.clock.set(NOW.plus(Duration::from_secs(seconds)));
        is_let_in(&outcome(&world, Asks::HttpSimple, WEB_KEPT[0], &[&cookie], &[]).await)
    };
    for (at, notes) in [(0, 0), (59, 0), (60, 1), (61, 1), (119, 1), (120, 2)] {
        assert!(asked_at(at).await);
        assert_eq!(world.store.notes(), notes, "after {at} s");
    }
    assert!(asked_at(120 + IDLE.as_secs() - 1).await, "it was seen at 120 s");
    assert!(!asked_at(120 + 2 * IDLE.as_secs()).await, "and last an hour later");
}

#[tokio::test]
async fn that_it_cannot_be_noted_refuses_nobody_and_a_table_that_cannot_be_read_does() {
    for asks in Asks::ALL {
        let world = World::new();
        let cookie = header(&world.cookie(&Says::default()));
        world.store.fail_writes();
        world.clock.set(NOW.plus(Duration::from_secs(60)));
        assert!(is_let_in(&outcome(&world, asks, WEB_KEPT[0], &[&cookie], &[]).await));
        assert_eq!(world.store.notes(), 1);
        world.store.fail();
        let answer = world.ask(asks.with_cookies(WEB_KEPT[0], &[&cookie], &[])).await;
        assert!(matches!(answer, Err(NoAnswer::Undecided(Undecided::Store(_)))), "{asks:?}: {answer:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// The gateway caches it under `Cookie` and the route's key, so nothing else may make a difference.
    #[test]
    fn a_simple_answer_to_a_cookie_depends_on_it_and_the_route_key_alone(noise in json(), at in any::<prop::sample::Index>()) {
        let world = World::new();
        let cookie = header(&world.cookie(&Says::default()));
        let event = Asks::HttpSimple.with_cookies(WEB_KEPT[1], &[&cookie], OURS);
        let mut other = event.clone();
        let kept = ["version", "type", "routeKey", "cookies", "headers"];
        let rest = event.as_object().unwrap().keys().filter(|field| !kept.contains(&field.as_str())).cloned().collect::<Vec<_>>();
        other[at.get(&rest).as_str()] = noise;
        let ask = |event: Value| block_on(world.ask(event)).unwrap();
        prop_assert_eq!(ask(event), ask(other));
    }

    #[test]
    fn no_header_beside_the_cookie_changes_a_simple_answer(name in "[a-zA-Z-]{1,20}|(?i)authorization|(?i)origin|(?i)sec-fetch-site", value in any::<String>()) {
        prop_assume!(!name.eq_ignore_ascii_case("cookie"));
        let world = World::new();
        let cookie = header(&world.cookie(&Says::default()));
        let ask = |headers: &[(&str, &str)]| block_on(world.ask(Asks::HttpSimple.with_cookies(WEB_KEPT[1], &[&cookie], headers))).unwrap();
        prop_assert_eq!(ask(&[]), ask(&[(&name, &value)]));
    }
}
