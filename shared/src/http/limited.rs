//! Limits at the boundary: whose request it is, and the answer to one that comes too soon (RFC 6585 §4, RFC 9110 §10.2.3,
//! draft-ietf-httpapi-ratelimit-headers-11).

use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, header};
use lambda_http::{Body, Request, Response};

use super::problem::{Problem, ProblemKind};
use super::{OAuthError, failed, oauth_failed, request_id, source};
use crate::app::App;
use crate::audit::Event;
use crate::limits::{Admission, Admit, Class, Key, Network, Refusal};
use crate::oauth::clients::Client;

/// The network that the request came from, by [`source`].
pub fn network(request: &Request) -> Network {
    source(request).map_or(Network::Unknown, Network::of)
}

/// Lets an endpoint limit itself: counts the request for each of `keys`, in one call each and all at once.
///
/// ```ignore
/// if let Err(refused) = within(&app, &request, &[Key::network(Class::AccountNetwork, network(&request))]).await {
///     return refused;
/// }
/// ```
///
/// # Errors
/// The answer, which is in the log already: 429 for a request that comes too soon, 503 for one that could not be counted.
pub async fn within<S: Admit>(app: &App<S>, request: &Request, keys: &[Key]) -> Result<(), Response<Body>> {
    match app.admit(keys).await {
        Ok(Admission::Admitted) => Ok(()),
        Ok(Admission::Refused(refusal)) => Err(limited(&refusal, &app.config.issuer, &request_id(request))),
        Err(fault) => Err(failed(&fault, &request_id(request), &app.config.issuer)),
    }
}

/// Counts what `client` asks by the limit of its registration: one call, or none where it has no limit. The client must have proved who it
/// is, or anybody could use up its requests.
///
/// # Errors
/// The answer, which is in the log already: 429 for a client that asks too often, 503 if that could not be counted.
pub async fn within_limit_of<S: Admit>(app: &App<S>, client: &Client, request_id: &str) -> Result<(), Response<Body>> {
    let Some(limit) = client.limit else { return Ok(()) };
    match app.store.admit(&Key::named(Class::Client, &client.id), limit, app.clock.now()).await {
        Ok(Admission::Admitted) => Ok(()),
        Ok(Admission::Refused(refusal)) => {
            Event::Limited { class: refusal.class }.record(request_id);
            Err(OAuthError::TooManyRequests(refusal).respond())
        }
        Err(fault) => Err(oauth_failed(&fault, request_id)),
    }
}

/// 429, noted in the log. It says what was asked for too often and for how long, and nothing of whether that exists.
pub fn limited(refusal: &Refusal, issuer: &str, request_id: &str) -> Response<Body> {
    Event::Limited { class: refusal.class }.record(request_id);
    let detail = format!("Too many requests. Try again in {} seconds.", refusal.retry_after.as_secs());
    let mut response =
        Problem::new(ProblemKind::TooManyRequests, detail).violating(refusal.class.name()).respond(issuer);
    add_limit(response.headers_mut(), refusal);
    response
}

/// Says in header fields what was limited and for how long.
pub(super) fn add_limit(headers: &mut HeaderMap, refusal: &Refusal) {
    let (name, wait) = (refusal.class.name(), refusal.retry_after.as_secs());
    let fields = [
        (header::RETRY_AFTER, wait.to_string()),
        (RATE_LIMIT_POLICY, format!("\"{name}\";q={};w={}", refusal.limit.quota(), refusal.limit.window().as_secs())),
        (RATE_LIMIT, format!("\"{name}\";r=0;t={wait}")),
    ];
    for (field, value) in fields {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(field, value);
        }
    }
}

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
