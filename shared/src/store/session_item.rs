//! A session as an item of the table.
//!
//! It stays below 1 KiB, so that writing it costs one write unit: scopes, roles and the device's name are bounded.

use aws_sdk_dynamodb::types::AttributeValue;

use super::attributes::{Item, Reader, Writer, bytes, number, text, time};
use super::keys::{Key, SESSION_PREFIX};
use crate::clock::Timestamp;
use crate::scope::{Roles, Scopes};
use crate::sessions::cookie::CookieHash;
use crate::sessions::rotation::Generation;
use crate::sessions::{AnsweredRequest, Device, Ending, Session, State, Transport};
use crate::storage::StoreError;

pub(super) const CLIENT: &str = "client_id";
pub(super) const GENERATION: &str = "generation";
pub(super) const ROTATED_AT: &str = "rotated_at";
pub(super) const MAC_KEY: &str = "mac_key";
pub(super) const IDLE_EXPIRES_AT: &str = "idle_expires_at";
/// The table's TTL attribute too.
pub(super) const EXPIRES_AT: &str = "expires_at";
pub(super) const ENDED_AT: &str = "ended_at";
pub(super) const ENDED_BY: &str = "ended_by";
/// Only a session that is held by a cookie has it.
pub(super) const COOKIE_HASH: &str = "cookie_hash";
/// Of the cookie before, which opens nothing and can still sign out.
pub(super) const LAST_COOKIE_HASH: &str = "last_cookie_hash";
const USER: &str = "user";
const SCOPE: &str = "scope";
pub(super) const AUDIENCE: &str = "audience";
const ROLES: &str = "roles";
const AUTH_TIME: &str = "auth_time";
const AUTH_METHOD: &str = "auth_method";
/// Only a session that was opened to answer a client's request has it.
const SIGNED_IN_FOR: &str = "signed_in_for";
const DEVICE: &str = "device";
const NETWORK: &str = "network";

pub(super) fn encode(session: &Session) -> Item {
    let (ended_at, ended_by) = match session.state {
        State::Live => (None, None),
        State::Ended { at, cause } => (Some(time(at)), Some(text(cause.as_str()))),
    };
    let cookie_hash = match session.transport {
        Transport::Tokens => None,
        Transport::Cookie(hash) => Some(cookie_hash(hash)),
    };
    Writer::new(&Key::session(session.user, session.id))
        .with(USER, text(session.user.to_string()))
        .with(CLIENT, text(&session.client_id))
        .with(SCOPE, text(session.scope.to_string()))
        .with_some(AUDIENCE, session.audience.as_ref().map(text))
        .with(ROLES, text(session.roles.to_string()))
        .with(AUTH_TIME, time(session.auth_time))
        .with(AUTH_METHOD, text(session.auth_method.as_str()))
        .with_some(SIGNED_IN_FOR, session.signed_in_for.map(|request| bytes(request.as_bytes().to_vec())))
        .with_some(DEVICE, session.device.as_ref().map(|device| text(device.as_str())))
        .with_some(NETWORK, session.network.map(|network| text(network.to_string())))
        .with_some(COOKIE_HASH, cookie_hash)
        .with(GENERATION, number(session.generation.number()))
        .with(ROTATED_AT, time(session.rotated_at))
        .with(MAC_KEY, number(session.mac_key))
        .with(IDLE_EXPIRES_AT, time(session.idle_expires_at))
        .with(EXPIRES_AT, time(session.expires_at))
        .with_some(ENDED_AT, ended_at)
        .with_some(ENDED_BY, ended_by)
        .finish()
}

/// The hash of a cookie's secret: the secret itself has no way into an item.
pub(super) fn cookie_hash(hash: CookieHash) -> AttributeValue {
    bytes(hash.as_bytes().to_vec())
}

impl TryFrom<&Item> for Session {
    type Error = StoreError;

    fn try_from(item: &Item) -> Result<Self, Self::Error> {
        let read = Reader::new(item);
        Ok(Self {
            user: read.parsed(USER)?,
            id: read
                .parsed_by(super::keys::SORT, |sort| sort.strip_prefix(SESSION_PREFIX).unwrap_or_default().parse())?,
            client_id: read.text(CLIENT)?.to_owned(),
            scope: read.parsed_by(SCOPE, Scopes::parse)?,
            audience: read.text_if_any(AUDIENCE)?.map(str::to_owned),
            roles: read.parsed_by(ROLES, Roles::parse)?,
            auth_time: read.time(AUTH_TIME)?,
            auth_method: read.parsed(AUTH_METHOD)?,
            signed_in_for: read.bytes_if_any(SIGNED_IN_FOR)?.map(AnsweredRequest::from_bytes),
            device: read
                .text_if_any(DEVICE)?
                .map(Device::parse)
                .transpose()
                .map_err(|fault| read.impossible(&fault.to_string()))?,
            network: read
                .text_if_any(NETWORK)?
                .map(str::parse)
                .transpose()
                .map_err(|_| read.impossible(&format!("{NETWORK} is malformed")))?,
            transport: read
                .bytes_if_any(COOKIE_HASH)?
                .map_or(Transport::Tokens, |hash| Transport::Cookie(CookieHash::from_bytes(hash))),
            generation: Generation::from_number(read.number(GENERATION)?),
            rotated_at: read.time(ROTATED_AT)?,
            mac_key: read.number(MAC_KEY)?,
            idle_expires_at: read.time(IDLE_EXPIRES_AT)?,
            expires_at: read.time(EXPIRES_AT)?,
            state: state(&read)?,
        })
    }
}

fn state(read: &Reader<'_>) -> Result<State, StoreError> {
    Ok(match read.number_if_any(ENDED_AT)? {
        None => State::Live,
        Some(at) => State::Ended { at: Timestamp::from_seconds(at), cause: read.parsed::<Ending>(ENDED_BY)? },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{SessionId, UserId};
    use crate::scope::{MAX_ROLES_BYTES, MAX_SCOPES_BYTES, Roles, Scopes};
    use crate::sessions::rotation::Generation;
    use crate::sessions::{ANSWERED_REQUEST_BYTES, AuthenticationMethod, Device, NetworkPrefix};

    /// As DynamoDB counts it: names and texts by their bytes, numbers by two digits a byte and one more ("DynamoDB Item sizes and formats",
    /// Developer Guide).
    fn bytes_of(item: &Item) -> usize {
        let value = |value: &AttributeValue| match value {
            AttributeValue::S(text) => text.len(),
            AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
            AttributeValue::B(bytes) => bytes.as_ref().len(),
            other => panic!("a session has none of these: {other:?}"),
        };
        item.iter().map(|(name, attribute)| name.len() + value(attribute)).sum()
    }

    /// A live session with as much scope, as many roles and as long a name of its device as there may be.
    fn full(transport: Transport, audience: Option<String>) -> Session {
        let words = |word: &str, bytes: usize| {
            let words = (0..bytes / 16).map(|number| format!("{word}{number:02}")).collect::<Vec<_>>();
            words.join(" ")
        };
        Session {
            user: UserId::from_bytes([255; 16]),
            id: SessionId::from_bytes([255; 16]),
            client_id: "c".repeat(32),
            scope: Scopes::parse(&words("orders-abc:r-", MAX_SCOPES_BYTES)).unwrap(),
            audience,
            roles: Roles::parse(&words("administrator", MAX_ROLES_BYTES)).unwrap(),
            auth_time: Timestamp::from_seconds(1_899_999_999),
            auth_method: AuthenticationMethod::Password,
            // A client's session is opened by a code, and none by a sign-in.
            signed_in_for: matches!(transport, Transport::Cookie(_))
                .then(|| AnsweredRequest::from_bytes([255; ANSWERED_REQUEST_BYTES])),
            device: Some(Device::parse(&"d".repeat(Device::MAX_CHARS)).unwrap()),
            network: Some(NetworkPrefix::of("2001:db8:ffff::1".parse().unwrap())),
            transport,
            generation: Generation::FIRST,
            rotated_at: Timestamp::from_seconds(1_899_999_999),
            mac_key: u32::MAX,
            idle_expires_at: Timestamp::from_seconds(1_899_999_999),
            expires_at: Timestamp::from_seconds(1_899_999_999),
            state: State::Live,
        }
    }

    /// A rotation writes the whole item: beyond 1 KiB each would cost two write units (the store's README).
    #[test]
    fn a_session_with_all_that_it_can_hold_is_one_write_unit() {
        let audience = format!("https://{}.example.com", "r".repeat(40));
        let by_cookie = full(Transport::Cookie(CookieHash::from_bytes([255; 32])), None);
        for session in [full(Transport::Tokens, Some(audience)), by_cookie] {
            assert_eq!(session.scope.to_string().len() + 1, MAX_SCOPES_BYTES);
            assert_eq!(session.roles.to_string().len() + 1, MAX_ROLES_BYTES);
            let bytes = bytes_of(&encode(&session));
            assert!(bytes <= 1024, "{bytes}");
        }
    }
}
