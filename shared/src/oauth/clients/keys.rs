//! The public keys of a client that signs its assertions (RFC 7523 §3, RFC 7591 §2 `jwks`).
//!
//! They stand in the registration. There is no `jwks_uri`: nothing is fetched on anybody's behalf, so nobody can make us fetch.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::keys::{InvalidJwk, Jwk, UnusableKey, VerificationKey};

/// One in use, one that comes and one that goes, and one to spare: each is tried when an assertion is checked.
pub const MAX_KEYS: usize = 4;

/// The keys of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientKeys(Vec<Jwk>);

/// The text is no key set of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClientKeys {
    /// Not `{"keys": […]}`.
    #[error("is no JWK set: {{\"keys\": […]}} (RFC 7517 §5)")]
    Malformed,
    /// None, or too many.
    #[error("must have 1 to {MAX_KEYS} keys")]
    Number,
    /// One of its keys is none for our signatures.
    #[error("has a key that cannot be used: {0}")]
    Key(#[from] InvalidJwk),
    /// The numbers of a key make none, or a weak one.
    #[error("has a key that cannot be used: {0}")]
    Unusable(#[from] UnusableKey),
}

#[derive(Deserialize)]
struct Given<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

impl ClientKeys {
    /// Reads a JWK set (RFC 7517 §5) of public keys for ES256 or RS256.
    ///
    /// # Errors
    /// [`InvalidClientKeys`], also for a private key: it has no business here.
    pub fn parse(json: &str) -> Result<Self, InvalidClientKeys> {
        let given: Given<'_> = serde_json::from_str(json).map_err(|_| InvalidClientKeys::Malformed)?;
        if !(1..=MAX_KEYS).contains(&given.keys.len()) {
            return Err(InvalidClientKeys::Number);
        }
        let key = |json: &RawValue| {
            let jwk = Jwk::from_json(json.get())?;
            VerificationKey::new(&jwk)?;
            Ok(jwk)
        };
        given.keys.into_iter().map(key).collect::<Result<_, _>>().map(Self)
    }

    /// The set as the registration holds it: the numbers of the keys and nothing else.
    pub fn to_json(&self) -> String {
        let key = |jwk: &Jwk| serde_json::from_str(&jwk.to_json()).unwrap_or(Value::Null);
        serde_json::json!({ "keys": self.0.iter().map(key).collect::<Vec<_>>() }).to_string()
    }

    /// The keys.
    pub fn iter(&self) -> impl Iterator<Item = &Jwk> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#;

    #[test]
    fn a_clients_keys_are_public_few_and_read_back() {
        let keys = ClientKeys::parse(&format!(r#"{{"keys":[{KEY},"kid":"1","use":"sig"}}]}}"#)).unwrap();
        assert_eq!(ClientKeys::parse(&keys.to_json()), Ok(keys));
        let set = |keys: &str| ClientKeys::parse(&format!(r#"{{"keys":[{keys}]}}"#));
        assert_eq!(set(""), Err(InvalidClientKeys::Number));
        assert_eq!(set(&[&format!("{KEY}}}")[..]; 5].join(",")), Err(InvalidClientKeys::Number));
        assert_eq!(set(&format!(r#"{KEY},"d":"AQ"}}"#)), Err(InvalidClientKeys::Key(InvalidJwk::Private)));
        assert_eq!(set(r#"{"kty":"oct","k":"AQ"}"#), Err(InvalidClientKeys::Key(InvalidJwk::Malformed)));
        let off_the_curve = KEY.replace("f83O", "A83O");
        assert_eq!(set(&format!("{off_the_curve}}}")), Err(InvalidClientKeys::Unusable(UnusableKey::Invalid)));
        for text in ["", "[]", "{}", "null", r#"{"keys":{}}"#, KEY] {
            assert_eq!(ClientKeys::parse(text), Err(InvalidClientKeys::Malformed), "{text}");
        }
    }
}
