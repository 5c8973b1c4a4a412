//! The name that a person signs in by, in its one stored spelling.
//!
//! E-mail addresses: the domain by UTS 46 (as registrars and mail servers do), the local part by the PRECIS
//! `UsernameCaseMapped` profile (RFC 8265 §3.3), which folds case and width. RFC 5321 §2.4 lets a host tell local parts
//! apart by case; no host in use does, and people's keyboards capitalize, so two spellings are one account. Usernames:
//! the same profile. What a person typed is normalized the same way at registration and at sign-in.

use std::borrow::Cow;
use std::fmt;

use precis_profiles::UsernameCaseMapped;
use precis_profiles::precis_core::profile::{PrecisFastInvocation, stabilize};
use serde::{Deserialize, Serialize};

/// A normalized e-mail address or username.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Identifier(String);

/// The text names nobody: it is neither an e-mail address nor a username.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIdentifier {
    /// Nothing, or more bytes than an address may have.
    #[error("must have 1 to {} bytes", Identifier::MAX_BYTES)]
    Length,
    /// A character that names may not hold (RFC 8264 §4.2: spaces, controls, symbols).
    #[error("holds a character that a name may not hold")]
    Character,
    /// Something stands behind the @ that is no domain name.
    #[error("has no valid domain behind the @")]
    Domain,
}

impl Identifier {
    /// The longest path that SMTP carries is 256 bytes with its brackets (RFC 5321 §4.5.3.1.3).
    pub const MAX_BYTES: usize = 254;

    /// Normalizes what a person typed. Blanks around it are theirs to forget: they are dropped.
    ///
    /// # Errors
    /// [`InvalidIdentifier`]: nobody can have this name.
    pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        let text = text.trim_matches(' ');
        if text.is_empty() || text.len() > Self::MAX_BYTES {
            return Err(InvalidIdentifier::Length);
        }
        let text = text.replace(FULLWIDTH_AT, "@");
        let normalized = match text.rsplit_once('@') {
            None => local(&text)?,
            Some((name, domain)) => {
                let mut address = local(name)?;
                address.push('@');
                address.push_str(&ascii_domain(domain)?);
                address
            }
        };
        // Width and case mapping may lengthen a text; the table's keys are bounded.
        if normalized.len() > Self::MAX_BYTES { Err(InvalidIdentifier::Length) } else { Ok(Self(normalized)) }
    }

    /// The stored spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is an e-mail address.
    pub fn is_email(&self) -> bool {
        self.0.contains('@')
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the profile's width mapping makes an @ of, and some keyboards type for one: it separates as an @ does.
const FULLWIDTH_AT: char = '\u{ff20}';

/// RFC 8265 §3.3, again until nothing changes (RFC 8264 §7): the stored spelling names the same account when an operator
/// types it. An @ inside the local part would make two readings of one address.
fn local(text: &str) -> Result<String, InvalidIdentifier> {
    if text.contains('@') {
        return Err(InvalidIdentifier::Character);
    }
    stabilize(text, |text| UsernameCaseMapped::enforce(text))
        .map(Cow::into_owned)
        .map_err(|_| InvalidIdentifier::Character)
}

fn ascii_domain(text: &str) -> Result<String, InvalidIdentifier> {
    idna::domain_to_ascii_strict(text)
        .ok()
        .filter(|domain| !domain.is_empty() && !domain.ends_with('.'))
        .ok_or(InvalidIdentifier::Domain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spelled(text: &str) -> String {
        Identifier::parse(text).unwrap().as_str().to_owned()
    }

    #[test]
    fn spellings_that_people_take_for_one_name_are_one_name() {
        assert_eq!(spelled("Demo@Example.COM"), "demo@example.com");
        assert_eq!(spelled(" demo@example.com "), "demo@example.com");
        assert_eq!(spelled("ＤＥＭＯ"), "demo");
        assert_eq!(spelled("ｄｅｍｏ＠ｅｘａｍｐｌｅ．ｃｏｍ"), "demo@example.com");
        assert_eq!(spelled("j\u{f6}rg@b\u{fc}cher.example"), spelled("JO\u{308}RG@xn--bcher-kva.example"));
    }

    #[test]
    fn what_can_name_nobody_is_refused() {
        for text in [
            "",
            " ",
            "a b",
            "a\0b",
            "@",
            "a@",
            "@b.example",
            "a@b@c.example",
            "a＠b@c.example",
            "a@b c.example",
            "a@.example",
        ] {
            assert!(Identifier::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(Identifier::parse(&"a".repeat(255)), Err(InvalidIdentifier::Length));
    }

    #[test]
    fn characters_of_an_address_survive() {
        assert_eq!(spelled("first.last+tag@mail.example"), "first.last+tag@mail.example");
        assert_eq!(spelled("o'brien@mail.example"), "o'brien@mail.example");
    }

    proptest! {
        #[test]
        fn whatever_a_person_types_is_a_name_in_its_one_spelling_or_refused(
            any in any::<String>(),
            printable in "\\PC{1,20}",
            address in "[a-zA-Z.\u{ff20}\u{ff21}\u{e4}\u{308}@-]{1,12}@[a-zA-Z.\u{fc}-]{1,12}",
        ) {
            for typed in [any, printable, address] {
                if let Ok(identifier) = Identifier::parse(&typed) {
                    prop_assert!((1..=Identifier::MAX_BYTES).contains(&identifier.as_str().len()));
                    prop_assert!(identifier.as_str().matches('@').count() <= 1, "{}", identifier);
                    prop_assert_eq!(Identifier::parse(identifier.as_str()), Ok(identifier), "{} again", typed);
                }
            }
        }
    }
}
