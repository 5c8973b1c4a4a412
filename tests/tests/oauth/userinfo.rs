//! Who signed in, as clients are told (OpenID Connect Core §5.3 and §5.4, RFC 6750).

use serde_json::json;
use vestibule::oauth::codes::AuthorizationCode;
use vestibule::scope::Scopes;
use vestibule_tests::{Fault, Scene};

use crate::consent::{Person, agreed, give, page, redeem};
use crate::stage::{add, claims, form, post, worker};

/// A scene with somebody who has a username, and a client's access token with this scope.
async fn told(scope: &str) -> (Scene, Person, String) {
    let scene = Scene::new().await;
    add(&scene, &page("shop")).await;
    let user = scene.named(&["ada@example.com", "ada"], "orders:read", "").await;
    let person = Person::sign_in(&scene, user).await;
    let scope = Scopes::parse(scope).unwrap();
    let code = give(&scene, &AuthorizationCode { scope, ..person.agrees(&scene, "shop") }).await;
    let access = redeem(&scene, &code).await.expect(200).member("access_token");
    (scene, person, access)
}

#[tokio::test]
async fn a_client_is_told_what_its_scope_asks_for_and_no_more() {
    for (scope, more) in [
        ("openid", json!({})),
        ("openid orders:read", json!({})),
        ("openid profile", json!({ "preferred_username": "ada" })),
        ("openid email", json!({ "email": "ada@example.com", "email_verified": true })),
        (
            "openid profile email",
            json!({ "preferred_username": "ada", "email": "ada@example.com", "email_verified": true }),
        ),
    ] {
        let (scene, person, access) = told(scope).await;
        let mut expected = json!({ "sub": person.user.id.to_string() });
        expected.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = scene.get_as("/userinfo", &access).await.expect(200);
        assert_eq!(answer.json(), expected, "{scope}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let bearer = format!("Bearer {access}");
        let by_post = post(&scene, "/userinfo", Some(&bearer), "").await.expect(200);
        assert_eq!(by_post.json(), expected, "{scope}");
    }
}

/// §5.3.2: a client compares both.
#[tokio::test]
async fn the_person_is_called_the_same_as_in_the_id_token() {
    let scene = Scene::new().await;
    let (_, code) = agreed(&scene).await;
    let tokens = redeem(&scene, &code).await.expect(200);
    let told = scene.get_as("/userinfo", &tokens.member("access_token")).await.expect(200).json();
    assert_eq!(told["sub"], claims(&tokens.member("id_token"))["sub"]);
}

/// RFC 6750 §3.1.
#[tokio::test]
async fn a_token_without_the_scope_openid_or_without_a_person_is_told_what_it_lacks() {
    let (scene, person, access) = told("email profile").await;
    let service = worker(&scene).await.access_token(&scene).await;
    for token in [access, person.tokens.access, service] {
        let answer = scene.get_as("/userinfo", &token).await.expect_problem(403, "forbidden");
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge, Some(r#"Bearer error="insufficient_scope", scope="openid""#));
    }
}

/// RFC 6750 §2 and §3: the header is the one place for a token.
#[tokio::test]
async fn whoever_presents_no_token_or_one_that_is_no_good_hears_401() {
    let (scene, _, access) = told("openid").await;
    let nothing = scene.get("/userinfo", &[]).await.expect_problem(401, "unauthenticated");
    assert_eq!(nothing.header("www-authenticate"), Some("Bearer"));
    scene.get(&format!("/userinfo?access_token={access}"), &[]).await.expect_problem(401, "unauthenticated");
    let in_body = post(&scene, "/userinfo", None, &form(&[("access_token", &access)])).await;
    in_body.expect_problem(401, "unauthenticated");
    let basic = scene.get("/userinfo", &[("authorization", "Basic dTpw")]).await;
    basic.expect_problem(401, "unauthenticated");
    let (head, _) = access.rsplit_once('.').unwrap();
    for token in ["x", "a.b.c", &format!("{head}.AAAA"), &format!("{access},{access}")] {
        let answer = scene.get_as("/userinfo", token).await.expect_problem(401, "invalid-token");
        assert_eq!(answer.header("www-authenticate"), Some(r#"Bearer error="invalid_token""#), "{token}");
    }
    scene.wait(300);
    scene.get_as("/userinfo", &access).await.expect_problem(401, "invalid-token");
}

/// RFC 8707, RFC 9068 §4: a token for another resource is none for this one.
#[tokio::test]
async fn a_token_for_another_resource_tells_nobody_who_signed_in() {
    let scene = Scene::new().await;
    add(&scene, &page("shop")).await;
    let person = Person::sign_in(&scene, scene.demo().await).await;
    let audience = "https://invoices.example.com".to_owned();
    let code = give(&scene, &AuthorizationCode { audience, ..person.agrees(&scene, "shop") }).await;
    let access = redeem(&scene, &code).await.expect(200).member("access_token");
    scene.get_as("/userinfo", &access).await.expect_problem(401, "invalid-token");
}

/// Promise 6: at once, though the token is good for minutes.
#[tokio::test]
async fn a_token_whose_session_has_ended_is_no_good_at_once() {
    use vestibule::accounts::{ManageAccounts, Standing};

    let (scene, person, access) = told("openid").await;
    scene.wire.take_calls();
    scene.get_as("/userinfo", &access).await.expect(200);
    scene.wire.take_calls();
    scene.get_as("/userinfo", &access).await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["GetItem", "GetItem"], "session and account");
    let now = scene.clock.now();
    scene.cloud.table().set_standing(person.user.id, Standing::Disabled { at: now }, now).await.unwrap();
    scene.get_as("/userinfo", &access).await.expect_problem(401, "invalid-token");
}

/// RFC 6750 §3.1: within a minute, though the person is signed in there still.
#[tokio::test]
async fn a_client_that_was_disabled_learns_nothing_of_anybody() {
    let (scene, _, access) = told("openid").await;
    scene.get_as("/userinfo", &access).await.expect(200);
    scene.disable_client("shop").await;
    scene.wait(60);
    scene.get_as("/userinfo", &access).await.expect_problem(401, "invalid-token");
}

#[tokio::test]
async fn closed_by_default_with_dynamodb_in_trouble_nobody_is_told_anything() {
    for fault in [Fault::Throttled, Fault::Unreachable, Fault::AnswerLost] {
        let (mut scene, _, access) = told("openid").await;
        for spared in 0..3 {
            scene.cold_start();
            scene.wire.break_after(spared, "GetItem", fault);
            let answer = scene.get_as("/userinfo", &access).await.expect_problem(503, "temporarily-unavailable");
            assert_eq!(answer.header("retry-after"), Some("1"));
            scene.wire.mend();
        }
        scene.cold_start();
        scene.get_as("/userinfo", &access).await.expect(200);
    }
}
