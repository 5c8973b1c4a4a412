//! What the world supplies to a function: configuration, storage, keys, time and chance.
//!
//! [`App`] is generic over its store, so that a handler's bounds show which storage verbs it may use. Everything in it is
//! built from variables alone; nothing is fetched before the first request needs it.

mod minting;

use std::sync::Arc;

pub use self::minting::AccessToken;
use crate::api_keys::KnownLimits;
use crate::authentication::Authenticator;
pub use crate::aws::{Clients, sdk_defaults, sdk_of_a_function};
use crate::clock::Clock;
use crate::config::{Config, ConfigFaults, Need, Variables};
use crate::fault::Fault;
use crate::federation::ReadProviderSecrets;
use crate::keys::{PublishKeys, Rotation, SigningKey, SigningKeys, SymmetricKeys, SymmetricKeysCache};
use crate::limits::{Admission, Admit, Key, admit_all};
use crate::migration::MigrationHook;
use crate::oauth::clients::{Client, ClientCache, ReadClient, Standing};
use crate::passwords::Hasher;
use crate::randomness::Randomness;
use crate::secret::Secret;
use crate::sessions::refresh_token::RefreshToken;
use crate::storage::StoreError;
use crate::store::{Secrets, Table};
use crate::telemetry::Sandbox;
use crate::tokens::Verifier;

/// What the world supplies.
#[derive(Debug)]
pub struct App<S = Table> {
    /// How the deployment is configured.
    pub config: Config,
    /// The present.
    pub clock: Clock,
    /// Chance.
    pub randomness: Randomness,
    /// The storage verbs.
    pub store: S,
    /// Checks access tokens.
    pub verifier: Verifier,
    /// Hashes and checks passwords.
    pub hasher: Hasher,
    /// Knows the passwords of accounts that were imported without a hash.
    pub migration_hook: Option<MigrationHook>,
    /// The OAuth clients that it knows.
    pub clients: ClientCache,
    /// The limits of the API keys that it knows.
    pub key_limits: KnownLimits,
    /// Measures what requests cost.
    pub sandbox: Sandbox,
    secrets: Secrets,
    signing_keys: SigningKeys,
    symmetric_keys: SymmetricKeysCache,
}

impl App<Table> {
    /// The app of a function that needs `needs`.
    ///
    /// # Errors
    /// [`ConfigFaults`]: all that is missing or contradictory.
    pub fn from_variables(variables: &impl Variables, needs: &[Need]) -> Result<Self, ConfigFaults> {
        match (Config::read(variables, needs), Clients::from_variables(variables)) {
            (Ok(config), Ok(clients)) => Ok(Self::new(config, clients, Clock::System, Randomness::System)),
            (Err(faults), Err(more)) => Err(faults.and(more)),
            (Err(faults), Ok(_)) | (Ok(_), Err(faults)) => Err(faults),
        }
    }

    /// An app over `clients`, with the time and the chance given.
    pub fn new(config: Config, clients: Clients, clock: Clock, randomness: Randomness) -> Self {
        let table = Table::new(clients.dynamodb, config.table.clone().unwrap_or_default());
        let secrets = Secrets::new(
            clients.secrets_manager,
            config.signing_secret.clone().unwrap_or_default(),
            config.symmetric_secret.clone().unwrap_or_default(),
        )
        .with_providers(config.providers_secret.clone().unwrap_or_default());
        Self {
            verifier: Verifier::new(config.issuer.clone(), config.audience.clone(), clock.clone()),
            sandbox: Sandbox::new(&config.function),
            clients: ClientCache::default(),
            key_limits: KnownLimits::default(),
            hasher: Hasher::new(config.password_cost, config.hashing_budget_kib, randomness.clone()),
            migration_hook: config.migration_hook.clone().map(MigrationHook::new),
            signing_keys: SigningKeys::new(clock.clone()),
            symmetric_keys: SymmetricKeysCache::new(clock.clone()),
            store: table,
            config,
            clock,
            randomness,
            secrets,
        }
    }
}

impl<S> App<S> {
    /// The MAC keys and peppers: from memory when warm.
    ///
    /// # Errors
    /// [`Fault::Keys`] if they were never read and cannot be now.
    pub async fn symmetric_keys(&self) -> Result<Arc<SymmetricKeys>, Fault> {
        Ok(self.symmetric_keys.get(&self.secrets).await?)
    }

    /// The same, for a refresh token that somebody presents: read again if it names a MAC key that they do not hold.
    ///
    /// # Errors
    /// [`Fault::Keys`] if they were never read and cannot be now, or if that key could not be looked for.
    pub async fn symmetric_keys_for(&self, token: &Secret<String>) -> Result<Arc<SymmetricKeys>, Fault> {
        match RefreshToken::names_mac_key(token.expose()) {
            Some(id) => Ok(self.symmetric_keys.with_mac_key(&self.secrets, id).await?),
            None => self.symmetric_keys().await,
        }
    }

    /// The key that signs today: from memory when warm.
    ///
    /// # Errors
    /// [`Fault::Keys`] if the ring was never read and cannot be now, or has no active key.
    pub async fn signing_key(&self) -> Result<Arc<SigningKey>, Fault> {
        Ok(self.signing_keys.active(&self.secrets, self.config.signing_algorithm).await?)
    }

    /// The key that signs what `client` is given.
    ///
    /// # Errors
    /// As [`App::signing_key`].
    pub async fn signing_key_for(&self, client: &Client) -> Result<Arc<SigningKey>, Fault> {
        let algorithm = client.algorithm.unwrap_or(self.config.signing_algorithm);
        Ok(self.signing_keys.active(&self.secrets, algorithm).await?)
    }

    /// Where the secrets are read that providers know us by.
    pub const fn provider_secrets(&self) -> &(impl ReadProviderSecrets + use<S>) {
        &self.secrets
    }

    /// Finds out who is calling.
    pub const fn authenticator(&self) -> Authenticator<'_, S> {
        Authenticator {
            verifier: &self.verifier,
            environment: &self.config.api_key_environment,
            store: &self.store,
            clock: &self.clock,
            idle_lifetime: self.config.client.idle_lifetime,
            origins: &self.config.allowed_origins,
            own_client: self.config.client.id.as_str(),
        }
    }

    /// The rotation of the signing keys.
    pub fn rotation(&self) -> Rotation<'_, Secrets, S>
    where
        S: PublishKeys + Sync,
    {
        Rotation::new(&self.secrets, &self.store, &self.clock)
    }

    /// Whether the client of this name may ask for anything: the deployment's own always may, and of others one hears within
    /// [`REGISTRATION_KEPT_FOR`](crate::oauth::clients::REGISTRATION_KEPT_FOR) that they may not any more. No call while it is known.
    ///
    /// # Errors
    /// [`StoreError`] if it must be read and cannot be.
    pub async fn serves(&self, client: &str) -> Result<bool, StoreError>
    where
        S: ReadClient,
    {
        if client == self.config.client.id {
            return Ok(true);
        }
        let Ok(id) = client.parse() else { return Ok(false) };
        let found = self.clients.find(&self.store, &id, self.clock.now()).await?;
        Ok(found.is_some_and(|client| client.standing == Standing::Active))
    }

    /// Counts a request for each of `keys`, in one call each and all at once.
    ///
    /// # Errors
    /// [`StoreError`] if it could not be counted: then it is not admitted.
    pub async fn admit(&self, keys: &[Key]) -> Result<Admission, StoreError>
    where
        S: Admit,
    {
        admit_all(&self.store, &self.config.limits, keys, self.clock.now()).await
    }
}

impl<S> AsRef<Sandbox> for App<S> {
    fn as_ref(&self) -> &Sandbox {
        &self.sandbox
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Ours and Lambda's: whoever mends the first must not deploy again to hear of the second.
    #[test]
    fn a_function_that_does_not_start_says_every_fault_at_once() {
        let variables = [
            ("VESTIBULE_ISSUER", "http://auth.example.com"),
            ("VESTIBULE_SESSION_IDLE_SECONDS", "86400"),
            ("VESTIBULE_SESSION_ABSOLUTE_SECONDS", "3600"),
            ("VESTIBULE_REFRESH_GRACE_SECONDS", "61"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_USE_FIPS_ENDPOINT", "perhaps"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let faults = App::from_variables(&BTreeMap::from(variables), &[Need::Table, Need::SymmetricKeys]);
        let said = faults.map(drop).unwrap_err().to_string();
        for fault in [
            "VESTIBULE_ISSUER must be",
            "VESTIBULE_TABLE is missing",
            "VESTIBULE_SYMMETRIC_SECRET is missing",
            "VESTIBULE_SESSION_ABSOLUTE_SECONDS is less than VESTIBULE_SESSION_IDLE_SECONDS",
            "VESTIBULE_REFRESH_GRACE_SECONDS must lie between",
            "AWS_ACCESS_KEY_ID is missing",
            "AWS_SECRET_ACCESS_KEY is missing",
            "AWS_USE_FIPS_ENDPOINT must be",
        ] {
            assert!(said.contains(fault), "{fault}: {said}");
        }
        assert!(!said.contains("SIGNING_SECRET") && !said.contains("AWS_REGION"), "{said}");
    }
}
