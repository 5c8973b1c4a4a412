//! What an account may do: the most that its tokens may be used for, and what its person is.

use super::{InvalidRole, InvalidScope, Roles, Scopes};

/// Scopes and roles of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights {
    /// The most that its tokens may do.
    pub scopes: Scopes,
    /// Its roles.
    pub roles: Roles,
}

/// More than an account may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooManyRights {
    /// Scopes.
    #[error(transparent)]
    Scopes(#[from] InvalidScope),
    /// Roles.
    #[error(transparent)]
    Roles(#[from] InvalidRole),
}

/// A change of rights. Applied again, it changes nothing more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RightsChange {
    /// These and no others.
    Set(Rights),
    /// These as well.
    Grant(Rights),
    /// These no more.
    Withdraw(Rights),
}

impl RightsChange {
    /// The rights that `before` becomes.
    ///
    /// # Errors
    /// [`TooManyRights`] if they are more than an account may have.
    pub fn of(&self, before: &Rights) -> Result<Rights, TooManyRights> {
        let both = |one: &dyn ToString, other: &dyn ToString| {
            let (one, other) = (one.to_string(), other.to_string());
            if one.is_empty() || other.is_empty() { one + &other } else { format!("{one} {other}") }
        };
        Ok(match self {
            Self::Set(rights) => rights.clone(),
            Self::Grant(more) => {
                // What it has already does not count twice.
                let scopes = more.scopes.difference(&before.scopes);
                let roles = more.roles.difference(&before.roles);
                Rights {
                    scopes: Scopes::parse(&both(&before.scopes, &scopes))?,
                    roles: Roles::parse(&both(&before.roles, &roles))?,
                }
            }
            Self::Withdraw(less) => {
                Rights { scopes: before.scopes.difference(&less.scopes), roles: before.roles.difference(&less.roles) }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{MAX_ROLES_BYTES, MAX_SCOPES_BYTES};
    use super::*;

    fn rights(scopes: &str, roles: &str) -> Rights {
        Rights { scopes: Scopes::parse(scopes).unwrap(), roles: Roles::parse(roles).unwrap() }
    }

    #[test]
    fn rights_are_set_granted_and_withdrawn() {
        let before = rights("orders:read", "support");
        for (change, after) in [
            (RightsChange::Set(rights("a", "admin")), rights("a", "admin")),
            (RightsChange::Grant(rights("a orders:read", "admin")), rights("a orders:read", "admin support")),
            (RightsChange::Withdraw(rights("orders:read a", "admin")), rights("", "support")),
            (RightsChange::Grant(Rights::default()), before.clone()),
        ] {
            assert_eq!(change.of(&before), Ok(after), "{change:?}");
        }
    }

    #[test]
    fn nobody_is_granted_more_than_an_account_may_have_and_what_they_have_counts_once() {
        let (scope, role) = ("s".repeat(128), "r".repeat(64));
        let full = rights(
            &format!("{scope} {} {}", "t".repeat(128), "u".repeat(62)),
            &format!("{role} {} {}", "t".repeat(64), "u".repeat(62)),
        );
        assert_eq!(full.scopes.to_string().len(), MAX_SCOPES_BYTES);
        assert_eq!(full.roles.to_string().len(), MAX_ROLES_BYTES);
        assert_eq!(RightsChange::Grant(full.clone()).of(&full), Ok(full.clone()));
        assert!(RightsChange::Grant(rights("x", "")).of(&full).is_err());
        assert!(RightsChange::Grant(rights("", "x")).of(&full).is_err());
    }

    proptest! {
        #[test]
        fn a_change_made_twice_is_made_once(
            before in "([a-c]( [a-c]){0,3})?",
            scopes in "([a-d]( [a-d]){0,3})?",
            roles in "([a-d]( [a-d]){0,3})?",
        ) {
            let before = rights(&before, &before);
            for change in [RightsChange::Set, RightsChange::Grant, RightsChange::Withdraw] {
                let change = change(rights(&scopes, &roles));
                let after = change.of(&before).unwrap();
                prop_assert_eq!(change.of(&after), Ok(after.clone()));
            }
        }
    }
}
