//! The ring as the document that Secrets Manager holds: private keys as base64url of their PKCS#8 form (RFC 5958).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::document::{self, FORMAT};
use super::ring::{SigningKey, SigningKeyRing};
use super::ring_fault::RingFault;
use super::state::KeyState;
use super::{Algorithm, InvalidKeyPair, KeyPair};
use crate::secret::Secret;

/// Borrows from the document: no copy of a private key is left behind.
#[derive(Serialize, Deserialize)]
struct Document<'a> {
    format: u32,
    #[serde(borrow)]
    keys: Vec<Entry<'a>>,
}

#[derive(Serialize, Deserialize)]
struct Entry<'a> {
    kid: &'a str,
    alg: Algorithm,
    private: &'a str,
    life: KeyState,
}

impl SigningKeyRing {
    /// Reads the document.
    ///
    /// # Errors
    /// [`RingFault`], which names the key that is wrong.
    pub fn from_json(json: &str) -> Result<Self, RingFault> {
        let document: Document<'_> = document::read(json)?;
        let key = |entry: &Entry<'_>| {
            let fault = |fault| RingFault::Pair { kid: entry.kid.to_owned(), fault };
            let private = URL_SAFE_NO_PAD
                .decode(entry.private)
                .map(Secret::new)
                .map_err(|_| fault(InvalidKeyPair::NotPkcs8(entry.alg)))?;
            let pair = KeyPair::from_pkcs8(entry.alg, private).map_err(fault)?;
            if pair.kid() == entry.kid {
                Ok(SigningKey::new(pair, entry.life))
            } else {
                Err(RingFault::Misnamed { kid: entry.kid.to_owned() })
            }
        };
        Self::from_keys(document.keys.iter().map(key).collect::<Result<_, _>>()?)
    }

    /// Writes the document.
    pub fn to_json(&self) -> Secret<String> {
        let encoded: Vec<_> =
            self.iter().map(|key| Zeroizing::new(URL_SAFE_NO_PAD.encode(key.pair().private().expose()))).collect();
        let entry = |(key, private)| {
            let (key, private): (&SigningKey, &Zeroizing<String>) = (key, private);
            Entry { kid: key.kid(), alg: key.algorithm(), private, life: key.state() }
        };
        let keys = self.iter().zip(&encoded).map(entry).collect();
        document::write_secret(&Document { format: FORMAT, keys })
    }
}
