//! What a guess costs: argon2id's parameters (RFC 9106 §3.1, OWASP Password Storage Cheat Sheet).

use std::fmt;
use std::str::FromStr;

use argon2::Params;
use argon2::password_hash::phc::PasswordHash;

/// Memory, passes and lanes of one hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
}

/// These are no parameters, or weaker ones than any that a deployment should run with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "argon2id takes m=KiB,t=passes,p=lanes, of at least {} KiB, and of memory × passes at least {}",
    Cost::MIN_MEMORY_KIB,
    Cost::MIN_WORK_KIB
)]
pub struct InvalidCost;

impl Cost {
    /// The smallest memory among OWASP's equivalent settings (m=7168, t=5, p=1).
    pub const MIN_MEMORY_KIB: u32 = 7 * 1024;
    /// Memory times passes of OWASP's weakest equivalent setting (m=7168, t=5): a lower product is a cheaper guess.
    pub const MIN_WORK_KIB: u32 = 7 * 1024 * 5;
    /// OWASP's second setting: 19 MiB and two passes, 23 to 29 ms on one Lambda-sized core, and six of them fit into
    /// a 128 MiB function beside the runtime.
    pub const DEFAULT: Self = Self { memory_kib: 19 * 1024, iterations: 2, parallelism: 1 };

    /// These parameters.
    ///
    /// # Errors
    /// [`InvalidCost`] below OWASP's settings, or outside of what argon2 can do.
    pub fn new(memory_kib: u32, iterations: u32, parallelism: u32) -> Result<Self, InvalidCost> {
        let work = u64::from(memory_kib) * u64::from(iterations);
        if memory_kib < Self::MIN_MEMORY_KIB || work < u64::from(Self::MIN_WORK_KIB) {
            return Err(InvalidCost);
        }
        Params::new(memory_kib, iterations, parallelism, None).map_err(|_| InvalidCost)?;
        Ok(Self { memory_kib, iterations, parallelism })
    }

    /// Memory of one hash, in KiB.
    pub const fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    pub const fn iterations(&self) -> u32 {
        self.iterations
    }

    /// Lanes.
    pub const fn parallelism(&self) -> u32 {
        self.parallelism
    }
}

impl fmt::Display for Cost {
    /// As hashes have it: `m=19456,t=2,p=1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={},t={},p={}", self.memory_kib, self.iterations, self.parallelism)
    }
}

impl FromStr for Cost {
    type Err = InvalidCost;

    /// Takes what [`Display`](fmt::Display) writes, and no parameter else.
    fn from_str(text: &str) -> Result<Self, InvalidCost> {
        let hash = format!("$argon2id$v=19${text}");
        let parsed = PasswordHash::new(&hash).map_err(|_| InvalidCost)?;
        let params = Params::try_from(&parsed).map_err(|_| InvalidCost)?;
        let cost = Self::new(params.m_cost(), params.t_cost(), params.p_cost())?;
        if cost.to_string() == text { Ok(cost) } else { Err(InvalidCost) }
    }
}
