//! Protected routes: 401 where nobody was authenticated, 403 where somebody was and may not, and caches that change neither.

use serde_json::json;
use vestibule::accounts::{ManageAccounts, Standing};
use vestibule_tests::{DYNAMODB, Fault, PASSWORD, Scene};

#[tokio::test]
async fn a_principal_is_told_who_they_are() {
    let scene = Scene::new().await;
    let admin = scene.user("admin@example.com", "orders:read", "admin").await;
    let tokens = scene.login(&admin).await;
    let me = scene.get_as("/whoami", &tokens.access).await.expect(200).json();
    assert_eq!(me["sub"], json!(admin.id));
    assert_eq!((&me["scope"], &me["roles"]), (&json!("orders:read"), &json!("admin")));
    assert_eq!((&me["client_id"], &me["auth_method"]), (&json!("vestibule"), &json!("access_token")));
    assert!(me["sid"].as_str().unwrap().starts_with("ses_"));
    assert!(me.as_object().unwrap().values().all(serde_json::Value::is_string));
}

#[tokio::test]
async fn without_a_credential_the_gateway_answers_401_and_asks_nobody() {
    let scene = Scene::new().await;
    for path in ["/whoami", "/orders", "/admin"] {
        for headers in [&[][..], &[("authorization", "")]] {
            let answer = scene.get(path, headers).await.expect(401);
            assert_eq!(answer.json(), json!({ "message": "Unauthorized" }));
        }
    }
    assert_eq!(scene.wire.take_calls(), [""; 0]);
}

/// An HTTP API's authorizer can answer allow or deny only, and deny is 403 (decision 0003).
#[tokio::test]
async fn a_credential_that_proves_nothing_is_refused() {
    let scene = Scene::new().await;
    let tokens = scene.login(&scene.demo().await).await;
    let (body, signature) = tokens.access.rsplit_once('.').unwrap();
    let forged = format!("{body}.{}", signature.chars().rev().collect::<String>());
    for credential in [
        "Bearer",
        "Bearer x",
        "Basic ZGVtbzpkZW1v",
        &format!("Bearer {forged}"),
        &format!("Bearer {}", tokens.refresh),
        &tokens.access,
    ] {
        let answer = scene.get("/whoami", &[("authorization", credential)]).await.expect(403);
        assert_eq!(answer.json(), json!({ "message": "Forbidden" }), "{credential}");
    }
}

#[tokio::test]
async fn scope_and_role_decide_route_by_route() {
    let scene = Scene::new().await;
    for (email, scope, role, expected) in [
        ("none@example.com", "", "", [200, 403, 403]),
        ("reader@example.com", "orders:read", "", [200, 200, 403]),
        ("writer@example.com", "orders:write orders", "ops", [200, 403, 403]),
        ("admin@example.com", "", "admin", [200, 403, 200]),
        ("both@example.com", "orders:read", "admin ops", [200, 200, 200]),
    ] {
        let tokens = scene.login(&scene.user(email, scope, role).await).await;
        for _ in 0..2 {
            for (path, status) in ["/whoami", "/orders", "/admin"].into_iter().zip(expected) {
                let answer = scene.get_as(path, &tokens.access).await;
                assert_eq!(answer.status().as_u16(), status, "{email} {path}");
            }
        }
    }
}

/// Promise 10: in every order of routes, whatever was asked before.
#[tokio::test]
async fn cache_correct_a_cached_answer_equals_the_uncached_one_on_every_route() {
    let mut scene = Scene::new().await;
    let people = [
        scene.user("none@example.com", "", "").await,
        scene.user("reader@example.com", "orders:read", "").await,
        scene.user("admin@example.com", "", "admin").await,
    ];
    let routes = ["/whoami", "/orders", "/admin"];
    for person in &people {
        let tokens = scene.login(person).await;
        let mut uncached = Vec::new();
        for route in routes {
            scene.cold_start();
            uncached.push(scene.get_as(route, &tokens.access).await.status());
        }
        for first in 0..routes.len() {
            scene.cold_start();
            for step in 0..2 * routes.len() {
                let route = (first + step) % routes.len();
                let answer = scene.get_as(routes[route], &tokens.access).await;
                assert_eq!(answer.status(), uncached[route], "{} after {}", routes[route], routes[first]);
            }
        }
    }
}

#[tokio::test]
async fn an_access_token_stops_working_when_it_expires_and_its_kept_answer_soon_after() {
    let mut scene = Scene::new().await;
    let tokens = scene.login(&scene.demo().await).await;
    scene.wait(299);
    scene.get_as("/whoami", &tokens.access).await.expect(200);
    scene.wait(59);
    scene.get_as("/whoami", &tokens.access).await.expect(200);
    scene.wait(1);
    scene.get_as("/whoami", &tokens.access).await.expect(403);
    scene.cold_start();
    scene.get_as("/whoami", &tokens.access).await.expect(403);
}

/// Promise 6: 300 s of token and 60 s of cache on ordinary routes, nothing on strict ones.
#[tokio::test]
async fn bounded_lock_out_a_strict_route_refuses_a_revoked_session_at_once_and_others_when_the_token_ends() {
    let scene = Scene::new().await;
    let admin = scene.user("admin@example.com", "", "admin").await;
    let tokens = scene.login(&admin).await;
    scene.get_as("/admin", &tokens.access).await.expect(200);
    scene.get_as("/whoami", &tokens.access).await.expect(200);
    scene.revoke(&tokens.refresh).await.expect(200);
    scene.get_as("/admin", &tokens.access).await.expect(403);
    scene.get_as("/whoami", &tokens.access).await.expect(200);
    scene.wait(300);
    scene.get_as("/whoami", &tokens.access).await.expect(403);
}

#[tokio::test]
async fn a_disabled_account_is_out_of_strict_routes_at_once() {
    let scene = Scene::new().await;
    let admin = scene.user("admin@example.com", "", "admin").await;
    let tokens = scene.login(&admin).await;
    let now = scene.clock.now();
    scene.cloud.table().set_standing(admin.id, Standing::Disabled { at: now }, now).await.unwrap();
    scene.get_as("/admin", &tokens.access).await.expect(403);
}

/// Promise 9 for the authorizer.
#[tokio::test]
async fn closed_by_default_a_fault_of_the_authorizer_is_500_and_never_access() {
    let mut scene = Scene::new().await;
    let admin = scene.user("admin@example.com", "", "admin").await;
    let tokens = scene.login(&admin).await;
    scene.cold_start();
    scene.wire.break_always(DYNAMODB, Fault::Unreachable);
    for path in ["/whoami", "/orders", "/admin"] {
        scene.get_as(path, &tokens.access).await.expect(500);
    }
    scene.wire.mend();
    scene.wait(1);
    scene.get_as("/whoami", &tokens.access).await.expect(200);
    scene.wire.break_always(DYNAMODB, Fault::Unreachable);
    scene.get_as("/admin", &tokens.access).await.expect(500);
    scene.wire.mend();
    scene.get_as("/admin", &tokens.access).await.expect(200);
}

#[tokio::test]
async fn other_spellings_of_a_path_open_nothing() {
    let scene = Scene::new().await;
    let reader = scene.login(&scene.demo().await).await;
    for path in [
        "//admin",
        "/ADMIN",
        "/Admin",
        "/admin/",
        "/./admin",
        "/x/../admin",
        "/admin%2f",
        "/%2e/admin",
        "/admin;x",
        "/%61dmin",
        "/whoami/../admin",
        "/whoami%2f..%2fadmin",
    ] {
        let answer = scene.get_as(path, &reader.access).await;
        assert!(matches!(answer.status().as_u16(), 400 | 403 | 404), "{path}: {}", answer.status());
    }
    for method in ["POST", "PUT", "DELETE", "PATCH", "HEAD"] {
        let request = http::Request::builder()
            .method(method)
            .uri("/admin")
            .header("authorization", format!("Bearer {}", reader.access))
            .header("x-http-method-override", "GET");
        let answer = scene.send(request.body(bytes::Bytes::new()).unwrap()).await;
        assert_eq!(answer.status().as_u16(), 404, "{method}");
    }
}

/// A client cannot bring a principal of its own.
#[tokio::test]
async fn headers_and_queries_make_nobody_a_principal() {
    let scene = Scene::new().await;
    let reader = scene.login(&scene.demo().await).await;
    let bearer = format!("Bearer {}", reader.access);
    let spoofed = [
        ("authorization", bearer.as_str()),
        ("x-amzn-request-context", r#"{"authorizer":{"lambda":{"roles":"admin"}}}"#),
        ("x-forwarded-for", "127.0.0.1"),
        ("roles", "admin"),
    ];
    scene.get("/admin?roles=admin&scope=x", &spoofed).await.expect(403);
    let me = scene.get("/whoami?sub=usr_x", &spoofed).await.expect(200).json();
    assert_eq!(me["roles"], "");
    scene.get(&format!("/whoami?access_token={}", reader.access), &[]).await.expect(401);
}

#[tokio::test]
async fn the_demo_api_is_left_out_by_parameter() {
    let scene = Scene::builder().parameter("DemoApi", "false").begin().await;
    let tokens = scene.login(&scene.demo().await).await;
    scene.get_as("/whoami", &tokens.access).await.expect(404);
    scene.refresh(&tokens.refresh).await;
}

#[tokio::test]
async fn a_named_stage_is_a_prefix_that_routes_do_not_see() {
    let scene = Scene::builder()
        .edit("StageName: $default", "StageName: prod")
        .parameter("Issuer", "https://auth.example.com/prod")
        .begin()
        .await;
    scene.demo().await;
    let login = json!({ "username": "demo@example.com", "password": PASSWORD });
    let tokens = scene.post_json("/prod/login", &login).await.expect(200);
    scene.get_as("/prod/whoami", &tokens.member("access_token")).await.expect(200);
    scene.get_as("/prod/admin", &tokens.member("access_token")).await.expect(403);
    assert_eq!(
        scene.get("/prod/.well-known/openid-configuration", &[]).await.expect(200).member("issuer"),
        "https://auth.example.com/prod"
    );
    assert!(scene.get_as("/whoami", &tokens.member("access_token")).await.status().is_client_error());
}

#[tokio::test]
async fn web_pages_of_allowed_origins_may_call_and_read_refusals_too() {
    let scene =
        Scene::builder().parameter("AllowedOrigins", "https://app.example.com,https://other.example.com").begin().await;
    let preflight = |origin: &str| {
        http::Request::options("/whoami")
            .header("origin", origin)
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "authorization")
            .body(bytes::Bytes::new())
            .unwrap()
    };
    let answer = scene.send(preflight("https://app.example.com")).await.expect(204);
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example.com"));
    assert!(answer.header("access-control-allow-headers").unwrap().contains("authorization"));
    let stranger = scene.send(preflight("https://evil.example")).await;
    assert_eq!(stranger.header("access-control-allow-origin"), None);
    for headers in [
        &[("origin", "https://app.example.com")][..],
        &[("origin", "https://app.example.com"), ("authorization", "Bearer x")],
    ] {
        let answer = scene.get("/whoami", headers).await;
        assert!(matches!(answer.status().as_u16(), 401 | 403));
        assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example.com"));
    }
    assert_eq!(scene.wire.take_calls(), [""; 0]);
}
