//! OAuth clients: one that was lost comes back, and nothing of it that somebody ended since.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use vestibule::audit::client_trail::{ClientEvent, ReadClientTrail};
use vestibule::restore::{Fate, Kind};
use vestibule_tests::{Answer, Scene};

use super::stage::{all, back_up, lose, restore, restored_as_foretold};

/// An administrator's request.
async fn ask(scene: &Scene, access: &str, path: &str, body: &Value) -> Answer {
    scene.post_as(&format!("/admin/clients{path}"), access, body).await
}

/// Registers a client and says its secret.
async fn register(scene: &Scene, access: &str, name: &str) -> String {
    let client = json!({ "client_id": name, "grant_types": ["client_credentials"], "scope": "orders:read" });
    ask(scene, access, "", &client).await.expect(201).member("client_secret")
}

/// What the client hears that asks for a token of its own, once no process remembers it.
async fn token(scene: &Scene, name: &str, secret: &str) -> u16 {
    scene.wait(60);
    let basic = format!("Basic {}", STANDARD.encode(format!("{name}:{secret}")));
    let request = http::Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
    let request = request.header("authorization", basic).body("grant_type=client_credentials".into());
    scene.send(request.unwrap()).await.status().as_u16()
}

async fn past(scene: &Scene, name: &str) -> Vec<ClientEvent> {
    let trail = scene.cloud.table().client_trail(&name.parse().unwrap(), scene.clock.now()).await.unwrap();
    trail.into_iter().map(|entry| entry.event).collect()
}

async fn administrator(scene: &Scene) -> String {
    let admin = scene.user("admin@example.com", "", "admin").await;
    scene.login(&admin).await.access
}

#[tokio::test]
async fn a_client_that_was_closed_or_given_another_secret_since_comes_back_closed() {
    let scene = Scene::new().await;
    let access = administrator(&scene).await;
    let [kept, disabled, rotated] = ["kept", "disabled", "rotated"];
    let old = [register(&scene, &access, kept).await, register(&scene, &access, disabled).await];
    let leaked = register(&scene, &access, rotated).await;
    back_up(&scene).await;

    scene.wait(60);
    ask(&scene, &access, "/disabled/disable", &json!({})).await.expect(200);
    ask(&scene, &access, "/rotated/secret", &json!({ "overlap_seconds": 0 })).await.expect(200);
    lose(&scene, |pk, sk| (pk.starts_with("CLIENT#") && sk == "CLIENT") || pk == "CLIENTS").await;
    let (done, seen) = restored_as_foretold(&scene).await;
    assert_eq!((done.count(Kind::Client, Fate::Back), done.count(Kind::Client, Fate::BackClosed)), (1, 2));
    assert_eq!(done.count(Kind::Unknown, Fate::LeftBehind), 0);
    let mut noticed: Vec<_> = seen.noticed.iter().map(|outcome| outcome.name.as_str()).collect();
    noticed.sort_unstable();
    assert_eq!((noticed, seen.failed), (vec![disabled, rotated], 0));

    let admin = scene.try_login("admin@example.com", vestibule_tests::PASSWORD).await.expect(200);
    let access = admin.member("access_token");
    let listed = scene.get_as("/admin/clients", &access).await.expect(200);
    assert_eq!(listed.json()["clients"].as_array().unwrap().len(), 3, "{}", listed.text());
    let (registered, restored) = (ClientEvent::Registered, ClientEvent::Restored);
    assert_eq!(past(&scene, kept).await, [registered, restored]);
    assert_eq!(past(&scene, disabled).await, [registered, ClientEvent::Disabled, restored]);
    assert_eq!(past(&scene, rotated).await, [registered, ClientEvent::SecretRotated, restored]);
    for (name, secret, status) in [(kept, &old[0], 200), (disabled, &old[1], 401), (rotated, &leaked, 401)] {
        assert_eq!(token(&scene, name, secret).await, status, "{name}");
    }
    // Whoever opens them gets what was there, but no secret that was taken away.
    for name in [disabled, rotated] {
        ask(&scene, &access, &format!("/{name}/enable"), &json!({})).await.expect(200);
    }
    assert_eq!(token(&scene, disabled, &old[1]).await, 200);
    assert_eq!(token(&scene, rotated, &leaked).await, 401, "nor with what was rotated away");

    let before = all(&scene).await;
    let (again, _) = restore(&scene, false).await;
    assert_eq!((again.unwrap().count(Kind::Client, Fate::There), all(&scene).await), (3, before));
}

/// An administrator finds a client by the list.
#[tokio::test]
async fn a_client_that_was_lost_from_the_list_alone_is_listed_again() {
    let scene = Scene::new().await;
    let access = administrator(&scene).await;
    register(&scene, &access, "kept").await;
    back_up(&scene).await;
    let before = all(&scene).await;
    lose(&scene, |pk, _| pk == "CLIENTS").await;
    let (done, _) = restore(&scene, false).await;
    assert_eq!((done.unwrap().count(Kind::Client, Fate::There), all(&scene).await), (1, before));
}
