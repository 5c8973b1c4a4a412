//! The symmetric keys as the document that Secrets Manager holds.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::document::{self, FORMAT};
use super::symmetric::{MacKey, NumberedRing, Pepper, SYMMETRIC_KEY_BYTES, SymmetricKeys};
use super::symmetric_fault::SymmetricFault;
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
}

impl SymmetricKeys {
    /// Reads the document.
    ///
    /// # Errors
    /// [`SymmetricFault`], which names the key that is wrong.
    pub fn from_json(json: &str) -> Result<Self, SymmetricFault> {
        let Document { mac, pepper, .. } = document::read(json)?;
        let mac_keys = mac.keys.iter().map(|entry| Ok(MacKey::new(entry.id, secret(entry)?)));
        let peppers = pepper.keys.iter().map(|entry| Ok(Pepper::new(entry.id, secret(entry)?)));
        Ok(Self::new(
            NumberedRing::new(mac.active, mac_keys.collect::<Result<_, SymmetricFault>>()?)?,
            NumberedRing::new(pepper.active, peppers.collect::<Result<_, SymmetricFault>>()?)?,
        ))
    }

    /// Writes the document.
    pub fn to_json(&self) -> Secret<String> {
        let mac: Vec<_> = self.mac_keys().iter().map(|key| (key.id(), encoded(key.secret().expose()))).collect();
        let pepper: Vec<_> = self.peppers().iter().map(|key| (key.id(), encoded(key.expose()))).collect();
        document::write_secret(&Document {
            format: FORMAT,
            mac: ring(self.mac_keys().active().id(), &mac),
            pepper: ring(self.peppers().active().id(), &pepper),
        })
    }
}

fn ring(active: u32, keys: &[(u32, Zeroizing<String>)]) -> Ring<'_> {
    Ring { active, keys: keys.iter().map(|(id, key)| Entry { id: *id, key }).collect() }
}

fn encoded(key: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(URL_SAFE_NO_PAD.encode(key))
}

fn secret(entry: &Entry<'_>) -> Result<Secret<[u8; SYMMETRIC_KEY_BYTES]>, SymmetricFault> {
    let mut key = Zeroizing::new([0; SYMMETRIC_KEY_BYTES]);
    match URL_SAFE_NO_PAD.decode_slice(entry.key, key.as_mut_slice()) {
        Ok(SYMMETRIC_KEY_BYTES) => Ok(Secret::new(*key)),
        _ => Err(SymmetricFault::NotAKey { id: entry.id }),
    }
}
