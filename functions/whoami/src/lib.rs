//! A demo API behind the authorizer: one route for any principal, one that needs a scope, one that needs a role; and for browsers one to
//! read, one that changes something, one that asks for a recent sign-in.
//!
//! Whose an order is, the authorizer cannot know: the API asks its own data, and an order of somebody else's is not there (404), so that
//! nobody learns which numbers are taken (OWASP API Security Top 10, API1:2023, "Broken Object Level Authorization").
//!
//! It reads the principal from the request's context and decides nothing: the authorizer has decided (`routes.toml` says
//! what each route needs). A request that comes without a principal did not come through the authorizer, and is refused.

use std::sync::Arc;

use lambda_http::{Body, Request, RequestExt, Response};
use serde::Serialize;
use serde_json::{Value, json};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::config::Need;
use vestibule::http::{Problem, ProblemKind, json_response, principal, request_id, route_key};
use vestibule::principal::Subject;

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
        Some("GET /whoami" | "GET /web/whoami") => Value::Object(principal.to_context()),
        Some("POST /web/orders") => json!({ "order": { "id": "1002", "owner": principal.sub } }),
        Some("POST /web/payments") => {
            json!({ "message": "You signed in a moment ago, and may pay.", "sub": principal.sub })
        }
        Some("GET /orders") => json!({ "orders": [Order::first_of(principal.sub)] }),
        Some("GET /orders/{id}") => {
            let id = request.path_parameters_ref().and_then(|parameters| parameters.first("id"));
            match id.and_then(Order::find).filter(|order| order.owner == principal.sub) {
                Some(order) => json!(order),
                None => return Problem::new(ProblemKind::NotFound, "There is no such order.").respond(issuer),
            }
        }
        Some("GET /export") => json!({ "exported": ["1001"], "sub": principal.sub }),
        Some("GET /reports") => json!({ "reports": [], "sub": principal.sub }),
        Some("GET /admin") => json!({ "message": "You may administer.", "sub": principal.sub }),
        _ => return Problem::new(ProblemKind::NotFound, "The demo has no such route.").respond(issuer),
    };
    json_response(&document, None)
}

/// An order. The demo keeps no table: everybody has one, whose id says whose it is, as a row of a table would.
#[derive(Serialize)]
struct Order {
    id: String,
    owner: Subject,
}

impl Order {
    fn first_of(owner: Subject) -> Self {
        Self { id: format!("1001-{owner}"), owner }
    }

    fn find(id: &str) -> Option<Self> {
        let owner = id.strip_prefix("1001-")?.parse().ok()?;
        Some(Self::first_of(owner))
    }
}
