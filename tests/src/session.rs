//! A session that a test opens without anybody's signing in.

use std::time::Duration;

use vestibule::clock::Timestamp;
use vestibule::identity::{SessionId, UserId};
use vestibule::randomness::Randomness;
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::rotation::Generation;
use vestibule::sessions::{AuthenticationMethod, Session, State, Transport};

/// One that `user` has opened at `now` by password, for an hour, for what the demo API asks for.
pub fn session(user: UserId, now: Timestamp) -> Session {
    Session {
        user,
        id: SessionId::random(&Randomness::System).unwrap(),
        client_id: "vestibule".to_owned(),
        scope: Scopes::parse("orders:read").unwrap(),
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
        idle_expires_at: now.plus(Duration::from_secs(3600)),
        expires_at: now.plus(Duration::from_secs(3600)),
        state: State::Live,
    }
}
