//! Who is not let in to the administrators' API, and what they may not ask for.

use serde_json::json;
use vestibule_tests::Scene;

use super::{administrator, ask, set_rights};

#[tokio::test]
async fn nobody_but_an_administrator_is_let_in() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let root = scene.user("root@example.com", "admin", "superadmin admin2").await;
    let path = format!("/admin/users/{}", demo.id);
    let tokens = [scene.login(&demo).await.access, scene.login(&root).await.access];
    for (method, path) in [
        ("GET", path.clone()),
        ("PUT", format!("{path}/rights")),
        ("POST", format!("{path}/disable")),
        ("POST", format!("{path}/enable")),
        ("DELETE", format!("{path}/sessions")),
    ] {
        for access in &tokens {
            ask(&scene, access, method, &path, Some(json!({ "scope": "", "roles": "admin" }))).await.expect(403);
        }
        ask(&scene, "nonsense", method, &path, None).await.expect(403);
        let nobody = http::Request::builder().method(method).uri(&path).body(bytes::Bytes::new()).unwrap();
        scene.send(nobody).await.expect(401);
    }
}

#[tokio::test]
async fn an_administrator_whose_session_has_ended_is_nobody() {
    let scene = Scene::new().await;
    let admin = scene.user("admin@example.com", "", "admin").await;
    let tokens = scene.login(&admin).await;
    let demo = scene.demo().await;
    set_rights(&scene, &tokens.access, &demo, "", "").await.expect(200);
    scene.revoke(&tokens.refresh).await.expect(200);
    set_rights(&scene, &tokens.access, &demo, "", "admin").await.expect(403);
}

#[tokio::test]
async fn an_account_that_is_not_there_is_404_however_it_is_named() {
    let scene = Scene::new().await;
    let (_, access) = administrator(&scene, "admin@example.com").await;
    for id in
        ["usr_00000000000000000000000000000000", "usr_0", "admin@example.com", "svc_00000000000000000000000000000000"]
    {
        let path = format!("/admin/users/{id}");
        ask(&scene, &access, "GET", &path, None).await.expect_problem(404, "not-found");
        ask(&scene, &access, "POST", &format!("{path}/disable"), None).await.expect_problem(404, "not-found");
        let rights = Some(json!({ "scope": "", "roles": "" }));
        ask(&scene, &access, "PUT", &format!("{path}/rights"), rights).await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn rights_that_cannot_be_are_refused_with_what_is_wrong() {
    let scene = Scene::new().await;
    let (_, access) = administrator(&scene, "admin@example.com").await;
    let demo = scene.demo().await;
    let path = format!("/admin/users/{}/rights", demo.id);
    for (body, field) in [
        (json!({}), "scope"),
        (json!({ "scope": "" }), "roles"),
        (json!({ "roles": "" }), "scope"),
        (json!({ "scope": ["orders:read"], "roles": "" }), "scope"),
        (json!({ "scope": "a  b", "roles": "" }), "scope"),
        (json!({ "scope": "\"", "roles": "" }), "scope"),
        (json!({ "scope": "x".repeat(400), "roles": "" }), "scope"),
        (json!({ "scope": "", "roles": "Admin" }), "roles"),
        (json!({ "scope": "", "roles": "a ".repeat(200).trim_end() }), "roles"),
        (json!({ "scope": "", "roles": null }), "roles"),
        (json!({ "scope": "", "roles": "", "admin": "true" }), "admin"),
    ] {
        let answer = ask(&scene, &access, "PUT", &path, Some(body.clone())).await;
        let answer = answer.expect_problem(400, "invalid-request");
        assert!(answer.member("detail").contains(&format!("\"{field}\"")), "{body}: {}", answer.text());
    }
    let shown = ask(&scene, &access, "GET", &format!("/admin/users/{}", demo.id), None).await.expect(200);
    assert_eq!(shown.member("scope"), "orders:read");
}

/// What they give outlives their session, so a session that somebody has come by must not be enough; to take something away it is.
#[tokio::test]
async fn whoever_signed_in_long_ago_takes_away_and_gives_nothing() {
    let scene = Scene::new().await;
    let admin = scene.user("admin@example.com", "", "admin").await;
    let demo = scene.demo().await;
    let tokens = scene.login(&admin).await;
    scene.wait(599);
    // The token is new, the sign-in is not.
    let tokens = scene.refresh(&tokens.refresh).await;
    set_rights(&scene, &tokens.access, &demo, "", "support").await.expect(200);
    scene.wait(2);
    let access = scene.refresh(&tokens.refresh).await.access;
    let refused = set_rights(&scene, &access, &demo, "", "admin").await.expect_problem(401, "sign-in-again");
    assert_eq!(
        refused.header("www-authenticate"),
        Some(r#"Bearer error="insufficient_user_authentication", max_age="600""#)
    );
    let path = format!("/admin/users/{}", demo.id);
    ask(&scene, &access, "POST", &format!("{path}/enable"), None).await.expect_problem(401, "sign-in-again");
    for (method, path) in
        [("GET", path.clone()), ("DELETE", format!("{path}/sessions")), ("POST", format!("{path}/disable"))]
    {
        ask(&scene, &access, method, &path, None).await.expect(200);
    }
    let account = ask(&scene, &access, "GET", &path, None).await.expect(200);
    assert_eq!(account.json()["roles"], "support");
    let access = scene.login(&admin).await.access;
    ask(&scene, &access, "POST", &format!("{path}/enable"), None).await.expect(200);
}

/// Nobody signs in with a key, so that none is ever recent.
#[tokio::test]
async fn an_administrators_api_key_gives_nothing() {
    let scene = Scene::new().await;
    let (_, access) = administrator(&scene, "admin@example.com").await;
    let demo = scene.demo().await;
    let wish = json!({ "name": "reports", "scope": "", "roles": ["admin"] });
    let key = scene.post_as("/api-keys", &access, &wish).await.expect(201).member("key");
    let path = format!("/admin/users/{}", demo.id);
    let by_key = format!("ApiKey {key}");
    scene.get(&path, &[("authorization", &by_key)]).await.expect(200);
    let grant = http::Request::put(format!("{path}/rights")).header("content-type", "application/json");
    let grant = grant.header("authorization", by_key).body(r#"{"scope":"","roles":"admin"}"#.into());
    scene.send(grant.unwrap()).await.expect_problem(401, "sign-in-again");
}
