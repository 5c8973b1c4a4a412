//! The JOSE header: what a signed token may say of itself (RFC 7515 §4, RFC 8725 §3, RFC 9068 §2.1).
//!
//! Parameters that mean nothing here are ignored, as RFC 7515 §4 asks, except those that would change how the token is
//! read or bring a key of their own: they are refused.

use std::borrow::Cow;

use super::Refusal;
use super::members::{Members, NotMembers};
use crate::keys::Algorithm;

/// Characters of a `kid`. Ours are thumbprints of 43; the longest name that a header can want is no larger than this, and
/// an unbounded one would be copied around for an attacker.
pub const MAX_KID_CHARS: usize = 128;

/// The media type of a JWT access token (RFC 9068 §2.1), also in its long form (RFC 7515 §4.1.9).
const TYPES: [&str; 2] = ["at+jwt", "application/at+jwt"];

/// Parameters that bring a key or say where one is (RFC 7515 §4.1.2, §4.1.3 and §4.1.5 to §4.1.8).
const KEY_PARAMETERS: [&str; 6] = ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256"];

/// Those of them that bring no key but only the hash of one, which some providers send along: it is ignored, and the key found by `kid`.
const THUMBPRINTS: [&str; 2] = ["x5t", "x5t#S256"];

/// The header of any JWS that we could verify.
#[derive(Debug)]
pub(super) struct Header {
    algorithm: Algorithm,
}

/// The header of an access token.
#[derive(Debug)]
pub(super) struct AccessTokenHeader {
    pub(super) header: Header,
    pub(super) kid: String,
}

/// The header of a token that another provider made: it need not name its key, nor its type.
#[derive(Debug)]
pub(super) struct ProviderHeader {
    pub(super) header: Header,
    pub(super) kid: Option<String>,
    pub(super) typ: Option<String>,
}

impl Header {
    pub(super) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn read(json: &[u8]) -> Result<Self, Refusal> {
        Self::check(&members(json)?, &[])
    }

    fn check(members: &Members<'_>, ignored: &[&str]) -> Result<Self, Refusal> {
        if members.has("crit") {
            return Err(Refusal::CritPresent);
        }
        if members.has("b64") {
            return Err(Refusal::B64Present);
        }
        if KEY_PARAMETERS.into_iter().any(|name| !ignored.contains(&name) && members.has(name)) {
            return Err(Refusal::KeyInHeader);
        }
        let algorithm = members.string("alg").map_err(|_| Refusal::AlgNotAString)?.ok_or(Refusal::AlgMissing)?;
        Ok(Self { algorithm: algorithm.parse().map_err(|_| Refusal::AlgUnsupported)? })
    }
}

impl AccessTokenHeader {
    pub(super) fn read(json: &[u8]) -> Result<Self, Refusal> {
        let members = members(json)?;
        let header = Header::check(&members, &[])?;
        let kind = members.string("typ").map_err(|_| Refusal::TypNotAString)?.ok_or(Refusal::TypMissing)?;
        if !TYPES.into_iter().any(|accepted| accepted.eq_ignore_ascii_case(&kind)) {
            return Err(Refusal::TypWrong);
        }
        let kid = members.string("kid").map_err(|_| Refusal::KidNotAString)?.ok_or(Refusal::KidMissing)?;
        if kid.is_empty() || kid.chars().nth(MAX_KID_CHARS).is_some() {
            return Err(Refusal::KidLength);
        }
        Ok(Self { header, kid: kid.into_owned() })
    }
}

impl ProviderHeader {
    pub(super) fn read(json: &[u8]) -> Result<Self, Refusal> {
        let members = members(json)?;
        Ok(Self {
            header: Header::check(&members, &THUMBPRINTS)?,
            kid: members.string("kid").map_err(|_| Refusal::KidNotAString)?.map(Cow::into_owned),
            typ: members.string("typ").map_err(|_| Refusal::TypNotAString)?.map(Cow::into_owned),
        })
    }
}

fn members(json: &[u8]) -> Result<Members<'_>, Refusal> {
    Members::read(json).map_err(|fault| match fault {
        NotMembers::NotAnObject => Refusal::HeaderNotAnObject,
        NotMembers::Duplicate => Refusal::HeaderDuplicate,
    })
}
