//! A change of a registration as it is typed.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use vestibule::keys::Algorithm;
use vestibule::limits::Limit;
use vestibule::oauth::clients::{ClientChange, ClientId, Origin, RedirectUri, Resource};
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::rotation::RetryPolicy;

use super::registration::keys;
use crate::commands::Fault;

/// What takes the client's own value away, so that it has the deployment's.
const DEFAULT: &str = "default";

/// What is not given stays as it is; what is given of a list is all of it.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Its name in the protocol.
    pub(super) client: ClientId,
    /// What people call it.
    #[arg(long)]
    name: Option<String>,
    /// Its public keys, if it signs assertions: a file with {"keys": […]}.
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// Where an authorization response may go, in full; may be repeated.
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Option<Vec<RedirectUri>>,
    /// Where a browser may go after a logout, in full; may be repeated.
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Option<Vec<RedirectUri>>,
    /// Where its pages lie that read what it is answered; may be repeated.
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Option<Vec<Origin>>,
    /// The most that its tokens may do: scopes, separated by blanks.
    #[arg(long)]
    scope: Option<String>,
    /// The roles that its tokens carry for whoever has them, separated by blanks; for the team's own clients.
    #[arg(long)]
    roles: Option<String>,
    /// An audience that it may ask for beside the deployment's own; may be repeated.
    #[arg(long = "resource", value_name = "URI")]
    resources: Option<Vec<Resource>>,
    /// What its tokens are signed with, or default.
    #[arg(long)]
    algorithm: Option<Own<Algorithm>>,
    /// How long its access tokens live, or default.
    #[arg(long, value_name = "SECONDS")]
    access_token_seconds: Option<Own<u64>>,
    /// How long its sessions live without a refresh, or default.
    #[arg(long, value_name = "SECONDS")]
    idle_seconds: Option<Own<u64>>,
    /// How long its sessions live at all, or default.
    #[arg(long, value_name = "SECONDS")]
    absolute_seconds: Option<Own<u64>>,
    /// How often it may ask: requests/seconds, such as 100/60, or default: it is not counted.
    #[arg(long, value_name = "REQUESTS/SECONDS")]
    limit: Option<Own<Limit>>,
    /// How long a refresh token whose answer was lost may come back: seconds, or until_used.
    #[arg(long, value_name = "SECONDS | until_used")]
    retry: Option<RetryPolicy>,
}

/// A value of the client's own, or none.
#[derive(Clone, Copy)]
struct Own<T>(Option<T>);

impl<T: FromStr> FromStr for Own<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == DEFAULT { Ok(Self(None)) } else { text.parse().map(|own| Self(Some(own))) }
    }
}

impl Arguments {
    /// The change.
    pub(super) fn change(self) -> Result<ClientChange, Fault> {
        let seconds = |own: Option<Own<u64>>| own.map(|Own(seconds)| seconds.map(Duration::from_secs));
        Ok(ClientChange {
            name: self.name,
            keys: self.jwks.as_deref().map(keys).transpose()?,
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            origins: self.origins,
            scopes: self.scope.as_deref().map(Scopes::parse).transpose()?,
            roles: self.roles.as_deref().map(Roles::parse).transpose()?,
            resources: self.resources,
            algorithm: self.algorithm.map(|Own(algorithm)| algorithm),
            access_token: seconds(self.access_token_seconds),
            idle: seconds(self.idle_seconds),
            absolute: seconds(self.absolute_seconds),
            limit: self.limit.map(|Own(limit)| limit),
            retry: self.retry,
        })
    }
}
