//! ID tokens: who signed in, when and how, for the client alone (OpenID Connect Core §2 and §3.1.3.6).
//!
//! Their `typ` is `JWT`: the verifier of access tokens refuses them, whatever else they say, and so does every other that keeps to
//! RFC 9068 §4.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::mint::{MintError, sign};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::keys::SigningKey;
use crate::secret::Secret;
use crate::sessions::AuthenticationMethod;

/// What an ID token will say.
#[derive(Clone, Debug)]
pub struct IdTokenClaims<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `aud`: the client, alone.
    pub client_id: &'a str,
    /// `sub`.
    pub subject: UserId,
    /// `nonce`, as the client sent it.
    pub nonce: Option<&'a str>,
    /// `auth_time`.
    pub auth_time: Timestamp,
    /// `amr` and `acr`: how the person proved who they are, and what that is worth.
    pub method: AuthenticationMethod,
    /// The access token that it comes with: `at_hash` is made of it.
    pub access_token: &'a Secret<String>,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `exp`.
    pub expires_at: Timestamp,
}

/// In alphabetical order, as in an access token.
#[derive(Serialize)]
struct Payload<'a> {
    acr: &'static str,
    amr: [&'static str; 1],
    at_hash: String,
    aud: &'a str,
    auth_time: Timestamp,
    exp: Timestamp,
    iat: Timestamp,
    iss: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    sub: UserId,
}

/// Mints an ID token that says `claims`, signed with `key`.
///
/// # Errors
/// [`MintError`]; nothing of a token exists then.
pub fn mint_id_token(claims: &IdTokenClaims<'_>, key: &SigningKey) -> Result<Secret<String>, MintError> {
    let payload = Payload {
        acr: claims.method.context_class(),
        amr: [claims.method.as_str()],
        at_hash: half_hash(claims.access_token.expose()),
        aud: claims.client_id,
        auth_time: claims.auth_time,
        exp: claims.expires_at,
        iat: claims.issued_at,
        iss: claims.issuer,
        nonce: claims.nonce,
        sub: claims.subject,
    };
    sign("JWT", &payload, key)
}

/// The left half of the SHA-256 (§3.1.3.6). The hash is that of the signature, and ES256 and RS256 both sign SHA-256.
fn half_hash(token: &str) -> String {
    let hash = digest::digest(&digest::SHA256, token.as_bytes());
    let (half, _) = hash.as_ref().split_at(digest::SHA256_OUTPUT_LEN / 2);
    URL_SAFE_NO_PAD.encode(half)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::keys::{Algorithm, SigningKeyRing};

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn said(nonce: Option<&str>, algorithm: Algorithm) -> [Value; 2] {
        let ring = SigningKeyRing::generate_all(&[algorithm], NOW).unwrap();
        let key = ring.active(algorithm).unwrap();
        let claims = IdTokenClaims {
            issuer: "https://auth.example.com",
            client_id: "shop",
            subject: UserId::from_bytes([1; 16]),
            nonce,
            auth_time: Timestamp::from_seconds(1_799_999_000),
            method: AuthenticationMethod::Password,
            access_token: &Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y".to_owned()),
            issued_at: NOW,
            expires_at: Timestamp::from_seconds(1_800_000_300),
        };
        let token = mint_id_token(&claims, key).unwrap();
        let mut parts = token.expose().split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
        [parts.next(), parts.next()].map(|part| serde_json::from_slice(&part.unwrap()).unwrap())
    }

    /// OpenID Connect Core, appendix A.3.
    #[test]
    fn the_hash_of_the_access_token_is_that_of_the_specification() {
        assert_eq!(half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }

    #[test]
    fn an_id_token_says_who_signed_in_when_and_how_and_is_no_access_token() {
        for algorithm in Algorithm::ALL {
            let [header, payload] = said(Some("n-0S6_WzA2Mj"), algorithm);
            assert_eq!((&header["typ"], &header["alg"]), (&json!("JWT"), &json!(algorithm.as_str())));
            let expected = json!({
                "iss": "https://auth.example.com", "sub": "usr_01010101010101010101010101010101", "aud": "shop",
                "exp": 1_800_000_300, "iat": 1_800_000_000, "auth_time": 1_799_999_000, "nonce": "n-0S6_WzA2Mj",
                "acr": "1", "amr": ["pwd"], "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
            });
            assert_eq!(payload, expected);
        }
        assert_eq!(said(None, Algorithm::Es256)[1].get("nonce"), None, "nothing is made up");
    }
}
