//! The text of an API key: `vk_<environment>_<id>_<secret>_<crc>`, which says itself what it is and whether it is whole.
//!
//! The id names owner and key, so that one read finds both. The checksum lets a secret scanner tell a key from what looks like one,
//! and refuses a mistyped or invented one before anything is read; it proves nothing, because anybody can compute it.

use std::fmt;
use std::str::FromStr;

use super::base62::{self, DIGITS_OF_32_BITS, DIGITS_OF_256_BITS};
use super::secret_hash::SecretHash;
use crate::identity::{ApiKeyId, IDENTIFIER_BYTES, ServiceId, UserId};
use crate::principal::Subject;
use crate::randomness::{NoRandomness, Randomness};
use crate::secret::Secret;

/// What every API key begins with, for people and for secret scanners.
pub const PREFIX: &str = "vk_";

/// What a secret scanner looks for, as a regular expression. What it finds is a key if the checksum fits: CRC-32 (ISO-HDLC, as
/// zip has it) of all before the last underscore, as six digits of base 62.
pub const PATTERN: &str = r"\bvk_[a-z0-9]{1,12}_[us][0-9A-Za-z]{43}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}\b";

/// 256 bits: nobody guesses it, and so a plain hash of it may be stored.
const SECRET_BYTES: usize = 32;
/// Characters of the id that a listing shows: enough to find the key in a file, and it begins with the key's own bits.
const SHOWN_ID_CHARS: usize = 9;
/// Bytes of [`Environment`].
const MAX_ENVIRONMENT_BYTES: usize = 12;

/// Which deployment a key is for: `live`, `test`. It stands in the key's text, so that one is not taken for the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment(String);

/// The text names no environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("1 to {MAX_ENVIRONMENT_BYTES} lower-case letters and digits")]
pub struct InvalidEnvironment;

impl Environment {
    /// The environment's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self("live".to_owned())
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Environment {
    type Err = InvalidEnvironment;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let length = (1..=MAX_ENVIRONMENT_BYTES).contains(&text.len());
        let lower = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if length && lower { Ok(Self(text.to_owned())) } else { Err(InvalidEnvironment) }
    }
}

/// Which key: whose, and which of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Whose it is.
    pub owner: Subject,
    /// Its own name.
    pub id: ApiKeyId,
}

impl Named {
    /// `u` or `s` for a user's or a service's, then both names, the key's own first.
    fn encoded(self) -> String {
        let (kind, owner) = match &self.owner {
            Subject::User(user) => ('u', user.as_bytes()),
            Subject::Service(service) => ('s', service.as_bytes()),
        };
        let mut bytes = [0; 2 * IDENTIFIER_BYTES];
        let (first, second) = bytes.split_at_mut(IDENTIFIER_BYTES);
        first.copy_from_slice(self.id.as_bytes());
        second.copy_from_slice(owner);
        format!("{kind}{}", base62::encode(&bytes))
    }

    fn decode(text: &[u8]) -> Option<Self> {
        let (kind, digits) = text.split_first()?;
        let bytes = base62::decode(digits)?;
        let (id, owner) = bytes.split_first_chunk()?;
        let (owner, _) = owner.split_first_chunk()?;
        let owner = match kind {
            b'u' => Subject::User(UserId::from_bytes(*owner)),
            b's' => Subject::Service(ServiceId::from_bytes(*owner)),
            _ => return None,
        };
        Some(Self { owner, id: ApiKeyId::from_bytes(*id) })
    }

    /// What the text of this key begins with: how a person finds it again where it was pasted.
    pub fn shown(self, environment: &Environment) -> String {
        let id: String = self.encoded().chars().take(SHOWN_ID_CHARS).collect();
        format!("{PREFIX}{environment}_{id}")
    }
}

/// A key as a request presents it. Whether it exists and its secret is right is not known yet.
#[derive(Clone, Debug)]
pub struct PresentedKey {
    /// Which key it claims to be.
    pub named: Named,
    /// What is stored of its secret, if it is right.
    pub secret: SecretHash,
}

/// Why a text is no key of this deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAKey {
    /// Not of a key's form, or its checksum does not fit.
    Malformed,
    /// A whole key of another environment.
    OtherEnvironment,
}

impl PresentedKey {
    /// Reads the text of a key; no I/O.
    ///
    /// # Errors
    /// [`NotAKey`], for the log alone.
    pub fn read(text: &str, environment: &Environment) -> Result<Self, NotAKey> {
        let parts = Parts::split(text).ok_or(NotAKey::Malformed)?;
        if base62::encode_u32(crc32fast::hash(parts.checked.as_bytes())).as_slice() != parts.crc.as_bytes() {
            return Err(NotAKey::Malformed);
        }
        let named = Named::decode(parts.id.as_bytes()).ok_or(NotAKey::Malformed)?;
        if parts.environment != environment.as_str() {
            return Err(NotAKey::OtherEnvironment);
        }
        Ok(Self { named, secret: SecretHash::of(parts.secret.as_bytes()) })
    }
}

/// The parts of a text of a key's form, the checksum not yet compared.
struct Parts<'a> {
    checked: &'a str,
    environment: &'a str,
    id: &'a str,
    secret: &'a str,
    crc: &'a str,
}

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Option<Self> {
        let (checked, crc) = text.rsplit_once('_')?;
        let mut parts = checked.strip_prefix(PREFIX)?.split('_');
        let (environment, id, secret, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
            return None;
        };
        let lengths = (id.len(), secret.len(), crc.len());
        let digits = base62::is_base62(secret.as_bytes());
        (lengths == (1 + DIGITS_OF_256_BITS, DIGITS_OF_256_BITS, DIGITS_OF_32_BITS)
            && digits
            && environment.parse::<Environment>().is_ok())
        .then_some(Self { checked, environment, id, secret, crc })
    }
}

/// A secret that was just drawn: its key's text, shown once, and what is stored.
#[derive(Debug)]
pub struct NewSecret {
    /// The whole text of the key.
    pub text: Secret<String>,
    /// What is stored.
    pub hash: SecretHash,
}

impl NewSecret {
    /// A fresh secret for the key `named`.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn draw(named: Named, environment: &Environment, randomness: &Randomness) -> Result<Self, NoRandomness> {
        let secret = Secret::new(base62::encode(Secret::new(randomness.bytes::<SECRET_BYTES>()?).expose()));
        let checked = Secret::new(format!("{PREFIX}{environment}_{}_{}", named.encoded(), secret.expose()));
        let crc = base62::encode_u32(crc32fast::hash(checked.expose().as_bytes())).map(char::from);
        let text = Secret::new(format!("{}_{}", checked.expose(), String::from_iter(crc)));
        Ok(Self { text, hash: SecretHash::of(secret.expose().as_bytes()) })
    }
}

#[cfg(test)]
mod tests;
