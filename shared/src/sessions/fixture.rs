//! The session that tests begin with; each says what is different in its own.

use std::time::Duration;

use super::rotation::Generation;
use super::session::{AuthenticationMethod, Session, State, Transport};
use crate::clock::Timestamp;
use crate::identity::{SessionId, UserId};
use crate::scope::{Roles, Scopes};

/// Opened at `now`, for a hundred seconds without a refresh and for two hundred at all.
pub(crate) fn session(now: Timestamp) -> Session {
    Session {
        user: UserId::from_bytes([1; 16]),
        id: SessionId::from_bytes([2; 16]),
        client_id: "vestibule".to_owned(),
        scope: Scopes::default(),
        audience: None,
        roles: Roles::default(),
        auth_time: now,
        auth_method: AuthenticationMethod::Password,
        signed_in_for: None,
        device: None,
        network: None,
        transport: Transport::Tokens,
        generation: Generation::FIRST,
        rotated_at: now,
        mac_key: 1,
        idle_expires_at: now.plus(Duration::from_secs(100)),
        expires_at: now.plus(Duration::from_secs(200)),
        state: State::Live,
    }
}
