//! `POST /login`.

use serde_json::json;

use crate::target::Target;

#[tokio::test]
async fn a_sign_in_gives_tokens_that_nobody_may_store() {
    let target = Target::reach().await;
    let answer = target.try_login(&target.demo.name, &target.demo.password).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let body = answer.json();
    assert_eq!((&body["token_type"], &body["scope"]), (&json!("Bearer"), &json!("orders:read")));
    assert!(body["expires_in"].as_u64().unwrap() > 0);
    assert!(answer.member("refresh_token").starts_with("vrt_"));
    target.get_as("/whoami", &answer.member("access_token")).await.expect(200);
}

/// Promise 5.
#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_are_answered_alike() {
    let target = Target::reach().await;
    let wrong = target.try_login(&target.demo.name, "not the password").await;
    let unknown = target.try_login("nobody-of-that-name@example.com", "not the password").await;
    assert_eq!(wrong.text(), unknown.text());
    assert_eq!(wrong.lasting_headers(), unknown.lasting_headers());
    wrong.expect_problem(401, "invalid-credentials");
}

#[tokio::test]
async fn a_narrower_scope_is_given_on_request_and_a_wider_one_is_not() {
    let target = Target::reach().await;
    let ask = |scope: &'static str| {
        let body = json!({ "username": target.demo.name, "password": target.demo.password, "scope": scope });
        let target = target.clone();
        async move { target.post_json("/login", &body).await }
    };
    let granted = ask("orders:read").await.expect(200);
    target.get_as("/orders", &granted.member("access_token")).await.expect(200);
    ask("orders:write").await.expect(400);
}
