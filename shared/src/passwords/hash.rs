//! A stored password hash: the PHC string of argon2id, the only form of a password that the table may hold.

use std::fmt;

use argon2::password_hash::phc;

/// An argon2id hash in PHC form; its `keyid` names the pepper. Redacted in logs, for it can be guessed against.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// The text is no argon2id PHC string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the PHC string of an argon2id hash")]
pub struct MalformedHash;

impl PasswordHash {
    /// Reads a PHC string.
    ///
    /// # Errors
    /// [`MalformedHash`] if it is not one of argon2id with salt and hash.
    pub fn parse(text: String) -> Result<Self, MalformedHash> {
        let hash = phc::PasswordHash::new(&text).map_err(|_| MalformedHash)?;
        let complete = hash.algorithm.as_str() == "argon2id" && hash.salt.is_some() && hash.hash.is_some();
        if complete { Ok(Self(text)) } else { Err(MalformedHash) }
    }

    /// The PHC string, for the table.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[password hash]")
    }
}
