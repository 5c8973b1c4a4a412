//! There and back again, as it should be.

use serde_json::json;

use super::provider::parameters;
use super::stage::{SECRET, Stage};

#[tokio::test]
async fn a_person_whom_the_provider_vouches_for_gets_an_account_and_comes_back_to_it() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    let back = browser.goes_and_says_yes("/sign-in/with/fake?continue=%2Foauth%2Fauthorize%3Fclient_id%3Da").await;
    let arrived = browser.get(&back).await.expect(303);
    assert_eq!(arrived.header("location"), Some("/oauth/authorize?client_id=a"));
    assert_eq!(arrived.header("cache-control"), Some("no-store"));
    assert!(browser.cookie("__Host-sign-in").is_none(), "the attempt is over");
    let user = browser.user().await.unwrap();
    let again = stage.browser();
    assert_eq!(again.sign_in().await.expect(303).header("location"), Some("/account/devices"));
    assert_eq!(again.user().await.unwrap(), user);
    let listed = again.ask(http::Method::GET, "/identities", "", "same-origin").await.expect(200).json();
    let identity = &listed["identities"][0];
    assert_eq!(identity["provider"], "fake");
    assert_eq!(identity["label"], "Fake");
    assert_eq!(identity["email"], "ada@example.com");
    assert_eq!(listed["identities"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_browser_is_sent_with_state_nonce_and_challenge_and_the_code_is_fetched_with_the_verifier() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    let sent = browser.get("/sign-in/with/fake").await.expect(303);
    let address = sent.header("location").unwrap().to_owned();
    assert!(address.starts_with(&format!("{}/authorize?", stage.provider.url)), "{address}");
    let query = parameters(address.split_once('?').unwrap().1);
    assert_eq!(query["client_id"], "vestibule");
    assert_eq!(query["scope"], "openid email");
    assert_eq!(query["redirect_uri"], "https://auth.example.com/sign-in/with/fake/callback");
    for secret in ["state", "nonce", "code_challenge"] {
        assert_eq!(query[secret].len(), 43, "{secret}");
    }
    let cookie = browser.cookie("__Host-sign-in").unwrap();
    assert!(!cookie.contains(&query["state"]) && !address.contains(&cookie));
    let back = browser.back_from(&address);
    browser.get(&back).await.expect(303);
    let asked = stage.provider.take_asked();
    let token = asked.iter().find(|asked| asked.path == "/token").unwrap();
    let basic = token.headers["authorization"].strip_prefix("Basic ").unwrap();
    let basic = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, basic).unwrap();
    // Each is form-encoded first (RFC 6749 §2.3.1).
    let encoded: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    assert_eq!(String::from_utf8(basic).unwrap(), format!("vestibule:{encoded}"));
    assert!(!token.form.contains_key("client_secret") && token.form["code_verifier"].len() == 43);
}

#[tokio::test]
async fn what_the_provider_says_of_itself_is_read_once_and_a_known_person_costs_one_call_to_it() {
    let stage = Stage::new().await;
    stage.registered().await;
    let first: Vec<_> = stage.provider.take_asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(first, ["/.well-known/openid-configuration", "/token", "/jwks"]);
    stage.scene.wire.take_calls();
    stage.registered().await;
    let second: Vec<_> = stage.provider.take_asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(second, ["/token"]);
    // A count on the way there; on the way back the mark, the identity, the account, the identity again and the session.
    let calls = ["UpdateItem", "PutItem", "GetItem", "GetItem", "GetItem", "TransactWriteItems"];
    assert_eq!(stage.scene.wire.take_calls(), calls);
}

#[tokio::test]
async fn the_address_is_asked_for_where_the_id_token_has_none() {
    let stage = Stage::new().await;
    stage.provider.manners().claims = json!({ "sub": "ada-at-the-provider" });
    stage.provider.manners().user_info =
        json!({ "sub": "ada-at-the-provider", "email": "ada@example.com", "email_verified": true });
    assert!(stage.registered().await.user().await.is_some());
    stage.provider.manners().claims = json!({ "sub": "eve" });
    let browser = stage.browser();
    browser.sign_in().await.expect(503);
    assert!(browser.user().await.is_none(), "what is said of somebody else counts for nobody");
}

#[tokio::test]
async fn a_provider_that_lists_two_hundred_groups_signs_in_all_the_same() {
    let stage = Stage::new().await;
    let groups: Vec<_> =
        (0..200).map(|n| format!("/example.com/departments/engineering/teams/{n:04}/members")).collect();
    let claims = json!({ "sub": "ada", "email": "ada@example.com", "email_verified": true, "groups": groups });
    assert!(claims.to_string().len() > 10_000);
    stage.provider.manners().claims = claims;
    assert!(stage.registered().await.user().await.is_some());
    stage.provider.manners().claims = json!({ "sub": "ada", "groups": "x".repeat(64 * 1024) });
    stage.browser().sign_in().await.expect(400);
}

#[tokio::test]
async fn the_session_says_how_the_person_signed_in_and_what_they_may_do() {
    let stage = Stage::new().await;
    let browser = stage.registered().await;
    let whoami = browser.ask(http::Method::GET, "/web/whoami", "", "same-origin").await.expect(200).json();
    assert_eq!(whoami["scope"], "orders:read", "as any account has that people make themselves");
    let sessions = browser.ask(http::Method::GET, "/sessions", "", "same-origin").await.expect(200).json();
    assert_eq!(sessions["sessions"][0]["transport"], "cookie");
    assert_eq!(sessions["sessions"][0]["network"], "203.0.113.0/24");
}

#[tokio::test]
async fn whoever_signs_in_anew_leaves_no_session_behind_in_the_browser() {
    let stage = Stage::new().await;
    let browser = stage.registered().await;
    let before = browser.cookie("__Host-session").unwrap();
    browser.sign_in().await.expect(303);
    assert_ne!(browser.cookie("__Host-session").unwrap(), before);
    let old = stage.browser();
    old.set_cookie("__Host-session", &before);
    assert!(old.user().await.is_none());
}
