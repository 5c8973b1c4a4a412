//! `POST /refresh`: a refresh token for its successor and a new access token (RFC 6749 §6, RFC 9700 §4.14).
//!
//! One storage call when all is well. A refused client hears one and the same answer; why is in the log.

mod by_cookie;
mod operations;

use std::sync::Arc;

use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::config::Need;
use vestibule::fault::Fault;
use vestibule::http::{BodyError, Granted, Problem, ProblemKind, failed, json, request_id, unreadable};
use vestibule::secret::Secret;
use vestibule::sessions::cookie::CookieSessions;
use vestibule::sessions::refresh::{Audience, RefreshError, Refreshed, Refusal, Rotate, refresh};

pub use operations::OPERATIONS;

/// What this function touches.
pub const NEEDS: &[Need] = &[Need::Table, Need::SigningKeys, Need::SymmetricKeys];

/// Answers one request.
pub async fn handle<S: Rotate + CookieSessions + Sync>(app: Arc<App<S>>, request: Request) -> Response<Body> {
    if let Some(presented) = by_cookie::asked(&request) {
        return by_cookie::refresh(&app, &request, &presented).await;
    }
    let id = request_id(&request);
    let presented = match presented_token(&request) {
        Ok(token) => token,
        Err(fault) => return unreadable(fault, &id, &app.config.issuer),
    };
    match exchange(&app, &presented).await {
        Ok(Exchange::Granted { granted, retried }) => {
            Event::Refreshed { user: granted.session.user, session: granted.session.id, retried }.record(&id);
            granted.respond()
        }
        Ok(Exchange::Refused(refusal)) => {
            refused(refusal).record(&id);
            Problem::new(ProblemKind::InvalidRefreshToken, "Sign in again.").respond(&app.config.issuer)
        }
        Err(fault) => failed(&fault, &id, &app.config.issuer),
    }
}

fn presented_token(request: &Request) -> Result<Secret<String>, BodyError> {
    let mut fields = json(request)?;
    let token = fields.required("refresh_token")?;
    fields.finish()?;
    Ok(token)
}

enum Exchange {
    Granted { granted: Box<Granted>, retried: bool },
    Refused(Refusal),
}

async fn exchange<S: Rotate>(app: &App<S>, presented: &Secret<String>) -> Result<Exchange, Fault> {
    let keys = app.symmetric_keys_for(presented).await?;
    // The signing key is made sure of before the token is spent: a rotation whose answer cannot be signed would cost an
    // honest client its retry.
    let signing_key = app.signing_key().await?;
    let now = app.clock.now();
    let Refreshed { session, refresh_token, retried } =
        match refresh(&app.store, keys.mac_keys(), presented, &app.config.client, Audience::OfTheSession, now).await {
            Ok(refreshed) => refreshed,
            Err(RefreshError::Refused(refusal)) => return Ok(Exchange::Refused(refusal)),
            Err(RefreshError::Store(fault)) => return Err(fault.into()),
        };
    let access_token = app.mint(&signing_key, &session, now)?;
    Ok(Exchange::Granted {
        granted: Box::new(Granted { access_token, refresh_token, device_token: None, session }),
        retried,
    })
}

fn refused(refusal: Refusal) -> Event<'static> {
    match refusal {
        Refusal::Reused { user, session, cause } => {
            Event::SessionEnded { user: Some(user), session: Some(session), cause }
        }
        Refusal::NoGood { user, session, .. } => {
            Event::RefreshRefused { user: Some(user), session: Some(session), reason: refusal.reason() }
        }
        Refusal::NotOurs(_) => Event::RefreshRefused { user: None, session: None, reason: refusal.reason() },
    }
}
