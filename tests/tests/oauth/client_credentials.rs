//! The client credentials grant (RFC 6749 §4.4, RFC 8707, RFC 9068).

use serde_json::json;
use vestibule::keys::Algorithm;
use vestibule::oauth::clients::{Client, Grant, Lifetimes, SecretMethod};
use vestibule_tests::Scene;

use crate::stage::{ISSUER, claims, expect_error, form, post, service, with_secret, worker};

#[tokio::test]
async fn a_service_gets_a_token_for_itself_and_the_api_lets_it_in() {
    let scene = Scene::new().await;
    let worker = worker(&scene).await;
    let answer = worker.token(&scene, "&scope=orders%3Aread").await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let document = answer.json();
    assert_eq!(
        (&document["token_type"], &document["expires_in"], &document["scope"]),
        (&json!("Bearer"), &json!(300), &json!("orders:read"))
    );
    assert!(document.get("refresh_token").is_none() && document.get("id_token").is_none(), "RFC 6749 §4.4.3");
    let token = answer.member("access_token");
    let said = claims(&token);
    assert!(said["sub"].as_str().unwrap().starts_with("svc_"));
    assert_eq!((&said["client_id"], &said["aud"]), (&json!("worker"), &json!(ISSUER)));
    for absent in ["sid", "auth_time", "roles"] {
        assert!(said.get(absent).is_none(), "{absent}: nobody signed in");
    }
    let principal = scene.get_as("/whoami", &token).await.expect(200).json();
    assert_eq!(principal["sub"], said["sub"]);
    scene.get_as("/orders", &token).await.expect(200);
    scene.get_as("/admin", &token).await.expect(403);
    assert_eq!(claims(&worker.access_token(&scene).await)["sub"], said["sub"], "it is the same service every time");
}

/// RFC 6749 §3.3 and §5.2: never more than the registration, and less only if less was asked for.
#[tokio::test]
async fn a_scope_beyond_the_registration_is_refused_and_never_cut_in_silence() {
    let scene = Scene::new().await;
    let worker = worker(&scene).await;
    assert_eq!(worker.token(&scene, "").await.expect(200).member("scope"), "orders:read orders:write");
    assert_eq!(worker.token(&scene, "&scope=").await.expect(200).member("scope"), "orders:read orders:write");
    for scope in ["admin", "orders:read%20admin", "openid", "orders:read%20%20orders:write", "%22", "orders%3Aread%0A"]
    {
        expect_error(worker.token(&scene, &format!("&scope={scope}")).await, 400, "invalid_scope");
    }
}

/// RFC 8707 §2.
#[tokio::test]
async fn a_token_for_another_resource_opens_nothing_here() {
    let scene = Scene::new().await;
    let worker = worker(&scene).await;
    let answer = worker.token(&scene, "&resource=https%3A%2F%2Finvoices.example.com").await.expect(200);
    let token = answer.member("access_token");
    assert_eq!(claims(&token)["aud"], "https://invoices.example.com");
    scene.get_as("/whoami", &token).await.expect(403);
    let own = form(&[("resource", ISSUER)]);
    let own = worker.token(&scene, &format!("&{own}")).await.expect(200).member("access_token");
    scene.get_as("/whoami", &own).await.expect(200);
    for resource in
        ["https://elsewhere.example.com", "https://invoices.example.com/", "*", "https://invoices.example.com#x"]
    {
        let asked = form(&[("resource", resource)]);
        expect_error(worker.token(&scene, &format!("&{asked}")).await, 400, "invalid_target");
    }
    let twice = "&resource=https%3A%2F%2Finvoices.example.com&resource=https%3A%2F%2Finvoices.example.com";
    expect_error(worker.token(&scene, twice).await, 400, "invalid_target");
}

/// With the client in memory no call at all; without it one read. Nothing is ever written.
#[tokio::test]
async fn a_token_costs_no_call_while_the_client_is_known_and_one_read_otherwise() {
    let mut scene = Scene::new().await;
    let worker = worker(&scene).await;
    worker.access_token(&scene).await;
    scene.wire.take_calls();
    worker.access_token(&scene).await;
    assert_eq!(scene.wire.take_calls(), [""; 0]);
    scene.wait(60);
    worker.access_token(&scene).await;
    assert_eq!(scene.wire.take_calls(), ["GetItem"]);
    scene.cold_start();
    worker.access_token(&scene).await;
    assert_eq!(scene.wire.take_calls(), ["GetItem", "GetSecretValue"]);
}

#[tokio::test]
async fn a_client_gets_what_it_is_registered_for_and_no_other_grant() {
    let scene = Scene::new().await;
    let worker = worker(&scene).await;
    for (grant, error) in [
        ("authorization_code", "unauthorized_client"),
        ("refresh_token", "unauthorized_client"),
        ("password", "unsupported_grant_type"),
        ("implicit", "unsupported_grant_type"),
        ("Client_credentials", "unsupported_grant_type"),
        ("", "invalid_request"),
    ] {
        let answer = worker.post(&scene, "/oauth/token", &format!("grant_type={grant}&username=x&password=y")).await;
        expect_error(answer, 400, error);
    }
    let silent = Client { grants: std::iter::empty::<Grant>().collect(), service: None, ..service("silent") };
    let silent = with_secret(&scene, silent, SecretMethod::Basic).await;
    expect_error(silent.token(&scene, "").await, 400, "unauthorized_client");
}

#[tokio::test]
async fn a_clients_own_algorithm_and_lifetime_count() {
    let scene = Scene::new().await;
    let lifetimes = Lifetimes { access_token: Some(std::time::Duration::from_secs(60)), ..Lifetimes::default() };
    let client = Client { algorithm: Some(Algorithm::Rs256), lifetimes, ..service("rsa") };
    let client = with_secret(&scene, client, SecretMethod::Basic).await;
    let answer = client.token(&scene, "").await.expect(200);
    assert_eq!(answer.json()["expires_in"], 60);
    let token = answer.member("access_token");
    assert!(token.starts_with("eyJhbGciOiJSUzI1NiI"), "{token}");
    scene.get_as("/whoami", &token).await.expect(200);
    scene.wait(60);
    // A kept answer of the authorizer may outlive the token by its own time.
    scene.get_as("/orders", &token).await.expect(403);
}

/// The time is stated: a registration is kept for a minute.
#[tokio::test]
async fn a_disabled_client_is_refused_within_a_minute_and_by_a_fresh_function_at_once() {
    let mut scene = Scene::new().await;
    let worker = worker(&scene).await;
    worker.access_token(&scene).await;
    scene.disable_client("worker").await;
    scene.wait(60);
    expect_error(worker.token(&scene, "").await, 401, "invalid_client");
    scene.enable_client("worker").await;
    scene.wait(5);
    worker.access_token(&scene).await;
    scene.disable_client("worker").await;
    scene.cold_start();
    expect_error(worker.token(&scene, "").await, 401, "invalid_client");
}

/// RFC 6749 §3.2: parameters once, in a form, and nothing in the query.
#[tokio::test]
async fn a_token_request_is_a_form_with_each_parameter_once() {
    let scene = Scene::new().await;
    let worker = worker(&scene).await;
    let good = "grant_type=client_credentials";
    for twice in ["grant_type=client_credentials", "grant%5Ftype=password", "scope=a&scope=b", "x=1&x=2"] {
        expect_error(worker.token(&scene, &format!("&{twice}&{twice}")).await, 400, "invalid_request");
    }
    let json = r#"{"grant_type":"client_credentials"}"#;
    let request = http::Request::post("/oauth/token").header("authorization", worker.basic());
    let request = request.header("content-type", "application/json").body(json.into()).unwrap();
    expect_error(scene.send(request).await, 415, "invalid_request");
    let in_query = post(&scene, &format!("/oauth/token?{good}"), Some(&worker.basic()), "").await;
    expect_error(in_query, 400, "invalid_request");
    scene.get("/oauth/token", &[]).await.expect(404);
    worker.token(&scene, "&unknown=ignored").await.expect(200);
}
