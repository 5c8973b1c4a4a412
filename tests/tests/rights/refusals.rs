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
