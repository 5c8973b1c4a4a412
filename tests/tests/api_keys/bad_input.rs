//! What cannot be a key, or a wish for one: a clear 4xx, and nothing made or changed.

use serde_json::{Value, json};
use vestibule::api_keys::{MAX_LABEL_CHARS, MAX_RANGES};

use crate::stage::{export, orders, stage};

#[tokio::test]
async fn a_wish_that_cannot_be_granted_says_which_field_is_wrong() {
    let (scene, demo) = stage().await;
    let too_many: Vec<_> = (0..=MAX_RANGES).map(|number| format!("10.0.{number}.0/24")).collect();
    for (field, value) in [
        ("name", json!("")),
        ("name", json!(" a")),
        ("name", json!("a\nb")),
        ("name", json!("a\u{0}")),
        ("name", json!("a".repeat(MAX_LABEL_CHARS + 1))),
        ("name", json!(1)),
        ("name", Value::Null),
        ("scope", json!("a  b")),
        ("scope", json!(["orders:read"])),
        ("roles", json!("admin")),
        ("roles", json!(["Admin"])),
        ("roles", json!(["a b", ""])),
        ("roles", json!([1])),
        ("ip_ranges", json!("203.0.113.0/24")),
        ("ip_ranges", json!(["203.0.113.0/33"])),
        ("ip_ranges", json!(["example.com"])),
        ("ip_ranges", json!(too_many)),
        ("expires_in", json!(0)),
        ("expires_in", json!(-1)),
        ("expires_in", json!(1.5)),
        ("expires_in", json!("60")),
        ("expires_in", json!(u64::MAX)),
        ("expires_at", json!(1)),
        ("key", json!("vk_mine")),
    ] {
        let mut body = json!({ "name": "a", "scope": "orders:read" });
        body[field] = value.clone();
        let refused = demo.create(&scene, body).await.expect_problem(400, "invalid-request");
        assert!(refused.member("detail").contains(field), "{field} {value}: {}", refused.text());
    }
    for missing in [json!({ "name": "a" }), json!({ "scope": "" })] {
        demo.create(&scene, missing).await.expect_problem(400, "invalid-request");
    }
    assert!(demo.listed(&scene).await.is_empty());
}

#[tokio::test]
async fn a_change_that_cannot_be_made_changes_nothing() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    for body in [
        json!({ "overlap": -1 }),
        json!({ "overlap": "60" }),
        json!({ "overlap": 30 * 24 * 3600 + 1 }),
        json!({ "expires_in": 0 }),
        json!({ "more": 1 }),
        json!([]),
    ] {
        demo.rotate(&scene, &key, body).await.expect_problem(400, "invalid-request");
    }
    demo.rename(&scene, &key, "").await.expect_problem(400, "invalid-request");
    for id in ["key_", "KEY_00000000000000000000000000000000", "key_00000000000000000000000000000000", "..%2f", "%00"] {
        for (method, path, body) in [
            ("DELETE", format!("/api-keys/{id}"), None),
            ("PATCH", format!("/api-keys/{id}"), Some(json!({ "name": "b" }))),
            ("POST", format!("/api-keys/{id}/rotate"), Some(json!({}))),
        ] {
            let answer = demo.ask(&scene, method, &path, body).await;
            assert!([400, 404].contains(&answer.status().as_u16()), "{method} {path}: {}", answer.text());
        }
    }
    assert_eq!(demo.listed(&scene).await.len(), 1);
    orders(&scene, &key.text).await.expect(200);
}

#[tokio::test]
async fn what_is_no_whole_key_is_refused_without_a_read() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    scene.wire.take_calls();
    let swapped = format!("{}{}", &key.text[1..2], &key.text);
    for text in [
        "x",
        "vk_",
        "vk_live_",
        &key.text[..key.text.len() - 1],
        &key.text.to_lowercase(),
        &swapped,
        &"vk_".repeat(300),
    ] {
        orders(&scene, text).await.expect(403);
        export(&scene, text).await.expect(403);
    }
    assert_eq!(scene.wire.take_calls(), [""; 0]);
}

/// Where a function finds out itself; a route behind the authorizer has one place for credentials and looks at no other.
#[tokio::test]
async fn two_credentials_are_refused_even_if_both_are_good() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    let (bearer, as_key) = (format!("Bearer {}", demo.access), format!("ApiKey {}", key.text));
    for pair in [
        [("authorization", &bearer), ("x-api-key", &key.text)],
        [("authorization", &as_key), ("x-api-key", &key.text)],
        [("authorization", &bearer), ("authorization", &as_key)],
        [("x-api-key", &key.text), ("x-api-key", &key.text)],
    ] {
        let pair = pair.map(|(name, value)| (name, value.as_str()));
        scene.get("/api-keys", &pair).await.expect_problem(401, "invalid-token");
        let twice_in_one_place = pair[0].0 == pair[1].0;
        for path in ["/orders", "/export"] {
            let status = scene.get(path, &pair).await.status().as_u16();
            assert_eq!(status == 200, !twice_in_one_place, "{path} {status}: {pair:?}");
        }
    }
}

#[tokio::test]
async fn a_key_in_the_query_or_a_cookie_is_none() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    scene.get(&format!("/export?x-api-key={}", key.text), &[]).await.expect(401);
    scene.get("/export", &[("cookie", &format!("x-api-key={}", key.text))]).await.expect(401);
    scene.get("/orders", &[("authorization", &key.text)]).await.expect(403);
    scene.get("/orders", &[("authorization", &format!("Bearer {}", key.text))]).await.expect(403);
    scene.get("/export", &[("x-api-key", &format!("ApiKey {}", key.text))]).await.expect(403);
}
