//! Devices that an account has signed in on: a stranger who guesses shuts the door to strangers only.

use serde_json::json;
use vestibule::accounts::ManageAccounts;
use vestibule_tests::{PASSWORD, Scene};

use super::{from, on_device};

const DAY: u64 = 24 * 60 * 60;

async fn scene() -> Scene {
    Scene::builder().parameter("LoginNameLimit", "3/3600").begin().await
}

/// Signs in and keeps the device token.
async fn device(scene: &Scene, name: &str) -> String {
    scene.try_login(name, PASSWORD).await.expect(200).member("device_token")
}

/// A stranger guesses at a name until nobody is let in by it.
async fn exhaust(scene: &Scene, name: &str) {
    while from(scene, "198.51.100.66", name, "guess").await.status() == 401 {}
}

/// Promise 5 has a price, and it is not paid by the owner.
#[tokio::test]
async fn bounded_guessing_a_stranger_who_guesses_does_not_lock_the_owner_out() {
    let scene = scene().await;
    let demo = scene.demo().await;
    let device = device(&scene, &demo.email).await;
    exhaust(&scene, &demo.email).await;
    scene.try_login(&demo.email, PASSWORD).await.expect(429);
    let answer = on_device(&scene, &demo.email, PASSWORD, &device).await.expect(200);
    on_device(&scene, &demo.email, PASSWORD, &answer.member("device_token")).await.expect(200);
}

#[tokio::test]
async fn a_neighbour_in_the_same_network_does_not_lock_the_owner_out() {
    let scene = Scene::builder().parameter("LoginNetworkLimit", "2/3600").begin().await;
    let demo = scene.demo().await;
    let device = device(&scene, &demo.email).await;
    scene.try_login("somebody@example.com", "guess").await.expect(401);
    scene.try_login(&demo.email, PASSWORD).await.expect(429);
    on_device(&scene, &demo.email, PASSWORD, &device).await.expect(200);
}

#[tokio::test]
async fn a_known_device_has_a_limit_of_its_own_that_a_new_token_does_not_lift() {
    let scene = scene().await;
    let demo = scene.demo().await;
    let mut token = device(&scene, &demo.email).await;
    for _ in 0..2 {
        token = on_device(&scene, &demo.email, PASSWORD, &token).await.expect(200).member("device_token");
    }
    on_device(&scene, &demo.email, "wrong", &token).await.expect(401);
    let answer = on_device(&scene, &demo.email, PASSWORD, &token).await.expect_problem(429, "too-many-requests");
    assert_eq!(answer.json()["violated-policies"], json!(["login_device"]));
    scene.wait(1200);
    on_device(&scene, &demo.email, PASSWORD, &token).await.expect(200);
}

/// Nor one device the others: one in the wrong hands uses up its own lane and no other of the account's, nor of anybody else's.
#[tokio::test]
async fn each_known_device_has_a_lane_of_its_own() {
    let scene = scene().await;
    let demo = scene.demo().await;
    let other = scene.user("other@example.com", "", "").await;
    let (phone, laptop) = (device(&scene, &demo.email).await, device(&scene, &demo.email).await);
    let of_another = device(&scene, &other.email).await;
    while on_device(&scene, &demo.email, "guess", &phone).await.status() == 401 {}
    let refused = on_device(&scene, &demo.email, PASSWORD, &phone).await.expect(429);
    assert_eq!(refused.json()["violated-policies"], json!(["login_device"]));
    on_device(&scene, &demo.email, PASSWORD, &laptop).await.expect(200);
    on_device(&scene, &other.email, PASSWORD, &of_another).await.expect(200);
}

#[tokio::test]
async fn a_device_of_one_account_is_a_stranger_to_every_other() {
    let scene = scene().await;
    let demo = scene.demo().await;
    scene.user("mallory@example.com", "", "").await;
    let device = device(&scene, "mallory@example.com").await;
    for name in [&demo.email, "nobody@example.com"] {
        for _ in 0..3 {
            on_device(&scene, name, "guess", &device).await.expect(401);
            // Mallory's own lane is not what stops them here.
            scene.wait(1);
        }
        let answer = from(&scene, "203.0.113.99", name, "guess").await.expect(429);
        assert_eq!(answer.json()["violated-policies"], json!(["login_name"]), "{name}");
        scene.wait(3600);
    }
}

#[tokio::test]
async fn a_device_is_forgotten_when_the_password_changes_and_after_a_year() {
    let scene = scene().await;
    let demo = scene.demo().await;
    let before = device(&scene, &demo.email).await;
    let hash = scene.hash("another password").await;
    scene.cloud.table().set_password(demo.id, &hash, scene.clock.now()).await.unwrap();
    exhaust(&scene, &demo.email).await;
    on_device(&scene, &demo.email, "another password", &before).await.expect(429);
    scene.wait(3600);
    let after = on_device(&scene, &demo.email, "another password", &before).await.expect(200).member("device_token");
    exhaust(&scene, &demo.email).await;
    on_device(&scene, &demo.email, "another password", &after).await.expect(200);
    scene.wait(365 * DAY);
    exhaust(&scene, &demo.email).await;
    on_device(&scene, &demo.email, "another password", &after).await.expect(429);
}

#[tokio::test]
async fn a_token_that_is_none_is_no_error_and_no_help() {
    let scene = scene().await;
    let demo = scene.demo().await;
    let token = device(&scene, &demo.email).await;
    let (head, tail) = token.split_at(20);
    let altered = format!("{head}{}{}", if tail.starts_with('A') { 'B' } else { 'A' }, &tail[1..]);
    let refresh = scene.login(&demo).await.refresh;
    scene.wait(3600);
    for none in ["", "vdt_", "nonsense", &altered, &refresh, &token[..token.len() - 1], &"x".repeat(8000)] {
        on_device(&scene, &demo.email, PASSWORD, none).await.expect(200);
        scene.wait(3600);
    }
    exhaust(&scene, &demo.email).await;
    for none in ["", "vdt_", "nonsense", &altered, &refresh] {
        on_device(&scene, &demo.email, PASSWORD, none).await.expect(429);
    }
    scene
        .post_json("/login", &json!({ "username": demo.email, "password": PASSWORD, "device_token": 7 }))
        .await
        .expect_problem(400, "invalid-request");
}

#[tokio::test]
async fn a_known_device_makes_one_call_more_and_a_device_that_is_not_known_any_more_three() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let token = device(&scene, &demo.email).await;
    let sorted = || {
        let mut calls = scene.wire.take_calls();
        calls.sort_unstable();
        calls
    };
    sorted();
    on_device(&scene, &demo.email, PASSWORD, &token).await.expect(200);
    assert_eq!(sorted(), ["GetItem", "TransactWriteItems", "UpdateItem"]);
    let hash = scene.hash(PASSWORD).await;
    scene.cloud.table().set_password(demo.id, &hash, scene.clock.now()).await.unwrap();
    scene.wait(200);
    sorted();
    on_device(&scene, &demo.email, PASSWORD, &token).await.expect(200);
    let calls = sorted();
    assert_eq!(calls, ["GetItem", "TransactWriteItems", "UpdateItem", "UpdateItem", "UpdateItem"]);
}

#[tokio::test]
async fn a_refresh_neither_asks_for_a_device_nor_makes_it_known() {
    let scene = Scene::new().await;
    let tokens = scene.login(&scene.demo().await).await;
    let answer = scene.try_refresh(&tokens.refresh).await.expect(200);
    assert!(answer.json().get("device_token").is_none());
}
