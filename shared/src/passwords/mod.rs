//! Passwords: argon2id, peppered, off the async threads (RFC 9106, NIST SP 800-63B-4 §3.1.1.2).

mod breached;
mod cost;
mod hash;
mod hasher;
mod imported;
mod memory;
mod password;
mod sealed;
#[cfg(test)]
mod tests;

pub use breached::encode as encode_breached;
pub use cost::{Cost, InvalidCost};
pub use hash::{MalformedHash, PasswordHash};
pub use hasher::{Hasher, HashingError, Verdict};
pub use imported::{Digest, FirebaseParameters, ImportedHash, RefusedHash};
pub use password::{InvalidPassword, Password, UnfitPassword};
