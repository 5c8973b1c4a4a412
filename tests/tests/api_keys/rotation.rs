//! Rotation with overlap: programs go on while they are given the new secret.

use std::time::Duration;

use serde_json::json;
use vestibule::api_keys::manage::ManageApiKeys;
use vestibule::api_keys::{Named, Rotated};
use vestibule::principal::Subject;
use vestibule_tests::{START, Scene};

use crate::stage::{Key, export, forget_answers, orders, owner, stage, whoami};

#[tokio::test]
async fn both_secrets_of_a_rotated_key_work_until_the_overlap_is_over() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    let answer = demo.rotate(&scene, &key, json!({ "overlap": 120 })).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.json()["earlier_secrets_until"], json!(START.seconds() + 120));
    let rotated = Key::of(&answer);
    assert_eq!(rotated.id, key.id);
    assert_ne!(rotated.text, key.text);
    for text in [&key.text, &rotated.text] {
        orders(&scene, text).await.expect(200);
        assert_eq!(whoami(&scene, text).await["client_id"], json!(key.id));
    }
    scene.wait(120);
    export(&scene, &key.text).await.expect(403);
    export(&scene, &rotated.text).await.expect(200);
    assert_eq!(demo.listed(&scene).await[0].get("earlier_secrets_until"), None);
}

#[tokio::test]
async fn without_overlap_the_secret_before_ends_at_once() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    let rotated = Key::of(&demo.rotate(&scene, &key, json!({ "overlap": 0 })).await.expect(200));
    orders(&scene, &key.text).await.expect(403);
    orders(&scene, &rotated.text).await.expect(200);
}

#[tokio::test]
async fn lost_is_not_stolen_a_rotation_that_is_asked_again_ends_no_secret_in_use() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    demo.rotate(&scene, &key, json!({})).await.expect(200);
    let again = Key::of(&demo.rotate(&scene, &key, json!({})).await.expect(200));
    for text in [&key.text, &again.text] {
        orders(&scene, text).await.expect(200);
    }
    demo.rotate(&scene, &key, json!({})).await.expect_problem(409, "conflict");
    forget_answers(&scene);
    orders(&scene, &key.text).await.expect(200);
}

#[tokio::test]
async fn of_two_rotations_at_once_each_gives_a_secret_that_works_or_says_that_it_did_nothing() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    let rotate = || demo.rotate(&scene, &key, json!({}));
    let (one, other) = tokio::join!(rotate(), rotate());
    let mut working = 0;
    for answer in [one, other] {
        match answer.status().as_u16() {
            200 => {
                orders(&scene, &Key::of(&answer).text).await.expect(200);
                working += 1;
            }
            _ => assert_eq!(answer.problem(), "conflict"),
        }
    }
    assert!(working >= 1);
    orders(&scene, &key.text).await.expect(200);
}

#[tokio::test]
async fn a_rotation_may_move_the_end_of_the_key_and_brings_no_expired_secret_back() {
    let (scene, demo) = stage().await;
    let body = json!({ "name": "a", "scope": "orders:read", "expires_in": 60 });
    let key = Key::of(&demo.create(&scene, body).await.expect(201));
    let unmoved = demo.rotate(&scene, &key, json!({})).await.expect(200).json();
    assert_eq!(unmoved["expires_at"], json!(START.seconds() + 60));
    scene.wait(60);
    let moved = demo.rotate(&scene, &key, json!({ "expires_in": 3600 })).await.expect(200);
    assert_eq!(moved.json()["expires_at"], json!(START.seconds() + 3660));
    orders(&scene, &key.text).await.expect(403);
    orders(&scene, &Key::of(&moved).text).await.expect(200);
}

#[tokio::test]
async fn a_rotation_gives_a_key_the_longest_life_that_the_deployment_allows() {
    let scene = Scene::builder().parameter("ApiKeyMaxSeconds", "86400").begin().await;
    let demo = owner(&scene, "demo@example.com", "orders:read", "").await;
    let key = demo.key(&scene).await;
    // As one that was made before there was a longest life, or when it was longer.
    let (table, id) = (scene.cloud.table(), key.id.parse().unwrap());
    for end in [None, Some(START.plus(Duration::from_secs(90_000)))] {
        let found = table.api_key(Named { owner: Subject::User(demo.user.id), id }).await.unwrap().unwrap();
        let older = Rotated { secret: found.secret.clone(), predecessors: Vec::new(), expires_at: end };
        table.rotate_api_key(&found, &older, START).await.unwrap();
        let rotated = demo.rotate(&scene, &key, json!({})).await.expect(200).json();
        assert_eq!(rotated["expires_at"], json!(START.seconds() + 86_400));
    }
    let shorter = demo.rotate(&scene, &key, json!({ "overlap": 0, "expires_in": 60 })).await.expect(200).json();
    assert_eq!(shorter["expires_at"], json!(START.seconds() + 60));
    let unmoved = demo.rotate(&scene, &key, json!({})).await.expect(200).json();
    assert_eq!(unmoved["expires_at"], json!(START.seconds() + 60), "no rotation makes a life longer unasked");
}
