//! Rights: who gives and takes them, how soon that holds, and whose data is whose (promises 4, 6 and 9).

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

mod administrators;
mod changes;
mod orders;
mod refusals;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use vestibule_tests::{Answer, Scene, User};

/// Asks the administrators' API with an access token.
async fn ask(scene: &Scene, access: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {access}"));
    let request = match body {
        None => request.body(Bytes::new()),
        Some(body) => request.header("content-type", "application/json").body(Bytes::from(body.to_string())),
    };
    scene.send(request.unwrap()).await
}

/// Sets somebody's rights.
async fn set_rights(scene: &Scene, access: &str, user: &User, scope: &str, roles: &str) -> Answer {
    let path = format!("/admin/users/{}/rights", user.id);
    ask(scene, access, "PUT", &path, Some(json!({ "scope": scope, "roles": roles }))).await
}

/// An administrator, signed in.
async fn administrator(scene: &Scene, email: &str) -> (User, String) {
    let user = scene.user(email, "", "admin").await;
    let access = scene.login(&user).await.access;
    (user, access)
}
