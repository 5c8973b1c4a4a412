//! What access tokens promise, as sentences.

mod cache;
mod claims;
mod client_assertions;
mod form;
mod header;
mod hints;
mod keys;
mod mint;
mod refusals;
mod second_opinion;
mod signature;
mod times;
mod vectors;

use std::fmt::{self, Display};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;
use crate::clock::{Clock, ManualClock, Timestamp};
use crate::identity::{ServiceId, SessionId, UserId};
use crate::keys::tests::source::Source;
use crate::keys::{Algorithm, SigningKey, SigningKeyRing};
use crate::principal::Subject;
use crate::scope::{Roles, Scopes};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const SECOND: Duration = Duration::from_secs(1);
const LIFETIME: Duration = Duration::from_secs(300);
const ISSUER: &str = "https://auth.example.com";
const AUDIENCE: &str = "https://api.example.com";
const USER: UserId = UserId::from_bytes([1; 16]);
const SERVICE: ServiceId = ServiceId::from_bytes([3; 16]);
const SESSION: SessionId = SessionId::from_bytes([2; 16]);

/// One ring with keys for both algorithms, for every test: making RSA keys takes long.
static RING: LazyLock<SigningKeyRing> = LazyLock::new(|| SigningKeyRing::generate_all(&Algorithm::ALL, NOW).unwrap());

fn key(algorithm: Algorithm) -> &'static SigningKey {
    RING.active(algorithm).unwrap()
}

/// A resource server: its verifier, the keys that it can read, and the time that it sees.
struct ResourceServer {
    clock: ManualClock,
    source: Source,
    verifier: Verifier,
}

impl ResourceServer {
    fn new() -> Self {
        Self::at(NOW)
    }

    fn at(now: Timestamp) -> Self {
        let clock = ManualClock::starting_at(now);
        let verifier = Verifier::new(ISSUER, AUDIENCE, Clock::Manual(clock.clone()));
        Self { clock, source: Source::of(&RING), verifier }
    }

    async fn verify(&self, token: impl AsRef<[u8]>) -> Result<Arc<VerifiedToken>, VerifyError> {
        self.verifier.verify(token.as_ref(), &self.source).await
    }

    async fn accepts(&self, token: impl AsRef<[u8]>) -> Arc<VerifiedToken> {
        self.verify(token).await.unwrap()
    }

    /// Why it refuses `token`: seen for the first time or not, and without remembering it.
    async fn refusal(&self, token: impl AsRef<[u8]>) -> Refusal {
        let held = self.verifier.tokens_held();
        let refused = self.verify(&token).await.unwrap_err();
        let fresh = self.verifier.verify_fresh(token.as_ref(), &self.source).await.unwrap_err();
        assert_eq!(refused, fresh);
        assert!(self.verifier.tokens_held() <= held, "a refused token is not kept");
        match refused {
            VerifyError::Refused(refusal) => refusal,
            VerifyError::KeysUnavailable(unavailable) => panic!("{unavailable}"),
        }
    }
}

/// A JSON object whose members stand in the order and the spelling that a test gives them.
#[derive(Clone)]
struct Object(Vec<(String, String)>);

impl Object {
    fn of(members: &Value) -> Self {
        let members = members.as_object().unwrap();
        Self(members.iter().map(|(name, value)| (name.clone(), value.to_string())).collect())
    }

    fn set(&mut self, name: &str, value: impl Display) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value.to_string(),
            None => self.0.push((name.to_owned(), value.to_string())),
        }
    }

    fn add(&mut self, name: &str, value: impl Display) {
        self.0.push((name.to_owned(), value.to_string()));
    }

    fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }
}

impl Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<_> = self.0.iter().map(|(name, value)| format!(r#""{name}":{value}"#)).collect();
        write!(f, "{{{}}}", members.join(","))
    }
}

/// A token that is good until a test changes it; it is always signed with one of our own keys, so that nothing but the
/// change is wrong with it. Values are JSON text.
#[derive(Clone)]
struct Draft {
    header: Object,
    claims: Object,
    key: &'static SigningKey,
}

fn draft() -> Draft {
    draft_for(Algorithm::Es256)
}

fn draft_for(algorithm: Algorithm) -> Draft {
    let key = key(algorithm);
    Draft {
        header: Object::of(&json!({ "alg": key.algorithm(), "kid": key.kid(), "typ": "at+jwt" })),
        claims: Object::of(&json!({
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": USER,
            "sid": SESSION,
            "client_id": "first-party",
            "scope": "orders:read orders:write",
            "roles": ["admin"],
            "auth_time": NOW.minus(LIFETIME),
            "iat": NOW,
            "exp": NOW.plus(LIFETIME),
            "jti": "AAAAAAAAAAAAAAAAAAAAAA",
        })),
        key,
    }
}

impl Draft {
    fn header(mut self, name: &str, value: impl Display) -> Self {
        self.header.set(name, value);
        self
    }

    fn claim(mut self, name: &str, value: impl Display) -> Self {
        self.claims.set(name, value);
        self
    }

    fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    fn without_claim(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Adds a header parameter even if one of that name is there; `name` may have escapes.
    fn second_header(mut self, name: &str, value: impl Display) -> Self {
        self.header.add(name, value);
        self
    }

    /// Adds a claim even if one of that name is there; `name` may have escapes.
    fn second_claim(mut self, name: &str, value: impl Display) -> Self {
        self.claims.add(name, value);
        self
    }

    fn signed(&self) -> String {
        signed(self.header.to_string(), self.claims.to_string(), self.key)
    }
}

/// A compact JWS of these bytes (RFC 7515 §7.1).
fn signed(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>, key: &SigningKey) -> String {
    signed_as_spelled(&URL_SAFE_NO_PAD.encode(header), &URL_SAFE_NO_PAD.encode(payload), key)
}

/// A compact JWS of two parts that are encoded already, well or not.
fn signed_as_spelled(header: &str, payload: &str, key: &SigningKey) -> String {
    let signature = key.pair().sign(format!("{header}.{payload}").as_bytes()).unwrap();
    format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The three parts of a token.
fn parts(token: &str) -> [&str; 3] {
    let parts: Vec<_> = token.split('.').collect();
    parts.try_into().unwrap()
}

/// JSON values of every type but `kept`: `null`, true, a number, a string, an array or an object.
fn other_types(kept: &str) -> impl Iterator<Item = &'static str> {
    [("null", "null"), ("bool", "true"), ("number", "1"), ("string", r#""1""#), ("array", "[]"), ("object", "{}")]
        .into_iter()
        .filter(move |(kind, _)| *kind != kept)
        .map(|(_, value)| value)
}
