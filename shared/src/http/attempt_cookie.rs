//! The cookie of a sign-in that is under way at a provider: the answer counts in this browser alone (RFC 9700 §4.7).
//!
//! There is one of it, so that a browser has one sign-in under way: whoever begins another has given up the first. It comes back with the
//! redirect from the provider, which `SameSite=Lax` lets a browser send.

use std::time::Duration;

use lambda_http::Response;

use super::session_cookie::set;
use crate::authentication::cookie;
use crate::clock::Timestamp;
use crate::federation::Attempt;
use crate::keys::MacKeys;

const NAME: &str = "__Host-sign-in";

/// Gives it, made with the active one of `keys`.
pub fn give_attempt<B>(response: &mut Response<B>, attempt: &Attempt, keys: &MacKeys) {
    set(response, NAME, attempt.seal(keys.active()).expose(), Attempt::LIFETIME);
}

/// Takes it back.
pub fn clear_attempt<B>(response: &mut Response<B>) {
    set(response, NAME, "", Duration::ZERO);
}

/// The attempt among the values of `Cookie`, if there is one of ours that is not over. Two are none.
pub fn presented_attempt(cookies: &[String], keys: &MacKeys, now: Timestamp) -> Option<Attempt> {
    let mut own = cookie::named(cookies, NAME);
    let (Some(value), None) = (own.next(), own.next()) else { return None };
    Attempt::open(value, keys, now)
}
