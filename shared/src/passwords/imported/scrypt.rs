//! scrypt (RFC 7914), and what Firebase makes of it (<https://github.com/firebase/scrypt>).
//!
//! Firebase derives a key with scrypt and encrypts its project's signer key with it, by AES-256 in counter mode from zero; the
//! ciphertext is the hash.

use std::fmt;

use aws_lc_rs::cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use scrypt::Params;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::fields::{decoded, encoded, number, parameters};
use super::{MAX_MEMORY_KIB, MIN_OUTPUT_BYTES, RefusedHash};
use crate::secret::Secret;

/// N times r times p: OWASP's first setting (N = 2^17, r = 8, p = 1), some 360 ms of a whole core.
const MAX_BLOCKS: u64 = 1 << 20;
const MAX_OUTPUT_BYTES: usize = 128;
/// The first half of what Firebase derives: a key for AES-256.
const AES_KEY_BYTES: usize = 32;

#[derive(Clone)]
pub(super) struct ScryptHash {
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
    /// Firebase's signer key, where it is what the derived key encrypts.
    signer_key: Option<Secret<Vec<u8>>>,
}

/// The password hash parameters of a Firebase project, as its console shows them.
#[derive(Clone, Debug)]
pub struct FirebaseParameters {
    signer_key: Secret<Vec<u8>>,
    salt_separator: Vec<u8>,
    rounds: u32,
    memory_cost: u32,
}

impl FirebaseParameters {
    /// `base64_signer_key`, `base64_salt_separator`, `rounds` and `mem_cost`.
    ///
    /// # Errors
    /// [`RefusedHash`] if the first two are no base64, or the signer key is empty.
    pub fn new(signer_key: &str, salt_separator: &str, rounds: u32, memory_cost: u32) -> Result<Self, RefusedHash> {
        let no_base64 = RefusedHash::Malformed("Firebase", "signer key or salt separator is no base64");
        let signer_key = decoded(signer_key).filter(|key| key.len() >= MIN_OUTPUT_BYTES).ok_or(no_base64)?;
        let salt_separator = decoded(salt_separator).ok_or(no_base64)?;
        Ok(Self { signer_key: Secret::new(signer_key), salt_separator, rounds, memory_cost })
    }
}

/// The text that [`ScryptHash::firebase`] reads.
pub(super) fn firebase_text(
    project: &FirebaseParameters,
    salt: &str,
    hash: &str,
) -> Result<Secret<String>, RefusedHash> {
    let no_base64 = RefusedHash::Malformed("Firebase", "salt or hash is no base64");
    // Firebase's export has them in the alphabet for URLs.
    let bytes = |text: &str| decoded(&text.replace('-', "+").replace('_', "/")).ok_or(no_base64);
    let FirebaseParameters { signer_key, salt_separator, rounds, memory_cost } = project;
    let (key, salt, hash) = (encoded(signer_key.expose()), encoded(&bytes(salt)?), encoded(&bytes(hash)?));
    let separator = encoded(salt_separator);
    Ok(Secret::new(format!("$firebase-scrypt$ln={memory_cost},r={rounds},s={separator},k={key}${salt}${hash}")))
}

impl ScryptHash {
    /// `$scrypt$ln=<log N>,r=<r>,p=<p>$<salt>$<hash>`, salt and hash in base64.
    pub(super) fn phc(values: &str, salt: &str, hash: &str) -> Result<Self, RefusedHash> {
        let [ln, r, p] = parameters(values, ["ln", "r", "p"]).ok_or(malformed("its parameters are not ln, r and p"))?;
        let [ln, r, p] = numbers([ln, r, p])?;
        Self::new(params(ln, r, p)?, decoded(salt), decoded(hash), None)
    }

    /// Django: `scrypt$<N>$<salt>$<r>$<p>$<hash>`, the salt as it is, the hash in base64.
    pub(super) fn django(n: &str, salt: &str, r: &str, p: &str, hash: &str) -> Result<Self, RefusedHash> {
        let [n, r, p] = numbers([n, r, p])?;
        if !n.is_power_of_two() {
            return Err(malformed("its N is no power of two"));
        }
        Self::new(params(n.trailing_zeros(), r, p)?, Some(salt.as_bytes().to_vec()), decoded(hash), None)
    }

    /// What [`firebase_text`] writes.
    pub(super) fn firebase(values: &str, salt: &str, hash: &str) -> Result<Self, RefusedHash> {
        let values = parameters(values, ["ln", "r", "s", "k"]);
        let [ln, r, separator, key] = values.ok_or(malformed("its parameters are not ln, r, s and k"))?;
        let [ln, r] = numbers([ln, r])?;
        let salt = decoded(salt).zip(decoded(separator)).map(|(salt, separator)| [salt, separator].concat());
        let key = decoded(key).ok_or(malformed("its signer key is no base64"))?;
        let hash = decoded(hash).filter(|hash| hash.len() == key.len());
        Self::new(params(ln, r, 1)?, salt, hash, Some(Secret::new(key)))
    }

    fn new(
        params: Params,
        salt: Option<Vec<u8>>,
        hash: Option<Vec<u8>>,
        signer_key: Option<Secret<Vec<u8>>>,
    ) -> Result<Self, RefusedHash> {
        let salt = salt.ok_or(malformed("its salt is no base64"))?;
        let hash = hash.filter(|hash| (MIN_OUTPUT_BYTES..=MAX_OUTPUT_BYTES).contains(&hash.len()));
        let hash = hash.ok_or(malformed("its hash is no base64 of a usual length"))?;
        Ok(Self { params, salt, hash, signer_key })
    }

    pub(super) const fn name(&self) -> &'static str {
        if self.signer_key.is_some() { "firebase-scrypt" } else { "scrypt" }
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        self.compute(password).is_some_and(|computed| computed.ct_eq(&self.hash).into())
    }

    fn compute(&self, password: &[u8]) -> Option<Vec<u8>> {
        let Some(signer_key) = &self.signer_key else {
            let mut derived = vec![0; self.hash.len()];
            scrypt::scrypt(password, &self.salt, &self.params, &mut derived).ok()?;
            return Some(derived);
        };
        let mut key = Zeroizing::new([0; AES_KEY_BYTES]);
        scrypt::scrypt(password, &self.salt, &self.params, &mut *key).ok()?;
        let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_256, &*key).ok()?).ok()?;
        let mut encrypted = signer_key.expose().clone();
        key.less_safe_encrypt(&mut encrypted, EncryptionContext::Iv128(FixedLength::from([0; 16]))).ok()?;
        Some(encrypted)
    }

    pub(super) fn memory_kib(&self) -> u32 {
        u32::try_from(memory_kib(&self.params)).unwrap_or(u32::MAX)
    }

    /// N = 2^14 with r = 8 takes some 45 ms.
    pub(super) fn work_kib(&self) -> u64 {
        blocks(&self.params) * 48 / 100
    }
}

fn malformed(what: &'static str) -> RefusedHash {
    RefusedHash::Malformed("scrypt", what)
}

fn numbers<const N: usize>(texts: [&str; N]) -> Result<[u32; N], RefusedHash> {
    let mut numbers = [0; N];
    for (into, text) in numbers.iter_mut().zip(texts) {
        *into = number(text).ok_or(malformed("a parameter is no number"))?;
    }
    Ok(numbers)
}

fn params(log_n: u32, r: u32, p: u32) -> Result<Params, RefusedHash> {
    let too_dear = RefusedHash::TooDear("scrypt of more than 128 MiB, or N·r·p above 2^20");
    // Bounded before they are multiplied.
    if log_n > 20 || u64::from(r) * u64::from(p) > MAX_BLOCKS {
        return Err(too_dear);
    }
    let params = u8::try_from(log_n).ok().and_then(|log_n| Params::new(log_n, r, p).ok());
    let params = params.filter(|_| log_n > 0).ok_or(malformed("its parameters are not scrypt's"))?;
    if memory_kib(&params) > MAX_MEMORY_KIB || blocks(&params) > MAX_BLOCKS { Err(too_dear) } else { Ok(params) }
}

fn memory_kib(params: &Params) -> u64 {
    params.n().saturating_mul(u64::from(params.r())) / 8
}

fn blocks(params: &Params) -> u64 {
    params.n().saturating_mul(u64::from(params.r())).saturating_mul(u64::from(params.p()))
}

impl fmt::Debug for ScryptHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[scrypt hash]")
    }
}
