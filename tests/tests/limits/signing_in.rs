//! Sign-ins by name and by network: how many, from where, at what cost, and what a refused one hears.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use vestibule::sessions::end::ListSessions;
use vestibule_tests::{Answer, Fault, PASSWORD, Scene};

use super::from;

#[tokio::test]
async fn a_sign_in_too_many_hears_for_how_long_and_is_let_in_after_it() {
    let scene = Scene::builder().parameter("LoginNameLimit", "3/60").begin().await;
    let demo = scene.demo().await;
    for _ in 0..3 {
        scene.try_login(&demo.email, "wrong").await.expect_problem(401, "invalid-credentials");
    }
    let answer = scene.try_login(&demo.email, PASSWORD).await.expect_problem(429, "too-many-requests");
    assert_eq!(answer.header("retry-after"), Some("20"));
    assert_eq!(answer.header("ratelimit-policy"), Some("\"login_name\";q=3;w=60"));
    assert_eq!(answer.header("ratelimit"), Some("\"login_name\";r=0;t=20"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.json()["violated-policies"], json!(["login_name"]));
    scene.wait(19);
    scene.try_login(&demo.email, PASSWORD).await.expect(429);
    scene.wait(1);
    scene.try_login(&demo.email, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn one_person_has_one_count_however_their_name_is_typed() {
    let scene = Scene::builder().parameter("LoginNameLimit", "3/60").begin().await;
    for name in ["demo@example.com", "Demo@EXAMPLE.com", " demo@example.com "] {
        scene.try_login(name, "wrong").await.expect(401);
    }
    scene.try_login("demo@example.com", "wrong").await.expect(429);
    scene.try_login("other@example.com", "wrong").await.expect(401);
    for _ in 0..3 {
        scene.try_login("not a name", "wrong").await.expect(401);
    }
    scene.try_login("not a name", "wrong").await.expect(429);
    scene.try_login("nor this", "wrong").await.expect(401);
}

#[tokio::test]
async fn a_network_has_a_count_that_no_header_changes() {
    let scene = Scene::builder().parameter("LoginNetworkLimit", "4/60").begin().await;
    for number in 0..2 {
        from(&scene, "2001:db8:1:2::1", &format!("a{number}@example.com"), "wrong").await.expect(401);
        from(&scene, "2001:db8:1:2:ffff::9", &format!("b{number}@example.com"), "wrong").await.expect(401);
    }
    let refused = from(&scene, "2001:db8:1:2:3::1", "c@example.com", "wrong").await.expect(429);
    assert_eq!(refused.header("ratelimit-policy"), Some("\"login_network\";q=4;w=60"));
    from(&scene, "2001:db8:1:3::1", "c@example.com", "wrong").await.expect(401);
    for forged in ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip", "cf-connecting-ip"] {
        let body = json!({ "username": "d@example.com", "password": "wrong" }).to_string();
        let request = Request::post("/login").header("content-type", "application/json").header(forged, "198.51.100.1");
        let request = request.body(Bytes::from(body)).unwrap();
        scene.send_from("2001:db8:1:2::1".parse().unwrap(), request).await.expect(429);
    }
}

#[tokio::test]
async fn of_two_limits_that_are_met_the_longer_wait_is_told() {
    let limits = Scene::builder().parameter("LoginNameLimit", "1/600").parameter("LoginNetworkLimit", "1/60");
    let scene = limits.begin().await;
    scene.try_login("demo@example.com", "wrong").await.expect(401);
    let answer = scene.try_login("demo@example.com", "wrong").await.expect(429);
    assert_eq!(answer.header("retry-after"), Some("600"));
    let answer = scene.try_login("other@example.com", "wrong").await.expect(429);
    assert_eq!(answer.header("retry-after"), Some("60"));
}

#[tokio::test]
async fn a_sign_in_makes_one_call_more_for_each_limit_and_a_refused_one_hashes_nothing() {
    let scene = Scene::builder().parameter("LoginNameLimit", "2/60").begin().await;
    let demo = scene.demo().await;
    scene.login(&demo).await;
    scene.wait(60);
    scene.wire.take_calls();
    scene.wire.take_capacity_units();
    let sorted = || {
        let mut calls = scene.wire.take_calls();
        calls.sort_unstable();
        calls
    };
    scene.try_login(&demo.email, PASSWORD).await.expect(200);
    assert_eq!(sorted(), ["GetItem", "TransactWriteItems", "UpdateItem", "UpdateItem"]);
    assert_eq!(scene.wire.take_capacity_units(), 1.0 + 4.0 + 2.0, "a read, a session, a count for each");
    for name in [&demo.email, "nobody@example.com", "nobody@example.com"] {
        scene.try_login(name, "wrong").await.expect(401);
        assert_eq!(sorted(), ["GetItem", "UpdateItem", "UpdateItem"], "{name}");
    }
    for name in [&demo.email, "nobody@example.com"] {
        scene.try_login(name, PASSWORD).await.expect(429);
        assert_eq!(sorted(), ["GetItem", "UpdateItem"], "{name}: that its name is exhausted is remembered");
    }
}

/// Promise 9, for the limit of sign-ins: where it cannot be counted, nobody tries a password.
#[tokio::test]
async fn closed_by_default_a_sign_in_that_cannot_be_counted_opens_nothing() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    for fault in [Fault::Throttled, Fault::Unreachable, Fault::AccessDenied] {
        scene.wire.break_always("UpdateItem", fault);
        let answer = scene.try_login(&demo.email, PASSWORD).await.expect_problem(503, "temporarily-unavailable");
        assert!(answer.header("retry-after").is_some());
        scene.wire.mend();
    }
    assert!(scene.cloud.table().sessions(demo.id).await.unwrap().is_empty());
    scene.login(&demo).await;
}

/// A refusal needs no account, so it does not wait for one that cannot be read.
#[tokio::test]
async fn a_sign_in_too_many_is_refused_whether_or_not_the_account_can_be_read() {
    let scene = Scene::builder().parameter("LoginNameLimit", "1/60").begin().await;
    scene.try_login("demo@example.com", "wrong").await.expect(401);
    scene.wire.break_always("GetItem", Fault::Throttled);
    scene.try_login("demo@example.com", "wrong").await.expect(429);
    scene.try_login("other@example.com", "wrong").await.expect(503);
    scene.wire.mend();
}

/// Over two sets of instances, 16 under way at any moment: more than this machine answers in time. Whoever was not answered in time may have
/// been counted, and is not admitted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_guesses_exactly_a_quota_is_tried() {
    let limits = Scene::builder().parameter("LoginNameLimit", "20/3600").parameter("LoginNetworkLimit", "100000/1");
    let scene = limits.begin().await;
    let demo = scene.demo().await;
    let gateways = [scene.cloud.gateway().clone(), scene.second_gateway()];
    let turnstile = Arc::new(Semaphore::new(16));
    let mut guesses = JoinSet::new();
    for number in 0..1000 {
        let (gateway, turnstile) = (gateways[number % 2].clone(), Arc::clone(&turnstile));
        let body = json!({ "username": demo.email, "password": format!("guess {number}") }).to_string();
        guesses.spawn(async move {
            let _turn = turnstile.acquire().await.unwrap();
            let request = Request::post("/login").header("content-type", "application/json");
            Answer::new(gateway.call([203, 0, 113, 7].into(), request.body(Bytes::from(body)).unwrap()).await)
        });
    }
    let answers = guesses.join_all().await;
    let with = |status: u16| answers.iter().filter(|answer| answer.status().as_u16() == status).count();
    let (tried, unanswered) = (with(401), with(503));
    assert_eq!(tried + with(429) + unanswered, 1000);
    assert!(tried <= 20 && tried + unanswered >= 20, "{tried} were tried, {unanswered} not answered");
}
