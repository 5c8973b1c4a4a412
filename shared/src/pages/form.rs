//! A form as it comes back: from a page of ours, with the fields that a page may show again (decision 0023).
//!
//! No page signs anybody in, or has letters sent, that another site made somebody's browser send (login CSRF; OWASP, Cross-Site Request
//! Forgery Prevention). A form that belongs to a session is checked with its cookie, which is stricter still.

use lambda_http::{Body, Request, Response};

use super::continuation::Continue;
use crate::app::App;
use crate::authentication::Failure;
use crate::authentication::csrf::Page;
use crate::http::{Fields, form, presented, request_id, unauthenticated, unreadable};

/// The fields of a form that a page of ours, or no browser at all, has sent.
///
/// # Errors
/// The answer: 403 for a page of another site, 4xx for a body that is no form.
pub fn fields<S>(app: &App<S>, request: &Request) -> Result<Fields, Box<Response<Body>>> {
    if presented(request).provenance.page(&app.config.allowed_origins) == Page::Foreign {
        return Err(Box::new(unauthenticated(Failure::CrossSite, app, request)));
    }
    form(request).map_err(|fault| Box::new(unreadable(fault, &request_id(request), &app.config.issuer)))
}

/// What the address says of this parameter: nothing if it is not there, or more than once.
pub fn asked(request: &Request, name: &str) -> String {
    let query = request.uri().query().unwrap_or_default().as_bytes();
    let mut named = form_urlencoded::parse(query).filter(|(found, _)| found == name);
    match (named.next(), named.next()) {
        (Some((_, value)), None) => value.into_owned(),
        _ => String::new(),
    }
}

/// What a form holds in this field, to be shown again: nothing if it cannot be read, or is not there, or once too often.
pub fn typed(request: &Request, name: &'static str) -> String {
    let value = form(request).ok().and_then(|mut fields| fields.optional(name).ok().flatten());
    value.map(|value| value.expose().clone()).unwrap_or_default()
}

/// Where the person is to go on to, if the form says so and the place is ours.
pub fn next(request: &Request) -> Option<Continue> {
    typed(request, "continue").parse().ok()
}
