//! What the hook is asked, and how it knows that we ask.
//!
//! The body is JSON: `id`, 128 random bits that the answer must repeat; `email` and perhaps `username`, as the account has them; and
//! `password`, as it was typed. `Vestibule-Signature` has the time in seconds (`t`), the number of the key (`k`) and the HMAC-SHA-256
//! (RFC 2104) of time, a dot and the body (`v1`), in hexadecimal: a hook that refuses old times and repeated ids cannot be played
//! back to.

use std::fmt::Write as _;

use aws_lc_rs::hmac;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::accounts::Identifier;
use crate::clock::Timestamp;
use crate::keys::MacKey;
use crate::passwords::Password;
use crate::randomness::{NoRandomness, Randomness};
use crate::secret::Secret;

/// Bytes of a question's `id`: nobody guesses the one that an answer must repeat.
const ID_BYTES: usize = 16;
/// No refresh token's MAC is of these bytes, so the hook, which must know this key, learns nothing of those.
const PURPOSE: &[u8] = b"vestibule: the key that signs questions to the migration hook, 1";

/// The key that the hook checks questions with: made of a MAC key, which it does not tell.
pub fn hook_key(mac_key: &MacKey) -> Secret<Vec<u8>> {
    Secret::new(mac_key.mac(PURPOSE).as_ref().to_vec())
}

/// A question, ready to be sent.
pub(super) struct Question {
    pub(super) id: String,
    pub(super) body: Zeroizing<Vec<u8>>,
    pub(super) signature: String,
}

#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    email: Option<&'a str>,
    username: Option<&'a str>,
    password: &'a str,
}

impl Question {
    pub(super) fn new(
        names: &[Identifier],
        password: &Password,
        mac_key: &MacKey,
        randomness: &Randomness,
        now: Timestamp,
    ) -> Result<Self, NoRandomness> {
        let id = hex(&randomness.bytes::<ID_BYTES>()?);
        let named = |is_email| names.iter().find(|name| name.is_email() == is_email).map(Identifier::as_str);
        let (email, username) = (named(true), named(false));
        let body = Body { id: &id, email, username, password: password.as_typed().expose() };
        // Text and nothing else: it cannot fail to be JSON.
        let body = Zeroizing::new(serde_json::to_vec(&body).unwrap_or_default());
        let signed = Zeroizing::new([format!("{}.", now.seconds()).as_bytes(), &body].concat());
        let key = hmac::Key::new(hmac::HMAC_SHA256, hook_key(mac_key).expose());
        let mac = hex(hmac::sign(&key, &signed).as_ref());
        Ok(Self { id, body, signature: format!("t={},k={},v1={mac}", now.seconds(), mac_key.id()) })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::randomness::SeededRandomness;

    fn question(seconds: u64) -> Question {
        let names = ["ada", "ada@example.com"].map(|name| Identifier::parse(name).unwrap());
        let password = Password::parse(&Secret::new("A\u{30a}\"".to_owned())).unwrap();
        let key = MacKey::new(7, Secret::new([7; 32]));
        let randomness = Randomness::Seeded(SeededRandomness::new(1));
        Question::new(&names, &password, &key, &randomness, Timestamp::from_seconds(seconds)).unwrap()
    }

    #[test]
    fn a_question_holds_what_was_typed_and_says_who_asks_and_when() {
        let question = question(1_800_000_000);
        let body: serde_json::Value = serde_json::from_slice(&question.body).unwrap();
        let expected = serde_json::json!({
            "id": question.id, "email": "ada@example.com", "username": "ada", "password": "A\u{30a}\"",
        });
        assert_eq!(body, expected);
        let mac = question.signature.strip_prefix("t=1800000000,k=7,v1=").unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, hook_key(&MacKey::new(7, Secret::new([7; 32]))).expose());
        let signed = [b"1800000000.", question.body.as_slice()].concat();
        assert_eq!(mac, hex(hmac::sign(&key, &signed).as_ref()));
        assert_ne!(mac, self::question(1_800_000_001).signature.rsplit('=').next().unwrap(), "the time is signed");
    }

    #[test]
    fn the_hooks_key_is_not_the_mac_key() {
        assert!(!hook_key(&MacKey::new(1, Secret::new([7; 32]))).matches(&[7; 32]));
    }
}
