//! Public keys as JSON Web Keys, and the thumbprint that names them (RFC 7517 §4, RFC 7518 §6, RFC 7638).

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::Algorithm;

/// Bytes of one coordinate of a point on P-256.
pub(super) const COORDINATE_BYTES: usize = 32;

/// A public key of one of our algorithms, by its numbers. Whether they make a usable key is found out by
/// [`super::VerificationKey::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Jwk {
    /// A point on P-256 (RFC 7518 §6.2.1).
    Ec {
        /// Its x coordinate, big-endian.
        x: [u8; COORDINATE_BYTES],
        /// Its y coordinate, big-endian.
        y: [u8; COORDINATE_BYTES],
    },
    /// An RSA key (RFC 7518 §6.3.1).
    Rsa {
        /// The modulus, big-endian, without leading zeros.
        n: Vec<u8>,
        /// The exponent, big-endian, without leading zeros.
        e: Vec<u8>,
    },
}

/// The text is no public JWK for one of our algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidJwk {
    /// Not JSON, or a member that the key type needs is missing or no string.
    #[error("not a JWK of key type EC or RSA")]
    Malformed,
    /// A member is not base64url of the length and form that it must have.
    #[error("a number of the key is not in its one base64url spelling")]
    Number,
    /// A curve, `alg` or `use` that none of our algorithms has.
    #[error("not a signature key for ES256 or RS256")]
    Purpose,
    /// It holds the private part, which has no business where public keys are read.
    #[error("a private key where a public one belongs")]
    Private,
}

/// The members of a JWK in their lexicographic order, which RFC 7638 §3.2 hashes.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Members {
    Ec { crv: &'static str, kty: &'static str, x: String, y: String },
    Rsa { e: String, kty: &'static str, n: String },
}

#[derive(Deserialize)]
struct Given {
    kty: String,
    alg: Option<Algorithm>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<serde::de::IgnoredAny>,
}

impl Jwk {
    /// Reads one JWK (RFC 7517 §4); members that mean nothing here are ignored, as §4 asks.
    ///
    /// # Errors
    /// [`InvalidJwk`] if it is none, is private, or is for something else than our signatures.
    pub fn from_json(json: &str) -> Result<Self, InvalidJwk> {
        let given: Given = serde_json::from_str(json).map_err(|_| InvalidJwk::Malformed)?;
        if given.d.is_some() {
            return Err(InvalidJwk::Private);
        }
        let jwk = match (given.kty.as_str(), given.crv.as_deref()) {
            ("EC", Some("P-256")) => Self::Ec { x: coordinate(given.x)?, y: coordinate(given.y)? },
            ("EC", Some(_)) => return Err(InvalidJwk::Purpose),
            ("RSA", _) => Self::Rsa { n: integer(given.n)?, e: integer(given.e)? },
            _ => return Err(InvalidJwk::Malformed),
        };
        let signs = given.purpose.is_none_or(|purpose| purpose == "sig");
        if !signs || given.alg.is_some_and(|algorithm| algorithm != jwk.algorithm()) {
            return Err(InvalidJwk::Purpose);
        }
        Ok(jwk)
    }

    /// The one algorithm that this key is used with (RFC 8725 §3.1: a key has a single algorithm).
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ec { .. } => Algorithm::Es256,
            Self::Rsa { .. } => Algorithm::Rs256,
        }
    }

    /// The base64url SHA-256 of the key's required members in their canonical form (RFC 7638 §3): our `kid`.
    pub fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, self.to_json().as_bytes()))
    }

    /// The required members in their canonical form (RFC 7638 §3).
    pub fn to_json(&self) -> String {
        // `Members` holds nothing that JSON cannot say: an empty text would be a fault of this file, and the tests'
        // vector would show it.
        serde_json::to_string(&self.members()).unwrap_or_default()
    }

    pub(super) fn members(&self) -> Members {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Ec { x, y } => Members::Ec { crv: "P-256", kty: "EC", x: text(x), y: text(y) },
            Self::Rsa { n, e } => Members::Rsa { e: text(e), kty: "RSA", n: text(n) },
        }
    }
}

fn bytes(text: Option<String>) -> Result<Vec<u8>, InvalidJwk> {
    let text = text.ok_or(InvalidJwk::Malformed)?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidJwk::Number)
}

/// RFC 7518 §6.2.1.2: the full size of a coordinate, leading zeros included.
fn coordinate(text: Option<String>) -> Result<[u8; COORDINATE_BYTES], InvalidJwk> {
    bytes(text)?.try_into().map_err(|_| InvalidJwk::Number)
}

/// RFC 7518 §2, Base64urlUInt: the fewest bytes that hold the number.
fn integer(text: Option<String>) -> Result<Vec<u8>, InvalidJwk> {
    let bytes = bytes(text)?;
    if bytes.first().is_none_or(|first| *first == 0) { Err(InvalidJwk::Number) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7638 §3.1, members out of order and with extra ones, as the RFC shows it.
    const RFC_7638_KEY: &str = concat!(
        r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPeb"#,
        "WKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7",
        "d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kE",
        r#"gU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#,
    );
    const POINT: &str = r#""crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;

    #[test]
    fn the_thumbprint_is_that_of_rfc_7638() {
        let jwk = Jwk::from_json(RFC_7638_KEY).unwrap();
        assert_eq!(jwk.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn a_key_for_anything_but_our_signatures_is_refused() {
        let ec = |more: &str| Jwk::from_json(&format!(r#"{{"kty":"EC",{POINT}{more}}}"#));
        assert!(ec("").is_ok());
        assert!(ec(r#","use":"sig","alg":"ES256","unknown":{}"#).is_ok());
        assert_eq!(ec(r#","use":"enc""#), Err(InvalidJwk::Purpose));
        assert_eq!(ec(r#","alg":"RS256""#), Err(InvalidJwk::Purpose));
        assert_eq!(ec(r#","alg":"HS256""#), Err(InvalidJwk::Malformed));
        assert_eq!(ec(r#","d":"AQ""#), Err(InvalidJwk::Private));
        assert_eq!(Jwk::from_json(r#"{"kty":"oct","k":"AQ"}"#), Err(InvalidJwk::Malformed));
        assert_eq!(Jwk::from_json(r#"{"kty":"EC","crv":"P-384","x":"AQ","y":"AQ"}"#), Err(InvalidJwk::Purpose));
        assert_eq!(Jwk::from_json(r#"{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}"#), Err(InvalidJwk::Number));
        assert_eq!(Jwk::from_json(r#"{"kty":"RSA","n":"AAEB","e":"AQAB"}"#), Err(InvalidJwk::Number));
    }
}
