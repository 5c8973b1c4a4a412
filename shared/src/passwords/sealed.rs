//! An imported hash, encrypted under a key made of the pepper (OWASP Password Storage Cheat Sheet, "Peppering": encrypt the hash).
//!
//! Hashes made elsewhere know no pepper. Sealed, they are worth as much as ours to whoever steals the table: nothing; and whoever
//! can write to the table but knows no pepper cannot make one. AES-256-GCM (NIST SP 800-38D) with random nonces: at 2^32 hashes
//! under one pepper, far above any number of users, a repeated one is as unlikely as SP 800-38D §8.3 asks.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::imported::ImportedHash;
use crate::keys::Pepper;
use crate::secret::Secret;

/// What the pepper is asked for: argon2id has it as a secret input, and this key is not that one.
const PURPOSE: &[u8] = b"vestibule: the key that seals imported password hashes, 1";
const PREFIX: &str = "$sealed$v=1,keyid=";

/// The parts of a sealed hash: the pepper's number, and nonce and ciphertext.
pub(super) struct Sealed {
    pub(super) pepper: u32,
    bytes: Vec<u8>,
}

/// Seals `hash`.
pub(super) fn seal(hash: &ImportedHash, pepper: &Pepper, nonce: [u8; NONCE_LEN]) -> Option<String> {
    let mut bytes = hash.text().expose().as_bytes().to_vec();
    key(pepper)?.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut bytes).ok()?;
    let sealed = [nonce.as_slice(), &bytes].concat();
    Some(format!("{PREFIX}{}${}", pepper.id(), STANDARD_NO_PAD.encode(sealed)))
}

impl Sealed {
    /// Reads what [`seal`] wrote; `None` for any other text.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (pepper, bytes) = text.strip_prefix(PREFIX)?.split_once('$')?;
        let bytes = STANDARD_NO_PAD.decode(bytes).ok().filter(|bytes| bytes.len() > NONCE_LEN)?;
        Some(Self { pepper: pepper.parse().ok()?, bytes })
    }

    /// Opens it; `None` if it was made under another pepper, or by nobody.
    pub(super) fn open(mut self, pepper: &Pepper) -> Option<ImportedHash> {
        let (nonce, sealed) = self.bytes.split_first_chunk_mut::<NONCE_LEN>()?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let text = key(pepper)?.open_in_place(nonce, Aad::empty(), sealed).ok()?;
        ImportedHash::parse(&Secret::new(str::from_utf8(text).ok()?.to_owned())).ok()
    }
}

/// HMAC-SHA-256 as a key derivation (NIST SP 800-108r1 §4.1, one block): the pepper is uniformly random.
fn key(pepper: &Pepper) -> Option<LessSafeKey> {
    let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, pepper.expose()), PURPOSE);
    UnboundKey::new(&AES_256_GCM, derived.as_ref()).ok().map(LessSafeKey::new)
}
