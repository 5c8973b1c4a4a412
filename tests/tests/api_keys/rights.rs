//! What a key may do: at most what its owner may at the moment of the call; and who may manage keys.

use serde_json::json;
use vestibule::accounts::administration::{Actor, Administer, Intervention};
use vestibule::accounts::{ManageAccounts, Standing};
use vestibule::scope::{Rights, RightsChange, Roles, Scopes};

use vestibule_tests::Scene;

use crate::stage::{Key, Owner, export, forget_answers, orders, owner, stage, whoami};

#[tokio::test]
async fn a_key_has_the_scope_that_was_asked_for_and_no_role_unless_it_was() {
    let (scene, _) = stage().await;
    let admin = owner(&scene, "admin@example.com", "orders:read orders:write", "admin clerk").await;
    let plain = admin.key(&scene).await;
    let principal = whoami(&scene, &plain.text).await;
    assert_eq!((&principal["scope"], &principal["roles"]), (&json!("orders:read"), &json!("")));
    let lending = json!({ "name": "a", "scope": "", "roles": ["admin"] });
    let lending = Key::of(&admin.create(&scene, lending).await.expect(201));
    let principal = whoami(&scene, &lending.text).await;
    assert_eq!((&principal["scope"], &principal["roles"]), (&json!(""), &json!("admin")));

    let as_key = |text: &str| format!("ApiKey {text}");
    // A strict route: the key was looked up for this very call.
    scene.get("/admin", &[("authorization", &as_key(&lending.text))]).await.expect(200);
    scene.get("/admin", &[("authorization", &as_key(&plain.text))]).await.expect(403);
    orders(&scene, &plain.text).await.expect(200);
    orders(&scene, &lending.text).await.expect(403);
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_on_a_strict_route() {
    let (scene, _) = stage().await;
    let admin = owner(&scene, "admin@example.com", "", "admin").await;
    let key = Key::of(&admin.create(&scene, json!({ "name": "a", "scope": "", "roles": ["admin"] })).await.expect(201));
    let authorization = format!("ApiKey {}", key.text);
    scene.get("/admin", &[("authorization", &authorization)]).await.expect(200);
    admin.revoke(&scene, &key).await.expect(204);
    scene.get("/admin", &[("authorization", &authorization)]).await.expect(403);
}

#[tokio::test]
async fn nobody_makes_a_key_that_may_more_than_their_session() {
    let (scene, demo) = stage().await;
    for beyond in [
        json!({ "name": "a", "scope": "orders:read files" }),
        json!({ "name": "a", "scope": "orders:read", "roles": ["admin"] }),
    ] {
        demo.create(&scene, beyond).await.expect_problem(400, "invalid-scope");
    }
    // A session may be for less than the account.
    let narrow = json!({ "username": demo.user.email, "password": vestibule_tests::PASSWORD, "scope": "orders:read" });
    let access = scene.post_json("/login", &narrow).await.expect(200).member("access_token");
    let narrow = Owner { user: demo.user.clone(), access };
    narrow.create(&scene, json!({ "name": "a", "scope": "orders:write" })).await.expect_problem(400, "invalid-scope");
    assert!(demo.listed(&scene).await.is_empty());
}

#[tokio::test]
async fn nobody_rotates_a_key_that_may_more_than_their_session() {
    let (scene, _) = stage().await;
    let admin = owner(&scene, "admin@example.com", "orders:read orders:write", "admin").await;
    let writing = json!({ "name": "a", "scope": "orders:read orders:write" });
    let ruling = json!({ "name": "b", "scope": "", "roles": ["admin"] });
    let writing = Key::of(&admin.create(&scene, writing).await.expect(201));
    let ruling = Key::of(&admin.create(&scene, ruling).await.expect(201));
    let reading = admin.key(&scene).await;
    // A session may be for less than the account.
    let narrow = json!({ "username": admin.user.email, "password": vestibule_tests::PASSWORD, "scope": "orders:read" });
    let access = scene.post_json("/login", &narrow).await.expect(200).member("access_token");
    let narrow = Owner { user: admin.user.clone(), access };
    narrow.rotate(&scene, &writing, json!({ "overlap": 0 })).await.expect_problem(400, "invalid-scope");
    narrow.rotate(&scene, &reading, json!({})).await.expect(200);
    admin.rotate(&scene, &ruling, json!({})).await.expect(200);
    // A role that was taken may come back, and what this session were given would have it then.
    let rights = Rights { scopes: Scopes::parse("orders:read orders:write").unwrap(), roles: Roles::default() };
    let taken = Intervention::Rights(RightsChange::Set(rights));
    scene.cloud.table().intervene(admin.user.id, &taken, Actor::Operator, scene.clock.now()).await.unwrap();
    let plain = Owner { user: admin.user.clone(), access: scene.login(&admin.user).await.access };
    plain.rotate(&scene, &ruling, json!({ "overlap": 0 })).await.expect_problem(400, "invalid-scope");
    // What was refused has changed nothing.
    forget_answers(&scene);
    orders(&scene, &writing.text).await.expect(200);
}

#[tokio::test]
async fn a_disabled_account_stops_its_keys_and_an_enabled_one_starts_them_again() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    let (table, at) = (scene.cloud.table(), scene.clock.now());
    orders(&scene, &key.text).await.expect(200);
    table.set_standing(demo.user.id, Standing::Disabled { at }, at).await.unwrap();
    export(&scene, &key.text).await.expect(403);
    forget_answers(&scene);
    orders(&scene, &key.text).await.expect(403);
    table.set_standing(demo.user.id, Standing::Active, scene.clock.now()).await.unwrap();
    forget_answers(&scene);
    orders(&scene, &key.text).await.expect(200);
}

#[tokio::test]
async fn a_key_manages_no_keys_and_neither_does_nobody() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    let authorization = format!("ApiKey {}", key.text);
    for (method, path) in [
        ("GET", "/api-keys".to_owned()),
        ("POST", "/api-keys".to_owned()),
        ("PATCH", format!("/api-keys/{}", key.id)),
        ("POST", format!("/api-keys/{}/rotate", key.id)),
        ("DELETE", format!("/api-keys/{}", key.id)),
    ] {
        let request = || http::Request::builder().method(method).uri(&path).header("content-type", "application/json");
        let body = || json!({ "name": "a", "scope": "" }).to_string().into();
        let with_key = request().header("authorization", &authorization).body(body()).unwrap();
        scene.send(with_key).await.expect_problem(403, "forbidden");
        let with_key = request().header("x-api-key", &key.text).body(body()).unwrap();
        scene.send(with_key).await.expect_problem(403, "forbidden");
        let nobody = scene.send(request().body(body()).unwrap()).await.expect_problem(401, "unauthenticated");
        assert!(nobody.header("www-authenticate").is_some());
        let nonsense = request().header("authorization", "Bearer x").body(body()).unwrap();
        scene.send(nonsense).await.expect_problem(401, "invalid-token");
    }
    scene.revoke(&demo.access).await.expect(200);
    demo.create(&scene, json!({ "name": "a", "scope": "" })).await.expect_problem(401, "invalid-token");
}

/// One answer for whatever is wrong with a key, from the endpoints that can say 401 and from the gateway.
#[tokio::test]
async fn no_oracle_every_refused_key_hears_the_same() {
    let (scene, demo) = stage().await;
    let off = owner(&scene, "off@example.com", "orders:read", "").await;
    let (good, revoked, disabled) = (demo.key(&scene).await, demo.key(&scene).await, off.key(&scene).await);
    let expired = json!({ "name": "a", "scope": "orders:read", "expires_in": 1 });
    let expired = Key::of(&demo.create(&scene, expired).await.expect(201));
    let elsewhere = json!({ "name": "a", "scope": "orders:read", "ip_ranges": ["192.0.2.0/24"] });
    let elsewhere = Key::of(&demo.create(&scene, elsewhere).await.expect(201));
    demo.revoke(&scene, &revoked).await.expect(204);
    scene.wait(1);
    let at = scene.clock.now();
    scene.cloud.table().set_standing(off.user.id, Standing::Disabled { at }, at).await.unwrap();
    // Made for the same key, but with another secret.
    let rotated = demo.rotate(&scene, &good, json!({ "overlap": 0 })).await.expect(200);
    let mut answers = Vec::new();
    for text in [
        "vk_nonsense",
        &good.text,
        &revoked.text,
        &disabled.text,
        &expired.text,
        &elsewhere.text,
        &good.text.replace("vk_live_", "vk_test_"),
    ] {
        let own = scene.get("/api-keys", &[("authorization", &format!("ApiKey {text}"))]).await;
        let own = own.expect_problem(401, "invalid-token");
        let gateway = orders(&scene, text).await.expect(403);
        answers.push([own, gateway].map(|answer| (answer.text().to_owned(), answer.lasting_headers())));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    orders(&scene, &Key::of(&rotated).text).await.expect(200);
}

/// RFC 9470: a session that somebody has come by must not be enough for what outlives it.
#[tokio::test]
async fn a_key_is_made_or_rotated_only_by_somebody_who_signed_in_lately() {
    let scene = Scene::new().await;
    let demo = owner(&scene, "demo@example.com", "orders:read", "").await;
    let tokens = scene.login(&demo.user).await;
    let key = demo.key(&scene).await;
    let wish = json!({ "name": "late", "scope": "orders:read" });
    scene.wait(599);
    // The token is new, the sign-in is not.
    let tokens = scene.refresh(&tokens.refresh).await;
    let demo = Owner { access: tokens.access, ..demo };
    demo.create(&scene, wish.clone()).await.expect(201);
    scene.wait(2);
    let refreshed = Owner { access: scene.refresh(&tokens.refresh).await.access, ..demo };
    let refused = refreshed.create(&scene, wish.clone()).await.expect_problem(401, "sign-in-again");
    assert_eq!(
        refused.header("www-authenticate"),
        Some(r#"Bearer error="insufficient_user_authentication", max_age="600""#)
    );
    refreshed.rotate(&scene, &key, json!({})).await.expect_problem(401, "sign-in-again");
    assert_eq!(refreshed.listed(&scene).await.len(), 2);
    refreshed.rename(&scene, &key, "still mine").await.expect(200);
    let again = Owner { access: scene.login(&refreshed.user).await.access, ..refreshed };
    again.create(&scene, wish).await.expect(201);
    again.revoke(&scene, &key).await.expect(204);
}
