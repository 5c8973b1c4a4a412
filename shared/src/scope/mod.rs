//! Scope and roles: what a token may be used for (RFC 6749 §3.3), and what a person is (RFC 9068 §2.2.3.1).
//!
//! A scope value is a space-separated list whose order means nothing, so it is kept sorted: two equal sets are the same
//! text, in a token, in the table and in the authorizer's context.

mod rights;
mod roles;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use rights::{Rights, RightsChange, TooManyRights};
pub use roles::{InvalidRole, MAX_ROLE_BYTES, MAX_ROLES_BYTES, Role, Roles};

/// Bytes of one scope. `https://api.example.com/orders.read` fits; a scope is a name, not a payload, and it is copied
/// into every token, every authorizer answer and every log line about it.
pub const MAX_SCOPE_BYTES: usize = 128;

/// Bytes of a whole scope value, spaces included: some fifteen scopes like `orders:read`, thirty short ones. A session
/// item repeats it and must stay below 1 KiB with its keys, roles and device, or every refresh costs two write units.
pub const MAX_SCOPES_BYTES: usize = 320;

/// The text was not a scope value: never granted, never read as a smaller one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidScope {
    /// Not `scope-token *( SP scope-token )`: a character outside `%x21 / %x23-5B / %x5D-7E`, or a stray space.
    #[error("a scope is one or more printable ASCII characters other than space, quote and backslash")]
    Malformed,
    /// One scope is longer than [`MAX_SCOPE_BYTES`], or all together than [`MAX_SCOPES_BYTES`].
    #[error("a scope has at most {MAX_SCOPE_BYTES} bytes, all together have at most {MAX_SCOPES_BYTES}")]
    TooLong,
}

/// One `scope-token` (RFC 6749 §3.3), case-sensitive: `orders:read`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(String);

impl Scope {
    /// The scope's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Scope {
    type Err = InvalidScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_SCOPE_BYTES {
            return Err(InvalidScope::TooLong);
        }
        let scope_char = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
        if text.is_empty() || !text.bytes().all(scope_char) {
            return Err(InvalidScope::Malformed);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Scope {
    type Error = InvalidScope;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A set of scopes; the empty set permits nothing that asks for a scope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Reads a scope value; repeated scopes count once and the empty text is the empty set.
    ///
    /// # Errors
    /// [`InvalidScope`] if the text is not of RFC 6749 §3.3's grammar, or too long.
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        if text.len() > MAX_SCOPES_BYTES {
            return Err(InvalidScope::TooLong);
        }
        text.split(' ').map(str::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether `scope` is among them.
    pub fn contains(&self, scope: &Scope) -> bool {
        self.0.contains(scope)
    }

    /// Whether one of them is called `name`.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|scope| scope.as_str() == name)
    }

    /// Those that both sets have: what is granted of what was asked (RFC 6749 §3.3).
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// Those that `other` lacks.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0).cloned().collect())
    }

    /// Whether `other` has them all: a refresh may narrow, never widen (RFC 6749 §6).
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The scopes, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }
}

impl FromStr for Scopes {
    type Err = InvalidScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Scopes {
    type Error = InvalidScope;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> Self {
        scopes.to_string()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, scope) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_scope_value_is_a_set_in_any_order() {
        let scopes = Scopes::parse("orders:write orders:read orders:write").unwrap();
        assert_eq!(scopes.to_string(), "orders:read orders:write");
        assert_eq!(scopes, Scopes::parse("orders:read orders:write").unwrap());
        assert!(Scopes::parse("").unwrap().is_empty());
    }

    #[test]
    fn what_the_grammar_of_rfc_6749_excludes_is_refused() {
        for text in [" ", "a  b", " a", "a ", "a\tb", "a\"b", "a\\b", "ä", "a\0", "a,\u{7f}"] {
            assert_eq!(Scopes::parse(text), Err(InvalidScope::Malformed), "{text:?}");
        }
    }

    #[test]
    fn a_scope_value_has_a_longest_size() {
        assert!(Scopes::parse(&"a".repeat(MAX_SCOPE_BYTES)).is_ok());
        assert_eq!(Scopes::parse(&"a".repeat(MAX_SCOPE_BYTES + 1)), Err(InvalidScope::TooLong));
        assert_eq!(Scopes::parse(&"a ".repeat(MAX_SCOPES_BYTES)), Err(InvalidScope::TooLong));
    }

    #[test]
    fn scopes_are_compared_as_sets() {
        let granted = Scopes::parse("a b").unwrap();
        let asked = Scopes::parse("b c").unwrap();
        assert_eq!(granted.intersection(&asked), Scopes::parse("b").unwrap());
        assert!(!asked.is_subset(&granted));
        assert!(granted.intersection(&asked).is_subset(&granted));
        assert!(!granted.contains(&"A".parse().unwrap()), "scopes are case-sensitive");
    }

    #[test]
    fn a_scope_value_is_a_string_in_json() {
        let scopes = Scopes::parse("b a").unwrap();
        assert_eq!(serde_json::to_string(&scopes).unwrap(), r#""a b""#);
        assert!(serde_json::from_str::<Scopes>(r#""a  b""#).is_err());
    }

    proptest! {
        #[test]
        fn every_accepted_value_reads_back_as_it_was_written(text in "[ !#-\\[\\]-~a-c]{0,40}") {
            if let Ok(scopes) = Scopes::parse(&text) {
                prop_assert_eq!(Scopes::parse(&scopes.to_string()), Ok(scopes));
            }
        }
    }
}
