//! Proof Key for Code Exchange with S256, for every client (RFC 7636 §4, RFC 9700 §2.1.1). `plain` does not exist here.

use std::str::FromStr;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

/// The one method, as `code_challenge_method` spells it.
pub const METHOD: &str = "S256";

/// What the client commits itself to when it asks for a code: the SHA-256 of its verifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge(String);

/// The text is no SHA-256 in base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the base64url of a SHA-256")]
pub struct InvalidChallenge;

impl Challenge {
    /// What a client that keeps `verifier` to itself commits itself to.
    pub fn of(verifier: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes())))
    }

    /// The challenge as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `verifier` is what the client committed itself to: 43 to 128 unreserved characters (RFC 7636 §4.1) with this SHA-256.
    pub fn is_met_by(&self, verifier: &str) -> bool {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let formed = (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved);
        formed && bool::from(Self::of(verifier).0.as_bytes().ct_eq(self.0.as_bytes()))
    }
}

impl FromStr for Challenge {
    type Err = InvalidChallenge;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidChallenge)?;
        if bytes.len() == digest::SHA256_OUTPUT_LEN { Ok(Self(text.to_owned())) } else { Err(InvalidChallenge) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    #[test]
    fn the_challenge_of_rfc_7636_is_met_by_its_verifier_and_by_nothing_else() {
        let challenge: Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".parse().unwrap();
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert!(challenge.is_met_by(verifier));
        for other in ["", challenge.as_str(), &verifier[1..], &format!("{verifier}x"), &verifier.to_lowercase()] {
            assert!(!challenge.is_met_by(other), "{other}");
        }
    }

    #[test]
    fn a_challenge_is_a_sha_256_and_a_verifier_has_its_characters() {
        for text in ["", "plain", &"A".repeat(42), &"A".repeat(44), &"=".repeat(43), &"+".repeat(43)] {
            assert_eq!(text.parse::<Challenge>(), Err(InvalidChallenge), "{text}");
        }
        for verifier in ["x".repeat(42), "x".repeat(129), format!("{} ", "x".repeat(43))] {
            let hash = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
            assert!(!hash.parse::<Challenge>().unwrap().is_met_by(&verifier), "{verifier}");
        }
    }
}
