//! One-time tokens: what a mail carries, so that whoever reads the mailbox may do one thing once (NIST SP 800-63B-4 §4.2.1.2, OWASP
//! "Forgot Password Cheat Sheet").
//!
//! The mail has the token, the table its hash with what it is for: nothing in the table can be presented. It is consumed in the
//! transaction that makes the change which it allows, so that a second presentation changes nothing, whoever comes first.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Identifier;
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::pages::Continue;
use crate::randomness::{NoRandomness, Randomness};
use crate::secret::Secret;
use crate::storage::StoreError;

/// What every token begins with, so that a secret scanner knows one.
const PREFIX: &str = "vot_";
/// 256 random bits: the hash needs neither salt nor cost, and nobody guesses one.
const TOKEN_BYTES: usize = 32;

/// A one-time token as it was mailed.
#[derive(Clone, Debug)]
pub struct OneTimeToken(Secret<String>);

/// The SHA-256 of a token, in hexadecimal: the name that the table knows it by.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenHash(String);

/// What a token allows, and whom. The account's version binds it to the account as it stood: a changed password voids it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To make the account of a mailbox.
    Register {
        /// The mailbox.
        email: Identifier,
    },
    /// To set a new password.
    ResetPassword {
        /// Whose.
        user: UserId,
        /// The account's version when it was asked for.
        version: u64,
    },
    /// To be told once more that the new password is set.
    HasResetPassword {
        /// Whose.
        user: UserId,
        /// The account's version with it.
        version: u64,
    },
    /// To sign in by another address.
    ChangeEmail {
        /// Who.
        user: UserId,
        /// The account's version when it was asked for.
        version: u64,
        /// The new address.
        email: Identifier,
    },
}

impl Purpose {
    /// How long a token for it is good. An invitation may wait for the evening; the others open an existing account to whoever
    /// looks over a shoulder, and whoever asks for one is at the keyboard. NIST SP 800-63B-4 §4.2.1.2 has 24 hours at most by mail.
    pub const fn lifetime(&self) -> Duration {
        match self {
            Self::Register { .. } => Duration::from_secs(24 * 60 * 60),
            Self::ResetPassword { .. } | Self::HasResetPassword { .. } | Self::ChangeEmail { .. } => {
                Duration::from_secs(30 * 60)
            }
        }
    }

    /// A token for it, to be used before it expires.
    pub fn granted_at(self, now: Timestamp) -> Grant {
        Grant { expires_at: now.plus(self.lifetime()), purpose: self, next: None }
    }
}

/// What a token that was found is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What it allows.
    pub purpose: Purpose,
    /// Until when.
    pub expires_at: Timestamp,
    /// Where its owner was going when they asked for it, and goes on to once they are signed in.
    pub next: Option<Continue>,
}

/// Parameters of our own pages whose values count for something.
const PRESENTED: [&str; 2] = ["token", "id_token_hint"];

impl Grant {
    /// For somebody who was on their way to `next`. A way that carries another letter's token or an ID token is not kept: nothing in the
    /// table can be presented.
    pub fn on_the_way_to(self, next: Option<Continue>) -> Self {
        let carries = |next: &Continue| PRESENTED.iter().any(|name| next.parameter(name).is_some());
        Self { next: next.filter(|next| !carries(next)), ..self }
    }
}

impl OneTimeToken {
    /// A fresh token.
    ///
    /// # Errors
    /// [`NoRandomness`] if the operating system gives none.
    pub fn draw(randomness: &Randomness) -> Result<Self, NoRandomness> {
        let bytes: [u8; TOKEN_BYTES] = randomness.bytes()?;
        Ok(Self(Secret::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))))
    }

    /// Reads a token; `None` for what we never mailed, which costs no look-up.
    pub fn parse(text: &Secret<String>) -> Option<Self> {
        let encoded = text.expose().strip_prefix(PREFIX)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        (bytes.len() == TOKEN_BYTES).then(|| Self(text.clone()))
    }

    /// The name that the table knows it by.
    pub fn hash(&self) -> TokenHash {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, self.0.expose().as_bytes());
        TokenHash(digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The token, for the mail.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl TokenHash {
    /// The hash, for a key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[token hash]")
    }
}

/// The store's side of mailing a token.
pub trait KeepToken {
    /// Keeps what `token` is good for. One call, the same for every purpose.
    fn keep_token(&self, token: &TokenHash, grant: &Grant) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The store's side of a token that comes back.
pub trait FindToken {
    /// What `token` is good for at `now`; `None` if it is spent, expired or was never mailed. To look consumes nothing.
    fn find_token(
        &self,
        token: &TokenHash,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Grant>, StoreError>> + Send;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::randomness::SeededRandomness;

    fn parse(text: &str) -> Option<OneTimeToken> {
        OneTimeToken::parse(&Secret::new(text.to_owned()))
    }

    #[test]
    fn a_token_reads_back_and_is_redacted() {
        let token = OneTimeToken::draw(&Randomness::Seeded(SeededRandomness::new(1))).unwrap();
        assert_eq!(token.expose().len(), 47);
        assert_eq!(parse(token.expose()).unwrap().hash(), token.hash());
        let shown = format!("{token:?} {:?}", token.hash());
        assert!(!shown.contains(token.expose()) && !shown.contains(token.hash().as_str()), "{shown}");
        assert!(!token.hash().as_str().contains(&token.expose()[4..]));
    }

    #[test]
    fn what_was_never_mailed_is_no_token() {
        let good = "A".repeat(43);
        for text in [
            "",
            "vot_",
            "vrt_",
            &good,
            &format!("VOT_{good}"),
            &format!("vot_{good}A"),
            &format!("vot_{good}="),
            &format!("vot_{}B", "A".repeat(42)),
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
        assert!(parse(&format!("vot_{good}")).is_some());
    }

    proptest! {
        #[test]
        fn a_token_has_one_spelling(any in any::<String>(), almost in "vot_[A-Za-z0-9_-]{43}") {
            for text in [any, almost] {
                if let Some(token) = parse(&text) {
                    let bytes = URL_SAFE_NO_PAD.decode(&text[4..]).unwrap();
                    prop_assert_eq!(format!("vot_{}", URL_SAFE_NO_PAD.encode(bytes)), token.expose());
                }
            }
        }
    }
}
