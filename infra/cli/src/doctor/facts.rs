//! All that the checks know.

use std::collections::BTreeMap;
use std::time::Duration;

use vestibule::clock::Timestamp;
use vestibule::config::{Config, ConfigFaults, Need};
use vestibule::keys::PublicKeySet;
use vestibule::oauth::clients::Client;
use vestibule::policy::Rules;
use vestibule_local::functions::needs;
use vestibule_local::template::{FunctionResource, Review};

/// Why something is not known.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Unknown {
    /// A template by itself.
    #[error("known only of a deployment")]
    NotDeployed,
    /// There is no such thing.
    #[error("not on a laptop")]
    NotOnALaptop,
    /// Who knows it did not say.
    #[error("could not be read: {0}")]
    Unavailable(String),
}

/// Something that only the deployment itself can tell.
pub(crate) type Observed<T> = Result<T, Unknown>;

/// A deployment, or a template that may become one.
pub(crate) struct Facts {
    /// What is examined, for the heading.
    pub(crate) subject: String,
    pub(crate) review: Review,
    /// What each function makes of its variables; functions that are not of this program are left out.
    pub(crate) configurations: BTreeMap<String, Result<Config, ConfigFaults>>,
    /// What each route asks.
    pub(crate) rules: Rules,
    /// The `iss` that the deployment was given.
    pub(crate) issuer: Observed<String>,
    pub(crate) live: Live,
    pub(crate) now: Timestamp,
}

/// What the template cannot tell.
pub(crate) struct Live {
    /// The attribute by which DynamoDB removes items, if it does.
    pub(crate) expiry: Observed<Option<String>>,
    pub(crate) point_in_time_recovery: Observed<bool>,
    pub(crate) deletion_protection: Observed<bool>,
    pub(crate) signing_secret: Observed<SecretState>,
    pub(crate) symmetric_secret: Observed<SecretState>,
    /// Whether Secrets Manager rotates the signing keys.
    pub(crate) rotation: Observed<bool>,
    pub(crate) keys: Observed<PublicKeySet>,
    /// Who is registered: each may have times of its own.
    pub(crate) clients: Observed<Vec<Client>>,
    pub(crate) discovery: Observed<Discovery>,
    /// How the API takes back a session cookie that opens nothing: with the attributes that it gives one with.
    pub(crate) session_cookie: Observed<Option<String>>,
}

/// A secret, without its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretState {
    /// It will be deleted.
    Deleted,
    /// No version is in force.
    Empty,
    /// One version is in force, and another waits: a rotation is under way, or died.
    Pending,
    /// One version is in force.
    InForce,
}

/// What the API says of itself.
#[derive(Clone, Debug)]
pub(crate) struct Discovery {
    pub(crate) issuer: String,
    /// Seconds by which its clock is ahead of ours.
    pub(crate) ahead: i64,
}

impl Live {
    /// Nothing is known, and this is why.
    pub(crate) fn unknown(why: &Unknown) -> Self {
        Self {
            expiry: Err(why.clone()),
            point_in_time_recovery: Err(why.clone()),
            deletion_protection: Err(why.clone()),
            signing_secret: Err(why.clone()),
            symmetric_secret: Err(why.clone()),
            rotation: Err(why.clone()),
            keys: Err(why.clone()),
            clients: Err(why.clone()),
            discovery: Err(why.clone()),
            session_cookie: Err(why.clone()),
        }
    }
}

impl Facts {
    /// Configurations as the functions read them.
    pub(crate) fn configurations(review: &Review) -> BTreeMap<String, Result<Config, ConfigFaults>> {
        let read = |(id, function): (&String, &FunctionResource)| {
            Some((id.clone(), Config::read(&function.environment, needs(&function.binary)?)))
        };
        review.stack.functions.iter().filter_map(read).collect()
    }

    /// The longest life that any function gives an access token whose client has none of its own; the default where none says.
    pub(crate) fn token_life(&self) -> Duration {
        let says =
            |id: &str| self.function(id).is_some_and(|f| f.environment.contains_key("VESTIBULE_ACCESS_TOKEN_SECONDS"));
        let lives = |said: bool| {
            let read = self.configurations.iter().filter(move |(id, _)| !said || says(id));
            read.filter_map(|(_, config)| Some(config.as_ref().ok()?.access_token_lifetime)).max()
        };
        // Where all of them are told what contradicts itself, the variable says it still.
        let told = || {
            let texts = self.review.stack.functions.values();
            let texts = texts.filter_map(|f| f.environment.get("VESTIBULE_ACCESS_TOKEN_SECONDS"));
            texts.filter_map(|text| text.parse().ok().map(Duration::from_secs)).max()
        };
        lives(true).or_else(told).or_else(|| lives(false)).unwrap_or_default()
    }

    /// The longest life that an access token of anybody has, as far as the clients are known.
    pub(crate) fn longest_token_life(&self) -> Duration {
        let own = self.live.clients.iter().flatten().filter_map(|client| client.lifetimes.access_token);
        own.chain([self.token_life()]).max().unwrap_or_default()
    }

    /// The function with this logical id.
    pub(crate) fn function(&self, id: &str) -> Option<&FunctionResource> {
        self.review.stack.functions.get(id)
    }

    /// The functions of this binary, with how they are configured; those whose configuration is refused are left out.
    pub(crate) fn running<'f>(
        &'f self,
        binary: &'f str,
    ) -> impl Iterator<Item = (&'f str, &'f FunctionResource, &'f Config)> {
        self.configurations.iter().filter_map(move |(id, config)| {
            let function = self.function(id).filter(|function| function.binary == binary)?;
            Some((id.as_str(), function, config.as_ref().ok()?))
        })
    }

    /// The logical id of the secret that functions read for `need`.
    pub(crate) fn secret(&self, need: Need) -> Option<&str> {
        let variable = match need {
            Need::SigningKeys => "VESTIBULE_SIGNING_SECRET",
            Need::SymmetricKeys => "VESTIBULE_SYMMETRIC_SECRET",
            Need::ProviderSecrets => "VESTIBULE_PROVIDERS_SECRET",
            Need::Table | Need::Mail => return None,
        };
        let named: Vec<_> = self.review.stack.functions.values().filter_map(|f| f.environment.get(variable)).collect();
        let lasting =
            |id: &str| self.review.lasting.iter().find(|lasting| lasting.id == id).map(|lasting| &lasting.arn);
        let mut secrets = self.review.stack.secrets.iter();
        secrets
            .find(|(id, name)| named.contains(name) || lasting(id).is_some_and(|arn| named.contains(&arn)))
            .map(|(id, _)| id.as_str())
    }
}
