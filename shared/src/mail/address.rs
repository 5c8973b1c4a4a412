//! An address that a letter can be sent to: narrower than what may name an account.
//!
//! The local part is a dot-atom (RFC 5321 §4.1.2): no quotes, commas or brackets, with which one address could become two in a list of
//! recipients. It is ASCII, for SES delivers to no other (Amazon SES API Reference, `Destination`); the domain is in its ASCII form
//! already.

use std::fmt;

use crate::accounts::{Identifier, InvalidIdentifier};

/// A mailbox, normalized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Identifier);

/// The text is no address that mail can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    /// It can name nobody.
    #[error(transparent)]
    Invalid(#[from] InvalidIdentifier),
    /// There is no @ in it.
    #[error("is no e-mail address")]
    NoEmail,
    /// What stands before the @ is longer than mail servers take, or has a character that they take in quotes or not at all.
    #[error("has something before the @ that mail cannot be sent to")]
    LocalPart,
}

/// RFC 5321 §4.5.3.1.1.
const MAX_LOCAL_BYTES: usize = 64;

impl Address {
    /// Normalizes what a person typed.
    ///
    /// # Errors
    /// [`InvalidAddress`]: no letter reaches anybody there.
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        Self::try_from(Identifier::parse(text)?)
    }

    /// The address as the name that it signs in by.
    pub fn identifier(&self) -> &Identifier {
        &self.0
    }

    /// The stored spelling.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl TryFrom<Identifier> for Address {
    type Error = InvalidAddress;

    fn try_from(identifier: Identifier) -> Result<Self, Self::Error> {
        let (local, _) = identifier.as_str().rsplit_once('@').ok_or(InvalidAddress::NoEmail)?;
        let deliverable = local.len() <= MAX_LOCAL_BYTES && local.split('.').all(is_atom);
        if deliverable { Ok(Self(identifier)) } else { Err(InvalidAddress::LocalPart) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// RFC 5322 §3.2.3.
fn is_atom(text: &str) -> bool {
    let atext = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    !text.is_empty() && text.bytes().all(atext)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_of_people_are_addresses() {
        for (typed, address) in [
            ("Ada.Lovelace+post@Example.com", "ada.lovelace+post@example.com"),
            (" o'brien@mail.example ", "o'brien@mail.example"),
            ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ] {
            assert_eq!(Address::parse(typed).unwrap().as_str(), address);
        }
    }

    #[test]
    fn what_could_be_read_as_another_recipient_is_no_address() {
        for typed in [
            "ada",
            "\"ada\"@example.com",
            "eve,ada@example.com",
            "eve;ada@example.com",
            "eve<ada@example.com",
            "ada>@example.com",
            "(eve)ada@example.com",
            "a..b@example.com",
            ".a@example.com",
            "a.@example.com",
            "a:b@example.com",
            "a\\b@example.com",
            "jörg@example.com",
            "a\r\nbcc@example.com",
            &format!("{}@example.com", "a".repeat(65)),
        ] {
            assert!(Address::parse(typed).is_err(), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_one_mailbox_or_refused(any in any::<String>(), almost in "[a-z.,<>\"@ +]{1,12}@[a-z.]{1,12}") {
            for typed in [any, almost] {
                if let Ok(address) = Address::parse(&typed) {
                    prop_assert!(address.as_str().is_ascii() && address.as_str().matches('@').count() == 1, "{address}");
                    prop_assert!(!address.as_str().contains([',', ';', '<', '>', '"', ' ', '\r', '\n', '(']), "{address}");
                }
            }
        }
    }
}
