//! Who calls a function that finds it out itself, or the refusal that they hear: 401 with a challenge (RFC 9110 §15.5.2, RFC 6750 §3).
//!
//! The endpoints of accounts, sessions and keys ask here and not an authorizer: behind an HTTP API's authorizer nobody can be told
//! 401, and what they change must be right at the moment of the call, so nothing may be cached.

use std::net::IpAddr;

use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt, Response};

use super::{Problem, ProblemKind, clear_cookie, failed, request_id};
use crate::app::App;
use crate::audit::Event;
use crate::authentication::{Failure, FindCaller, Freshness, Presented};
use crate::principal::{CredentialKind, Principal};

/// The caller, whose session is alive now, with a credential that is the person's or the program's own. What a person agreed to when
/// they let an OAuth client in is never that it manages their account, sessions or keys: its token is refused here, whatever its scope.
///
/// # Errors
/// The answer: 401 for nobody, 403 for a page of another site or the token of a client, 503 if it could not be found out. Each is
/// logged.
pub async fn caller<S: FindCaller>(app: &App<S>, request: &Request) -> Result<Principal, Response<Body>> {
    let id = request_id(request);
    let authenticator = app.authenticator();
    let undecided = |undecided| failed(&undecided, &id, &app.config.issuer);
    let nobody = |failure| unauthenticated(failure, app, request);
    let made = authenticator.caller(&presented(request), Freshness::AsMade).await;
    let principal = made.map_err(undecided)?.map_err(nobody)?;
    // Whether a client's token is good still need not be known, and nothing here may read who that is.
    if principal.auth_method == CredentialKind::AccessToken && principal.client_id != app.config.client.id {
        Event::Unauthenticated { reason: "token_of_a_client" }.record(&id);
        let problem = Problem::new(ProblemKind::Forbidden, "A token that a client was given does not do this.");
        return Err(problem.respond(&app.config.issuer));
    }
    authenticator.stands(&principal).await.map_err(undecided)?.map_err(nobody)?;
    Ok(principal)
}

/// The answer to somebody who was not authenticated; it is logged. Whoever presented nothing is told how to (RFC 6750 §3.1: without
/// an error code); whoever presented something is not told what was wrong with it. A cookie that is none
/// of ours is taken back, so that the browser stops sending it. One that opens nothing any more is not: the browser may have been given
/// another since, while this request was under way, and `Set-Cookie` would take back that one.
pub fn unauthenticated<S>(failure: Failure, app: &App<S>, request: &Request) -> Response<Body> {
    Event::Unauthenticated { reason: failure.reason() }.record(&request_id(request));
    let problem = match failure {
        Failure::NoCredential => Problem::new(ProblemKind::Unauthenticated, "Sign in first."),
        Failure::SeveralCredentials
        | Failure::MalformedCredential
        | Failure::Token(_)
        | Failure::ApiKey(_)
        | Failure::SessionEnded
        | Failure::ClientDisabled
        | Failure::MalformedCookie
        | Failure::Cookie(_) => Problem::new(ProblemKind::InvalidToken, "The credential is not valid, or no more."),
        Failure::CrossSite => {
            Problem::new(ProblemKind::CrossSite, "No page that may act for the person sent this request.")
        }
    };
    let mut response = problem.respond(&app.config.issuer);
    if matches!(failure, Failure::MalformedCookie) {
        clear_cookie(&mut response);
    }
    response
}

/// The address that the gateway itself saw. No header has a say: `X-Forwarded-For` is the client's to write.
pub fn source(request: &Request) -> Option<IpAddr> {
    let address = match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_deref(),
        RequestContext::ApiGatewayV1(context) => context.identity.source_ip.as_deref(),
        _ => None,
    };
    address?.parse().ok()
}

/// All that a request to a function says about who sends it.
pub fn presented(request: &Request) -> Presented {
    let mut presented = Presented { source: source(request), request_id: request_id(request), ..Presented::default() };
    presented.provenance.method = Some(request.method().as_str().to_owned());
    for (name, value) in request.headers() {
        presented.take(name.as_str(), [String::from_utf8_lossy(value.as_bytes()).into_owned()]);
    }
    presented
}
