//! Password hashes that other systems made: read when accounts are imported, checked at the first sign-in, then replaced.
//!
//! The schemes are a closed set, each with its published format; whatever is of no scheme here, incomplete, or dearer than its
//! bound is refused when it is imported and not when somebody signs in.

mod argon2;
mod bcrypt;
mod fields;
mod pbkdf2;
mod scrypt;
#[cfg(test)]
mod tests;

pub use pbkdf2::Digest;
pub use scrypt::FirebaseParameters;

use self::argon2::Argon2Hash;
use self::bcrypt::BcryptHash;
use self::pbkdf2::Pbkdf2Hash;
use self::scrypt::ScryptHash;
use crate::secret::Secret;

/// Memory of one check, in KiB: OWASP's scrypt (N = 2^17, r = 8), the most that any scheme's current advice asks for. More does
/// not fit beside the runtime in a function of 256 MiB.
const MAX_MEMORY_KIB: u64 = 128 * 1024;
/// Bytes of a hash: of fewer, a guess could be right by chance.
const MIN_OUTPUT_BYTES: usize = 16;
/// Characters of a hash in its text: Keycloak's longest is a third of it. It bounds the item in the table.
const MAX_TEXT_BYTES: usize = 1024;

/// A hash that another system made. Never stored as it is: [`super::Hasher::seal`] makes of it what the table may hold.
#[derive(Clone, Debug)]
pub struct ImportedHash {
    text: Secret<String>,
    scheme: Scheme,
}

#[derive(Clone, Debug)]
enum Scheme {
    Argon2(Argon2Hash),
    Bcrypt(BcryptHash),
    Scrypt(ScryptHash),
    Pbkdf2(Pbkdf2Hash),
}

/// The hash is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedHash {
    /// Its scheme is none of those.
    #[error("the hash is of no scheme known here: bcrypt, scrypt, Firebase's scrypt, PBKDF2 and argon2 are")]
    UnknownScheme,
    /// It says its scheme, and then something else than that scheme's format has.
    #[error("the hash is no whole {0} hash: {1}")]
    Malformed(&'static str, &'static str),
    /// A check would take more time or memory than a sign-in may.
    #[error("the hash costs more than a sign-in may: {0}")]
    TooDear(&'static str),
    /// It was made with a secret beside the password, which is not in it.
    #[error("the hash was made with a secret of its own")]
    NeedsSecret,
}

impl ImportedHash {
    /// Reads a hash as its system writes it: `$2b$…` (and `$2a$`, `$2y$`), `$argon2id$…` (and `i`, `d`), `$scrypt$ln=…`,
    /// `$pbkdf2-sha256$i=…` (and `sha1`, `sha512`), Django's `pbkdf2_sha256$…`, `pbkdf2_sha1$…`, `bcrypt$…`,
    /// `bcrypt_sha256$…`, `scrypt$…` and `argon2$…`, and what the other constructors make.
    ///
    /// # Errors
    /// [`RefusedHash`].
    pub fn parse(text: &Secret<String>) -> Result<Self, RefusedHash> {
        let written = text.expose().as_str();
        if written.len() > MAX_TEXT_BYTES {
            return Err(RefusedHash::Malformed("stored", "it is too long"));
        }
        Ok(Self { text: text.clone(), scheme: Scheme::parse(written)? })
    }

    /// Firebase's modified scrypt: hash and salt of an account, in base64, with the parameters of its project.
    ///
    /// # Errors
    /// [`RefusedHash`].
    pub fn firebase(project: &FirebaseParameters, salt: &str, hash: &str) -> Result<Self, RefusedHash> {
        Self::parse(&scrypt::firebase_text(project, salt, hash)?)
    }

    /// PBKDF2 by its parts, as Keycloak keeps them: salt and hash in base64.
    ///
    /// # Errors
    /// [`RefusedHash`].
    pub fn pbkdf2(digest: Digest, iterations: u32, salt: &str, hash: &str) -> Result<Self, RefusedHash> {
        Self::parse(&pbkdf2::text(digest, iterations, salt, hash)?)
    }

    /// Its scheme, for counts: `bcrypt`, `scrypt`, `firebase-scrypt`, `pbkdf2` or `argon2`.
    pub const fn scheme(&self) -> &'static str {
        match &self.scheme {
            Scheme::Argon2(_) => "argon2",
            Scheme::Bcrypt(_) => "bcrypt",
            Scheme::Scrypt(hash) => hash.name(),
            Scheme::Pbkdf2(_) => "pbkdf2",
        }
    }

    pub(super) const fn text(&self) -> &Secret<String> {
        &self.text
    }

    /// Whether `password` is the one, compared in constant time. Blocks for as long as the hash is dear.
    pub(super) fn verify(&self, password: &[u8]) -> Result<bool, ::argon2::Error> {
        match &self.scheme {
            Scheme::Argon2(hash) => hash.verify(password),
            Scheme::Bcrypt(hash) => Ok(hash.verify(password)),
            Scheme::Scrypt(hash) => Ok(hash.verify(password)),
            Scheme::Pbkdf2(hash) => Ok(hash.verify(password)),
        }
    }

    /// What a check takes of the memory, in KiB.
    pub(super) fn memory_kib(&self) -> u32 {
        match &self.scheme {
            Scheme::Argon2(hash) => hash.memory_kib(),
            Scheme::Scrypt(hash) => hash.memory_kib(),
            // Blowfish's 4 KiB, and next to nothing.
            Scheme::Bcrypt(_) | Scheme::Pbkdf2(_) => 4,
        }
    }

    /// About how long a check takes, as argon2id's memory times passes that take as long: measured on one x86-64 core, where
    /// 1,400 KiB take a millisecond. Another processor is off by some tens of per cent.
    pub(super) fn work_kib(&self) -> u32 {
        let work = match &self.scheme {
            Scheme::Argon2(hash) => hash.work_kib(),
            Scheme::Bcrypt(hash) => hash.work_kib(),
            Scheme::Scrypt(hash) => hash.work_kib(),
            Scheme::Pbkdf2(hash) => hash.work_kib(),
        };
        u32::try_from(work).unwrap_or(u32::MAX)
    }
}

impl Scheme {
    fn parse(text: &str) -> Result<Self, RefusedHash> {
        match text.split('$').collect::<Vec<_>>().as_slice() {
            ["", "2a" | "2b" | "2y", ..] => BcryptHash::plain(text).map(Self::Bcrypt),
            ["bcrypt", "", ..] => BcryptHash::plain(after(text, "bcrypt$")).map(Self::Bcrypt),
            ["bcrypt_sha256", "", ..] => BcryptHash::of_sha256(after(text, "bcrypt_sha256$")).map(Self::Bcrypt),
            ["", "argon2id" | "argon2i" | "argon2d", ..] => Argon2Hash::parse(text).map(Self::Argon2),
            ["argon2", "argon2id" | "argon2i" | "argon2d", ..] => {
                Argon2Hash::parse(after(text, "argon2")).map(Self::Argon2)
            }
            ["", "scrypt", parameters, salt, hash] => ScryptHash::phc(parameters, salt, hash).map(Self::Scrypt),
            ["scrypt", n, salt, r, p, hash] => ScryptHash::django(n, salt, r, p, hash).map(Self::Scrypt),
            ["", "firebase-scrypt", parameters, salt, hash] => {
                ScryptHash::firebase(parameters, salt, hash).map(Self::Scrypt)
            }
            ["", digest, parameters, salt, hash] if digest.starts_with("pbkdf2-") => {
                Pbkdf2Hash::phc(digest, parameters, salt, hash).map(Self::Pbkdf2)
            }
            [digest @ ("pbkdf2_sha256" | "pbkdf2_sha1"), iterations, salt, hash] => {
                Pbkdf2Hash::django(digest, iterations, salt, hash).map(Self::Pbkdf2)
            }
            ["", "scrypt" | "firebase-scrypt", ..] | ["scrypt", ..] => {
                Err(RefusedHash::Malformed("scrypt", "parts are missing"))
            }
            ["pbkdf2_sha256" | "pbkdf2_sha1", ..] => Err(RefusedHash::Malformed("PBKDF2", "parts are missing")),
            ["", "2x", ..] => {
                Err(RefusedHash::Malformed("bcrypt", "those of $2x$ were made by a faulty implementation"))
            }
            _ => Err(RefusedHash::UnknownScheme),
        }
    }
}

fn after<'a>(text: &'a str, prefix: &str) -> &'a str {
    text.strip_prefix(prefix).unwrap_or(text)
}
