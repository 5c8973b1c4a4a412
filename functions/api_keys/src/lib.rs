//! `/api-keys`: a person's own API keys (decision 0015), and `POST /api-keys/report` for whoever finds one.
//!
//! Only a person who is signed in with our own client manages keys: a key makes no key, and neither does a token that another
//! client was given.

mod change;
mod create;
mod document;
mod operations;
mod page;
mod person;
mod refusal;
mod report;

use std::sync::Arc;

use lambda_http::{Body, Request, Response};
use vestibule::api_keys::manage::ManageApiKeys;
use vestibule::app::App;
use vestibule::authentication::FindCaller;
use vestibule::config::Need;
use vestibule::http::{Problem, ProblemKind, network, route_key, within};
use vestibule::limits::{Admit, Class, Key};

pub use operations::OPERATIONS;
use person::Person;
use refusal::Refusal;

/// What this function touches.
pub const NEEDS: &[Need] = &[Need::Table];

/// Answers one request. Storage: the caller's session, and one transaction, one query, or one read and one transaction.
pub async fn handle<S>(app: Arc<App<S>>, request: Request) -> Response<Body>
where
    S: Admit + FindCaller + ManageApiKeys,
{
    match route_key(&request).as_deref() {
        Some("POST /api-keys/report") => report::handle(&app, &request).await,
        Some("GET /account/keys") => page::show(&app, &request).await,
        Some("POST /account/keys") => page::change(&app, &request).await,
        Some(route) => owned(&app, &request, route).await,
        None => nothing(&app.config.issuer),
    }
}

/// What a person does with their own keys.
async fn owned<S>(app: &App<S>, request: &Request, route: &str) -> Response<Body>
where
    S: Admit + FindCaller + ManageApiKeys,
{
    let limits: &[Key] = match route {
        "POST /api-keys" | "POST /api-keys/{id}/rotate" => &[Key::network(Class::ApiKeyNetwork, network(request))],
        _ => &[],
    };
    let (admitted, person) = tokio::join!(within(app, request, limits), Person::calling(app, request));
    let person = match (admitted, person) {
        (Err(answer), _) | (Ok(()), Err(answer)) => return answer,
        (Ok(()), Ok(person)) => person,
    };
    let done = match route {
        "POST /api-keys" => create::create(app, request, &person).await,
        "GET /api-keys" => change::list(app, request, &person).await,
        "PATCH /api-keys/{id}" => change::rename(app, request, &person).await,
        "POST /api-keys/{id}/rotate" => change::rotate(app, request, &person).await,
        "DELETE /api-keys/{id}" => change::revoke(app, request, &person).await,
        _ => return nothing(&app.config.issuer),
    };
    done.unwrap_or_else(|refusal: Refusal| refusal.respond(&app.config.issuer, &person, request))
}

fn nothing(issuer: &str) -> Response<Body> {
    Problem::new(ProblemKind::NotFound, "There is no such route.").respond(issuer)
}
