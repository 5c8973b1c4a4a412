//! `Set-Cookie` for what a browser holds (RFC 6265bis §4.1): the session, which is taken back when it opens nothing any more, and the
//! device.

use std::time::Duration;

use lambda_http::Response;
use lambda_http::http::{HeaderValue, header};

use crate::authentication::cookie::NAME;
use crate::secret::Secret;
use crate::sessions::cookie::SessionCookie;

/// The cookie of a browser that somebody has signed in on, which lets it sign in again while others guess.
pub const DEVICE_COOKIE: &str = "__Host-device";

/// What `__Host-` demands, and no `Domain`: no other host of the domain gets the cookie or can set it (RFC 6265bis §4.1.3.2). No script
/// reads it, and of other sites' requests only a link that somebody follows brings it along.
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// Gives the session's cookie, for as long as the session can last. One that is idle for too long ends on our side.
pub fn give_cookie<B>(response: &mut Response<B>, cookie: &SessionCookie, lifetime: Duration) {
    set(response, NAME, cookie.value().expose(), lifetime);
}

/// Takes the session's cookie back. The attributes are those that it was given with, or a browser would keep it.
pub fn clear_cookie<B>(response: &mut Response<B>) {
    set(response, NAME, "", Duration::ZERO);
}

/// Gives the device's cookie, for `lifetime`; browsers keep none for more than 400 days (RFC 6265bis §5.5).
pub fn give_device_cookie<B>(response: &mut Response<B>, token: &Secret<String>, lifetime: Duration) {
    set(response, DEVICE_COOKIE, token.expose(), lifetime);
}

pub(super) fn set<B>(response: &mut Response<B>, name: &str, value: &str, lifetime: Duration) {
    let cookie = Secret::new(format!("{name}={value}; {ATTRIBUTES}; Max-Age={}", lifetime.as_secs()));
    if let Ok(mut value) = HeaderValue::from_str(cookie.expose()) {
        value.set_sensitive(true);
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
