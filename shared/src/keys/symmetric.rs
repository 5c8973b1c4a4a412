//! The keys that only we hold: those that seal refresh tokens (RFC 2104) and those that pepper password hashes (RFC 9106 §3.1).
//!
//! Both are rings: one key is active, the older ones are accepted for as long as they stand in the ring.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::numbered::{KNOWN_TO_ALL, Numbered, NumberedRing};
use crate::randomness::{NoRandomness, Randomness};
use crate::secret::Secret;

/// Bytes of a MAC key and of a pepper: as many as HMAC-SHA-256 gives out, which RFC 2104 §3 asks for at least.
pub const SYMMETRIC_KEY_BYTES: usize = 32;

/// Bytes of an HMAC-SHA-256.
pub const MAC_BYTES: usize = 32;

/// Nothing that a MAC key seals lives longer: a session's refresh tokens and the name of a known device live for a year at most. A MAC key
/// that leaves sooner signs people out.
pub const LONGEST_SEALED_LIFE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A key that seals refresh tokens. Clones share it.
#[derive(Clone, Debug)]
pub struct MacKey {
    id: u32,
    secret: Arc<Secret<[u8; SYMMETRIC_KEY_BYTES]>>,
    prepared: hmac::Key,
}

impl MacKey {
    /// The key number `id`.
    pub fn new(id: u32, secret: Secret<[u8; SYMMETRIC_KEY_BYTES]>) -> Self {
        let prepared = hmac::Key::new(hmac::HMAC_SHA256, secret.expose());
        Self { id, secret: Arc::new(secret), prepared }
    }

    /// Its number.
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The HMAC-SHA-256 of `message`: [`MAC_BYTES`] bytes.
    pub fn mac(&self, message: &[u8]) -> hmac::Tag {
        hmac::sign(&self.prepared, message)
    }

    /// `prefix` and, in base64url, `body` with its MAC: a token that only we can have made. Whoever makes another kind of token
    /// begins its body with another byte, so that none is ever taken for the other.
    pub fn seal(&self, prefix: &str, mut body: Vec<u8>) -> Secret<String> {
        let mac = self.mac(&body);
        body.extend_from_slice(mac.as_ref());
        // All of it at once: a text that grows leaves copies behind that nobody wipes.
        let encoded = base64::encoded_len(body.len(), false).unwrap_or_default();
        let mut text = String::with_capacity(prefix.len() + encoded);
        text.push_str(prefix);
        URL_SAFE_NO_PAD.encode_string(body, &mut text);
        Secret::new(text)
    }

    /// Whether `mac` is that of `message`, in time that does not depend on where they differ.
    pub fn verifies(&self, message: &[u8], mac: &[u8]) -> bool {
        hmac::verify(&self.prepared, message, mac).is_ok()
    }

    pub(super) fn secret(&self) -> &Secret<[u8; SYMMETRIC_KEY_BYTES]> {
        &self.secret
    }
}

impl Numbered for MacKey {
    const KIND: &'static str = "mac";
    const STAYS: Duration = Duration::from_secs(LONGEST_SEALED_LIFE.as_secs() + KNOWN_TO_ALL.as_secs());

    fn numbered(id: u32, secret: Secret<[u8; SYMMETRIC_KEY_BYTES]>) -> Self {
        Self::new(id, secret)
    }

    fn id(&self) -> u32 {
        self.id
    }
}

/// The secret input of argon2id: a stolen table alone does not let anybody try passwords. Clones share it.
#[derive(Clone, Debug)]
pub struct Pepper {
    id: u32,
    secret: Arc<Secret<[u8; SYMMETRIC_KEY_BYTES]>>,
}

impl Pepper {
    /// The pepper number `id`.
    pub fn new(id: u32, secret: Secret<[u8; SYMMETRIC_KEY_BYTES]>) -> Self {
        Self { id, secret: Arc::new(secret) }
    }

    /// Its number.
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The plaintext, for argon2.
    pub fn expose(&self) -> &[u8] {
        self.secret.expose()
    }
}

impl Numbered for Pepper {
    const KIND: &'static str = "pepper";
    /// As long as a function may hash with it. How long a hash lives, only its account knows.
    const STAYS: Duration = KNOWN_TO_ALL;

    fn numbered(id: u32, secret: Secret<[u8; SYMMETRIC_KEY_BYTES]>) -> Self {
        Self::new(id, secret)
    }

    fn id(&self) -> u32 {
        self.id
    }
}

/// The keys that seal refresh tokens.
pub type MacKeys = NumberedRing<MacKey>;

/// The peppers.
pub type Peppers = NumberedRing<Pepper>;

/// The secret with every symmetric key of a deployment.
#[derive(Clone, Debug)]
pub struct SymmetricKeys {
    mac: MacKeys,
    pepper: Peppers,
}

impl SymmetricKeys {
    /// The secret with these keys.
    pub const fn new(mac: MacKeys, pepper: Peppers) -> Self {
        Self { mac, pepper }
    }

    /// The keys that seal refresh tokens.
    pub const fn mac_keys(&self) -> &MacKeys {
        &self.mac
    }

    /// The peppers.
    pub const fn peppers(&self) -> &Peppers {
        &self.pepper
    }

    /// The first keys of a deployment, each number 1.
    ///
    /// # Errors
    /// [`NoRandomness`] if the operating system gives none.
    pub fn generate(randomness: &Randomness) -> Result<Self, NoRandomness> {
        let mac = MacKey::new(1, Secret::new(randomness.bytes()?));
        let pepper = Pepper::new(1, Secret::new(randomness.bytes()?));
        Ok(Self { mac: NumberedRing::of(mac), pepper: NumberedRing::of(pepper) })
    }
}
