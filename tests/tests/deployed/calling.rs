//! Protected routes: 401 where nobody was authenticated, 403 where somebody was and may not.

use serde_json::{Value, json};

use crate::target::Target;

#[tokio::test]
async fn a_principal_is_told_who_they_are() {
    let target = Target::reach().await;
    let tokens = target.login(&target.admin).await;
    let me = target.get_as("/whoami", &tokens.access).await.expect(200).json();
    assert_eq!((&me["scope"], &me["roles"]), (&json!("orders:read"), &json!("admin")));
    assert_eq!((&me["client_id"], &me["auth_method"]), (&json!("vestibule"), &json!("access_token")));
    assert!(me["sub"].as_str().unwrap().starts_with("usr_") && me["sid"].as_str().unwrap().starts_with("ses_"));
    assert!(me.as_object().unwrap().values().all(Value::is_string));
}

/// Promise 10: every route twice, so that the second answer may be a kept one.
#[tokio::test]
async fn scope_and_role_decide_route_by_route_whatever_was_asked_before() {
    let target = Target::reach().await;
    for (person, admin) in [(&target.demo, 403), (&target.admin, 200)] {
        let tokens = target.login(person).await;
        for _ in 0..2 {
            for (path, status) in [("/admin", admin), ("/whoami", 200), ("/orders", 200)] {
                target.get_as(path, &tokens.access).await.expect(status);
            }
        }
    }
}

#[tokio::test]
async fn without_a_credential_the_gateway_answers_401() {
    let target = Target::reach().await;
    for path in ["/whoami", "/orders", "/admin"] {
        for headers in [&[][..], &[("authorization", "")]] {
            let answer = target.get(path, headers).await.expect(401);
            assert_eq!(answer.json(), json!({ "message": "Unauthorized" }));
        }
    }
    target.get("/whoami?access_token=x", &[]).await.expect(401);
}

/// An HTTP API's authorizer can answer allow or deny only, and deny is 403 (decision 0003).
#[tokio::test]
async fn forged_access_tokens_prove_nothing() {
    let target = Target::reach().await;
    let tokens = target.login(&target.demo).await;
    let (body, signature) = tokens.access.rsplit_once('.').unwrap();
    let (_, claims) = body.split_once('.').unwrap();
    // {"alg":"none","typ":"at+jwt"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{claims}.");
    let forged = format!("{body}.{}", signature.chars().rev().collect::<String>());
    for token in [forged.as_str(), &unsigned, body, &tokens.refresh, "x", "a.b.c"] {
        let answer = target.get_as("/whoami", token).await.expect(403);
        assert_eq!(answer.json(), json!({ "message": "Forbidden" }), "{token}");
    }
    for credential in ["Bearer", "Basic ZGVtbzpkZW1v", &tokens.access] {
        target.get("/whoami", &[("authorization", credential)]).await.expect(403);
    }
}

/// A client cannot bring a principal of its own.
#[tokio::test]
async fn headers_and_queries_make_nobody_a_principal() {
    let target = Target::reach().await;
    let tokens = target.login(&target.demo).await;
    let bearer = format!("Bearer {}", tokens.access);
    let context = r#"{"authorizer":{"lambda":{"roles":"admin"}}}"#;
    let spoofed = [("authorization", bearer.as_str()), ("x-amzn-request-context", context), ("roles", "admin")];
    target.get("/admin?roles=admin&scope=x", &spoofed).await.expect(403);
    assert_eq!(target.get("/whoami?sub=usr_x&roles=admin", &spoofed).await.expect(200).json()["roles"], "");
}

#[tokio::test]
async fn other_spellings_of_a_path_open_nothing() {
    let target = Target::reach().await;
    let tokens = target.login(&target.demo).await;
    for path in [
        "//admin",
        "/ADMIN",
        "/admin/",
        "/./admin",
        "/x/../admin",
        "/admin%2f",
        "/%2e/admin",
        "/admin;x",
        "/%61dmin",
        "/whoami/../admin",
    ] {
        let answer = target.get_as(path, &tokens.access).await;
        assert!(matches!(answer.status().as_u16(), 400 | 403 | 404), "{path}: {}", answer.status());
    }
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let request = http::Request::builder()
            .method(method)
            .uri("/admin")
            .header("authorization", format!("Bearer {}", tokens.access));
        target.send(request.body(bytes::Bytes::new()).unwrap()).await.expect(404);
    }
}

/// Promise 6.
#[tokio::test]
async fn a_strict_route_refuses_a_revoked_session_at_once_and_others_when_the_token_ends() {
    let target = Target::reach().await;
    let tokens = target.login(&target.admin).await;
    target.get_as("/admin", &tokens.access).await.expect(200);
    target.get_as("/whoami", &tokens.access).await.expect(200);
    target.revoke(&tokens.refresh).await.expect(200);
    target.get_as("/admin", &tokens.access).await.expect(403);
    target.get_as("/whoami", &tokens.access).await.expect(200);
}

/// Promise 6. It waits for as long as a token lives, so a deployment needs a short `AccessTokenSeconds` for it.
#[tokio::test]
async fn an_access_token_stops_working_when_it_ends() {
    let target = Target::reach().await;
    let answer = target.try_login(&target.demo.name, &target.demo.password).await.expect(200);
    let access = answer.member("access_token");
    target.get_as("/whoami", &access).await.expect(200);
    target.wait(answer.json()["expires_in"].as_u64().unwrap() + target.authorizer_cache).await;
    target.get_as("/whoami", &access).await.expect(403);
}
