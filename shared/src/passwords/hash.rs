//! What the table may hold of a password: argon2id with the pepper, or what an import left there until the first sign-in.

use std::fmt;

use argon2::Params;
use argon2::password_hash::phc;

use super::sealed::Sealed;

/// A stored password hash. Redacted in logs.
///
/// - `$argon2id$…,keyid=…$…`: ours, a PHC string whose `keyid` names the pepper;
/// - `$sealed$…`: another system's hash, encrypted under the pepper ([`super::Hasher::seal`]);
/// - `$hook`: none; the operator's hook is asked once;
/// - `$none`: none; no password signs in to the account until its owner sets one.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// The text is no stored password hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the PHC string of an argon2id hash, nor what an import stores")]
pub struct MalformedHash;

/// The kinds of a stored hash.
pub(super) enum Form {
    Argon2id(Box<phc::PasswordHash>),
    Sealed(Sealed),
    HeldElsewhere,
    None,
}

const HELD_ELSEWHERE: &str = "$hook";
const NONE: &str = "$none";

impl PasswordHash {
    /// Reads what the table holds.
    ///
    /// # Errors
    /// [`MalformedHash`] if it is none of the four.
    pub fn parse(text: String) -> Result<Self, MalformedHash> {
        let this = Self(text);
        this.form().map(|_| ()).ok_or(MalformedHash)?;
        Ok(this)
    }

    /// Of an account whose hash its old system did not give away.
    pub fn held_elsewhere() -> Self {
        Self(HELD_ELSEWHERE.to_owned())
    }

    /// Whether only the operator's hook knows the password.
    pub fn is_held_elsewhere(&self) -> bool {
        self.0 == HELD_ELSEWHERE
    }

    /// Of an account that has no password.
    pub fn none() -> Self {
        Self(NONE.to_owned())
    }

    /// Whether the account has no password.
    pub fn is_none(&self) -> bool {
        self.0 == NONE
    }

    /// The number of the pepper without which it cannot be checked, if it is a hash.
    pub fn pepper(&self) -> Option<u32> {
        match self.form()? {
            Form::Argon2id(hash) => Params::try_from(&*hash).ok().as_ref().and_then(pepper_id),
            Form::Sealed(sealed) => Some(sealed.pepper),
            Form::HeldElsewhere | Form::None => None,
        }
    }

    /// The text, for the table.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn form(&self) -> Option<Form> {
        if self.is_held_elsewhere() {
            return Some(Form::HeldElsewhere);
        }
        if self.is_none() {
            return Some(Form::None);
        }
        if let Some(sealed) = Sealed::parse(&self.0) {
            return Some(Form::Sealed(sealed));
        }
        let hash = phc::PasswordHash::new(&self.0).ok()?;
        let complete = hash.algorithm.as_str() == "argon2id" && hash.salt.is_some() && hash.hash.is_some();
        complete.then(|| Form::Argon2id(Box::new(hash)))
    }
}

/// The pepper that an argon2id hash names by its `keyid`.
pub(super) fn pepper_id(params: &Params) -> Option<u32> {
    params.keyid().try_into().ok().map(u32::from_be_bytes)
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[password hash]")
    }
}
