//! The documents that clients find everything else by: keys (RFC 7517) and metadata (RFC 8414, OpenID Connect Discovery).
//!
//! They state what is true today and nothing more: endpoints that do not exist are not named.

mod metadata;
mod operations;

use std::sync::Arc;

use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::config::Need;
use vestibule::http::{Problem, ProblemKind, failed, json_response, json_text, readable, request_id, route_key};
use vestibule::keys::ReadPublicKeys;

pub use operations::OPERATIONS;

/// What this function touches.
pub const NEEDS: &[Need] = &[Need::Table];

/// The description of every endpoint. `vestibule openapi` writes it, and a test fails while it is not what the code says.
const OPENAPI: &str = include_str!("../openapi.json");

/// Seconds that anybody may keep the documents. A new key is published for hours before it signs (the longest verifier
/// cache, `keys::LONGEST_VERIFIER_CACHE`), so five minutes are safe; shorter would only cost more calls.
const MAX_AGE_SECONDS: u32 = 300;

/// Answers one request. Any page may read the answer: a client in a browser begins here, and all of it is public.
pub async fn handle<S: ReadPublicKeys + Sync>(app: Arc<App<S>>, request: Request) -> Response<Body> {
    readable(&request, None, document(&app, &request).await)
}

async fn document<S: ReadPublicKeys + Sync>(app: &App<S>, request: &Request) -> Response<Body> {
    match route_key(request).as_deref() {
        Some("GET /.well-known/jwks.json") => match app.verifier.public_keys(&app.store).await {
            Ok(keys) => json_response(&keys.jwks(), Some(MAX_AGE_SECONDS)),
            Err(fault) => failed(&fault, &request_id(request), &app.config.issuer),
        },
        Some("GET /.well-known/oauth-authorization-server" | "GET /.well-known/openid-configuration") => {
            json_response(&metadata::document(&app.config), Some(MAX_AGE_SECONDS))
        }
        Some("GET /openapi.json") => json_text(OPENAPI, Some(MAX_AGE_SECONDS)),
        _ => Problem::new(ProblemKind::NotFound, "No such document.").respond(&app.config.issuer),
    }
}
