//! What one route asks of its callers, and whether a principal has it.
//!
//! The decision is a pure function of rule and principal: an authorizer's answer, a policy and a test all call the same.

use std::fmt;

use super::route::Route;
use crate::principal::Principal;
use crate::scope::{Role, Scopes};

/// What a route asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// Any principal: authentication is enough. Declared, never implied.
    AnyPrincipal,
    /// All of these scopes, the role, or both.
    Rights {
        /// Scopes, all of which the credential must have (RFC 6750 §3.1, `insufficient_scope`).
        scopes: Scopes,
        /// A role that the user must have.
        role: Option<Role>,
    },
}

/// A route with what it asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The route.
    pub route: Route,
    /// What it asks.
    pub requirement: Requirement,
    /// Whether the session must be alive at the moment of the call, not only when the token was minted.
    pub strict: bool,
}

/// Whether a principal may call a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// They may.
    Permitted,
    /// They may not.
    Forbidden {
        /// The first thing that they lack.
        missing: Missing,
    },
}

/// Why a principal may not call a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// These scopes.
    Scopes(Scopes),
    /// This role.
    Role(Role),
    /// The route has no rule: nobody may call it.
    Rule,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scopes(scopes) => write!(f, "scope {scopes} missing"),
            Self::Role(role) => write!(f, "role {role} missing"),
            Self::Rule => f.write_str("no rule for this route"),
        }
    }
}

impl Rule {
    /// Whether `principal` may call this route. Whether a strict route's session is alive is authentication, and is
    /// found out before this is asked.
    pub fn permits(&self, principal: &Principal) -> Decision {
        match &self.requirement {
            Requirement::AnyPrincipal => Decision::Permitted,
            Requirement::Rights { scopes, role } => {
                let lacking = scopes.difference(&principal.scope);
                if !lacking.is_empty() {
                    return Decision::Forbidden { missing: Missing::Scopes(lacking) };
                }
                match role {
                    Some(role) if !principal.roles.contains(role) => {
                        Decision::Forbidden { missing: Missing::Role(role.clone()) }
                    }
                    Some(_) | None => Decision::Permitted,
                }
            }
        }
    }

    /// Whether whoever may call `others` may call this too, so that no principal tells them apart.
    pub(super) fn is_implied_by(&self, others: [&Self; 2]) -> bool {
        let strict = !self.strict || others.iter().any(|other| other.strict);
        strict
            && match &self.requirement {
                Requirement::AnyPrincipal => true,
                Requirement::Rights { scopes, role } => {
                    scopes.iter().all(|scope| others.iter().any(|other| other.asks_scope(scope)))
                        && role.as_ref().is_none_or(|role| others.iter().any(|other| other.asks_role(role)))
                }
            }
    }

    fn asks_scope(&self, asked: &crate::scope::Scope) -> bool {
        matches!(&self.requirement, Requirement::Rights { scopes, .. } if scopes.contains(asked))
    }

    fn asks_role(&self, asked: &Role) -> bool {
        matches!(&self.requirement, Requirement::Rights { role: Some(role), .. } if role == asked)
    }
}
