//! Key pairs: made by aws-lc, kept as PKCS#8, named by their thumbprint (RFC 5958, RFC 7638).

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};

use super::der;
use super::jwk::COORDINATE_BYTES;
use super::{Algorithm, Jwk, UnusableKey, VerificationKey};
use crate::secret::Secret;

/// A private key with its public half, ready to sign: parsing and checking one costs more than a signature does.
pub struct KeyPair {
    kid: String,
    private: Secret<Vec<u8>>,
    public: Jwk,
    signer: Signer,
}

enum Signer {
    Es256(EcdsaKeyPair),
    Rs256(RsaKeyPair),
}

/// Why there is no key pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeyPair {
    /// aws-lc made none.
    #[error("aws-lc generated no key")]
    NotGenerated,
    /// Not the PKCS#8 form of a private key for the algorithm.
    #[error("not a PKCS#8 private key for {0}")]
    NotPkcs8(Algorithm),
    /// The key is too weak, or not consistent with itself.
    #[error(transparent)]
    Unusable(#[from] UnusableKey),
}

/// aws-lc did not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("aws-lc did not sign")]
pub struct NotSigned;

impl KeyPair {
    /// A new key pair. aws-lc draws the key itself, so this one thing cannot be repeated from a seed.
    ///
    /// # Errors
    /// [`InvalidKeyPair::NotGenerated`] if aws-lc refuses.
    pub fn generate(algorithm: Algorithm) -> Result<Self, InvalidKeyPair> {
        let not_generated = |_| InvalidKeyPair::NotGenerated;
        let private = match algorithm {
            Algorithm::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
                .and_then(|pair| pair.to_pkcs8v1())
                .map(|document| document.as_ref().to_vec())
                .map_err(not_generated)?,
            // 2048 bits: what RFC 7518 §3.3 asks for and what API Gateway verifies; 3072 would triple each signature.
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048)
                .and_then(|pair| pair.as_der())
                .map(|document| document.as_ref().to_vec())
                .map_err(not_generated)?,
        };
        Self::from_pkcs8(algorithm, Secret::new(private))
    }

    /// Reads an unencrypted PKCS#8 document and derives the public half from it.
    ///
    /// # Errors
    /// [`InvalidKeyPair`] if it is no private key for `algorithm`, or a weak one.
    pub fn from_pkcs8(algorithm: Algorithm, private: Secret<Vec<u8>>) -> Result<Self, InvalidKeyPair> {
        let invalid = InvalidKeyPair::NotPkcs8(algorithm);
        let (signer, public) = match algorithm {
            Algorithm::Es256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private.expose());
                let pair = pair.map_err(|_| invalid)?;
                let public = point(pair.public_key().as_ref()).ok_or(invalid)?;
                (Signer::Es256(pair), public)
            }
            Algorithm::Rs256 => {
                let pair = RsaKeyPair::from_pkcs8(private.expose()).map_err(|_| invalid)?;
                let (n, e) = der::rsa_public_key(pair.public_key().as_ref()).ok_or(invalid)?;
                (Signer::Rs256(pair), Jwk::Rsa { n, e })
            }
        };
        VerificationKey::new(&public)?;
        Ok(Self { kid: public.thumbprint(), private, public, signer })
    }

    /// The key's name: the RFC 7638 thumbprint of its public half.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The algorithm that it signs with.
    pub const fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    /// The public half.
    pub const fn public(&self) -> &Jwk {
        &self.public
    }

    /// The private key, PKCS#8 DER; it leaves for Secrets Manager only.
    pub const fn private(&self) -> &Secret<Vec<u8>> {
        &self.private
    }

    /// Signs `message`, in the form that JWS wants (RFC 7518 §3.3 and §3.4).
    ///
    /// # Errors
    /// [`NotSigned`] if aws-lc refuses.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NotSigned> {
        #[expect(clippy::disallowed_methods, reason = "aws-lc draws its own nonce and ignores this argument")]
        let ignored = SystemRandom::new();
        match &self.signer {
            Signer::Es256(pair) => {
                pair.sign(&ignored, message).map(|signature| signature.as_ref().to_vec()).map_err(|_| NotSigned)
            }
            Signer::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &ignored, message, &mut signature).map_err(|_| NotSigned)?;
                Ok(signature)
            }
        }
    }
}

impl std::fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyPair").field("kid", &self.kid).field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}

/// SEC 1 §2.3.3: 4, x, y.
fn point(encoded: &[u8]) -> Option<Jwk> {
    let (x, y) = encoded.strip_prefix(&[4])?.split_at_checked(COORDINATE_BYTES)?;
    Some(Jwk::Ec { x: x.try_into().ok()?, y: y.try_into().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_generated_key_signs_its_public_half_verifies() {
        for algorithm in Algorithm::ALL {
            let pair = KeyPair::generate(algorithm).unwrap();
            let key = VerificationKey::new(pair.public()).unwrap();
            let signature = pair.sign(b"message").unwrap();
            assert!(key.verifies(b"message", &signature), "{algorithm}");
            assert!(!key.verifies(b"massage", &signature), "{algorithm}");
            let read = KeyPair::from_pkcs8(algorithm, pair.private().clone()).unwrap();
            assert_eq!(read.kid(), pair.kid(), "{algorithm}");
        }
    }

    #[test]
    fn a_private_key_is_read_for_its_own_algorithm_only() {
        let pair = KeyPair::generate(Algorithm::Es256).unwrap();
        let fault = KeyPair::from_pkcs8(Algorithm::Rs256, pair.private().clone()).unwrap_err();
        assert_eq!(fault, InvalidKeyPair::NotPkcs8(Algorithm::Rs256));
    }

    #[test]
    fn an_rsa_key_under_2048_bits_is_refused() {
        let pair = KeyPair::generate(Algorithm::Rs256).unwrap();
        let Jwk::Rsa { n, e } = pair.public() else { panic!("not an RSA key") };
        let short = Jwk::Rsa { n: n[1..].to_vec(), e: e.clone() };
        assert_eq!(VerificationKey::new(&short).unwrap_err(), UnusableKey::RsaSize);
    }

    #[test]
    fn a_point_off_the_curve_is_refused() {
        let nowhere = Jwk::Ec { x: [1; 32], y: [1; 32] };
        assert_eq!(VerificationKey::new(&nowhere).unwrap_err(), UnusableKey::Invalid);
    }

    #[test]
    fn a_key_pair_shows_its_name_and_nothing_secret() {
        let pair = KeyPair::generate(Algorithm::Es256).unwrap();
        let shown = format!("{pair:?}");
        assert_eq!(shown, format!(r#"KeyPair {{ kid: "{}", algorithm: Es256, .. }}"#, pair.kid()));
    }
}
