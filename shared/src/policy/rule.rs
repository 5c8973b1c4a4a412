//! What one route asks of its callers, and whether a principal has it.
//!
//! The decision is a pure function of rule and principal: an authorizer's answer, a policy and a test all call the same.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::route::Route;
use crate::clock::Timestamp;
use crate::principal::{CredentialKind, Principal};
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

/// Where the callers of a route present their credential. One place for each route: it is what a gateway caches an answer under, so
/// that nothing else of the request may make a difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CredentialSource {
    /// The header `Authorization`.
    #[default]
    Authorization,
    /// The header `X-Api-Key`.
    ApiKeyHeader,
    /// The session cookie.
    Cookie,
}

/// The text names no place where a credential may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a credential is presented in `authorization`, in `x-api-key` or in `cookie`")]
pub struct UnknownSource;

impl FromStr for CredentialSource {
    type Err = UnknownSource;

    fn from_str(text: &str) -> Result<Self, UnknownSource> {
        match text {
            "authorization" => Ok(Self::Authorization),
            "x-api-key" => Ok(Self::ApiKeyHeader),
            "cookie" => Ok(Self::Cookie),
            _ => Err(UnknownSource),
        }
    }
}

impl CredentialSource {
    /// Whether a credential of this kind is presented there.
    const fn holds(self, kind: CredentialKind) -> bool {
        match kind {
            CredentialKind::AccessToken => matches!(self, Self::Authorization),
            CredentialKind::ApiKey => matches!(self, Self::Authorization | Self::ApiKeyHeader),
            CredentialKind::SessionCookie => matches!(self, Self::Cookie),
        }
    }
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
    /// Whether its calls are counted one by one, so that API keys with a limit are taken.
    pub counted: bool,
    /// Where its callers present their credential.
    pub credential: CredentialSource,
    /// How long ago the person may have proved who they are (`max_age`, OpenID Connect Core §3.1.2.1; RFC 9470).
    pub max_age: Option<Duration>,
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
    /// The person must sign in anew: it is longer ago than this, or was no person.
    RecentSignIn(Duration),
    /// The route takes a credential of another kind.
    Credential,
    /// The credential has a limit, and the route's calls are not counted: an answer may be kept and given many times.
    Counting,
    /// The credential has a limit, which is used up for so long.
    Room(Duration),
    /// The route has no rule: nobody may call it.
    Rule,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scopes(scopes) => write!(f, "scope {scopes} missing"),
            Self::Role(role) => write!(f, "role {role} missing"),
            Self::RecentSignIn(max_age) => write!(f, "no sign-in within {} s", max_age.as_secs()),
            Self::Credential => f.write_str("another kind of credential"),
            Self::Counting => f.write_str("calls of this route are not counted"),
            Self::Room(wait) => write!(f, "limit used up for {} s", wait.as_secs()),
            Self::Rule => f.write_str("no rule for this route"),
        }
    }
}

impl Rule {
    /// Whether `principal` may call this route at `now`. Whether a strict route's session is alive is authentication, and is
    /// found out before this is asked.
    pub fn permits(&self, principal: &Principal, now: Timestamp) -> Decision {
        if !self.credential.holds(principal.auth_method) {
            return Decision::Forbidden { missing: Missing::Credential };
        }
        if principal.limit.is_some() && !self.is_uncached() {
            return Decision::Forbidden { missing: Missing::Counting };
        }
        if let Some(max_age) = self.max_age
            && principal.auth_time.is_none_or(|proved| now.since(proved) > max_age)
        {
            return Decision::Forbidden { missing: Missing::RecentSignIn(max_age) };
        }
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

    /// Whether an answer about it must not be kept: it depends on the moment, or on which page sent the request, or is counted.
    pub fn is_uncached(&self) -> bool {
        self.strict
            || self.counted
            || self.max_age.is_some()
            || (self.credential == CredentialSource::Cookie && !self.route.is_safe())
    }

    /// Whether whoever may call `others` may call this too, so that no principal tells them apart.
    pub(super) fn is_implied_by(&self, others: [&Self; 2]) -> bool {
        let [one, two] = others;
        let may_call_both = |kind: &CredentialKind| one.credential.holds(*kind) && two.credential.holds(*kind);
        let mut kinds = CredentialKind::ALL.into_iter().filter(may_call_both).peekable();
        if kinds.peek().is_none() {
            return true;
        }
        let uncached = !self.is_uncached() || others.iter().any(|other| other.is_uncached());
        // A key with a limit may call uncached routes and no others.
        let counted = self.is_uncached()
            || others.iter().any(|other| !other.is_uncached())
            || !others.iter().chain([&self]).all(|rule| rule.credential.holds(CredentialKind::ApiKey));
        let recent =
            self.max_age.is_none_or(|asked| others.iter().filter_map(|other| other.max_age).any(|age| age <= asked));
        kinds.all(|kind| self.credential.holds(kind))
            && uncached
            && counted
            && recent
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
