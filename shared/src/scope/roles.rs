//! Roles: what a person is, where scope is what a token may be used for.
//!
//! A role belongs to the account and is decided by whoever runs the API; a scope is consented to per client. The names
//! are kept to lower-case letters, digits and `: _ -`, so that they pass through JSON, DynamoDB and a flat authorizer
//! context unescaped.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Bytes of one role name: `team:billing-approver` fits, prose doesn't.
pub const MAX_ROLE_BYTES: usize = 64;

/// Bytes of all roles of one account as text, spaces included: thirty roles like `admin`. A session item repeats them
/// and must stay below 1 KiB; an account that needs more wants a permission system, not roles.
pub const MAX_ROLES_BYTES: usize = 192;

/// The text was not a role, or there were too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRole {
    /// A name that is not `[a-z0-9:_-]{1,64}`.
    #[error("a role is 1 to {MAX_ROLE_BYTES} of the characters a-z, 0-9, colon, underscore and hyphen")]
    Malformed,
    /// More than [`MAX_ROLES_BYTES`] together.
    #[error("the roles of an account have at most {MAX_ROLES_BYTES} bytes together, spaces included")]
    TooMany,
}

/// One role: `admin`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Role(String);

impl Role {
    /// The role's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Role {
    type Err = InvalidRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let role_char = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b':' | b'_' | b'-');
        if text.is_empty() || text.len() > MAX_ROLE_BYTES || !text.bytes().all(role_char) {
            return Err(InvalidRole::Malformed);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Role {
    type Error = InvalidRole;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.0
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The roles of one account; most have none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Role>", into = "Vec<Role>")]
pub struct Roles(BTreeSet<Role>);

impl Roles {
    /// Reads role names separated by single spaces, as the authorizer's context has them; the empty text is no role.
    ///
    /// # Errors
    /// [`InvalidRole`] if a name is malformed or there are too many.
    pub fn parse(text: &str) -> Result<Self, InvalidRole> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        if text.len() > MAX_ROLES_BYTES {
            return Err(InvalidRole::TooMany);
        }
        text.split(' ').map(str::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether `role` is among them.
    pub fn contains(&self, role: &Role) -> bool {
        self.0.contains(role)
    }

    /// Those that both sets have.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// Those that `other` lacks.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0).cloned().collect())
    }

    /// Whether `other` has them all.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The roles, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &Role> {
        self.0.iter()
    }
}

impl TryFrom<Vec<Role>> for Roles {
    type Error = InvalidRole;

    fn try_from(roles: Vec<Role>) -> Result<Self, Self::Error> {
        let set = roles.into_iter().collect::<BTreeSet<_>>();
        let names = set.iter().map(|role| role.as_str().len()).sum::<usize>();
        if names + set.len().saturating_sub(1) > MAX_ROLES_BYTES {
            return Err(InvalidRole::TooMany);
        }
        Ok(Self(set))
    }
}

impl From<Roles> for Vec<Role> {
    fn from(roles: Roles) -> Self {
        roles.0.into_iter().collect()
    }
}

/// Space-separated and sorted, as [`Roles::parse`] reads it.
impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, role) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            f.write_str(role.as_str())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_an_array_of_names_in_json() {
        let roles = Roles::parse("ops admin ops").unwrap();
        assert_eq!(serde_json::to_string(&roles).unwrap(), r#"["admin","ops"]"#);
        assert_eq!(serde_json::from_str::<Roles>(r#"["ops","admin"]"#).unwrap(), roles);
        assert_eq!(roles.to_string(), "admin ops");
    }

    #[test]
    fn a_name_outside_the_alphabet_is_refused() {
        for text in ["Admin", "a  b", " ", "a/b", "ä", "a\0", &"a".repeat(MAX_ROLE_BYTES + 1)] {
            assert_eq!(Roles::parse(text), Err(InvalidRole::Malformed), "{text:?}");
        }
        assert!(serde_json::from_str::<Roles>(r#"["Admin"]"#).is_err());
    }

    #[test]
    fn an_account_has_a_bounded_number_of_roles() {
        let names = (0..MAX_ROLES_BYTES / 4).map(|n| format!("r{n:02}")).collect::<Vec<_>>();
        let text = names.join(" ");
        assert!(Roles::parse(&text).is_ok());
        let one_more = format!("{text} r99");
        assert_eq!(Roles::parse(&one_more), Err(InvalidRole::TooMany));
        let roles = one_more.split(' ').map(|name| name.parse().unwrap()).collect::<Vec<Role>>();
        assert_eq!(Roles::try_from(roles), Err(InvalidRole::TooMany));
    }
}
