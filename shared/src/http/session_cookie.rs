//! `Set-Cookie` for the session cookie (RFC 6265bis §4.1): given once, and taken back when it opens nothing any more.

use lambda_http::Response;
use lambda_http::http::{HeaderValue, header};
use std::time::Duration;

use crate::authentication::cookie::NAME;
use crate::secret::Secret;
use crate::sessions::cookie::SessionCookie;

/// What `__Host-` demands, and no `Domain`: no other host of the domain gets the cookie or can set it (RFC 6265bis §4.1.3.2). No script
/// reads it, and of other sites' requests only a link that somebody follows brings it along.
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// Gives the cookie, for as long as its session can last. What is idle for too long ends on our side.
pub fn give_cookie<B>(response: &mut Response<B>, cookie: &SessionCookie, lifetime: Duration) {
    let value = cookie.value();
    set(response, &Secret::new(format!("{NAME}={}; {ATTRIBUTES}; Max-Age={}", value.expose(), lifetime.as_secs())));
}

/// Takes the cookie back. The attributes are those that it was given with, or a browser would keep it.
pub fn clear_cookie<B>(response: &mut Response<B>) {
    set(response, &Secret::new(format!("{NAME}=; {ATTRIBUTES}; Max-Age=0")));
}

fn set<B>(response: &mut Response<B>, cookie: &Secret<String>) {
    if let Ok(mut value) = HeaderValue::from_str(cookie.expose()) {
        value.set_sensitive(true);
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
