//! A demo API behind the authorizer: one route for any principal, one that needs a scope, one that needs a role.
//!
//! It reads the principal from the request's context and decides nothing: the authorizer has decided (`routes.toml` says
//! what each route needs). A request that comes without a principal did not come through the authorizer, and is refused.

use std::sync::Arc;

use lambda_http::{Body, Request, Response};
use serde_json::{Value, json};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::config::Need;
use vestibule::http::{Problem, ProblemKind, json_response, principal, request_id, route_key};

/// It touches nothing.
pub const NEEDS: &[Need] = &[];

/// Answers one request.
pub async fn handle<S>(app: Arc<App<S>>, request: Request) -> Response<Body> {
    let issuer = &app.config.issuer;
    let principal = match principal(&request) {
        Ok(principal) => principal,
        Err(fault) => {
            Event::Failed { fault: &fault }.record(&request_id(&request));
            return Problem::new(ProblemKind::Unauthenticated, "No principal came with this request.").respond(issuer);
        }
    };
    let document = match route_key(&request).as_deref() {
        Some("GET /whoami") => Value::Object(principal.to_context()),
        Some("GET /orders") => json!({ "orders": [{ "id": "1001", "owner": principal.sub }] }),
        Some("GET /admin") => json!({ "message": "You may administer.", "sub": principal.sub }),
        _ => return Problem::new(ProblemKind::NotFound, "The demo has no such route.").respond(issuer),
    };
    json_response(&document, None)
}
