//! argon2 as others made it: no secret, any variant, either version (RFC 9106; PHC string format).

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq;

use super::{MAX_MEMORY_KIB, MIN_OUTPUT_BYTES, RefusedHash};

/// Memory times passes, in KiB: about half a second of a whole core. The argon2 bindings' defaults (64 MiB, 3 passes) and
/// Django's (100 MiB, 2 passes) are less than half of it.
const MAX_WORK_KIB: u64 = 512 * 1024;
/// Lanes are computed one after the other here, so they cost nothing more; no implementation's default is beyond eight.
const MAX_LANES: u32 = 16;

#[derive(Clone)]
pub(super) struct Argon2Hash {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Argon2Hash {
    pub(super) fn parse(text: &str) -> Result<Self, RefusedHash> {
        let malformed = |what| RefusedHash::Malformed("argon2", what);
        let parsed = phc::PasswordHash::new(text).map_err(|_| malformed("it is no PHC string"))?;
        let params = Params::try_from(&parsed).map_err(|_| malformed("its parameters are not argon2's"))?;
        if !params.keyid().is_empty() || !params.data().is_empty() {
            return Err(RefusedHash::NeedsSecret);
        }
        let hash = parsed.hash.ok_or(malformed("the hash is missing"))?.as_bytes().to_vec();
        let salt = parsed.salt.ok_or(malformed("the salt is missing"))?.as_ref().to_vec();
        let algorithm = Algorithm::try_from(parsed.algorithm.as_str()).map_err(|_| malformed("its variant is none"))?;
        // The reference implementation wrote no version before it had a second one: none is 1.0.
        let version = parsed.version.unwrap_or(Version::V0x10.into());
        let version = Version::try_from(version).map_err(|_| malformed("its version is none"))?;
        if hash.len() < MIN_OUTPUT_BYTES || salt.len() < argon2::MIN_SALT_LEN {
            return Err(malformed("its salt or its hash is too short"));
        }
        let this = Self { algorithm, version, params, salt, hash };
        if u64::from(this.memory_kib()) > MAX_MEMORY_KIB || this.work_kib() > MAX_WORK_KIB {
            return Err(RefusedHash::TooDear("argon2 of more than 128 MiB, or 512 MiB times passes"));
        }
        if this.params.p_cost() > MAX_LANES {
            return Err(RefusedHash::TooDear("argon2 of more than 16 lanes"));
        }
        Ok(this)
    }

    /// Whether it is of `password`; want of memory is a fault, and no wrong password.
    pub(super) fn verify(&self, password: &[u8]) -> Result<bool, ::argon2::Error> {
        let mut computed = vec![0; self.hash.len()];
        let argon2 = Argon2::new(self.algorithm, self.version, self.params.clone());
        argon2.hash_password_into(password, &self.salt, &mut computed)?;
        Ok(computed.ct_eq(&self.hash).into())
    }

    pub(super) const fn memory_kib(&self) -> u32 {
        self.params.m_cost()
    }

    pub(super) fn work_kib(&self) -> u64 {
        u64::from(self.params.m_cost()) * u64::from(self.params.t_cost())
    }
}

impl std::fmt::Debug for Argon2Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[argon2 hash]")
    }
}
