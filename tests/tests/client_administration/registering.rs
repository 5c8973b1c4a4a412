//! A registration: what it gives, what it fills in, and what is wrong with one.

use serde_json::{Value, json};
use vestibule::audit::client_trail::ClientEvent;

use crate::stage::{Stage, app, worker};

#[tokio::test]
async fn an_administrator_registers_a_client_whose_secret_is_shown_once_and_works_at_once() {
    let stage = Stage::new().await;
    let made = stage.register(&worker()).await.expect(201);
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let secret = made.member("client_secret");
    assert!(secret.starts_with("vcs_"));
    let mut expected = json!({
        "client_id": "worker", "client_name": "worker", "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["client_credentials"], "redirect_uris": [], "post_logout_redirect_uris": [], "origins": [],
        "scope": "orders:read orders:write", "roles": "", "resources": [], "retry": "until_used", "party": "third",
        "standing": "active", "created_at": stage.scene.clock.now().seconds(),
    });
    let shown = stage.show("worker").await.expect(200);
    assert!(!shown.text().contains(&secret));
    let mut shown = shown.json();
    let service = shown.as_object_mut().unwrap().remove("service").unwrap();
    assert_eq!(shown, expected);
    expected["service"] = service;
    expected["client_secret"] = secret.clone().into();
    assert_eq!(made.json(), expected);
    stage.token("worker", &secret).await.expect(200);
    assert_eq!(stage.trail("worker").await, [(ClientEvent::Registered, Some(stage.admin))]);
}

#[tokio::test]
async fn a_client_that_needs_no_secret_is_given_none() {
    let stage = Stage::new().await;
    let made = stage.register(&app()).await.expect(201).json();
    assert_eq!((made.get("client_secret"), &made["retry"], made.get("service")), (None, &json!("10"), None));
    stage.post("app", "secret", None).await.expect_problem(409, "conflict");
    let key = json!({ "kty": "EC", "crv": "P-256", "kid": "1",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" });
    let signer = json!({ "client_id": "signer", "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key] },
        "grant_types": ["client_credentials"] });
    let made = stage.register(&signer).await.expect(201).json();
    assert_eq!((made.get("client_secret"), &made["jwks"]["keys"][0]["x"]), (None, &key["x"]));
    let change = json!({ "jwks": { "keys": [key, key] } });
    let changed = stage.change("signer", &change).await.expect(200).json();
    assert_eq!(changed["jwks"]["keys"].as_array().unwrap().len(), 2);
}

/// Of a registration whose answer was lost, nothing remains unknown: its name was chosen by whoever asked.
#[tokio::test]
async fn a_registration_that_is_asked_for_again_says_that_it_is_there_and_how_its_secret_is_had() {
    let stage = Stage::new().await;
    let lost = stage.register(&worker()).await.expect(201).member("client_secret");
    let again = stage.register(&worker()).await.expect_problem(409, "conflict");
    let since = stage.scene.clock.now().seconds();
    for said in [format!("since {since}"), "POST /admin/clients/worker/secret".to_owned()] {
        assert!(again.member("detail").contains(&said), "{}", again.text());
    }
    stage.token("worker", &lost).await.expect(200);
    let secret = stage.post("worker", "secret", Some(&json!({ "overlap_seconds": 0 }))).await.expect(200);
    stage.scene.wait(60);
    stage.token("worker", &secret.member("client_secret")).await.expect(200);
    stage.token("worker", &lost).await.expect(401);
}

#[tokio::test]
async fn of_two_administrators_who_register_one_name_at_once_one_does() {
    let stage = Stage::new().await;
    let client = worker();
    let answers = tokio::join!(stage.register(&client), stage.register(&client), stage.register(&client));
    let mut statuses = [answers.0, answers.1, answers.2].map(|answer| answer.status().as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409]);
    assert_eq!(stage.trail("worker").await.len(), 1);
}

fn with(mut client: Value, name: &str, value: Value) -> Value {
    client[name] = value;
    client
}

#[tokio::test]
async fn a_registration_that_cannot_be_is_refused_by_the_member_at_fault_and_registers_nothing() {
    let stage = Stage::new().await;
    let uris: Vec<_> = (0..11).map(|number| format!("https://app.example.com/{number}")).collect();
    for (client, member) in [
        (json!({}), "client_id"),
        (with(app(), "client_id", json!("App")), "client_id"),
        (with(app(), "client_id", json!(7)), "client_id"),
        (with(app(), "client_name", json!("")), "client_name"),
        (with(app(), "client_name", json!("a\nb")), "client_name"),
        (with(app(), "client_name", json!("n".repeat(81))), "client_name"),
        (with(app(), "token_endpoint_auth_method", json!("tls_client_auth")), "token_endpoint_auth_method"),
        (with(app(), "token_endpoint_auth_method", json!("private_key_jwt")), "jwks"),
        (with(app(), "jwks", json!({ "keys": [] })), "jwks"),
        (with(app(), "jwks", json!("{}")), "jwks"),
        (with(app(), "grant_types", json!("authorization_code")), "grant_types"),
        (with(app(), "grant_types", json!(["password"])), "grant_types"),
        (with(app(), "grant_types", json!([])), "redirect_uris"),
        (with(app(), "grant_types", json!(["authorization_code", "client_credentials"])), "grant_types"),
        (with(worker(), "grant_types", json!(["refresh_token"])), "grant_types"),
        (with(app(), "redirect_uris", json!([])), "redirect_uris"),
        (
            with(app(), "redirect_uris", json!(["https://app.example.com/back", "https://*.example.com/"])),
            "redirect_uris",
        ),
        (with(app(), "redirect_uris", json!(["http://localhost/"])), "redirect_uris"),
        (with(app(), "redirect_uris", json!(uris)), "redirect_uris"),
        (with(app(), "post_logout_redirect_uris", json!(["javascript:alert(1)"])), "post_logout_redirect_uris"),
        (with(app(), "origins", json!(["https://app.example.com/"])), "origins"),
        (with(app(), "scope", json!("a  b")), "scope"),
        (with(app(), "resources", json!(["orders"])), "resources"),
        (with(app(), "algorithm", json!("HS256")), "algorithm"),
        (with(app(), "access_token_seconds", json!(3601)), "access_token_seconds"),
        (with(app(), "access_token_seconds", json!(0)), "access_token_seconds"),
        (with(app(), "access_token_seconds", json!("300")), "access_token_seconds"),
        (with(app(), "access_token_seconds", Value::Null), "access_token_seconds"),
        (with(app(), "idle_seconds", json!(59)), "idle_seconds"),
        (with(app(), "absolute_seconds", json!(u64::MAX)), "absolute_seconds"),
        (with(with(app(), "idle_seconds", json!(7200)), "absolute_seconds", json!(3600)), "absolute_seconds"),
        (with(app(), "limit", json!("100/60")), "limit"),
        (with(worker(), "limit", json!("many")), "limit"),
        (with(app(), "retry", json!("61")), "retry"),
        (with(app(), "retry", json!("+9")), "retry"),
        (with(app(), "roles", json!("admin")), "roles"),
        (with(app(), "party", json!("second")), "party"),
        (with(app(), "client_secret", json!("mine")), "client_secret"),
    ] {
        let answer = stage.register(&client).await.expect_problem(400, "invalid-request");
        assert!(answer.member("detail").contains(&format!("\"{member}\"")), "{client}: {}", answer.text());
    }
    let second = with(app(), "redirect_uris", json!(["https://app.example.com/back", "https://app.example.com/#x"]));
    let answer = stage.register(&second).await.expect_problem(400, "invalid-request");
    assert!(answer.member("detail").contains("entry 2 has a fragment"), "{}", answer.text());
    let listed = stage.ask("GET", "/admin/clients", None).await.expect(200).json();
    assert_eq!(listed, json!({ "clients": [], "unreadable": [] }));
}
