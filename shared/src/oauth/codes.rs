//! Authorization codes (RFC 6749 §4.1.2, RFC 9700 §2.1.1 and §4.5): for a minute, once, for one client, address and challenge.
//!
//! `voc_` + base64url(256 random bits), of which the table holds the SHA-256: nothing in the table can be presented. What a code is
//! bound to is kept with its hash. [`super::code_exchange`] says what becomes of one that comes back.

use std::fmt;
use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::clients::ClientId;
use super::pkce::Challenge;
use crate::clock::Timestamp;
use crate::identity::{SessionId, UserId};
use crate::randomness::{NoRandomness, Randomness};
use crate::scope::{Roles, Scopes};
use crate::secret::Secret;
use crate::sessions::AuthenticationMethod;
use crate::storage::StoreError;

/// What every code begins with, for people and for secret scanners.
pub const PREFIX: &str = "voc_";

/// RFC 6749 §4.1.2 recommends ten minutes at most; a browser needs seconds to carry a code to its client.
pub const CODE_LIFETIME: Duration = Duration::from_secs(60);

/// Random bytes of a code: the hash needs neither salt nor cost, and nobody guesses one.
const CODE_BYTES: usize = 32;

/// Characters of a `nonce`. Libraries send 16 to 64; it is copied into the ID token, which must fit into a header.
pub const MAX_NONCE_CHARS: usize = 256;

/// A code in plain: it leaves once, by way of the browser.
#[derive(Clone, Debug)]
pub struct Code(Secret<String>);

/// The base64url SHA-256 of a code: the name that the table knows it by.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeHash(String);

impl Code {
    /// A fresh code.
    ///
    /// # Errors
    /// [`NoRandomness`] if the operating system gives none.
    pub fn draw(randomness: &Randomness) -> Result<Self, NoRandomness> {
        let bytes = Secret::new(randomness.bytes::<CODE_BYTES>()?);
        let mut text = String::with_capacity(PREFIX.len() + CODE_BYTES * 4 / 3 + 1);
        text.push_str(PREFIX);
        URL_SAFE_NO_PAD.encode_string(bytes.expose(), &mut text);
        Ok(Self(Secret::new(text)))
    }

    /// Reads a code; `None` for what we never gave, which costs no look-up.
    pub fn parse(text: &Secret<String>) -> Option<Self> {
        let encoded = text.expose().strip_prefix(PREFIX)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        (bytes.len() == CODE_BYTES).then(|| Self(text.clone()))
    }

    /// The name that the table knows it by.
    pub fn hash(&self) -> CodeHash {
        CodeHash(URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, self.0.expose().as_bytes())))
    }

    /// The code, for the redirection.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl CodeHash {
    /// The hash, for a key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[code hash]")
    }
}

/// What ties an ID token to the client's own session (OpenID Connect Core §3.1.2.1): returned as it came, never interpreted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(String);

/// The text is no nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {MAX_NONCE_CHARS} characters and no control characters")]
pub struct InvalidNonce;

impl Nonce {
    /// The nonce as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Nonce {
    type Err = InvalidNonce;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let length = text.chars().take(MAX_NONCE_CHARS + 1).count();
        let fits = (1..=MAX_NONCE_CHARS).contains(&length) && !text.chars().any(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidNonce) }
    }
}

/// What a code is good for, and whom it speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// The client that asked.
    pub client: ClientId,
    /// Where it was sent, as the client asked.
    pub redirect_uri: String,
    /// What the client must prove.
    pub challenge: Challenge,
    /// What the person agreed to.
    pub scope: Scopes,
    /// Whom the access tokens will be for (RFC 8707 §2.2).
    pub audience: String,
    /// What the ID token will repeat.
    pub nonce: Option<Nonce>,
    /// Who agreed.
    pub user: UserId,
    /// Their account's version when they did: whatever raises it voids the code.
    pub account_version: u64,
    /// The session of the browser in which they agreed: whatever ends it voids the code.
    pub browser: SessionId,
    /// Whether the client needed the person's agreement: then whatever withdraws it voids the code.
    pub by_consent: bool,
    /// The roles that the client's tokens will carry.
    pub roles: Roles,
    /// When they last proved who they are.
    pub auth_time: Timestamp,
    /// How.
    pub auth_method: AuthenticationMethod,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// Whether it has come back.
    pub state: CodeState,
}

/// Whether a code has been redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// Not yet.
    Unused,
    /// It has.
    Redeemed {
        /// The session that it opened.
        session: SessionId,
    },
}

/// The store's side of giving a code.
pub trait IssueCode {
    /// Keeps what a code is good for under its hash. One call.
    fn issue_code(
        &self,
        hash: &CodeHash,
        code: &AuthorizationCode,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::randomness::SeededRandomness;

    fn parse(text: &str) -> Option<Code> {
        Code::parse(&Secret::new(text.to_owned()))
    }

    #[test]
    fn a_code_reads_back_and_is_redacted() {
        let code = Code::draw(&Randomness::Seeded(SeededRandomness::new(1))).unwrap();
        assert_eq!(code.expose().len(), 47);
        assert_eq!(parse(code.expose()).unwrap().hash(), code.hash());
        let shown = format!("{code:?} {:?}", code.hash());
        assert!(!shown.contains(code.expose()) && !shown.contains(code.hash().as_str()), "{shown}");
    }

    #[test]
    fn what_was_never_given_is_no_code() {
        let good = "A".repeat(43);
        for text in
            ["", "voc_", "vot_", &good, &format!("VOC_{good}"), &format!("voc_{good}A"), &format!("voc_{good}=")]
        {
            assert!(parse(text).is_none(), "{text}");
        }
        assert!(parse(&format!("voc_{}B", "A".repeat(42))).is_none(), "bits beyond the 256th");
        assert!(parse(&format!("voc_{good}")).is_some());
    }

    #[test]
    fn a_nonce_is_any_text_that_fits_on_a_line() {
        for text in ["n-0S6_WzA2Mj", "\u{e4} b", &"x".repeat(MAX_NONCE_CHARS)] {
            assert_eq!(text.parse::<Nonce>().unwrap().as_str(), text);
        }
        for text in ["", "a\nb", "\0", &"x".repeat(MAX_NONCE_CHARS + 1)] {
            assert_eq!(text.parse::<Nonce>(), Err(InvalidNonce), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_code_has_one_spelling(any in any::<String>(), almost in "voc_[A-Za-z0-9_-]{43}") {
            for text in [any, almost] {
                if let Some(code) = parse(&text) {
                    let bytes = URL_SAFE_NO_PAD.decode(&text[4..]).unwrap();
                    prop_assert_eq!(format!("voc_{}", URL_SAFE_NO_PAD.encode(bytes)), code.expose());
                }
            }
        }
    }
}
