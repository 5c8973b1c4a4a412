//! A public key made ready: checked and parsed once, then used for every signature (RFC 7518 §3.3 and §3.4).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};

use super::jwk::COORDINATE_BYTES;
use super::{Algorithm, Jwk};

/// RFC 7518 §3.3: a smaller modulus must not be used.
const MIN_RSA_BITS: usize = 2048;
/// What aws-lc verifies at most; a larger key would only cost time.
const MAX_RSA_BITS: usize = 8192;

/// SEC 1 §2.3.3: an uncompressed point.
const UNCOMPRESSED: u8 = 4;

/// A public key that is ready to verify.
#[derive(Clone, Debug)]
pub struct VerificationKey {
    algorithm: Algorithm,
    parsed: ParsedPublicKey,
}

/// The numbers make no key, or a weak one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableKey {
    /// The point is not on the curve, or the numbers are no RSA key.
    #[error("its numbers make no public key")]
    Invalid,
    /// An RSA modulus that RFC 7518 §3.3 forbids, or one too large to verify with.
    #[error("its RSA modulus has fewer than {MIN_RSA_BITS} or more than {MAX_RSA_BITS} bits")]
    RsaSize,
}

impl VerificationKey {
    /// Checks and prepares `jwk`.
    ///
    /// # Errors
    /// [`UnusableKey`] if nothing signed with it could be trusted.
    pub fn new(jwk: &Jwk) -> Result<Self, UnusableKey> {
        let parsed = match jwk {
            Jwk::Ec { x, y } => {
                let mut point = Vec::with_capacity(1 + 2 * COORDINATE_BYTES);
                point.push(UNCOMPRESSED);
                point.extend_from_slice(x);
                point.extend_from_slice(y);
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).map_err(|_| UnusableKey::Invalid)?
            }
            Jwk::Rsa { n, e } => {
                if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits(n)) {
                    return Err(UnusableKey::RsaSize);
                }
                RsaPublicKeyComponents { n, e }
                    .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
                    .map_err(|_| UnusableKey::Invalid)?
            }
        };
        Ok(Self { algorithm: jwk.algorithm(), parsed })
    }

    /// The only algorithm that this key verifies.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether `signature`, in its JWS form (RFC 7518 §3.4: R and S side by side), is one of `message` by this key.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(message, signature).is_ok()
    }
}

fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}
