//! Limits: exact however many ask at once, no help to a guesser, and nobody locked out by a stranger (promises 5 and 9).

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what goes wrong here fails a test")]

mod counting;
mod known_devices;
mod no_oracle;
mod signing_in;

use std::net::IpAddr;

use bytes::Bytes;
use http::Request;
use serde_json::json;
use vestibule_tests::{Answer, Scene};

/// Tries to sign in from this address.
async fn from(scene: &Scene, address: &str, name: &str, password: &str) -> Answer {
    let body = json!({ "username": name, "password": password });
    let request = Request::post("/login").header("content-type", "application/json");
    scene.send_from(address.parse::<IpAddr>().unwrap(), request.body(Bytes::from(body.to_string())).unwrap()).await
}

/// Tries to sign in on a device with this token.
async fn on_device(scene: &Scene, name: &str, password: &str, device_token: &str) -> Answer {
    scene.post_json("/login", &json!({ "username": name, "password": password, "device_token": device_token })).await
}
