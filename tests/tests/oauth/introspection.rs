//! Token introspection (RFC 7662).

use serde_json::json;
use vestibule::oauth::clients::{Client, Grant, Party, SecretMethod};
use vestibule::sessions::rotation::DEFAULT_RETRY_WINDOW;
use vestibule_tests::Scene;

use crate::consent::{Person, give, page, redemption};
use crate::stage::{Registered, claims, expect_error, form, post, service, with_secret, worker};

/// A resource server: it asks and gets no tokens itself.
async fn resource_server(scene: &Scene) -> Registered {
    let client = Client { grants: std::iter::empty::<Grant>().collect(), service: None, ..service("resource") };
    with_secret(scene, client, SecretMethod::Basic).await
}

#[tokio::test]
async fn a_live_token_is_told_with_its_claims_and_a_dead_one_with_nothing() {
    let scene = Scene::new().await;
    let asks = resource_server(&scene).await;
    let tokens = scene.login(&scene.user("ada@example.com", "orders:read", "admin").await).await;
    let told = asks.introspect(&scene, &tokens.access).await;
    let said = claims(&tokens.access);
    assert_eq!((&told["active"], &told["token_type"]), (&json!(true), &json!("Bearer")));
    for claim in ["iss", "sub", "aud", "client_id", "scope", "roles", "sid", "auth_time", "iat", "exp", "jti"] {
        assert_eq!(told[claim], said[claim], "{claim}");
    }
    scene.revoke(&tokens.refresh).await.expect(200);
    assert_eq!(asks.introspect(&scene, &tokens.access).await, json!({ "active": false }), "at once, whatever its exp");
}

#[tokio::test]
async fn a_services_token_is_good_until_it_expires_or_its_client_is_disabled() {
    let scene = Scene::new().await;
    let (asks, worker) = (resource_server(&scene).await, worker(&scene).await);
    let resource = worker.token(&scene, "&resource=https%3A%2F%2Finvoices.example.com").await.expect(200);
    let token = resource.member("access_token");
    let told = asks.introspect(&scene, &token).await;
    assert_eq!((&told["active"], &told["aud"]), (&json!(true), &json!("https://invoices.example.com")));
    assert!(told.get("sid").is_none() && told["sub"].as_str().unwrap().starts_with("svc_"));
    scene.disable_client("worker").await;
    scene.wait(60);
    assert_eq!(asks.introspect(&scene, &token).await, json!({ "active": false }));
    scene.enable_client("worker").await;
    scene.wait(60);
    assert_eq!(asks.introspect(&scene, &token).await["active"], true);
    scene.wait(180);
    assert_eq!(asks.introspect(&scene, &token).await, json!({ "active": false }), "expired");
}

/// RFC 7662 §2.2: nothing but `active` is said of what is no good, whatever it is.
#[tokio::test]
async fn whatever_is_no_good_is_inactive_and_nothing_more() {
    let scene = Scene::new().await;
    let asks = resource_server(&scene).await;
    let tokens = scene.login(&scene.demo().await).await;
    let (head, signature) = tokens.access.rsplit_once('.').unwrap();
    let turned: String = signature.chars().rev().collect();
    let forged = format!("{head}.{turned}");
    for token in ["x", "a.b.c", "vcs_x", "vk_live_x", &forged, &tokens.refresh, "\u{e4}", &"x".repeat(9000)] {
        assert_eq!(asks.introspect(&scene, token).await, json!({ "active": false }));
    }
}

/// RFC 7662 §2.1 and §2.2: nobody but the client that may use a refresh token learns anything of it, and to ask uses nothing up.
#[tokio::test]
async fn a_client_is_told_what_its_own_refresh_token_is_worth_and_nobody_else_is() {
    let scene = Scene::new().await;
    let asks = resource_server(&scene).await;
    let books = with_secret(&scene, Client { party: Party::First, ..page("books") }, SecretMethod::Basic).await;
    let person = Person::sign_in(&scene, scene.demo().await).await;
    let redeemed = async || {
        let code = give(&scene, &person.agrees(&scene, "books")).await;
        books.post(&scene, "/oauth/token", &redemption("books", &code, &[])).await.expect(200)
    };
    let (one, another) = (redeemed().await, redeemed().await.member("refresh_token"));
    let (first, access) = (one.member("refresh_token"), claims(&one.member("access_token")));
    scene.wire.take_calls();
    let told = books.introspect(&scene, &first).await;
    assert_eq!(scene.wire.take_calls(), ["GetItem"]);
    assert_eq!(told["active"], true);
    for claim in ["iss", "sub", "client_id", "scope", "sid", "auth_time"] {
        assert_eq!(told[claim], access[claim], "{claim}");
    }
    for claim in ["token_type", "aud", "roles", "iat", "jti"] {
        assert_eq!(told.get(claim), None, "it is taken for no access token: {claim}");
    }
    let inactive = json!({ "active": false });
    let forged = format!("{}AAAA", &first[..first.len() - 4]);
    for (client, token) in [(&asks, &first), (&books, &person.tokens.refresh), (&books, &forged)] {
        assert_eq!(client.introspect(&scene, token).await, inactive);
    }
    let refreshes = form(&[("grant_type", "refresh_token"), ("refresh_token", &first)]);
    let next = books.post(&scene, "/oauth/token", &refreshes).await.expect(200).member("refresh_token");
    assert_eq!(books.introspect(&scene, &first).await["active"], true, "its answer may have been lost");
    scene.wait(DEFAULT_RETRY_WINDOW.as_secs() + 1);
    assert_eq!(books.introspect(&scene, &first).await, inactive);
    assert_eq!(books.introspect(&scene, &next).await["active"], true, "to ask about a spent one ends nothing");
    books.post(&scene, "/oauth/revoke", &form(&[("token", &next)])).await.expect(200);
    assert_eq!(books.introspect(&scene, &next).await, inactive);
    let ends = books.introspect(&scene, &another).await["exp"].as_u64().unwrap();
    scene.wait(ends - scene.clock.now().seconds() - 1);
    assert_eq!(books.introspect(&scene, &another).await["active"], true);
    scene.wait(1);
    assert_eq!(books.introspect(&scene, &another).await, inactive);
}

/// RFC 7662 §2.1 and §4: who may ask.
#[tokio::test]
async fn only_a_confidential_client_that_proves_itself_may_ask() {
    let scene = Scene::new().await;
    let asks = resource_server(&scene).await;
    let tokens = scene.login(&scene.demo().await).await;
    let question = form(&[("token", &tokens.access)]);
    expect_error(post(&scene, "/oauth/introspect", None, &question).await, 401, "invalid_client");
    let bearer = format!("Bearer {}", tokens.access);
    expect_error(post(&scene, "/oauth/introspect", Some(&bearer), &question).await, 401, "invalid_client");
    let named = format!("{question}&client_id=resource");
    expect_error(post(&scene, "/oauth/introspect", None, &named).await, 401, "invalid_client");
    let grants = [Grant::AuthorizationCode].into_iter().collect();
    let redirect_uris = vec!["https://app.example.com/callback".parse().unwrap()];
    crate::stage::add(&scene, &Client { grants, redirect_uris, service: None, ..service("public") }).await;
    let public = format!("{question}&client_id=public");
    expect_error(post(&scene, "/oauth/introspect", None, &public).await, 401, "invalid_client");
    expect_error(asks.post(&scene, "/oauth/introspect", "token_type_hint=x").await, 400, "invalid_request");
    let twice = format!("{question}&{question}");
    expect_error(asks.post(&scene, "/oauth/introspect", &twice).await, 400, "invalid_request");
}

/// RFC 7662 §2.2: what a client holds in somebody's name is worth as little as what it holds in its own.
#[tokio::test]
async fn a_persons_token_is_inactive_within_a_minute_of_its_client_being_disabled() {
    let scene = Scene::new().await;
    let asks = resource_server(&scene).await;
    let (_, code) = crate::consent::agreed(&scene).await;
    let access = crate::consent::redeem(&scene, &code).await.expect(200).member("access_token");
    assert_eq!(asks.introspect(&scene, &access).await["active"], json!(true));
    scene.disable_client("shop").await;
    scene.wait(60);
    assert_eq!(asks.introspect(&scene, &access).await, json!({ "active": false }));
}

#[tokio::test]
async fn a_question_costs_one_read_of_the_session() {
    let scene = Scene::new().await;
    let asks = resource_server(&scene).await;
    let tokens = scene.login(&scene.demo().await).await;
    asks.introspect(&scene, &tokens.access).await;
    scene.wire.take_calls();
    asks.introspect(&scene, &tokens.access).await;
    assert_eq!(scene.wire.take_calls(), ["GetItem"]);
    asks.introspect(&scene, "nonsense").await;
    assert_eq!(scene.wire.take_calls(), [""; 0]);
}
