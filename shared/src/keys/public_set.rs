//! What the world may know of the signing keys: the set that the table holds and the JWKS document (RFC 7517 §5).

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::document::{self, FORMAT};
use super::jwk::Members;
use super::ring_fault::RingFault;
use super::state::KeyState;
use super::{Algorithm, Jwk, VerificationKey};

/// A public key, ready to verify. Its state informs people; a key verifies for as long as it is in the set, so that the
/// order in which the secret and the table are written never refuses a token.
#[derive(Clone, Debug)]
pub struct PublicKey {
    kid: String,
    jwk: Jwk,
    state: KeyState,
    verification: VerificationKey,
}

impl PublicKey {
    /// Checks and prepares `jwk`.
    ///
    /// # Errors
    /// [`RingFault::Unusable`] if nothing signed with it could be trusted.
    pub fn new(jwk: Jwk, state: KeyState) -> Result<Self, RingFault> {
        let kid = jwk.thumbprint();
        match VerificationKey::new(&jwk) {
            Ok(verification) => Ok(Self { kid, jwk, state, verification }),
            Err(fault) => Err(RingFault::Unusable { kid, fault }),
        }
    }

    /// The key's name: its RFC 7638 thumbprint.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The algorithm that it verifies.
    pub const fn algorithm(&self) -> Algorithm {
        self.jwk.algorithm()
    }

    /// Where it stands in its life.
    pub const fn state(&self) -> KeyState {
        self.state
    }

    /// Its numbers.
    pub const fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// The key, ready to verify.
    pub const fn verification(&self) -> &VerificationKey {
        &self.verification
    }
}

/// The published keys. Immutable: a new set replaces it whole.
#[derive(Clone, Debug)]
pub struct PublicKeySet {
    keys: Vec<Arc<PublicKey>>,
    by_kid: HashMap<String, Arc<PublicKey>>,
}

/// As the table holds it.
#[derive(Serialize)]
struct Document {
    format: u32,
    keys: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    kid: String,
    jwk: Members,
    life: KeyState,
}

#[derive(Deserialize)]
struct Given<'a> {
    #[serde(borrow)]
    keys: Vec<GivenEntry<'a>>,
}

#[derive(Deserialize)]
struct GivenEntry<'a> {
    kid: String,
    #[serde(borrow)]
    jwk: &'a RawValue,
    life: KeyState,
}

/// The JWKS document, as RFC 7517 §5 wants it; it serializes to JSON.
#[derive(Serialize)]
pub struct Jwks<'a> {
    keys: Vec<Published<'a>>,
}

#[derive(Serialize)]
struct Published<'a> {
    #[serde(rename = "use")]
    purpose: &'static str,
    alg: Algorithm,
    kid: &'a str,
    #[serde(flatten)]
    members: Members,
}

impl PublicKeySet {
    /// The set of these keys.
    ///
    /// # Errors
    /// [`RingFault`] if there is none, or one stands twice.
    pub fn new(keys: Vec<PublicKey>) -> Result<Self, RingFault> {
        let keys: Vec<_> = keys.into_iter().map(Arc::new).collect();
        let mut by_kid = HashMap::with_capacity(keys.len());
        for key in &keys {
            if by_kid.insert(key.kid.clone(), Arc::clone(key)).is_some() {
                return Err(RingFault::Twice { kid: key.kid.clone() });
            }
        }
        if keys.is_empty() { Err(RingFault::Empty) } else { Ok(Self { keys, by_kid }) }
    }

    /// Reads the document that [`Self::to_json`] writes, and prepares every key.
    ///
    /// # Errors
    /// [`RingFault`], which names the key that is wrong. One wrong key spoils the set: a half-read set would refuse valid
    /// tokens in silence, and the last good set serves on meanwhile.
    pub fn from_json(json: &str) -> Result<Self, RingFault> {
        let given: Given<'_> = document::read(json)?;
        let key = |entry: GivenEntry<'_>| {
            let jwk =
                Jwk::from_json(entry.jwk.get()).map_err(|fault| RingFault::Jwk { kid: entry.kid.clone(), fault })?;
            let key = PublicKey::new(jwk, entry.life)?;
            if key.kid == entry.kid { Ok(key) } else { Err(RingFault::Misnamed { kid: entry.kid }) }
        };
        Self::new(given.keys.into_iter().map(key).collect::<Result<_, _>>()?)
    }

    /// The set as the table holds it.
    pub fn to_json(&self) -> String {
        let entry = |key: &Arc<PublicKey>| Entry { kid: key.kid.clone(), jwk: key.jwk.members(), life: key.state };
        document::write_public(&Document { format: FORMAT, keys: self.keys.iter().map(entry).collect() })
    }

    /// The JWKS document (RFC 7517 §5): every published key, also those that do not sign yet or any more.
    pub fn jwks(&self) -> Jwks<'_> {
        let published = |key| {
            let key: &PublicKey = key;
            Published { purpose: "sig", alg: key.algorithm(), kid: &key.kid, members: key.jwk.members() }
        };
        Jwks { keys: self.iter().map(published).collect() }
    }

    /// [`Self::jwks`] as text.
    pub fn jwks_json(&self) -> String {
        document::write_public(&self.jwks())
    }

    /// The key called `kid`.
    pub fn find(&self, kid: &str) -> Option<&Arc<PublicKey>> {
        self.by_kid.get(kid)
    }

    /// Every key, in the ring's order.
    pub fn iter(&self) -> impl Iterator<Item = &PublicKey> {
        self.keys.iter().map(Arc::as_ref)
    }
}
