//! What a session says of a sign-in, and what nothing but the sign-in decides.

use std::time::Duration;

use super::*;
use crate::accounts::Standing;
use crate::identity::UserId;
use crate::keys::{MacKey, NumberedRing};
use crate::randomness::SeededRandomness;
use crate::scope::Roles;
use crate::secret::Secret;
use crate::sessions::rotation::RetryPolicy;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const USER: UserId = UserId::from_bytes([1; 16]);

fn scopes(text: &str) -> Scopes {
    Scopes::parse(text).unwrap()
}

fn account() -> Account {
    Account {
        user: USER,
        identifiers: Vec::new(),
        scopes: scopes("orders:read orders:write"),
        roles: Roles::parse("admin clerk").unwrap(),
        standing: Standing::Active,
        created_at: NOW,
        version: 3,
    }
}

fn record() -> LoginRecord {
    let Account { user, identifiers, scopes, roles, standing, version, .. } = account();
    LoginRecord { user, identifiers, password: PasswordHash::none(), scopes, roles, standing, version }
}

fn client() -> Client {
    Client {
        id: "app".to_owned(),
        retry: RetryPolicy::UntilUsed,
        idle_lifetime: Duration::from_secs(100),
        absolute_lifetime: Duration::from_secs(1000),
    }
}

/// Two keys, the second of which is active.
fn keys() -> MacKeys {
    NumberedRing::new(2, [1, 2].map(|id| MacKey::new(id, Secret::new([1; 32]))).to_vec()).unwrap()
}

fn opened(scope: &str, device: Option<Device>, randomness: &Randomness) -> Session {
    session_for(&record(), &client(), scopes(scope), device, &keys(), randomness, NOW).unwrap()
}

#[test]
fn a_session_says_who_signed_in_how_and_until_when() {
    let randomness = Randomness::Seeded(SeededRandomness::new(1));
    let device = Device::parse("Ada's phone").unwrap();
    let session = opened("orders:read", Some(device.clone()), &randomness);
    let expected = Session {
        user: USER,
        id: session.id,
        client_id: "app".to_owned(),
        scope: scopes("orders:read"),
        audience: None,
        roles: Roles::parse("admin clerk").unwrap(),
        auth_time: NOW,
        auth_method: AuthenticationMethod::Password,
        signed_in_for: None,
        device: Some(device),
        network: None,
        transport: Transport::Tokens,
        generation: Generation::FIRST,
        rotated_at: NOW,
        mac_key: 2,
        idle_expires_at: NOW.plus(Duration::from_secs(100)),
        expires_at: NOW.plus(Duration::from_secs(1000)),
        state: State::Live,
    };
    assert_eq!(session, expected);
}

#[test]
fn each_sign_in_is_a_session_of_its_own() {
    let randomness = Randomness::Seeded(SeededRandomness::new(1));
    let [one, other] = [(); 2].map(|()| opened("orders:read", None, &randomness));
    assert_ne!(one.id, other.id);
}

/// Nobody asked for less than everything, and nobody looked at a password.
#[test]
fn a_session_by_an_identity_at_a_provider_has_all_that_the_account_may_do() {
    let (one, other) = (SeededRandomness::new(1), SeededRandomness::new(1));
    let by_password = opened("orders:read orders:write", None, &Randomness::Seeded(one));
    let federated = session_of(&account(), &client(), &keys(), &Randomness::Seeded(other), NOW).unwrap();
    assert_eq!(federated, Session { auth_method: AuthenticationMethod::Federated, ..by_password });
    assert_eq!(federated.auth_method.context_class(), "0", "what it is worth is not ours to say");
    assert_eq!(AuthenticationMethod::Password.context_class(), "1");
}
