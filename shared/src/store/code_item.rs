//! An authorization code as an item of the table, under its hash: the code itself has no way into one.

use aws_sdk_dynamodb::types::AttributeValue;

use super::attributes::{Item, Reader, Writer, number, text, time};
use super::keys::Key;
use super::session_item::EXPIRES_AT as FORGOTTEN_AT;
use crate::clock::Timestamp;
use crate::oauth::code_exchange::CODE_REMEMBERED_FOR;
use crate::oauth::codes::{AuthorizationCode, CodeHash, CodeState};
use crate::scope::{Roles, Scopes};
use crate::storage::StoreError;

const CLIENT: &str = "client_id";
const REDIRECT_URI: &str = "redirect_uri";
const CHALLENGE: &str = "challenge";
const SCOPE: &str = "scope";
const AUDIENCE: &str = "audience";
const NONCE: &str = "nonce";
const USER: &str = "user";
const ACCOUNT_VERSION: &str = "account_version";
const BROWSER: &str = "browser_session";
const BY_CONSENT: &str = "by_consent";
const ROLES: &str = "roles";
const AUTH_TIME: &str = "auth_time";
const AUTH_METHOD: &str = "auth_method";
/// When the code expires; the item is kept for longer.
pub(super) const GOOD_UNTIL: &str = "good_until";
/// The session that it opened: an unused code has none.
pub(super) const REDEEMED_FOR: &str = "redeemed_for";

pub(super) fn encode(hash: &CodeHash, code: &AuthorizationCode) -> Item {
    let redeemed_for = match code.state {
        CodeState::Unused => None,
        CodeState::Redeemed { session } => Some(text(session.to_string())),
    };
    Writer::new(&Key::code(hash))
        .with(CLIENT, text(code.client.as_str()))
        .with(REDIRECT_URI, text(&code.redirect_uri))
        .with(CHALLENGE, text(code.challenge.as_str()))
        .with(SCOPE, text(code.scope.to_string()))
        .with(AUDIENCE, text(&code.audience))
        .with_some(NONCE, code.nonce.as_ref().map(|nonce| text(nonce.as_str())))
        .with(USER, text(code.user.to_string()))
        .with(ACCOUNT_VERSION, number(code.account_version))
        .with(BROWSER, text(code.browser.to_string()))
        .with(BY_CONSENT, AttributeValue::Bool(code.by_consent))
        .with(ROLES, text(code.roles.to_string()))
        .with(AUTH_TIME, time(code.auth_time))
        .with(AUTH_METHOD, text(code.auth_method.as_str()))
        .with(GOOD_UNTIL, time(code.expires_at))
        .with(FORGOTTEN_AT, time(code.expires_at.plus(CODE_REMEMBERED_FOR)))
        .with_some(REDEEMED_FOR, redeemed_for)
        .finish()
}

/// The code, unless it is forgotten at `now`: DynamoDB deletes late.
pub(super) fn remembered(item: &Item, now: Timestamp) -> Result<Option<AuthorizationCode>, StoreError> {
    let read = Reader::new(item);
    if read.time(FORGOTTEN_AT)? <= now { Ok(None) } else { decode(&read).map(Some) }
}

fn decode(read: &Reader<'_>) -> Result<AuthorizationCode, StoreError> {
    Ok(AuthorizationCode {
        client: read.parsed(CLIENT)?,
        redirect_uri: read.text(REDIRECT_URI)?.to_owned(),
        challenge: read.parsed(CHALLENGE)?,
        scope: read.parsed_by(SCOPE, Scopes::parse)?,
        audience: read.text(AUDIENCE)?.to_owned(),
        nonce: read.parsed_if_any(NONCE)?,
        user: read.parsed(USER)?,
        account_version: read.number(ACCOUNT_VERSION)?,
        browser: read.parsed(BROWSER)?,
        by_consent: read.truth(BY_CONSENT)?,
        roles: read.parsed_by(ROLES, Roles::parse)?,
        auth_time: read.time(AUTH_TIME)?,
        auth_method: read.parsed(AUTH_METHOD)?,
        expires_at: read.time(GOOD_UNTIL)?,
        state: read.parsed_if_any(REDEEMED_FOR)?.map_or(CodeState::Unused, |session| CodeState::Redeemed { session }),
    })
}
