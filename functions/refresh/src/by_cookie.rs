//! A browser's refresh: the cookie and no body. The session lives on, and no token is shown to a script.

use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::authentication::cookie::{self, CookieCheck};
use vestibule::authentication::{Failure, Presented};
use vestibule::http::{GrantedCookie, failed, presented, unauthenticated};
use vestibule::sessions::cookie::CookieSessions;

/// What the request presents, if it is one of a browser's.
pub(super) fn asked(request: &Request) -> Option<Presented> {
    let empty = request.body().as_ref().is_empty();
    Some(presented(request)).filter(|presented| empty && presented.has_session_cookie())
}

/// Storage: one read, and a write if the session was not seen within the last minute.
pub(super) async fn refresh<S: CookieSessions + Sync>(
    app: &App<S>,
    request: &Request,
    presented: &Presented,
) -> Response<Body> {
    let cookie = match cookie::presented(&presented.cookies) {
        Ok(Some(_)) if presented.has_header() => return unauthenticated(Failure::SeveralCredentials, app, request),
        Ok(Some(cookie)) => cookie,
        Ok(None) => return unauthenticated(Failure::NoCredential, app, request),
        Err(failure) => return unauthenticated(failure, app, request),
    };
    let check = CookieCheck {
        store: &app.store,
        clock: &app.clock,
        idle_lifetime: app.config.client.idle_lifetime,
        origins: &app.config.allowed_origins,
    };
    match check.session(&cookie, presented).await {
        Ok(Ok(session)) => {
            Event::Extended { user: session.user, session: session.id }.record(&presented.request_id);
            GrantedCookie { cookie, session }.respond(app.clock.now())
        }
        Ok(Err(failure)) => unauthenticated(failure, app, request),
        Err(fault) => failed(&fault, &presented.request_id, &app.config.issuer),
    }
}
