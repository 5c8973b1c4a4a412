//! Who calls a function that finds it out itself, or the refusal that they hear: 401 with a challenge (RFC 9110 §15.5.2, RFC 6750 §3).
//!
//! The endpoints of accounts, sessions and keys ask here and not an authorizer: behind an HTTP API's authorizer nobody can be told
//! 401, and what they change must be right at the moment of the call, so nothing may be cached.

use std::net::IpAddr;

use lambda_http::http::{HeaderName, header};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt, Response};

use super::{Problem, ProblemKind, request_id};
use crate::api_keys::FindApiKey;
use crate::app::App;
use crate::audit::Event;
use crate::authentication::{Failure, Freshness, LiveSession, Presented};
use crate::keys::ReadPublicKeys;
use crate::principal::Principal;

/// The caller, whose session is alive now.
///
/// # Errors
/// The answer: 401 for nobody, 503 if that could not be found out. Either is logged.
pub async fn caller<S>(app: &App<S>, request: &Request) -> Result<Principal, Response<Body>>
where
    S: ReadPublicKeys + LiveSession + FindApiKey + Sync,
{
    match app.authenticator().caller(&presented(request), Freshness::Live).await {
        Ok(Ok(principal)) => Ok(principal),
        Ok(Err(failure)) => {
            Event::Unauthenticated { reason: failure.reason() }.record(&request_id(request));
            Err(refusal(failure).respond(&app.config.issuer))
        }
        Err(undecided) => {
            Event::Failed { fault: &undecided }.record(&request_id(request));
            Err(Problem::unavailable().respond(&app.config.issuer))
        }
    }
}

/// Whoever presented nothing is told how to (RFC 6750 §3.1: without an error code); whoever presented something is not told what was
/// wrong with it.
fn refusal(failure: Failure) -> Problem {
    match failure {
        Failure::NoCredential => Problem::new(ProblemKind::Unauthenticated, "Sign in first."),
        Failure::SeveralCredentials
        | Failure::MalformedCredential
        | Failure::Token(_)
        | Failure::ApiKey(_)
        | Failure::SessionEnded => Problem::new(ProblemKind::InvalidToken, "The credential is not valid, or no more."),
    }
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

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

fn presented(request: &Request) -> Presented {
    let text = |value: &lambda_http::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let values = |name: HeaderName| request.headers().get_all(name).iter().map(text).collect();
    Presented {
        authorization: values(header::AUTHORIZATION),
        api_key: values(X_API_KEY),
        source: source(request),
        request_id: request_id(request),
    }
}
