//! A change of a registration: what is not said stays as it is (RFC 7396, the members of RFC 7591 §2).
//!
//! How a client proves who it is, which grants it has and whose it is are what it *is*: whoever wants another client registers one.

use std::time::Duration;

use super::{Authentication, Client, ClientKeys, InvalidClient, Origin, RedirectUri, Resource, member};
use crate::keys::Algorithm;
use crate::limits::Limit;
use crate::scope::{Roles, Scopes};
use crate::sessions::rotation::RetryPolicy;

/// What is to be different. `Some(None)` takes away what differs from the deployment.
#[derive(Clone, Debug, Default)]
pub struct ClientChange {
    /// What people call it.
    pub name: Option<String>,
    /// All of its public keys.
    pub keys: Option<ClientKeys>,
    /// All of its redirect URIs.
    pub redirect_uris: Option<Vec<RedirectUri>>,
    /// All of those after a logout.
    pub post_logout_redirect_uris: Option<Vec<RedirectUri>>,
    /// All of its origins.
    pub origins: Option<Vec<Origin>>,
    /// The most that its tokens may do.
    pub scopes: Option<Scopes>,
    /// The roles that its tokens carry for whoever has them.
    pub roles: Option<Roles>,
    /// All of the audiences that it may ask for.
    pub resources: Option<Vec<Resource>>,
    /// What its tokens are signed with.
    pub algorithm: Option<Option<Algorithm>>,
    /// How long its access tokens live.
    pub access_token: Option<Option<Duration>>,
    /// How long its sessions live without a refresh.
    pub idle: Option<Option<Duration>>,
    /// How long its sessions live at all.
    pub absolute: Option<Option<Duration>>,
    /// How often it may ask.
    pub limit: Option<Option<Limit>>,
    /// What it may do with a refresh token whose answer was lost.
    pub retry: Option<RetryPolicy>,
}

impl ClientChange {
    /// The client as it is afterwards.
    ///
    /// # Errors
    /// [`InvalidClient`].
    pub fn of(&self, client: &Client) -> Result<Client, InvalidClient> {
        let mut after = client.clone();
        if let Some(keys) = &self.keys {
            match &mut after.authentication {
                Authentication::PrivateKeyJwt(present) => present.clone_from(keys),
                Authentication::None | Authentication::Secret { .. } => return Err(InvalidClient::Keys),
            }
        }
        put(&mut after.name, &self.name);
        put(&mut after.redirect_uris, &self.redirect_uris);
        put(&mut after.post_logout_redirect_uris, &self.post_logout_redirect_uris);
        put(&mut after.origins, &self.origins);
        put(&mut after.scopes, &self.scopes);
        put(&mut after.roles, &self.roles);
        put(&mut after.resources, &self.resources);
        put(&mut after.algorithm, &self.algorithm);
        put(&mut after.lifetimes.access_token, &self.access_token);
        put(&mut after.lifetimes.idle, &self.idle);
        put(&mut after.lifetimes.absolute, &self.absolute);
        put(&mut after.limit, &self.limit);
        put(&mut after.retry, &self.retry);
        after.check()?;
        Ok(after)
    }

    /// Which members it says something of, for the trail.
    pub fn members(&self) -> Vec<&'static str> {
        let said = [
            (member::NAME, self.name.is_some()),
            (member::JWKS, self.keys.is_some()),
            (member::REDIRECT_URIS, self.redirect_uris.is_some()),
            (member::POST_LOGOUT_REDIRECT_URIS, self.post_logout_redirect_uris.is_some()),
            (member::ORIGINS, self.origins.is_some()),
            (member::SCOPE, self.scopes.is_some()),
            (member::ROLES, self.roles.is_some()),
            (member::RESOURCES, self.resources.is_some()),
            (member::ALGORITHM, self.algorithm.is_some()),
            (member::ACCESS_TOKEN_SECONDS, self.access_token.is_some()),
            (member::IDLE_SECONDS, self.idle.is_some()),
            (member::ABSOLUTE_SECONDS, self.absolute.is_some()),
            (member::LIMIT, self.limit.is_some()),
            (member::RETRY, self.retry.is_some()),
        ];
        said.into_iter().filter(|(_, is_said)| *is_said).map(|(member, _)| member).collect()
    }
}

fn put<T: Clone>(present: &mut T, given: &Option<T>) {
    if let Some(given) = given {
        present.clone_from(given);
    }
}
