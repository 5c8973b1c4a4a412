//! `POST /revoke`: ends the session behind a token (RFC 7009); `POST /oauth/revoke`: the same for clients that prove who they are.
//!
//! 200 for a known, an unknown and an already revoked token; 503, never 200, when storage did not acknowledge, and 400 for one that
//! works on because no session stands behind it (§2.2.1).

mod by_client;
mod named;
mod operations;

use std::sync::Arc;

use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::config::Need;
use vestibule::fault::Fault;
use vestibule::http::{BodyError, OAuthError, empty, form_or_json, oauth_failed, preflight, request_id, route_key};
use vestibule::keys::ReadPublicKeys;
use vestibule::oauth::client_authentication::AcceptAssertion;
use vestibule::oauth::clients::ReadClient;
use vestibule::secret::Secret;
use vestibule::sessions::Ending;
use vestibule::sessions::end::{EndOwnSession, EndSession, Ended};

use named::{Named, named};

pub use operations::OPERATIONS;

/// What this function touches.
pub const NEEDS: &[Need] = &[Need::Table, Need::SymmetricKeys];

/// Answers one request. One storage call for a refresh token.
pub async fn handle<S>(app: Arc<App<S>>, request: Request) -> Response<Body>
where
    S: EndSession + EndOwnSession + ReadPublicKeys + ReadClient + AcceptAssertion + Sync,
{
    match route_key(&request).as_deref() {
        Some("POST /oauth/revoke") => by_client::answer(&app, &request).await,
        Some("OPTIONS /oauth/revoke") => preflight("POST"),
        _ => by_holder(&app, &request).await,
    }
}

/// Whoever holds a token of a session may end it.
async fn by_holder<S: EndSession + ReadPublicKeys + Sync>(app: &App<S>, request: &Request) -> Response<Body> {
    let id = request_id(request);
    let token = match presented_token(request) {
        Ok(token) => token,
        Err(fault) => {
            Event::BadRequest { fault: &fault.logged() }.record(&id);
            return OAuthError::InvalidRequest(fault).respond();
        }
    };
    match revoke(app, &token).await {
        Ok(Ok(event)) => {
            event.record(&id);
            empty()
        }
        Ok(Err(NoSession { client })) => {
            Event::GrantRefused { client: &client, reason: "no_session" }.record(&id);
            OAuthError::UnsupportedTokenType.respond()
        }
        Err(fault) => oauth_failed(&fault, &id),
    }
}

/// The token is a client's own, and no session stands behind it.
struct NoSession {
    client: String,
}

/// The hint is only that (RFC 7009 §2.1): our tokens say themselves what they are, so it is read and not needed.
fn presented_token(request: &Request) -> Result<Secret<String>, BodyError> {
    let mut fields = form_or_json(request)?;
    let token = fields.required("token")?;
    fields.optional("token_type_hint")?;
    fields.finish()?;
    Ok(token)
}

/// A token that is worth nothing is none to revoke (§2.2); one that works on must not be called revoked (§2.2.1).
async fn revoke<S: EndSession + ReadPublicKeys + Sync>(
    app: &App<S>,
    token: &Secret<String>,
) -> Result<Result<Event<'static>, NoSession>, Fault> {
    let (user, session) = match named(app, token).await? {
        Named::Session { user, session, .. } => (user, session),
        Named::NoSession { client } => return Ok(Err(NoSession { client })),
        Named::Nothing(reason) => return Ok(Ok(Event::NothingToRevoke { user: None, session: None, reason })),
    };
    Ok(Ok(match app.store.end(user, session, Ending::Revoked, app.clock.now()).await? {
        Ended::Now => Event::SessionEnded { user: Some(user), session: Some(session), cause: Ending::Revoked },
        Ended::Already => {
            Event::NothingToRevoke { user: Some(user), session: Some(session), reason: "no_live_session" }
        }
    }))
}
