//! bcrypt (Provos and Mazières 1999), also over SHA-256 as Django has it.
//!
//! It reads 72 bytes of a password and no more; from the first sign-in on, all of it counts.

use aws_lc_rs::digest::{SHA256, digest};

use super::RefusedHash;

/// 2^14 rounds take about a second of a whole core. Common costs are 10 to 12; each further one doubles the time.
const MAX_COST: u32 = 14;
/// Those of 4 and more are all that there are.
const MIN_COST: u32 = 4;

#[derive(Clone)]
pub(super) struct BcryptHash {
    text: String,
    cost: u32,
    /// Whether it is a hash of the password's SHA-256 in hexadecimal, so that long passwords count.
    of_sha256: bool,
}

impl BcryptHash {
    pub(super) fn plain(text: &str) -> Result<Self, RefusedHash> {
        let malformed = RefusedHash::Malformed("bcrypt", "version, cost, salt and hash have 60 characters together");
        let parts: bcrypt::HashParts = text.parse().map_err(|_| malformed)?;
        match parts.get_cost() {
            cost @ MIN_COST..=MAX_COST => Ok(Self { text: text.to_owned(), cost, of_sha256: false }),
            cost if cost > MAX_COST => Err(RefusedHash::TooDear("bcrypt of a cost above 14")),
            _ => Err(malformed),
        }
    }

    pub(super) fn of_sha256(text: &str) -> Result<Self, RefusedHash> {
        Ok(Self { of_sha256: true, ..Self::plain(text)? })
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let right = if self.of_sha256 {
            let hex: String = digest(&SHA256, password).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
            bcrypt::verify(hex, &self.text)
        } else {
            bcrypt::verify(password, &self.text)
        };
        right.unwrap_or(false)
    }

    /// 2^10 rounds take some 55 ms.
    pub(super) const fn work_kib(&self) -> u64 {
        78 << self.cost
    }
}

impl std::fmt::Debug for BcryptHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[bcrypt hash]")
    }
}
