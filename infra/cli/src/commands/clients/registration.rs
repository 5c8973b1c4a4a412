//! A registration as it is typed.

use std::path::PathBuf;
use std::time::Duration;

use vestibule::clock::Timestamp;
use vestibule::config::MAX_ACCESS_TOKEN_SECONDS;
use vestibule::identity::ServiceId;
use vestibule::keys::Algorithm;
use vestibule::limits::Limit;
use vestibule::oauth::clients::{
    Authentication, Client, ClientId, ClientKeys, ClientSecret, Grant, Grants, Lifetimes, Origin, Party, RedirectUri,
    Resource, SecretMethod, Secrets, Standing,
};
use vestibule::randomness::Randomness;
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::rotation::{DEFAULT_RETRY_WINDOW, MAX_RETRY_WINDOW, RetryPolicy};

use crate::commands::Fault;

/// As long as the deployment's own sessions at the most, in seconds.
const YEAR: u64 = 365 * 24 * 60 * 60;

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
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=MAX_ACCESS_TOKEN_SECONDS))]
    access_token_seconds: Option<u64>,
    /// How long its sessions live without a refresh.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(60..=YEAR))]
    idle_seconds: Option<u64>,
    /// How long its sessions live at all.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(60..=YEAR))]
    absolute_seconds: Option<u64>,
    /// How often it may ask at /oauth/token and /oauth/introspect: requests/seconds, such as 100/60. Without one it is not counted.
    #[arg(long, value_name = "REQUESTS/SECONDS", conflicts_with = "public")]
    limit: Option<Limit>,
    /// How long a refresh token whose answer was lost may come back: seconds, or until_used. A client that proves who it is has
    /// until_used unless it says otherwise; for a public one that gives up detecting a thief who keeps pace.
    #[arg(long, value_name = "SECONDS | until_used", value_parser = retry)]
    retry: Option<RetryPolicy>,
}

fn retry(text: &str) -> Result<RetryPolicy, String> {
    if text == "until_used" {
        return Ok(RetryPolicy::UntilUsed);
    }
    let most = MAX_RETRY_WINDOW.as_secs();
    match text.parse() {
        Ok(seconds) if seconds <= most => Ok(RetryPolicy::Window(Duration::from_secs(seconds))),
        _ => Err(format!("give at most {most} seconds, or until_used")),
    }
}

impl Arguments {
    /// The client, and its secret if it has one.
    pub(super) fn registration(
        &self,
        randomness: &Randomness,
        now: Timestamp,
    ) -> Result<(Client, Option<ClientSecret>), Fault> {
        let (authentication, secret) = self.authentication(randomness)?;
        let grants: Grants = self.grants.iter().copied().collect();
        let service = match grants.contains(Grant::ClientCredentials) {
            true => Some(ServiceId::random(randomness)?),
            false => None,
        };
        let client = Client {
            id: self.client.clone(),
            name: self.name.clone().unwrap_or_else(|| self.client.to_string()),
            retry: self.retry.unwrap_or(match authentication {
                Authentication::None => RetryPolicy::Window(DEFAULT_RETRY_WINDOW),
                Authentication::Secret { .. } | Authentication::PrivateKeyJwt(_) => RetryPolicy::UntilUsed,
            }),
            authentication,
            service,
            grants,
            redirect_uris: self.redirect_uris.clone(),
            post_logout_redirect_uris: self.post_logout_redirect_uris.clone(),
            origins: self.origins.clone(),
            scopes: Scopes::parse(&self.scope)?,
            roles: Roles::parse(&self.roles)?,
            resources: self.resources.clone(),
            algorithm: self.algorithm,
            lifetimes: Lifetimes {
                access_token: self.access_token_seconds.map(Duration::from_secs),
                idle: self.idle_seconds.map(Duration::from_secs),
                absolute: self.absolute_seconds.map(Duration::from_secs),
            },
            limit: self.limit,
            party: if self.first_party { Party::First } else { Party::Third },
            created_at: now,
            standing: Standing::Active,
        };
        client.check()?;
        Ok((client, secret))
    }

    fn authentication(&self, randomness: &Randomness) -> Result<(Authentication, Option<ClientSecret>), Fault> {
        if self.public {
            return Ok((Authentication::None, None));
        }
        if let Some(file) = &self.jwks {
            let text =
                std::fs::read_to_string(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
            let keys = ClientKeys::parse(&text).map_err(|fault| format!("{} {fault}", file.display()))?;
            return Ok((Authentication::PrivateKeyJwt(keys), None));
        }
        let secret = ClientSecret::random(randomness)?;
        let method = if self.secret_post { SecretMethod::Post } else { SecretMethod::Basic };
        Ok((Authentication::Secret { method, secrets: Secrets::first(secret.hash()) }, Some(secret)))
    }
}
