//! The life of a key: shown once, used, listed, renamed, revoked, expired.

use serde_json::json;
use vestibule::api_keys::{MAX_KEYS, PATTERN};
use vestibule_tests::{START, Scene};

use crate::stage::{Key, export, forget_answers, orders, owner, stage, whoami};

#[tokio::test]
async fn a_key_is_shown_once_and_lets_its_holder_in_by_either_header() {
    let (scene, demo) = stage().await;
    let made = demo.create(&scene, json!({ "name": "Nightly export", "scope": "orders:read" })).await.expect(201);
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let key = Key::of(&made);
    orders(&scene, &key.text).await.expect(200);
    let exported = export(&scene, &key.text).await.expect(200).json();
    assert_eq!(exported["sub"], json!(demo.user.id));
    let principal = whoami(&scene, &key.text).await;
    assert_eq!(
        principal,
        json!({
            "sub": demo.user.id, "client_id": key.id, "scope": "orders:read", "roles": "", "auth_method": "api_key",
        })
    );

    let listed = demo.listed(&scene).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["id"], json!(key.id));
    assert_eq!(listed[0]["name"], "Nightly export");
    assert_eq!(listed[0]["last_used_at"], json!(START.seconds()));
    assert!(key.text.starts_with(listed[0]["prefix"].as_str().unwrap()), "{listed:?}");
    assert!(!listed[0].to_string().contains(&key.text[53..]), "the secret is not listed");
}

#[tokio::test]
async fn the_documented_pattern_finds_every_key_in_a_file_and_no_part_of_it() {
    let (scene, demo) = stage().await;
    let pattern = regex_lite::Regex::new(PATTERN).unwrap();
    for _ in 0..5 {
        let text = demo.key(&scene).await.text;
        for file in [format!("KEY={text}\n"), format!("{{\"key\":\"{text}\"}}"), format!("a {text}, b"), text.clone()] {
            assert_eq!(pattern.find(&file).unwrap().as_str(), text);
        }
        assert!(!pattern.is_match(&text[..text.len() - 1]));
    }
    let interface = include_str!("../../../docs/interface.md");
    assert!(interface.contains(PATTERN), "docs/interface.md has another pattern");
}

#[tokio::test]
async fn a_renamed_key_works_on() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    let renamed = demo.rename(&scene, &key, "Warehouse").await.expect(200).json();
    assert_eq!((renamed["name"].as_str(), renamed.get("key")), (Some("Warehouse"), None));
    assert_eq!(demo.listed(&scene).await[0]["name"], "Warehouse");
    orders(&scene, &key.text).await.expect(200);
}

#[tokio::test]
async fn bounded_lock_out_a_revoked_key_is_refused_when_the_gateway_has_forgotten_it() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    orders(&scene, &key.text).await.expect(200);
    demo.revoke(&scene, &key).await.expect(204);
    assert!(demo.listed(&scene).await.is_empty());
    // The stated bound: AuthorizerCacheSeconds.
    orders(&scene, &key.text).await.expect(200);
    export(&scene, &key.text).await.expect(403);
    scene.wait(60);
    orders(&scene, &key.text).await.expect(403);
    demo.revoke(&scene, &key).await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn a_key_with_an_end_is_refused_from_that_second_on_and_stays_listed() {
    let (scene, demo) = stage().await;
    let body = json!({ "name": "a", "scope": "orders:read", "expires_in": 7200 });
    let made = demo.create(&scene, body).await.expect(201);
    assert_eq!(made.json()["expires_at"], json!(START.seconds() + 7200));
    let key = Key::of(&made);
    scene.wait(7199);
    orders(&scene, &key.text).await.expect(200);
    scene.wait(1);
    export(&scene, &key.text).await.expect(403);
    let again = crate::stage::Owner { access: scene.login(&demo.user).await.access, user: demo.user };
    assert_eq!(again.listed(&scene).await.len(), 1);
}

#[tokio::test]
async fn a_deployment_may_bound_the_life_of_every_key() {
    let scene = Scene::builder().parameter("ApiKeyMaxSeconds", "86400").begin().await;
    let demo = owner(&scene, "demo@example.com", "", "").await;
    let made = demo.create(&scene, json!({ "name": "a", "scope": "" })).await.expect(201).json();
    assert_eq!(made["expires_at"], json!(START.seconds() + 86400));
    let longer = json!({ "name": "a", "scope": "", "expires_in": 86401 });
    demo.create(&scene, longer).await.expect_problem(400, "invalid-request");
}

#[tokio::test]
async fn nobody_has_more_keys_than_the_limit_however_many_they_make_at_once() {
    let scene = Scene::builder().parameter("ApiKeyNetworkLimit", "1000/60").begin().await;
    let demo = owner(&scene, "demo@example.com", "orders:read", "").await;
    let most = usize::try_from(MAX_KEYS).unwrap();
    let mut made = Vec::new();
    for _ in 0..most - 2 {
        made.push(demo.key(&scene).await);
    }
    let create = || demo.create(&scene, json!({ "name": "a", "scope": "" }));
    let answers = tokio::join!(create(), create(), create(), create(), create());
    let mut statuses = [answers.0, answers.1, answers.2, answers.3, answers.4].map(|answer| answer.status().as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 201, 409, 409, 409]);
    assert_eq!(demo.listed(&scene).await.len(), most);
    create().await.expect_problem(409, "conflict");
    demo.revoke(&scene, &made[0]).await.expect(204);
    create().await.expect(201);
    create().await.expect_problem(409, "conflict");
}

#[tokio::test]
async fn one_persons_keys_are_not_there_for_another() {
    let (scene, demo) = stage().await;
    let other = owner(&scene, "other@example.com", "orders:read", "").await;
    let key = demo.key(&scene).await;
    assert!(other.listed(&scene).await.is_empty());
    other.rename(&scene, &key, "mine").await.expect_problem(404, "not-found");
    other.rotate(&scene, &key, json!({})).await.expect_problem(404, "not-found");
    other.revoke(&scene, &key).await.expect_problem(404, "not-found");
    orders(&scene, &key.text).await.expect(200);
    assert_eq!(demo.listed(&scene).await[0]["name"], "export");
}

#[tokio::test]
async fn a_key_of_another_environment_is_refused() {
    let (scene, demo) = stage().await;
    let test = Scene::builder().parameter("ApiKeyEnvironment", "test").begin().await;
    let there = owner(&test, "demo@example.com", "orders:read", "").await;
    let (live, other) = (demo.key(&scene).await, there.key(&test).await);
    assert!(other.text.starts_with("vk_test_"), "{}", other.text);
    orders(&test, &other.text).await.expect(200);
    for (scene, text) in [(&scene, &other.text), (&test, &live.text)] {
        scene.wire.take_calls();
        orders(scene, text).await.expect(403);
        assert_eq!(scene.wire.take_calls(), [""; 0]);
    }
    forget_answers(&scene);
}
