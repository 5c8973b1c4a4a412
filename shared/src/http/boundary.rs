//! Where a request ends without its answer: what is logged and what the client hears, said together so that neither is forgotten.

use std::fmt::Display;

use lambda_http::{Body, Response};

use super::{BodyError, OAuthError, Problem};
use crate::audit::Event;

/// The request cannot be read: a problem that names the fault, and a line that repeats nothing which the client made up.
pub fn unreadable(fault: BodyError, request_id: &str, issuer: &str) -> Response<Body> {
    Event::BadRequest { fault: &fault.logged() }.record(request_id);
    Problem::from(fault).respond(issuer)
}

/// A dependency failed: 503, and nothing was lost; why is in the log alone.
pub fn failed(fault: &dyn Display, request_id: &str, issuer: &str) -> Response<Body> {
    Event::Failed { fault }.record(request_id);
    Problem::unavailable().respond(issuer)
}

/// [`unreadable`] in the words of OAuth (RFC 6749 §5.2).
pub fn oauth_unreadable(fault: BodyError, request_id: &str) -> Response<Body> {
    Event::BadRequest { fault: &fault.logged() }.record(request_id);
    OAuthError::from(fault).respond()
}

/// [`failed`] in the words of OAuth (RFC 7009 §2.2.1).
pub fn oauth_failed(fault: &dyn Display, request_id: &str) -> Response<Body> {
    Event::Failed { fault }.record(request_id);
    OAuthError::TemporarilyUnavailable.respond()
}
