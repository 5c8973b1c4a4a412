//! Keys with a limit: each call is counted where answers are not kept, and nowhere else is such a key taken (decision 0016).

use std::sync::Arc;

use serde_json::json;
use tokio::task::JoinSet;
use vestibule_tests::{Answer, Fault, Scene};

use crate::stage::{Key, Owner, orders, stage};

async fn limited(scene: &Scene, owner: &Owner, limit: &str) -> Key {
    let wish = json!({ "name": "partner", "scope": "orders:read", "limit": limit });
    let made = owner.create(scene, wish).await.expect(201);
    assert_eq!(made.member("limit"), limit);
    Key::of(&made)
}

/// `GET /reports`, whose calls are counted.
async fn reports(scene: &Scene, text: &str) -> Answer {
    scene.get("/reports", &[("authorization", &format!("ApiKey {text}"))]).await
}

#[tokio::test]
async fn a_key_works_as_often_as_its_limit_says_and_again_when_a_call_has_come_back() {
    let (scene, demo) = stage().await;
    let (key, other) = (limited(&scene, &demo, "3/60").await, limited(&scene, &demo, "3/60").await);
    for _ in 0..3 {
        reports(&scene, &key.text).await.expect(200);
    }
    reports(&scene, &key.text).await.expect(403);
    reports(&scene, &other.text).await.expect(200);
    scene.wait(19);
    reports(&scene, &key.text).await.expect(403);
    scene.wait(1);
    reports(&scene, &key.text).await.expect(200);
    reports(&scene, &key.text).await.expect(403);
    assert_eq!(demo.listed(&scene).await[0]["limit"], "3/60");
}

/// An answer that the gateway keeps would be given many times and counted once.
#[tokio::test]
async fn where_answers_are_kept_a_key_with_a_limit_is_not_taken() {
    let (scene, demo) = stage().await;
    let (key, free) = (limited(&scene, &demo, "9/60").await, demo.key(&scene).await);
    orders(&scene, &key.text).await.expect(403);
    orders(&scene, &free.text).await.expect(200);
    reports(&scene, &free.text).await.expect(200);
    reports(&scene, &key.text).await.expect(200);
}

/// A key's name stands in logs and listings.
#[tokio::test]
async fn who_knows_a_key_by_name_only_uses_none_of_its_calls_up() {
    let (scene, demo) = stage().await;
    let key = limited(&scene, &demo, "1/60").await;
    let earlier = demo.rotate(&scene, &key, json!({ "overlap": 0 })).await.expect(200);
    let current = Key::of(&earlier);
    for _ in 0..5 {
        reports(&scene, &key.text).await.expect(403);
    }
    reports(&scene, &current.text).await.expect(200);
    scene.wait(60);
    for _ in 0..5 {
        reports(&scene, &key.text).await.expect(403);
    }
    reports(&scene, &current.text).await.expect(200);
}

#[tokio::test]
async fn a_call_is_counted_beside_the_read_of_its_key() {
    let (scene, demo) = stage().await;
    let key = limited(&scene, &demo, "9/60").await;
    reports(&scene, &key.text).await.expect(200);
    scene.wire.take_calls();
    reports(&scene, &key.text).await.expect(200);
    let mut calls = scene.wire.take_calls();
    calls.sort();
    assert_eq!(calls, ["BatchGetItem", "UpdateItem"]);
    let (read, count) = (scene.wire.hold_next("BatchGetItem"), scene.wire.hold_next_answer("UpdateItem"));
    let (answer, ()) = tokio::join!(reports(&scene, &key.text), async {
        read.arrived().await;
        count.arrived().await;
        count.let_on();
        read.let_on();
    });
    answer.expect(200);
}

#[tokio::test]
async fn of_many_calls_at_once_exactly_a_limit_is_let_in() {
    let (scene, demo) = stage().await;
    let (key, scene) = (limited(&scene, &demo, "3/60").await, Arc::new(scene));
    let mut under_way = JoinSet::new();
    for _ in 0..12 {
        let (scene, text) = (Arc::clone(&scene), key.text.clone());
        under_way.spawn(async move { reports(&scene, &text).await });
    }
    let answers = under_way.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.status() == 200).count(), 3);
    assert_eq!(answers.iter().filter(|answer| answer.status() == 403).count(), 9);
}

#[tokio::test]
async fn a_call_that_cannot_be_counted_is_not_let_in() {
    let (scene, demo) = stage().await;
    let key = limited(&scene, &demo, "9/60").await;
    for _ in 0..2 {
        reports(&scene, &key.text).await.expect(200);
        scene.wire.break_always("UpdateItem", Fault::Throttled);
        reports(&scene, &key.text).await.expect(500);
        scene.wire.mend();
    }
}

#[tokio::test]
async fn a_limit_that_is_none_is_refused_by_name() {
    let (scene, demo) = stage().await;
    for limit in ["", "0/60", "10", "10/0", "10/86401", "1000001/60", "-1/60", "10/60 "] {
        let answer = demo.create(&scene, json!({ "name": "x", "scope": "", "limit": limit })).await;
        let problem = answer.expect_problem(400, "invalid-request").text().to_owned();
        assert!(problem.contains("limit"), "{limit:?}: {problem}");
    }
    demo.create(&scene, json!({ "name": "x", "scope": "", "limit": 10 })).await.expect_problem(400, "invalid-request");
}
