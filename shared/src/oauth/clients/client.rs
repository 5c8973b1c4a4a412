//! A registration (RFC 7591 §2), and what it may not hold together.

use std::str::FromStr;

use super::{
    ClientId, ClientKeys, Grant, Grants, InvalidClient, Lifetimes, Origin, RedirectUri, Resource, Secrets, Target,
    member,
};
use crate::clock::Timestamp;
use crate::identity::ServiceId;
use crate::keys::Algorithm;
use crate::limits::Limit;
use crate::scope::{Roles, Scopes};
use crate::sessions;
use crate::sessions::rotation::RetryPolicy;

/// Characters of a name: people read it on the consent page, in one line.
pub const MAX_NAME_CHARS: usize = 80;

/// Redirect URIs of one kind, and origins: an item is read on every request and must stay small.
pub const MAX_URIS: usize = 10;

/// Resources that one client may ask for.
pub const MAX_RESOURCES: usize = 10;

/// A registered client.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its name in the protocol.
    pub id: ClientId,
    /// What people call it.
    pub name: String,
    /// How it proves who it is.
    pub authentication: Authentication,
    /// Whom its own tokens speak for (RFC 6749 §4.4): the subject of the client credentials grant.
    pub service: Option<ServiceId>,
    /// The grants that it may use.
    pub grants: Grants,
    /// Where responses may go.
    pub redirect_uris: Vec<RedirectUri>,
    /// Where a browser may go after a logout (OpenID Connect RP-Initiated Logout §3.1).
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Where its pages lie that read what it is answered: browsers keep it from all others.
    pub origins: Vec<Origin>,
    /// The most that its tokens may do.
    pub scopes: Scopes,
    /// The roles that its tokens carry for whoever has them. None unless the registration says so: a page that shows orders has no use for
    /// an administrator's role, and whoever takes the page over has.
    pub roles: Roles,
    /// The audiences that it may ask for beside the deployment's own (RFC 8707).
    pub resources: Vec<Resource>,
    /// What its tokens are signed with, if not with the deployment's algorithm.
    pub algorithm: Option<Algorithm>,
    /// How long what it is given lives, where that differs from the deployment.
    pub lifetimes: Lifetimes,
    /// How often it may ask for tokens and about tokens, if that is limited.
    pub limit: Option<Limit>,
    /// What it may do with a refresh token whose answer was lost.
    pub retry: RetryPolicy,
    /// Whose it is.
    pub party: Party,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Whether it may ask for anything.
    pub standing: Standing,
    /// Raised by each change; the first is 1.
    pub version: u64,
}

/// How a client proves who it is at the token endpoint (RFC 6749 §2.1 and §2.3).
#[derive(Clone, Debug)]
pub enum Authentication {
    /// It cannot keep a secret: a public client, which PKCE alone binds to what it asked for.
    None,
    /// By a secret that both know.
    Secret {
        /// How it is sent.
        method: SecretMethod,
        /// What is kept of it.
        secrets: Secrets,
    },
    /// By a signature (RFC 7523 §2.2): we hold nothing that could be stolen.
    PrivateKeyJwt(ClientKeys),
}

/// How a secret is sent (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretMethod {
    /// In the `Authorization` header.
    Basic,
    /// In the body.
    Post,
}

/// Whose a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The team's own: people are not asked, and its tokens carry those of their roles that its registration names.
    First,
    /// Somebody else's: people are asked, and its tokens carry what they agreed to and no role.
    Third,
}

/// Whether a client may ask for anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Active,
    /// It may not.
    Disabled {
        /// Since when.
        at: Timestamp,
    },
}

/// The text says whose no client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of first and third")]
pub struct UnknownParty;

impl Authentication {
    /// It as RFC 7591 §2 and OpenID Connect Core §9 spell it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Secret { method: SecretMethod::Basic, .. } => "client_secret_basic",
            Self::Secret { method: SecretMethod::Post, .. } => "client_secret_post",
            Self::PrivateKeyJwt(_) => "private_key_jwt",
        }
    }
}

impl Party {
    /// It as the table and listings spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Third => "third",
        }
    }
}

impl FromStr for Party {
    type Err = UnknownParty;

    fn from_str(text: &str) -> Result<Self, UnknownParty> {
        [Self::First, Self::Third].into_iter().find(|party| party.as_str() == text).ok_or(UnknownParty)
    }
}

impl Standing {
    /// It as listings spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled { .. } => "disabled",
        }
    }
}

impl Client {
    /// Whether the parts of the registration fit together.
    ///
    /// # Errors
    /// [`InvalidClient`], for the first contradiction.
    pub fn check(&self) -> Result<(), InvalidClient> {
        let has = |grant| self.grants.contains(grant);
        let name = self.name.chars().take(MAX_NAME_CHARS + 1).count();
        if !(1..=MAX_NAME_CHARS).contains(&name) || self.name.chars().any(char::is_control) {
            return Err(InvalidClient::Name);
        }
        for (member, number, most) in [
            (member::REDIRECT_URIS, self.redirect_uris.len(), MAX_URIS),
            (member::POST_LOGOUT_REDIRECT_URIS, self.post_logout_redirect_uris.len(), MAX_URIS),
            (member::ORIGINS, self.origins.len(), MAX_URIS),
            (member::RESOURCES, self.resources.len(), MAX_RESOURCES),
        ] {
            if number > most {
                return Err(InvalidClient::TooMany { member, most });
            }
        }
        if has(Grant::AuthorizationCode) == self.redirect_uris.is_empty() {
            return Err(InvalidClient::Redirects);
        }
        if has(Grant::ClientCredentials) && self.is_public() {
            return Err(InvalidClient::PublicService);
        }
        if has(Grant::ClientCredentials) != self.service.is_some() {
            return Err(InvalidClient::Service);
        }
        if has(Grant::RefreshToken) && !has(Grant::AuthorizationCode) {
            return Err(InvalidClient::RefreshAlone);
        }
        self.lifetimes.check()?;
        if self.limit.is_some() && self.is_public() {
            return Err(InvalidClient::PublicLimit);
        }
        if self.party == Party::Third && !self.roles.is_empty() {
            return Err(InvalidClient::ThirdPartyRoles);
        }
        if self.grants.is_empty() && self.is_public() {
            return Err(InvalidClient::Useless);
        }
        Ok(())
    }

    /// Whether it cannot prove who it is (RFC 6749 §2.1).
    pub const fn is_public(&self) -> bool {
        matches!(self.authentication, Authentication::None)
    }

    /// The audience of a token for `resource`, if the client may ask for it; everybody may ask for the deployment's own.
    pub fn audience<'a>(&'a self, resource: &str, own: &'a str) -> Option<&'a str> {
        let registered = self.resources.iter().map(Resource::as_str);
        registered.chain([own]).find(|audience| *audience == resource)
    }

    /// Where a response goes if `presented` is one of its redirect URIs.
    pub fn redirect_target(&self, presented: &str) -> Option<Target> {
        self.redirect_uris.iter().find_map(|registered| registered.target(presented))
    }

    /// Whether a page of `origin` may read what the client is answered.
    pub fn is_read_by(&self, origin: &str) -> bool {
        self.origins.iter().any(|registered| registered.as_str() == origin)
    }

    /// Where a browser goes after a logout if `presented` is one of the URIs for that.
    pub fn post_logout_target(&self, presented: &str) -> Option<Target> {
        self.post_logout_redirect_uris.iter().find_map(|registered| registered.target(presented))
    }

    /// The client as rotation knows it; `deployment` says what the registration leaves open.
    pub fn for_sessions(&self, deployment: &sessions::Client) -> sessions::Client {
        sessions::Client {
            id: self.id.to_string(),
            retry: self.retry,
            idle_lifetime: self.lifetimes.idle.unwrap_or(deployment.idle_lifetime),
            absolute_lifetime: self.lifetimes.absolute.unwrap_or(deployment.absolute_lifetime),
        }
    }
}
