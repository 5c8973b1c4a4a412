//! A person with keys.

use serde_json::{Value, json};
use vestibule_tests::{Answer, Scene, User};

/// A key as its owner was shown it.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) text: String,
}

impl Key {
    #[track_caller]
    pub(crate) fn of(answer: &Answer) -> Self {
        Self { id: answer.member("id"), text: answer.member("key") }
    }
}

/// Somebody who is signed in.
pub(crate) struct Owner {
    pub(crate) user: User,
    pub(crate) access: String,
}

/// A deployment with one person, who may read and write orders.
pub(crate) async fn stage() -> (Scene, Owner) {
    let scene = Scene::new().await;
    let owner = owner(&scene, "demo@example.com", "orders:read orders:write", "").await;
    (scene, owner)
}

pub(crate) async fn owner(scene: &Scene, email: &str, scopes: &str, roles: &str) -> Owner {
    let user = scene.user(email, scopes, roles).await;
    let access = scene.login(&user).await.access;
    Owner { user, access }
}

impl Owner {
    /// A request of theirs.
    pub(crate) async fn ask(&self, scene: &Scene, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request = http::Request::builder().method(method).uri(path);
        let request = request.header("authorization", format!("Bearer {}", self.access));
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let request = request.header("content-type", "application/json").body(body.into()).unwrap();
        scene.send(request).await
    }

    /// `POST /api-keys` with this body.
    pub(crate) async fn create(&self, scene: &Scene, body: Value) -> Answer {
        self.ask(scene, "POST", "/api-keys", Some(body)).await
    }

    /// A key that may read orders.
    pub(crate) async fn key(&self, scene: &Scene) -> Key {
        Key::of(&self.create(scene, json!({ "name": "export", "scope": "orders:read" })).await.expect(201))
    }

    /// `GET /api-keys`, the keys.
    pub(crate) async fn listed(&self, scene: &Scene) -> Vec<Value> {
        let listed = self.ask(scene, "GET", "/api-keys", None).await.expect(200).json();
        listed["api_keys"].as_array().unwrap().clone()
    }

    pub(crate) async fn rotate(&self, scene: &Scene, key: &Key, body: Value) -> Answer {
        self.ask(scene, "POST", &format!("/api-keys/{}/rotate", key.id), Some(body)).await
    }

    pub(crate) async fn rename(&self, scene: &Scene, key: &Key, name: &str) -> Answer {
        self.ask(scene, "PATCH", &format!("/api-keys/{}", key.id), Some(json!({ "name": name }))).await
    }

    pub(crate) async fn revoke(&self, scene: &Scene, key: &Key) -> Answer {
        self.ask(scene, "DELETE", &format!("/api-keys/{}", key.id), None).await
    }
}

/// `GET /orders` with `Authorization: ApiKey …`.
pub(crate) async fn orders(scene: &Scene, text: &str) -> Answer {
    scene.get("/orders", &[("authorization", &format!("ApiKey {text}"))]).await
}

/// `GET /export` with `X-Api-Key`.
pub(crate) async fn export(scene: &Scene, text: &str) -> Answer {
    scene.get("/export", &[("x-api-key", text)]).await
}

/// `GET /whoami` with the key, which must be good: what the function behind the authorizer was told.
pub(crate) async fn whoami(scene: &Scene, text: &str) -> Value {
    scene.get("/whoami", &[("authorization", &format!("ApiKey {text}"))]).await.expect(200).json()
}

/// Longer than any gateway keeps an answer here.
pub(crate) fn forget_answers(scene: &Scene) {
    scene.wait(61);
}
