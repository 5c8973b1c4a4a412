//! `DELETE /sessions/{id}` and `DELETE /sessions`: somebody ends sessions of their own.

use lambda_http::{Body, Request, RequestExt, Response};
use serde::Serialize;
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::authentication::FindCaller;
use vestibule::http::operation::{Field, Schema};
use vestibule::http::{Problem, ProblemKind, clear_cookie, failed, json_response, no_content, presented, request_id};
use vestibule::identity::SessionId;
use vestibule::sessions::Ending;
use vestibule::sessions::end::{EndSession, EndSessions, Ended};

use crate::{Owner, owner};

#[derive(Serialize)]
struct Document {
    ended: usize,
}

pub(crate) const SCHEMA: Schema =
    Schema::Object(&[Field::required("ended", "How many had not ended before.", Schema::Integer)]);

/// A session of somebody else's is looked for under the caller's own name, and so is not there. Storage: one call.
pub(crate) async fn end_one<S: FindCaller + EndSession>(app: &App<S>, request: &Request) -> Response<Body> {
    let Owner { user, session: current } = match owner(app, request).await {
        Ok(owner) => owner,
        Err(refusal) => return refusal,
    };
    let id = request_id(request);
    let named = request.path_parameters().first("id").and_then(|id| id.parse::<SessionId>().ok());
    let ended = match named {
        None => Ok(Ended::Already),
        Some(session) => app.store.end(user, session, Ending::Revoked, app.clock.now()).await,
    };
    match ended {
        Ok(Ended::Now) => Event::SessionEnded { user: Some(user), session: named, cause: Ending::Revoked }.record(&id),
        Ok(Ended::Already) => {
            Event::NothingToRevoke { user: Some(user), session: named, reason: "no_live_session" }.record(&id);
            return Problem::new(ProblemKind::NotFound, "You have no such session.").respond(&app.config.issuer);
        }
        Err(fault) => return failed(&fault, &request_id(request), &app.config.issuer),
    }
    let mut response = no_content();
    if named == Some(current) {
        forget(request, &mut response);
    }
    response
}

/// All but the one that the request belongs to, or with `all=true` that one too.
pub(crate) async fn end_several<S: FindCaller + EndSessions>(app: &App<S>, request: &Request) -> Response<Body> {
    let Owner { user, session: current } = match owner(app, request).await {
        Ok(owner) => owner,
        Err(refusal) => return refusal,
    };
    let id = request_id(request);
    let Some(all) = asks_for_all(request) else {
        Event::BadRequest { fault: &"the query is not all=true" }.record(&id);
        let problem = Problem::new(ProblemKind::InvalidRequest, "The query holds nothing or all=true.");
        return problem.respond(&app.config.issuer);
    };
    let now = app.clock.now();
    let outcome = match all {
        true => app.store.end_all(user, Ending::Revoked, now).await,
        false => app.store.end_others(user, current, Ending::Revoked, now).await,
    };
    if let Some(fault) = outcome.failed {
        return failed(&fault, &request_id(request), &app.config.issuer);
    }
    Event::SessionsEnded { user, cause: Ending::Revoked }.record(&id);
    let mut response = json_response(&Document { ended: outcome.ended }, None);
    if all {
        forget(request, &mut response);
    }
    response
}

/// `None` for a query that is neither: somebody who meant `all=true` must not believe that all have ended.
fn asks_for_all(request: &Request) -> Option<bool> {
    let query = request.query_string_parameters();
    let mut parameters = query.iter();
    match (parameters.next(), parameters.next()) {
        (None, _) => Some(false),
        (Some(("all", "true")), None) => Some(true),
        _ => None,
    }
}

/// The browser's own session has ended: it need not send the cookie any more.
fn forget(request: &Request, response: &mut Response<Body>) {
    if presented(request).has_session_cookie() {
        clear_cookie(response);
    }
}
