//! Sessions as their owner sees them: leave one, list them, end others (OWASP ASVS 5.0, 7.4.2 and 7.5.2). And the clients that they have
//! let in, who hold sessions in their name.
//!
//! Who is calling is found out here and not by an authorizer: what is shown and ended must be right at the moment of the call, and nobody
//! reaches a session but through its owner's name, which is the caller's.

mod consents;
mod consents_page;
mod ending;
mod list;
mod logout;
mod operations;
mod page;

use std::sync::Arc;

use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::authentication::FindCaller;
use vestibule::config::Need;
use vestibule::http::{Problem, ProblemKind, caller, request_id, route_key};
use vestibule::identity::{SessionId, UserId};
use vestibule::oauth::consents::{ListConsents, WithdrawConsent};
use vestibule::sessions::cookie::EndByCookie;
use vestibule::sessions::end::{EndSession, EndSessions, ListSessions};

pub use operations::OPERATIONS;

/// What this function touches. No secret: it makes no credential.
pub const NEEDS: &[Need] = &[Need::Table];

/// Answers one request.
pub async fn handle<S>(app: Arc<App<S>>, request: Request) -> Response<Body>
where
    S: FindCaller + ListSessions + EndSession + EndSessions + EndByCookie + ListConsents + WithdrawConsent + Sync,
{
    match route_key(&request).as_deref() {
        Some("POST /logout") => logout::logout(&app, &request).await,
        Some("GET /sessions") => list::list(&app, &request).await,
        Some("DELETE /sessions/{id}") => ending::end_one(&app, &request).await,
        Some("DELETE /sessions") => ending::end_several(&app, &request).await,
        Some("GET /consents") => consents::list(&app, &request).await,
        Some("DELETE /consents/{client}") => consents::withdraw(&app, &request).await,
        Some("GET /account/devices") => page::show(&app, &request).await,
        Some("POST /account/devices") => page::end(&app, &request).await,
        Some("GET /account/consents") => consents_page::show(&app, &request).await,
        Some("POST /account/consents") => consents_page::withdraw(&app, &request).await,
        Some("POST /sign-out") => page::sign_out(&app, &request).await,
        _ => Problem::new(ProblemKind::NotFound, "No such endpoint.").respond(&app.config.issuer),
    }
}

/// Somebody who is signed in, and where.
#[derive(Clone, Copy)]
struct Owner {
    user: UserId,
    /// The session that the request itself belongs to.
    session: SessionId,
}

/// The person who is calling. A program's key belongs to no session and has no business with its owner's.
async fn owner<S: FindCaller>(app: &App<S>, request: &Request) -> Result<Owner, Response<Body>> {
    let principal = caller(app, request).await?;
    let Some((user, session)) = principal.person() else {
        Event::Unauthenticated { reason: "no_session" }.record(&request_id(request));
        let problem = Problem::new(ProblemKind::Forbidden, "Only a person who is signed in has sessions.");
        return Err(problem.respond(&app.config.issuer));
    };
    Ok(Owner { user, session })
}
