//! Who somebody is at a provider, and what the provider says of their address (OpenID Connect Core 1.0 §5.7).

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest;

use crate::accounts::Identifier;
use crate::mail::Address;

/// A person at a provider: the only pair that is never given to somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who says so: an issuer, as its tokens spell it.
    pub issuer: String,
    /// The name that the issuer has for them.
    pub subject: String,
}

/// The name that the table has for an identity: a hash of both, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdentityKey(String);

/// An address as a provider told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldAddress {
    /// As it was spelled.
    pub address: String,
    /// Whether the provider vouches for it, and its word is taken.
    pub vouched: bool,
}

impl Identity {
    /// Its key. No issuer holds a NUL, so that no two pairs are one text.
    pub fn key(&self) -> IdentityKey {
        let digest = digest::digest(&digest::SHA256, format!("{}\0{}", self.issuer, self.subject).as_bytes());
        IdentityKey(digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl ToldAddress {
    /// The address, for people to know the identity by; nothing if it is longer than any or cannot be shown on a line.
    pub fn shown(self) -> Option<String> {
        let fits = self.address.len() <= Identifier::MAX_BYTES && !self.address.chars().any(char::is_control);
        Some(self.address).filter(|_| fits)
    }

    /// The name that an account may be made for. Letters reach it, so its spelling is the one that mail servers read, and a
    /// look-alike in another script is another address or none.
    pub fn mailbox(&self) -> Option<Identifier> {
        let address = Address::parse(&self.address).ok().filter(|_| self.vouched)?;
        Some(address.identifier().clone())
    }
}

impl IdentityKey {
    /// Characters of a key.
    pub const CHARS: usize = 2 * digest::SHA256_OUTPUT_LEN;

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no key of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the key of an identity: {} lower-case hexadecimal digits", IdentityKey::CHARS)]
pub struct NotAKey;

impl FromStr for IdentityKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if text.len() == Self::CHARS && digits { Ok(Self(text.to_owned())) } else { Err(NotAKey) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(issuer: &str, subject: &str) -> IdentityKey {
        Identity { issuer: issuer.to_owned(), subject: subject.to_owned() }.key()
    }

    fn mailbox(address: &str, vouched: bool) -> Option<String> {
        ToldAddress { address: address.to_owned(), vouched }.mailbox().map(|mailbox| mailbox.to_string())
    }

    #[test]
    fn an_identity_is_issuer_and_subject_and_no_two_pairs_are_one() {
        assert_eq!(key("https://a.example", "1"), key("https://a.example", "1"));
        for (issuer, subject) in [
            ("https://a.example", "2"),
            ("https://b.example", "1"),
            ("https://a.example1", ""),
            ("HTTPS://A.example", "1"),
        ] {
            assert_ne!(key("https://a.example", "1"), key(issuer, subject), "{issuer} {subject}");
        }
        let read = key("https://a.example", "1").to_string().parse();
        assert_eq!(read, Ok(key("https://a.example", "1")));
        assert_eq!("A".repeat(64).parse::<IdentityKey>(), Err(NotAKey));
        assert_eq!("a".repeat(63).parse::<IdentityKey>(), Err(NotAKey));
    }

    #[test]
    fn an_account_is_made_for_a_vouched_address_that_mail_reaches_and_for_no_look_alike() {
        assert_eq!(mailbox("Ada@Example.COM", true).as_deref(), Some("ada@example.com"));
        assert_eq!(mailbox("ada@example.com", false), None);
        let shown = |address: String| ToldAddress { address, vouched: false }.shown();
        assert_eq!(shown("ada@example.com".to_owned()).as_deref(), Some("ada@example.com"));
        assert!(shown("a".repeat(255)).is_none() && shown("a\nb".to_owned()).is_none());
        // A Cyrillic letter in the domain is another domain, and before the @ no mailbox.
        assert_eq!(mailbox("ada@ex\u{430}mple.com", true).as_deref(), Some("ada@xn--exmple-4nf.com"));
        for none in [
            "\u{430}da@example.com",
            "ada",
            "",
            "ada@example.com,eve@example.com",
            "\"ada\"@example.com",
            "ada@example.com\u{0}",
        ] {
            assert_eq!(mailbox(none, true), None, "{none:?}");
        }
    }
}
