//! A client as it is asked for, by the operator's command or the administrators' API: what is left open is filled in here, for both.

use super::{
    Authentication, Client, ClientId, ClientKeys, ClientSecret, Grant, Grants, InvalidClient, Lifetimes, Origin, Party,
    RedirectUri, Resource, SecretMethod, Secrets, Standing,
};
use crate::clock::Timestamp;
use crate::identity::ServiceId;
use crate::keys::Algorithm;
use crate::limits::Limit;
use crate::randomness::{NoRandomness, Randomness};
use crate::scope::{Roles, Scopes};
use crate::sessions::rotation::{DEFAULT_RETRY_WINDOW, RetryPolicy};

/// How a client that is asked for is to prove who it is.
#[derive(Clone, Debug)]
pub enum Method {
    /// Not at all: it is public.
    None,
    /// By a secret, which is made for it.
    Secret(SecretMethod),
    /// By assertions that it signs with one of these keys.
    PrivateKeyJwt(ClientKeys),
}

/// A client as it is asked for.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Its name in the protocol, chosen by whoever asks: so a registration whose answer was lost can be asked for by name.
    pub id: ClientId,
    /// What people call it; its name in the protocol unless said.
    pub name: Option<String>,
    /// How it proves who it is.
    pub method: Method,
    /// The grants that it may use.
    pub grants: Grants,
    /// Where responses may go.
    pub redirect_uris: Vec<RedirectUri>,
    /// Where a browser may go after a logout.
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Where its pages lie.
    pub origins: Vec<Origin>,
    /// The most that its tokens may do.
    pub scopes: Scopes,
    /// The roles that its tokens carry for whoever has them.
    pub roles: Roles,
    /// The audiences that it may ask for.
    pub resources: Vec<Resource>,
    /// What its tokens are signed with.
    pub algorithm: Option<Algorithm>,
    /// How long what it is given lives.
    pub lifetimes: Lifetimes,
    /// How often it may ask.
    pub limit: Option<Limit>,
    /// What it may do with a refresh token whose answer was lost: unless said, a public client has [`DEFAULT_RETRY_WINDOW`] and one that
    /// proves itself until the successor is used (DESIGN §6).
    pub retry: Option<RetryPolicy>,
    /// Whose it is.
    pub party: Party,
}

/// Why there is no such client.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub enum NotRegistered {
    /// The registration contradicts itself.
    #[error(transparent)]
    Invalid(#[from] InvalidClient),
    /// No secret can be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl Registration {
    /// The client, and its secret if it has one.
    ///
    /// # Errors
    /// [`NotRegistered`].
    pub fn client(
        self,
        randomness: &Randomness,
        now: Timestamp,
    ) -> Result<(Client, Option<ClientSecret>), NotRegistered> {
        let service = match self.grants.contains(Grant::ClientCredentials) {
            true => Some(ServiceId::random(randomness)?),
            false => None,
        };
        let (authentication, secret) = match self.method {
            Method::None => (Authentication::None, None),
            Method::PrivateKeyJwt(keys) => (Authentication::PrivateKeyJwt(keys), None),
            Method::Secret(method) => {
                let secret = ClientSecret::random(randomness)?;
                (Authentication::Secret { method, secrets: Secrets::first(secret.hash()) }, Some(secret))
            }
        };
        let client = Client {
            name: self.name.unwrap_or_else(|| self.id.to_string()),
            id: self.id,
            retry: self.retry.unwrap_or(match authentication {
                Authentication::None => RetryPolicy::Window(DEFAULT_RETRY_WINDOW),
                Authentication::Secret { .. } | Authentication::PrivateKeyJwt(_) => RetryPolicy::UntilUsed,
            }),
            authentication,
            service,
            grants: self.grants,
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            origins: self.origins,
            scopes: self.scopes,
            roles: self.roles,
            resources: self.resources,
            algorithm: self.algorithm,
            lifetimes: self.lifetimes,
            limit: self.limit,
            party: self.party,
            created_at: now,
            standing: Standing::Active,
            version: 1,
        };
        client.check()?;
        Ok((client, secret))
    }
}
