//! Which pages may read an answer: those of the client that it is for, by the origins of its registration (Fetch §3.2).
//!
//! No answer here depends on a cookie, so that what a page may read is what it could have asked for from anywhere else: the origins
//! keep one client's pages from using another's. An answer that is for nobody, because no client was found, tells nothing and may be
//! read by all. Where the gateway answers for all origins itself, it throws these headers away.

use lambda_http::http::{HeaderValue, header};
use lambda_http::{Body, Request, Response};

use super::response::no_content;
use crate::oauth::clients::Client;

/// Seconds that a browser may keep the answer to its question: what it allows does not change, so it is as long as browsers take.
const PREFLIGHT_KEPT: &str = "7200";

/// The answer, which the pages of `client` may read, and all pages where there is none.
pub fn readable(request: &Request, client: Option<&Client>, mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let mut origins = request.headers().get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else { return response };
    let allowed = match client {
        None => HeaderValue::from_static("*"),
        Some(client) if origin.to_str().is_ok_and(|origin| client.is_read_by(origin)) => origin.clone(),
        Some(_) => return response,
    };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    let exposed = HeaderValue::from_static("retry-after, www-authenticate");
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    response
}

/// What a browser asks before it sends a page's request: it says not yet for which client, so that any page may ask, and only that
/// client's may read what comes of it.
pub fn preflight(methods: &'static str) -> Response<Body> {
    let mut response = no_content();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_KEPT));
    response
}
