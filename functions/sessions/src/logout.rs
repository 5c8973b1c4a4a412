//! `POST /logout`: the session that the request belongs to ends, and the browser forgets its cookie.
//!
//! Whoever is out already is told the same: somebody who presses the button twice has done nothing wrong.

use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::authentication::{Failure, FindCaller, Presented, cookie};
use vestibule::http::{clear_cookie, failed, no_content, presented, request_id, unauthenticated};
use vestibule::sessions::Ending;
use vestibule::sessions::cookie::{EndByCookie, SessionCookie};
use vestibule::sessions::end::{EndSession, Ended};

use crate::{Owner, owner};

/// Storage: one call for a cookie, for a token one more.
pub(crate) async fn logout<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: FindCaller + EndSession + EndByCookie + Sync,
{
    let presented = presented(request);
    match cookie::presented(&presented.cookies) {
        Ok(None) if !presented.has_header() => no_content(),
        Ok(None) => by_header(app, request).await,
        Ok(Some(_)) | Err(_) if presented.has_header() => unauthenticated(Failure::SeveralCredentials, app, request),
        Ok(Some(cookie)) => by_cookie(app, request, &presented, &cookie).await,
        // What is no cookie of ours holds no session; the browser may keep something else instead.
        Err(failure) => unauthenticated(failure, app, request),
    }
}

async fn by_cookie<S: EndByCookie>(
    app: &App<S>,
    request: &Request,
    presented: &Presented,
    cookie: &SessionCookie,
) -> Response<Body> {
    if !presented.provenance.may_act(&app.config.allowed_origins, || cookie.csrf_token()) {
        return unauthenticated(Failure::CrossSite, app, request);
    }
    match app.store.end_by_cookie(cookie, Ending::SignedOut, app.clock.now()).await {
        Ok(outcome) => left(outcome, Owner { user: cookie.user, session: cookie.session }, request),
        Err(fault) => return failed(&fault, &request_id(request), &app.config.issuer),
    }
    let mut response = no_content();
    clear_cookie(&mut response);
    response
}

async fn by_header<S: FindCaller + EndSession>(app: &App<S>, request: &Request) -> Response<Body> {
    let owner = match owner(app, request).await {
        Ok(owner) => owner,
        Err(refusal) => return refusal,
    };
    match app.store.end(owner.user, owner.session, Ending::SignedOut, app.clock.now()).await {
        Ok(outcome) => left(outcome, owner, request),
        Err(fault) => return failed(&fault, &request_id(request), &app.config.issuer),
    }
    no_content()
}

fn left(outcome: Ended, owner: Owner, request: &Request) {
    let (user, session) = (Some(owner.user), Some(owner.session));
    let event = match outcome {
        Ended::Now => Event::SessionEnded { user, session, cause: Ending::SignedOut },
        Ended::Already => Event::NothingToRevoke { user, session, reason: "no_live_session" },
    };
    event.record(&request_id(request));
}
