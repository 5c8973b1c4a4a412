//! PBKDF2 (RFC 8018 §5.2) with the digests that Django and Keycloak use.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2;

use super::fields::{decoded, encoded, number, parameters};
use super::{MIN_OUTPUT_BYTES, RefusedHash};
use crate::secret::Secret;

/// Iterations times blocks of output with SHA-256, or as much work with another digest: about a second of a whole core. Django
/// 6.0 has 1.2 million, Keycloak's dearest 1.3 million of SHA-1.
const MAX_ROUNDS_OF_SHA256: u64 = 5_000_000;
/// Keycloak once derived 1,024 bits.
const MAX_OUTPUT_BYTES: usize = 128;

/// The digest under the HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// SHA-1, which is not broken in this use.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

#[derive(Clone)]
pub(super) struct Pbkdf2Hash {
    digest: Digest,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Digest {
    const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "pbkdf2-sha1",
            Self::Sha256 => "pbkdf2-sha256",
            Self::Sha512 => "pbkdf2-sha512",
        }
    }

    const fn bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// How long a round takes, as hundredths of a KiB of argon2id: a million of SHA-256 take some 200 ms.
    const fn weight(self) -> u64 {
        match self {
            Self::Sha1 => 23,
            Self::Sha256 => 29,
            Self::Sha512 => 59,
        }
    }
}

/// The text that [`Pbkdf2Hash::phc`] reads.
pub(super) fn text(digest: Digest, iterations: u32, salt: &str, hash: &str) -> Result<Secret<String>, RefusedHash> {
    let bytes = |text| decoded(text).ok_or(RefusedHash::Malformed("PBKDF2", "salt or hash is no base64"));
    let (salt, hash) = (encoded(&bytes(salt)?), encoded(&bytes(hash)?));
    Ok(Secret::new(format!("${}$i={iterations}${salt}${hash}", digest.name())))
}

impl Pbkdf2Hash {
    /// `$pbkdf2-sha256$i=<iterations>$<salt>$<hash>`, salt and hash in base64.
    pub(super) fn phc(name: &str, values: &str, salt: &str, hash: &str) -> Result<Self, RefusedHash> {
        let digests = [Digest::Sha1, Digest::Sha256, Digest::Sha512];
        let digest = digests.into_iter().find(|digest| digest.name() == name).ok_or(RefusedHash::UnknownScheme)?;
        let [iterations] = parameters(values, ["i"]).ok_or(RefusedHash::Malformed("PBKDF2", "it has no i="))?;
        let salt = decoded(salt).ok_or(RefusedHash::Malformed("PBKDF2", "its salt is no base64"))?;
        Self::new(digest, iterations, salt, hash)
    }

    /// Django: `pbkdf2_sha256$<iterations>$<salt>$<hash>`, the salt as it is, the hash in base64.
    pub(super) fn django(name: &str, iterations: &str, salt: &str, hash: &str) -> Result<Self, RefusedHash> {
        let digest = if name == "pbkdf2_sha1" { Digest::Sha1 } else { Digest::Sha256 };
        Self::new(digest, iterations, salt.as_bytes().to_vec(), hash)
    }

    fn new(digest: Digest, iterations: &str, salt: Vec<u8>, hash: &str) -> Result<Self, RefusedHash> {
        let malformed = |what| RefusedHash::Malformed("PBKDF2", what);
        let iterations =
            number(iterations).and_then(NonZeroU32::new).ok_or(malformed("its iterations are no number"))?;
        let hash = decoded(hash).ok_or(malformed("its hash is no base64"))?;
        if hash.len() < MIN_OUTPUT_BYTES || hash.len() > MAX_OUTPUT_BYTES {
            return Err(malformed("its hash is too short or too long"));
        }
        let this = Self { digest, iterations, salt, hash };
        if this.weight() > MAX_ROUNDS_OF_SHA256 * Digest::Sha256.weight() {
            return Err(RefusedHash::TooDear("PBKDF2 of more than 5,000,000 rounds of SHA-256, or as much work"));
        }
        Ok(this)
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let algorithm = match self.digest {
            Digest::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Digest::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Digest::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        };
        pbkdf2::verify(algorithm, self.iterations, &self.salt, password, &self.hash).is_ok()
    }

    /// Each block of the output takes all the iterations.
    fn weight(&self) -> u64 {
        let rounds = u64::from(self.iterations.get()) * self.hash.len().div_ceil(self.digest.bytes()) as u64;
        rounds * self.digest.weight()
    }

    pub(super) fn work_kib(&self) -> u64 {
        self.weight() / 100
    }
}

impl std::fmt::Debug for Pbkdf2Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[PBKDF2 hash]")
    }
}
