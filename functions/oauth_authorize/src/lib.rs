//! `/oauth/authorize`, `/oauth/consent` and `/oauth/logout`: a browser brings a person to let a client in, or to leave (RFC 6749 §4.1,
//! RFC 9700, RFC 9207, OpenID Connect Core §3.1.2 and RP-Initiated Logout; decision 0022).
//!
//! The browser's session cookie says who is there; nothing else of a request is anybody's word on that. Nobody is ever sent to an
//! address that is not registered, whatever fails.

mod answer;
mod authorize;
mod client;
mod error;
mod leave;
mod operations;
mod parameters;
mod permission;
mod person;
mod refused;
mod request;

use std::sync::Arc;

use lambda_http::{Body, Request, Response};
use vestibule::accounts::own::FindAccount;
use vestibule::app::App;
use vestibule::config::Need;
use vestibule::http::{Problem, ProblemKind, route_key};
use vestibule::keys::ReadPublicKeys;
use vestibule::oauth::clients::ReadClient;
use vestibule::oauth::codes::IssueCode;
use vestibule::oauth::consents::{Agree, FindConsent};
use vestibule::sessions::cookie::{CookieSessions, EndByCookie};

pub use operations::OPERATIONS;

/// What this function touches. No secret: it signs nothing, and checks cookies and codes by their hashes.
pub const NEEDS: &[Need] = &[Need::Table];

/// Answers one request.
pub async fn handle<S>(app: Arc<App<S>>, request: Request) -> Response<Body>
where
    S: ReadClient
        + CookieSessions
        + ReadPublicKeys
        + FindAccount
        + FindConsent
        + Agree
        + IssueCode
        + EndByCookie
        + Sync,
{
    match route_key(&request).as_deref() {
        Some("GET /oauth/authorize") => authorize::asked(&app, &request).await,
        Some("POST /oauth/consent") => authorize::decided(&app, &request).await,
        Some("GET /oauth/logout") => leave::asked(&app, &request).await,
        Some("POST /oauth/logout/confirm") => leave::confirmed(&app, &request).await,
        // Another site's form brings no cookie along (RFC 6265bis §5.6.7.1), and what it leads to by GET does.
        Some("POST /oauth/authorize") => parameters::by_get(&app, &request, "/oauth/authorize"),
        Some("POST /oauth/logout") => parameters::by_get(&app, &request, "/oauth/logout"),
        _ => Problem::new(ProblemKind::NotFound, "No such endpoint.").respond(&app.config.issuer),
    }
}
