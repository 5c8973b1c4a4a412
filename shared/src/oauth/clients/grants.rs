//! The grants that a client may use (RFC 6749 §1.3). The implicit and the password grant do not exist here (RFC 9700 §2.1.2, §2.4).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A way to get tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grant {
    /// A person agrees, with PKCE (RFC 6749 §4.1, RFC 7636).
    AuthorizationCode,
    /// A session of an authorization code goes on (RFC 6749 §6).
    RefreshToken,
    /// The client acts for itself (RFC 6749 §4.4).
    ClientCredentials,
}

/// No grant is called this, or none that is offered here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of authorization_code, refresh_token and client_credentials")]
pub struct UnknownGrant;

impl Grant {
    /// Every grant.
    pub const ALL: [Self; 3] = [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials];

    /// The grant as `grant_type` spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
        }
    }
}

impl FromStr for Grant {
    type Err = UnknownGrant;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|grant| grant.as_str() == text).ok_or(UnknownGrant)
    }
}

/// A set of grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants(BTreeSet<Grant>);

impl Grants {
    /// Reads names separated by single spaces; the empty text is the empty set.
    ///
    /// # Errors
    /// [`UnknownGrant`].
    pub fn parse(text: &str) -> Result<Self, UnknownGrant> {
        if text.is_empty() { Ok(Self::default()) } else { text.split(' ').map(str::parse).collect() }
    }

    /// Whether `grant` is among them.
    pub fn contains(&self, grant: Grant) -> bool {
        self.0.contains(&grant)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Grant> {
        self.0.iter().copied()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Grant> for Grants {
    fn from_iter<I: IntoIterator<Item = Grant>>(grants: I) -> Self {
        Self(grants.into_iter().collect())
    }
}

impl fmt::Display for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.iter().map(|grant| grant.as_str()).collect();
        f.write_str(&names.join(" "))
    }
}
