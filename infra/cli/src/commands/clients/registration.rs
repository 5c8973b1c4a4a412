//! A registration as it is typed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use vestibule::keys::Algorithm;
use vestibule::limits::Limit;
use vestibule::oauth::clients::registration::{Method, Registration};
use vestibule::oauth::clients::{
    ClientId, ClientKeys, Grant, Lifetimes, Origin, Party, RedirectUri, Resource, SecretMethod,
};
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::rotation::RetryPolicy;

use crate::commands::Fault;

/// A client. Unless it says otherwise it is confidential and sends its secret in the `Authorization` header.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Its name in the protocol, such as billing-worker.
    client: ClientId,
    /// What people call it; its name in the protocol unless given.
    #[arg(long)]
    name: Option<String>,
    /// It cannot keep a secret: an app in a browser or on a phone.
    #[arg(long, conflicts_with_all = ["secret_post", "jwks"])]
    public: bool,
    /// It sends its secret in the body (client_secret_post).
    #[arg(long, conflicts_with = "jwks")]
    secret_post: bool,
    /// It signs assertions (private_key_jwt): a file with its public keys, {"keys": […]}.
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// A grant that it may use: authorization_code, refresh_token, client_credentials; may be repeated. None: it only asks about tokens.
    #[arg(long = "grant")]
    grants: Vec<Grant>,
    /// Where an authorization response may go, in full; may be repeated.
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<RedirectUri>,
    /// Where a browser may go after a logout, in full; may be repeated.
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<RedirectUri>,
    /// Where its pages lie that read what it is answered, such as `https://app.example.com`; may be repeated.
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Vec<Origin>,
    /// The most that its tokens may do: scopes, separated by blanks.
    #[arg(long, default_value = "")]
    scope: String,
    /// The roles that its tokens carry for whoever has them, separated by blanks; for the team's own clients, and none unless given.
    #[arg(long, default_value = "", requires = "first_party")]
    roles: String,
    /// An audience that it may ask for beside the deployment's own (RFC 8707); may be repeated.
    #[arg(long = "resource", value_name = "URI")]
    resources: Vec<Resource>,
    /// It is the team's own: people are not asked whether they agree, and its tokens carry roles if it says which.
    #[arg(long)]
    first_party: bool,
    /// What its tokens are signed with, if not with the deployment's algorithm.
    #[arg(long)]
    algorithm: Option<Algorithm>,
    /// How long its access tokens live.
    #[arg(long, value_name = "SECONDS")]
    access_token_seconds: Option<u64>,
    /// How long its sessions live without a refresh.
    #[arg(long, value_name = "SECONDS")]
    idle_seconds: Option<u64>,
    /// How long its sessions live at all.
    #[arg(long, value_name = "SECONDS")]
    absolute_seconds: Option<u64>,
    /// How often it may ask at /oauth/token and /oauth/introspect: requests/seconds, such as 100/60. Without one it is not counted.
    #[arg(long, value_name = "REQUESTS/SECONDS", conflicts_with = "public")]
    limit: Option<Limit>,
    /// How long a refresh token whose answer was lost may come back: seconds, or until_used. A client that proves who it is has
    /// until_used unless it says otherwise; for a public one that gives up detecting a thief who keeps pace.
    #[arg(long, value_name = "SECONDS | until_used")]
    retry: Option<RetryPolicy>,
}

impl Arguments {
    /// The client as it is asked for.
    pub(super) fn registration(self) -> Result<Registration, Fault> {
        let method = match (self.public, &self.jwks, self.secret_post) {
            (true, ..) => Method::None,
            (false, Some(file), _) => Method::PrivateKeyJwt(keys(file)?),
            (false, None, true) => Method::Secret(SecretMethod::Post),
            (false, None, false) => Method::Secret(SecretMethod::Basic),
        };
        Ok(Registration {
            id: self.client,
            name: self.name,
            method,
            grants: self.grants.into_iter().collect(),
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            origins: self.origins,
            scopes: Scopes::parse(&self.scope)?,
            roles: Roles::parse(&self.roles)?,
            resources: self.resources,
            algorithm: self.algorithm,
            lifetimes: Lifetimes {
                access_token: self.access_token_seconds.map(Duration::from_secs),
                idle: self.idle_seconds.map(Duration::from_secs),
                absolute: self.absolute_seconds.map(Duration::from_secs),
            },
            limit: self.limit,
            retry: self.retry,
            party: if self.first_party { Party::First } else { Party::Third },
        })
    }
}

/// The public keys in `file`.
pub(super) fn keys(file: &Path) -> Result<ClientKeys, Fault> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    Ok(ClientKeys::parse(&text).map_err(|fault| format!("{} {fault}", file.display()))?)
}
