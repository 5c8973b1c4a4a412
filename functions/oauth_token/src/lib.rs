//! `POST /oauth/token` and `POST /oauth/introspect`: what clients ask for themselves, without a browser (RFC 6749 §3.2, RFC 7662 §2).
//!
//! Both begin with the client proving who it is.

mod introspection;
mod operations;
mod token;

use std::sync::Arc;

use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::authentication::LiveSession;
use vestibule::config::Need;
use vestibule::http::{Problem, ProblemKind, preflight, route_key};
use vestibule::keys::ReadPublicKeys;
use vestibule::limits::Admit;
use vestibule::oauth::client_authentication::AcceptAssertion;
use vestibule::oauth::clients::ReadClient;
use vestibule::oauth::code_exchange::RedeemCode;
use vestibule::sessions::end::EndSession;
use vestibule::sessions::refresh::{FindSession, Rotate};

pub use operations::OPERATIONS;

/// What this function touches.
pub const NEEDS: &[Need] = &[Need::Table, Need::SigningKeys, Need::SymmetricKeys];

/// Answers one request.
pub async fn handle<S>(app: Arc<App<S>>, request: Request) -> Response<Body>
where
    S: ReadClient
        + AcceptAssertion
        + RedeemCode
        + Rotate
        + EndSession
        + FindSession
        + ReadPublicKeys
        + LiveSession
        + Admit
        + Sync,
{
    match route_key(&request).as_deref() {
        Some("POST /oauth/token") => token::answer(&app, &request).await,
        Some("OPTIONS /oauth/token") => preflight("POST"),
        Some("POST /oauth/introspect") => introspection::answer(&app, &request).await,
        _ => Problem::new(ProblemKind::NotFound, "No such endpoint.").respond(&app.config.issuer),
    }
}
