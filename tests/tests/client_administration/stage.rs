//! An administrator, and clients as they use what they are given.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use vestibule::audit::client_trail::{ClientEvent, ReadClientTrail};
use vestibule::identity::UserId;
use vestibule_tests::{Answer, Scene};

pub(crate) struct Stage {
    pub(crate) scene: Scene,
    pub(crate) admin: UserId,
    pub(crate) access: String,
}

/// A client that acts for itself.
pub(crate) fn worker() -> Value {
    json!({ "client_id": "worker", "grant_types": ["client_credentials"], "scope": "orders:read orders:write" })
}

/// An app that people let in.
pub(crate) fn app() -> Value {
    json!({
        "client_id": "app", "client_name": "The app", "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"], "redirect_uris": ["https://app.example.com/back"],
        "scope": "openid orders:read",
    })
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let scene = Scene::new().await;
        let admin = scene.user("admin@example.com", "", "admin").await;
        let access = scene.login(&admin).await.access;
        Self { scene, admin: admin.id, access }
    }

    /// Signs the administrator in anew.
    pub(crate) async fn sign_in_again(&mut self) {
        let answer = self.scene.try_login("admin@example.com", vestibule_tests::PASSWORD).await.expect(200);
        self.access = answer.member("access_token");
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        ask_as(&self.scene, &self.access, method, path, body).await
    }

    pub(crate) async fn register(&self, client: &Value) -> Answer {
        self.ask("POST", "/admin/clients", Some(client)).await
    }

    pub(crate) async fn change(&self, client: &str, change: &Value) -> Answer {
        self.ask("PATCH", &format!("/admin/clients/{client}"), Some(change)).await
    }

    pub(crate) async fn show(&self, client: &str) -> Answer {
        self.ask("GET", &format!("/admin/clients/{client}"), None).await
    }

    /// `POST /admin/clients/{client}/{verb}`.
    pub(crate) async fn post(&self, client: &str, verb: &str, body: Option<&Value>) -> Answer {
        self.ask("POST", &format!("/admin/clients/{client}/{verb}"), body).await
    }

    /// Asks for a token of the client's own.
    pub(crate) async fn token(&self, client: &str, secret: &str) -> Answer {
        let basic = format!("Basic {}", STANDARD.encode(format!("{client}:{secret}")));
        let request = Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("authorization", basic).body(Bytes::from("grant_type=client_credentials"));
        self.scene.send(request.unwrap()).await
    }

    /// What the trail has of the client: what was done, by whom.
    pub(crate) async fn trail(&self, client: &str) -> Vec<(ClientEvent, Option<UserId>)> {
        let trail = self.scene.cloud.table().client_trail(&client.parse().unwrap(), self.scene.clock.now()).await;
        trail.unwrap().into_iter().map(|entry| (entry.event, entry.by)).collect()
    }
}

pub(crate) async fn ask_as(scene: &Scene, access: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {access}"));
    let request = match body {
        None => request.body(Bytes::new()),
        Some(body) => request.header("content-type", "application/json").body(Bytes::from(body.to_string())),
    };
    scene.send(request.unwrap()).await
}
