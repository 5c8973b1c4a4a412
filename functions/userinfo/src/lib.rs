//! `GET` and `POST /userinfo`: what a client may know of whoever signed in (OpenID Connect Core §5.3).
//!
//! It takes an access token with the scope `openid`, in the `Authorization` header alone (RFC 6750 §2.1), while its session lives. The
//! account is read as it stands.

mod claims;
mod operations;

use std::sync::Arc;

use lambda_http::http::{HeaderValue, header};
use lambda_http::{Body, Request, Response};
use vestibule::accounts::own::FindAccount;
use vestibule::accounts::{Account, Standing};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::authentication::{Failure, LiveSession};
use vestibule::config::Need;
use vestibule::fault::Fault;
use vestibule::http::{
    Problem, ProblemKind, failed, json_response, preflight, presented, readable, request_id, route_key, unauthenticated,
};
use vestibule::identity::{SessionId, UserId};
use vestibule::keys::ReadPublicKeys;
use vestibule::oauth::clients::{Client, ReadClient};
use vestibule::tokens::{NotOneToken, VerifiedToken, VerifyError, presented_token};

use crate::claims::Claims;
pub use crate::operations::OPERATIONS;

/// What this function touches.
pub const NEEDS: &[Need] = &[Need::Table];

/// The scope that asks who signed in (§3.1.2.1).
const OPENID: &str = "openid";

/// Answers one request. Storage: the session and the account, one read each; and the client, unless it is known.
pub async fn handle<S>(app: Arc<App<S>>, request: Request) -> Response<Body>
where
    S: ReadPublicKeys + LiveSession + FindAccount + ReadClient + Sync,
{
    if route_key(&request).as_deref() == Some("OPTIONS /userinfo") {
        return preflight("GET, POST");
    }
    let token = match verified(&app, &request).await {
        Ok(token) => token,
        Err(refused) => return readable(&request, None, refused),
    };
    let client = match asking_page(&app, &request, &token).await {
        Ok(client) => client,
        Err(fault) => return failed(&fault, &request_id(&request), &app.config.issuer),
    };
    let response = answer(&app, &request, &token).await;
    match client {
        Some(client) => readable(&request, Some(&client), response),
        None => response,
    }
}

/// The token that the request presents, or the answer to whoever presents none that holds.
async fn verified<S: ReadPublicKeys + Sync>(
    app: &App<S>,
    request: &Request,
) -> Result<Arc<VerifiedToken>, Response<Body>> {
    let failure = match presented_token(&presented(request).authorization) {
        Ok(Some(token)) => match app.verifier.verify(token.as_bytes(), &app.store).await {
            Ok(token) => return Ok(token),
            Err(VerifyError::Refused(refusal)) => Failure::Token(refusal),
            Err(VerifyError::KeysUnavailable(fault)) => {
                return Err(failed(&fault, &request_id(request), &app.config.issuer));
            }
        },
        Ok(None) => Failure::NoCredential,
        Err(NotOneToken::Several) => Failure::SeveralCredentials,
        Err(NotOneToken::Malformed) => Failure::MalformedCredential,
    };
    Err(unauthenticated(failure, app, request))
}

/// The client whose page asks, if it is a page that does: its origins are looked up for nobody else.
async fn asking_page<S>(app: &App<S>, request: &Request, token: &VerifiedToken) -> Result<Option<Arc<Client>>, Fault>
where
    S: ReadClient + Sync,
{
    match token.client_id.parse() {
        Ok(id) if request.headers().contains_key(header::ORIGIN) => {
            Ok(app.clients.find(&app.store, &id, app.clock.now()).await?)
        }
        Ok(_) | Err(_) => Ok(None),
    }
}

async fn answer<S>(app: &App<S>, request: &Request, token: &VerifiedToken) -> Response<Body>
where
    S: LiveSession + FindAccount + ReadClient + Sync,
{
    let (id, issuer) = (request_id(request), &app.config.issuer);
    let Some((user, session)) = token.sub.user().zip(token.sid).filter(|_| token.scope.has(OPENID)) else {
        Event::Unauthenticated { reason: "insufficient_scope" }.record(&id);
        return insufficient_scope(issuer);
    };
    let served = async { Ok(app.serves(&token.client_id).await?) };
    match tokio::try_join!(alive(app, user, session), served) {
        Ok((_, false)) => unauthenticated(Failure::ClientDisabled, app, request),
        Ok((Some(account), true)) => {
            Event::ClaimsGiven { client: &token.client_id, user, session }.record(&id);
            json_response(&Claims::of(&account, &token.scope), None)
        }
        Ok((None, true)) => unauthenticated(Failure::SessionEnded, app, request),
        Err(fault) => failed(&fault, &id, issuer),
    }
}

/// The account behind a session that lives.
async fn alive<S>(app: &App<S>, user: UserId, session: SessionId) -> Result<Option<Account>, Fault>
where
    S: LiveSession + FindAccount + Sync,
{
    if !app.store.is_live(user, session, app.clock.now()).await? {
        return Ok(None);
    }
    let account = app.store.find_account(user).await?;
    Ok(account.filter(|account| account.standing == Standing::Active))
}

/// RFC 6750 §3.1.
fn insufficient_scope(issuer: &str) -> Response<Body> {
    let mut response =
        Problem::new(ProblemKind::Forbidden, "The token of a person with the scope openid is asked for.")
            .respond(issuer);
    let challenge = HeaderValue::from_static(r#"Bearer error="insufficient_scope", scope="openid""#);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}
