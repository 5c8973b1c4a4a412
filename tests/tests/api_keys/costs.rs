//! What keys cost in storage: the numbers of the issue.

use std::collections::BTreeMap;

use serde_json::json;
use vestibule_tests::Scene;

use crate::stage::{Key, Owner, export, orders, stage};

/// The calls since the last time, without those of signing keys that are read once.
fn calls(scene: &Scene) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for call in scene.wire.take_calls() {
        *counted.entry(call).or_default() += 1;
    }
    counted
}

fn these<const N: usize>(calls: [(&str, usize); N]) -> BTreeMap<String, usize> {
    calls.map(|(call, times)| (call.to_owned(), times)).into()
}

#[tokio::test]
async fn a_check_is_one_read_cold_and_none_while_the_gateway_keeps_the_answer() {
    let (mut scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    orders(&scene, &key.text).await.expect(200);
    scene.cold_start();
    scene.wire.take_calls();
    scene.wire.take_capacity_units();
    orders(&scene, &key.text).await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["BatchGetItem"]);
    assert_eq!(scene.wire.take_capacity_units(), 2.0, "the key and its owner, strongly consistent");
    for _ in 0..5 {
        orders(&scene, &key.text).await.expect(200);
    }
    assert_eq!(scene.wire.take_calls(), [""; 0]);
    export(&scene, &key.text).await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["BatchGetItem"], "another route is another answer");
}

#[tokio::test]
async fn the_last_use_is_written_at_most_once_a_minute_however_often_a_key_is_used() {
    let scene = Scene::builder().parameter("AuthorizerCacheSeconds", "0").begin().await;
    let demo = crate::stage::owner(&scene, "demo@example.com", "orders:read", "").await;
    let key = demo.key(&scene).await;
    scene.wire.take_calls();
    for _ in 0..10 {
        orders(&scene, &key.text).await.expect(200);
    }
    assert_eq!(calls(&scene), these([("BatchGetItem", 10), ("UpdateItem", 1)]));
    scene.wait(59);
    orders(&scene, &key.text).await.expect(200);
    assert_eq!(calls(&scene), these([("BatchGetItem", 1)]));
    scene.wait(1);
    // All at once: each may ask to note it, and one write takes place.
    scene.wire.take_units();
    let use_it = || orders(&scene, &key.text);
    tokio::join!(use_it(), use_it(), use_it(), use_it());
    let used = scene.clock.now().seconds();
    assert_eq!(demo.listed(&scene).await[0]["last_used_at"], json!(used));
    scene.wire.take_calls();
    orders(&scene, &key.text).await.expect(200);
    assert_eq!(calls(&scene), these([("BatchGetItem", 1)]));
}

#[tokio::test]
async fn each_change_is_one_transaction_and_a_listing_one_query() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    demo.listed(&scene).await;
    scene.wire.take_calls();
    // Each begins with the session of the person who asks.
    demo.key(&scene).await;
    let made = these([("GetItem", 2), ("TransactWriteItems", 1), ("UpdateItem", 1), ("SendEmail", 1)]);
    assert_eq!(calls(&scene), made, "with its limit, and its owner's address for the letter");
    demo.listed(&scene).await;
    assert_eq!(calls(&scene), these([("GetItem", 1), ("Query", 1)]));
    demo.rename(&scene, &key, "b").await.expect(200);
    assert_eq!(calls(&scene), these([("GetItem", 2), ("TransactWriteItems", 1)]));
    demo.rotate(&scene, &key, json!({})).await.expect(200);
    let rotated = these([("GetItem", 3), ("TransactWriteItems", 1), ("UpdateItem", 1), ("SendEmail", 1)]);
    assert_eq!(calls(&scene), rotated, "likewise");
    demo.revoke(&scene, &key).await.expect(204);
    assert_eq!(calls(&scene), these([("GetItem", 1), ("TransactWriteItems", 1)]));
}

#[tokio::test]
async fn fifty_keys_with_all_that_they_can_hold_are_one_query() {
    let scene = Scene::builder().parameter("ApiKeyNetworkLimit", "1000/60").begin().await;
    let demo: Owner = crate::stage::owner(&scene, "demo@example.com", "orders:read", "").await;
    let ranges: Vec<_> = (0..16).map(|number| format!("2001:db8:{number}::/64")).collect();
    let body = json!({ "name": "n".repeat(64), "scope": "orders:read", "ip_ranges": ranges, "expires_in": 60 });
    for _ in 0..50 {
        Key::of(&demo.create(&scene, body.clone()).await.expect(201));
    }
    scene.wire.take_calls();
    assert_eq!(demo.listed(&scene).await.len(), 50);
    assert_eq!(calls(&scene), these([("GetItem", 1), ("Query", 1)]));
}
