//! A JWKS document read back, by a server that has the published keys from the network (RFC 7517 §5).

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Jwk, KeyState, PublicKey, PublicKeySet, RingFault};
use crate::clock::Timestamp;

/// Keys looked at. We publish three for each algorithm at most; each costs a check of its numbers.
const MAX_KEYS: usize = 64;

#[derive(Deserialize)]
struct Given<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

impl PublicKeySet {
    /// The keys of a JWKS document that can verify our tokens; a key of any other kind is passed over, as RFC 7517 §5 asks, so
    /// that an issuer may publish what an older verifier does not know. A key is known by its thumbprint, whatever name the document
    /// gives it. The document says of a key that it is published and no more, and so does its state here, dated to `read_at`.
    ///
    /// # Errors
    /// [`RingFault`] if it is no such document, or no key in it can be used.
    pub fn from_jwks(json: &[u8], read_at: Timestamp) -> Result<Self, RingFault> {
        let malformed = |fault: serde_json::Error| RingFault::Malformed { line: fault.line(), column: fault.column() };
        let given: Given<'_> = serde_json::from_slice(json).map_err(malformed)?;
        let state = KeyState::Next { published_at: read_at };
        let usable = |jwk: &RawValue| PublicKey::new(Jwk::from_json(jwk.get()).ok()?, state).ok();
        Self::new(given.keys.into_iter().take(MAX_KEYS).filter_map(usable).collect())
    }
}
