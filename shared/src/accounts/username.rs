//! A username that people choose themselves: one that nobody takes for another's (Unicode Technical Standard #39).
//!
//! The PRECIS profile of [`Identifier`] makes one name of what differs in case, width or composition. What it lets pass are letters of
//! different scripts that look the same. So a name is of one script, or of those that are written together (UTS #39 §5.2, "Highly
//! Restrictive"), and none of another script looks like an ASCII one from end to end (§4, skeletons). Look-alikes within a script, `l` and
//! `1`, are not told apart: names are no proof of who somebody is (decision 0013).

use unicode_security::restriction_level::{RestrictionLevel, RestrictionLevelDetection as _};
use unicode_security::skeleton;

use super::{Identifier, InvalidIdentifier};
use crate::identity::UserId;

/// A username, normalized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(Identifier);

/// Nobody can choose this username.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUsername {
    /// It can name nobody.
    #[error(transparent)]
    Invalid(#[from] InvalidIdentifier),
    /// It is an e-mail address, or looks like an identifier of ours.
    #[error("is an address or an identifier, which a username must not look like")]
    Reserved,
    /// It is too long to be shown.
    #[error("must have at most {} characters", Username::MAX_CHARACTERS)]
    TooLong,
    /// It looks like another.
    #[error("has letters of several scripts, or looks like a name in another one")]
    Confusable,
}

impl Username {
    /// What fits on a line, and into a table's column.
    pub const MAX_CHARACTERS: usize = 64;

    /// Normalizes what a person chose.
    ///
    /// # Errors
    /// [`InvalidUsername`].
    pub fn parse(text: &str) -> Result<Self, InvalidUsername> {
        let name = Identifier::parse(text)?;
        let text = name.as_str();
        if name.is_email() || text.parse::<UserId>().is_ok() {
            return Err(InvalidUsername::Reserved);
        }
        if text.chars().count() > Self::MAX_CHARACTERS {
            return Err(InvalidUsername::TooLong);
        }
        let one_script = text.check_restriction_level(RestrictionLevel::HighlyRestrictive);
        let in_disguise = !text.is_ascii() && skeleton(text).all(|character| character.is_ascii());
        if one_script && !in_disguise { Ok(Self(name)) } else { Err(InvalidUsername::Confusable) }
    }
}

impl From<Username> for Identifier {
    fn from(username: Username) -> Self {
        username.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<String, InvalidUsername> {
        Username::parse(text).map(|name| Identifier::from(name).to_string())
    }

    #[test]
    fn names_of_people_are_usernames_whatever_they_write_in() {
        for (typed, name) in [
            ("Ada", "ada"),
            ("ada.lovelace-1815_x", "ada.lovelace-1815_x"),
            ("J\u{f6}rg", "j\u{f6}rg"),
            ("дмитрий", "дмитрий"),
            ("たろう", "たろう"),
            ("小林tarou", "小林tarou"),
            ("ＡＤＡ", "ada"),
        ] {
            assert_eq!(parse(typed).as_deref(), Ok(name), "{typed}");
        }
    }

    #[test]
    fn what_looks_like_another_name_is_refused() {
        // Cyrillic letters in a Latin word, and words of nothing but such letters.
        for typed in [
            "\u{430}da",
            "ad\u{430}",
            "\u{441}\u{43e}\u{441}\u{43e}",
            "\u{440}\u{430}\u{443}\u{440}\u{430}",
            "\u{3bf}\u{3c5}\u{3c1}",
        ] {
            assert_eq!(parse(typed), Err(InvalidUsername::Confusable), "{typed}");
        }
    }

    #[test]
    fn an_address_and_an_identifier_are_no_usernames() {
        for typed in ["ada@example.com", &format!("usr_{}", "a".repeat(32)), &format!("USR_{}", "A".repeat(32))] {
            assert_eq!(parse(typed), Err(InvalidUsername::Reserved), "{typed}");
        }
        assert_eq!(parse(&"a".repeat(65)), Err(InvalidUsername::TooLong));
        assert_eq!(parse(""), Err(InvalidUsername::Invalid(InvalidIdentifier::Length)));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_a_username_in_its_one_spelling_or_refused(any in any::<String>(), printable in "\\PC{1,12}") {
            for typed in [any, printable] {
                if let Ok(name) = parse(&typed) {
                    prop_assert_eq!(parse(&name), Ok(name.clone()));
                }
            }
        }
    }
}
