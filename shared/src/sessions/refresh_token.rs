//! The refresh token: self-describing, computed, and checked without I/O (RFC 6749 §1.5 and §10.4).
//!
//! `vrt_` + base64url(format, MAC key, user, session, generation, HMAC-SHA-256). The table holds the generation only, so a
//! dump of it yields no token; the MAC key alone names no session. Because the next token is computed, not drawn, a retry
//! gets the same bytes and the chain cannot fork.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::rotation::Generation;
use crate::identity::{IDENTIFIER_BYTES, SessionId, UserId};
use crate::keys::{MAC_BYTES, MacKey, MacKeys};
use crate::secret::Secret;

/// Marks a refresh token, for people and for secret scanners.
pub const PREFIX: &str = "vrt_";

/// The layout below. A change of layout takes the next number, and the reader learns both.
const FORMAT: u8 = 1;
const BODY_BYTES: usize = 1 + 4 + IDENTIFIER_BYTES + IDENTIFIER_BYTES + 4;
const TOKEN_BYTES: usize = BODY_BYTES + MAC_BYTES;
/// base64 of `TOKEN_BYTES` without padding.
const TOKEN_CHARS: usize = (TOKEN_BYTES * 4).div_ceil(3);

/// What an authentic refresh token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// Whose session.
    pub user: UserId,
    /// Which session.
    pub session: SessionId,
    /// Which place in its chain.
    pub generation: Generation,
}

/// Why a text is no refresh token of ours. The response never says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOurs {
    /// Not the prefix, length, alphabet or format of a refresh token.
    #[error("not of a refresh token's form")]
    Malformed,
    /// The MAC key that it names is not in the ring.
    #[error("made with MAC key {key}, which is not in the ring")]
    UnknownMacKey {
        /// The key's number.
        key: u32,
    },
    /// The MAC does not fit: forged, or altered.
    #[error("its MAC does not fit")]
    Forged,
}

impl NotOurs {
    /// The reason as logs spell it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownMacKey { .. } => "unknown_mac_key",
            Self::Forged => "forged",
        }
    }
}

impl RefreshToken {
    /// The token's text, made with `key`. The same facts and key give the same text, always.
    pub fn seal(&self, key: &MacKey) -> Secret<String> {
        let mut bytes = Vec::with_capacity(TOKEN_BYTES);
        bytes.push(FORMAT);
        bytes.extend_from_slice(&key.id().to_be_bytes());
        bytes.extend_from_slice(self.user.as_bytes());
        bytes.extend_from_slice(self.session.as_bytes());
        bytes.extend_from_slice(&self.generation.number().to_be_bytes());
        key.seal(PREFIX, bytes)
    }

    /// Whether `text` is meant as a refresh token: it carries the prefix.
    pub fn claims_to_be(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// The number of the MAC key that `text` says it was made with, if it has a refresh token's form. Nothing is checked.
    pub fn names_mac_key(text: &str) -> Option<u32> {
        let bytes = decoded(text).ok()?;
        let mut fields = Fields(&bytes);
        let [_format] = fields.take().ok()?;
        fields.take().ok().map(u32::from_be_bytes)
    }

    /// Reads a token and checks its MAC; no I/O.
    ///
    /// # Errors
    /// [`NotOurs`], for the log alone.
    pub fn open(text: &str, keys: &MacKeys) -> Result<Self, NotOurs> {
        let bytes = decoded(text)?;
        let (body, mac) = bytes.split_at(BODY_BYTES);
        let mut fields = Fields(body);
        let [format] = fields.take()?;
        if format != FORMAT {
            return Err(NotOurs::Malformed);
        }
        let key = u32::from_be_bytes(fields.take()?);
        let key = keys.find(key).ok_or(NotOurs::UnknownMacKey { key })?;
        if !key.verifies(body, mac) {
            return Err(NotOurs::Forged);
        }
        Ok(Self {
            user: UserId::from_bytes(fields.take()?),
            session: SessionId::from_bytes(fields.take()?),
            generation: Generation::from_number(u32::from_be_bytes(fields.take()?)),
        })
    }
}

fn decoded(text: &str) -> Result<[u8; TOKEN_BYTES], NotOurs> {
    let encoded = text.strip_prefix(PREFIX).ok_or(NotOurs::Malformed)?;
    if encoded.len() != TOKEN_CHARS {
        return Err(NotOurs::Malformed);
    }
    let mut bytes = [0; TOKEN_BYTES];
    match URL_SAFE_NO_PAD.decode_slice(encoded, &mut bytes) {
        Ok(TOKEN_BYTES) => Ok(bytes),
        Ok(_) | Err(_) => Err(NotOurs::Malformed),
    }
}

struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], NotOurs> {
        let (field, rest) = self.0.split_first_chunk::<N>().ok_or(NotOurs::Malformed)?;
        self.0 = rest;
        Ok(*field)
    }
}

#[cfg(test)]
mod tests;
