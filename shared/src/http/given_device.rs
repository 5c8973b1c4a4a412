//! The answer to somebody who has changed how they sign in: what their device presents at the next sign-in (decision 0016). All that it
//! held before has ended with the change. An app reads the answer and a browser keeps the cookie.

use lambda_http::{Body, Response};
use serde::Serialize;

use super::operation::{Field, Schema};
use super::response::secret_json;
use super::session_cookie::give_device_cookie;
use crate::limits::KnownDevice;
use crate::secret::Secret;

/// A device token, which signs nobody in.
#[derive(Debug)]
pub struct GivenDevice<'a>(pub &'a Secret<String>);

#[derive(Serialize)]
struct Document<'a> {
    device_token: &'a str,
}

impl GivenDevice<'_> {
    /// What [`GivenDevice::respond`] writes, for the description of an endpoint.
    pub const SCHEMA: Schema = Schema::Object(&[Field::required(
        "device_token",
        "For the next sign-in on this device: all earlier ones have ended.",
        Schema::Secret,
    )]);

    /// 200, with the token in the body and in the cookie.
    pub fn respond(&self) -> Response<Body> {
        let document = Document { device_token: self.0.expose() };
        let mut response = secret_json(&Secret::new(serde_json::to_string(&document).unwrap_or_default()));
        give_device_cookie(&mut response, self.0, KnownDevice::LIFETIME);
        response
    }
}
