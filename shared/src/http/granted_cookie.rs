//! The answer to a sign-in or a refresh of a browser that holds a cookie: nothing in it opens the session.

use lambda_http::{Body, Response};
use serde::Serialize;

use super::operation::{Field, Schema};
use super::response::{secret_json, see_other};
use super::session_cookie::{give_cookie, give_device_cookie};
use crate::clock::Timestamp;
use crate::limits::KnownDevice;
use crate::secret::Secret;
use crate::sessions::Session;
use crate::sessions::cookie::SessionCookie;

/// What a browser is given.
#[derive(Debug)]
pub struct GrantedCookie {
    /// The cookie.
    pub cookie: SessionCookie,
    /// The session that it holds.
    pub session: Session,
}

#[derive(Serialize)]
struct Document<'a> {
    csrf_token: &'a str,
    expires_in: u64,
    idle_expires_in: u64,
    scope: String,
}

impl GrantedCookie {
    /// What [`GrantedCookie::respond`] writes, for the description of an endpoint.
    pub const SCHEMA: Schema = Schema::Object(&[
        Field::required(
            "csrf_token",
            "For `X-CSRF-Token`, where neither `Sec-Fetch-Site` nor `Origin` is sent. It opens nothing.",
            Schema::Secret,
        ),
        Field::required("expires_in", "Seconds until the session ends, whatever happens.", Schema::Integer),
        Field::required("idle_expires_in", "Seconds until it ends if it is not used.", Schema::Integer),
        Field::required("scope", "What the session may be used for.", Schema::Scope),
    ]);

    /// 200 with what a page may know of its session at `now`.
    pub fn respond(&self, now: Timestamp) -> Response<Body> {
        let Session { expires_at, idle_expires_at, scope, .. } = &self.session;
        let csrf_token = self.cookie.csrf_token();
        let document = Document {
            csrf_token: csrf_token.expose(),
            expires_in: expires_at.since(now).as_secs(),
            idle_expires_in: idle_expires_at.min(expires_at).since(now).as_secs(),
            scope: scope.to_string(),
        };
        secret_json(&Secret::new(serde_json::to_string(&document).unwrap_or_default()))
    }

    /// The answer to a sign-in: the same, and the cookies of the session and of the device.
    pub fn give(&self, device: &Secret<String>, now: Timestamp) -> Response<Body> {
        self.with_cookies(self.respond(now), device, now)
    }

    /// The answer to a sign-in on a page: the cookies, and where the browser goes on to.
    pub fn lead_on(&self, location: &str, device: &Secret<String>, now: Timestamp) -> Response<Body> {
        self.with_cookies(see_other(location), device, now)
    }

    fn with_cookies(&self, mut response: Response<Body>, device: &Secret<String>, now: Timestamp) -> Response<Body> {
        give_cookie(&mut response, &self.cookie, self.session.expires_at.since(now));
        give_device_cookie(&mut response, device, KnownDevice::LIFETIME);
        response
    }
}
