//! What is sent where the API would refuse: the sign-in, or a page that says why not.

use lambda_http::http::header::{RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE};
use lambda_http::http::{HeaderName, StatusCode};
use lambda_http::{Body, Response};

use super::brand::Brand;
use super::complaint::Complaint;
use super::continuation::Continue;
use super::notice::{Link, Notice, Tone};
use super::response::{Leads, respond};
use super::sign_in::Said;
use crate::http::see_other;

/// The page that is sent in the place of an answer, with what that answer tells browsers and programs.
pub fn in_place_of(answer: &Response<Body>, mut page: Response<Body>) -> Response<Body> {
    for name in [RETRY_AFTER, WWW_AUTHENTICATE, SET_COOKIE, RATE_LIMIT, RATE_LIMIT_POLICY] {
        for value in answer.headers().get_all(&name) {
            page.headers_mut().append(name.clone(), value.clone());
        }
    }
    page
}

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Whether nobody is signed in, or nobody any more: the page is then that of the sign-in.
pub fn nobody_is_signed_in(answer: &Response<Body>) -> bool {
    answer.status() == StatusCode::UNAUTHORIZED
}

/// To the sign-in, and from there on to `page`, if it is one that people go on to.
pub fn to_sign_in(page: &str, brand: &Brand) -> Response<Body> {
    let next = page.parse::<Continue>().ok();
    see_other(&format!("{}/sign-in{}", brand.base, Continue::query(next.as_ref(), '?')))
}

/// The same for somebody who is signed in, but has been for too long for what they want to do.
pub fn to_sign_in_again(page: &str, brand: &Brand) -> Response<Body> {
    let next = page.parse::<Continue>().ok();
    let on = Continue::query(next.as_ref(), '&');
    see_other(&format!("{}/sign-in?said={}{on}", brand.base, Said::Again.name()))
}

/// To the sign-in and back to `page` where nobody is signed in; else a page that says why not.
pub fn instead_of(page: &str, answer: &Response<Body>, brand: &Brand) -> Response<Body> {
    if nobody_is_signed_in(answer) {
        return in_place_of(answer, to_sign_in(page, brand));
    }
    let lines = vec![Complaint::of(answer).unwrap_or_default().into_text()];
    let next = Some(Link { path: page, label: "Go back" });
    let notice = Notice { brand, title: "That did not work", lines, tone: Tone::Wrong, next };
    in_place_of(answer, respond(answer.status(), &notice, brand, Leads::Home))
}
