//! Apple's client secret: a JWT that we sign ourselves with the key that Apple gave the team (Apple Developer, "Creating a client secret").

use aws_lc_rs::error::Unspecified;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

use super::provider::AppleNames;
use crate::clock::Timestamp;
use crate::keys::{Algorithm, KeyPair};
use crate::secret::Secret;

/// Seconds that a secret is good for: it is made for one call. Apple takes six months at most.
const LIFETIME_SECONDS: u64 = 5 * 60;

/// The secret of `client_id` at `now`, made with the key that is kept as Apple gives it: a PKCS#8 document in PEM.
///
/// # Errors
/// [`Unspecified`] if it is no private key on P-256.
pub(super) fn client_secret(
    names: &AppleNames,
    client_id: &str,
    audience: &str,
    pem: &Secret<String>,
    now: Timestamp,
) -> Result<Secret<String>, Unspecified> {
    let key = KeyPair::from_pkcs8(Algorithm::Es256, document(pem).ok_or(Unspecified)?).map_err(|_| Unspecified)?;
    let header = json!({ "alg": "ES256", "kid": names.key });
    let claims = json!({
        "iss": names.team,
        "iat": now,
        "exp": now.seconds() + LIFETIME_SECONDS,
        "aud": audience,
        "sub": client_id,
    });
    let encoded = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encoded(header), encoded(claims));
    let signature = key.sign(signed.as_bytes()).map_err(|_| Unspecified)?;
    Ok(Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))))
}

/// What stands between the two lines (RFC 7468 §3). Whoever pastes it into a form may have lost the ends of its lines.
fn document(pem: &Secret<String>) -> Option<Secret<Vec<u8>>> {
    let (_, rest) = pem.expose().split_once("-----BEGIN PRIVATE KEY-----")?;
    let (body, _) = rest.split_once("-----END PRIVATE KEY-----")?;
    let body = Secret::new(body.split_whitespace().collect::<String>());
    STANDARD.decode(body.expose()).ok().map(Secret::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::verify_compact;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn pem(key: &KeyPair, line_end: &str) -> Secret<String> {
        let body = STANDARD.encode(key.private().expose());
        let (one, two) = body.split_at(64);
        Secret::new(format!(
            "-----BEGIN PRIVATE KEY-----{line_end}{one}{line_end}{two}{line_end}-----END PRIVATE KEY-----{line_end}"
        ))
    }

    fn made(pem: &Secret<String>) -> Result<Secret<String>, Unspecified> {
        let names = AppleNames { team: "TEAM".to_owned(), key: "KEY".to_owned() };
        client_secret(&names, "com.example.web", "https://appleid.apple.com", pem, NOW)
    }

    #[test]
    fn the_secret_says_who_we_are_to_apple_alone_and_for_minutes() {
        let key = KeyPair::generate(Algorithm::Es256).unwrap();
        for line_end in ["\n", "\r\n", " "] {
            let secret = made(&pem(&key, line_end)).unwrap();
            let header = URL_SAFE_NO_PAD.decode(secret.expose().split('.').next().unwrap()).unwrap();
            let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
            assert_eq!(header, json!({ "alg": "ES256", "kid": "KEY" }));
            let payload = verify_compact(secret.expose().as_bytes(), key.public()).unwrap();
            let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
            let expected = json!({
                "iss": "TEAM", "sub": "com.example.web", "aud": "https://appleid.apple.com",
                "iat": 1_800_000_000_u64, "exp": 1_800_000_300_u64,
            });
            assert_eq!(payload, expected);
        }
    }

    #[test]
    fn what_is_no_key_makes_no_secret() {
        for text in ["", "secret", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
            assert!(made(&Secret::new(text.to_owned())).is_err(), "{text}");
        }
    }
}
