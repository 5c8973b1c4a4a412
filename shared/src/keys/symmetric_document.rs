//! The symmetric keys as the document that Secrets Manager holds.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::document::{self, FORMAT};
use super::numbered::{Dated, Moments, Numbered, NumberedRing};
use super::symmetric::{Pepper, SYMMETRIC_KEY_BYTES, SymmetricKeys};
use super::symmetric_fault::SymmetricFault;
use crate::clock::Timestamp;
use crate::secret::Secret;

#[derive(Serialize, Deserialize)]
struct Document<'a> {
    format: u32,
    #[serde(borrow)]
    mac: Ring<'a>,
    #[serde(borrow)]
    pepper: Ring<'a>,
}

#[derive(Serialize, Deserialize)]
struct Ring<'a> {
    active: u32,
    #[serde(borrow)]
    keys: Vec<Entry<'a>>,
}

#[derive(Serialize, Deserialize)]
struct Entry<'a> {
    id: u32,
    key: &'a str,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    published_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retired_at: Option<Timestamp>,
}

impl SymmetricKeys {
    /// Reads the document.
    ///
    /// # Errors
    /// [`SymmetricFault`], which names the key that is wrong.
    pub fn from_json(json: &str) -> Result<Self, SymmetricFault> {
        let Document { mac, pepper, .. } = document::read(json)?;
        Ok(Self::new(held(&mac)?, held(&pepper)?))
    }

    /// Writes the document.
    pub fn to_json(&self) -> Secret<String> {
        let mac = encoded(self.mac_keys(), |key| key.secret().expose());
        let pepper = encoded(self.peppers(), Pepper::expose);
        document::write_secret(&Document {
            format: FORMAT,
            mac: ring(self.mac_keys().active().id(), &mac),
            pepper: ring(self.peppers().active().id(), &pepper),
        })
    }
}

/// A key on its way into the document.
struct Encoded {
    id: u32,
    key: Zeroizing<String>,
    moments: Moments,
}

fn encoded<K: Numbered>(ring: &NumberedRing<K>, bytes: impl Fn(&K) -> &[u8]) -> Vec<Encoded> {
    let one = |Dated { key, moments }: &Dated<K>| Encoded {
        id: key.id(),
        key: Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes(key))),
        moments: *moments,
    };
    ring.all().map(one).collect()
}

fn ring(active: u32, keys: &[Encoded]) -> Ring<'_> {
    let entries = keys.iter().map(|Encoded { id, key, moments: Moments { published_at, retired_at } }| Entry {
        id: *id,
        key,
        published_at: *published_at,
        retired_at: *retired_at,
    });
    Ring { active, keys: entries.collect() }
}

fn held<K: Numbered>(ring: &Ring<'_>) -> Result<NumberedRing<K>, SymmetricFault> {
    let dated = |entry: &Entry<'_>| {
        let moments = Moments { published_at: entry.published_at, retired_at: entry.retired_at };
        Ok(Dated { key: K::numbered(entry.id, secret(entry)?), moments })
    };
    NumberedRing::dated(ring.active, ring.keys.iter().map(dated).collect::<Result<_, SymmetricFault>>()?)
}

fn secret(entry: &Entry<'_>) -> Result<Secret<[u8; SYMMETRIC_KEY_BYTES]>, SymmetricFault> {
    let mut key = Zeroizing::new([0; SYMMETRIC_KEY_BYTES]);
    match URL_SAFE_NO_PAD.decode_slice(entry.key, key.as_mut_slice()) {
        Ok(SYMMETRIC_KEY_BYTES) => Ok(Secret::new(*key)),
        _ => Err(SymmetricFault::NotAKey { id: entry.id }),
    }
}
