//! The secrets: signing keys, the MAC keys with the peppers, and what providers know us by.
//!
//! Each apart, so that a role can be kept from it: whoever revokes tokens must check their MAC and may sign nothing.

use std::fmt;

use aws_sdk_secretsmanager::Client;

use super::sdk_fault::{sdk_fault, unavailable};
use crate::federation::{ProviderId, ProviderSecrets, ReadProviderSecrets};
use crate::keys::{KeysUnavailable, ReadSigningKeys, ReadSymmetricKeys, SigningKeyRing, SymmetricKeys};
use crate::secret::Secret;
use crate::storage::StoreError;

/// The secrets of a deployment, by name or ARN.
#[derive(Clone)]
pub struct Secrets {
    pub(super) client: Client,
    pub(super) signing: String,
    pub(super) symmetric: String,
    providers: String,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("signing", &self.signing).field("symmetric", &self.symmetric).finish()
    }
}

impl ReadSigningKeys for Secrets {
    async fn read_signing_keys(&self) -> Result<SigningKeyRing, KeysUnavailable> {
        let unread = |fault: String| KeysUnavailable::new("signing keys", fault);
        let document = self.current(&self.signing).await.map_err(unread)?;
        SigningKeyRing::from_json(document.expose()).map_err(|fault| unread(fault.to_string()))
    }
}

impl ReadSymmetricKeys for Secrets {
    async fn read_symmetric_keys(&self) -> Result<SymmetricKeys, KeysUnavailable> {
        let unread = |fault: String| KeysUnavailable::new("MAC keys and peppers", fault);
        let document = self.current(&self.symmetric).await.map_err(unread)?;
        SymmetricKeys::from_json(document.expose()).map_err(|fault| unread(fault.to_string()))
    }
}

impl ReadProviderSecrets for Secrets {
    async fn read_provider_secrets(&self) -> Result<ProviderSecrets, KeysUnavailable> {
        let unread = |fault: String| KeysUnavailable::new("secrets of the providers", fault);
        let document = self.current(&self.providers).await.map_err(unread)?;
        ProviderSecrets::from_json(&document).map_err(unread)
    }
}

impl Secrets {
    /// The secrets called `signing` and `symmetric`, through `client`.
    pub fn new(client: Client, signing: impl Into<String>, symmetric: impl Into<String>) -> Self {
        Self { client, signing: signing.into(), symmetric: symmetric.into(), providers: String::new() }
    }

    /// The same with the secret called `providers`.
    #[must_use]
    pub fn with_providers(self, providers: impl Into<String>) -> Self {
        Self { providers: providers.into(), ..self }
    }

    /// Whether the signing secret has a current value already.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if Secrets Manager did not say.
    pub async fn has_signing_keys(&self) -> Result<bool, StoreError> {
        self.has_value(&self.signing).await
    }

    /// Whether the secret with MAC keys and peppers has a current value already.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if Secrets Manager did not say.
    pub async fn has_symmetric_keys(&self) -> Result<bool, StoreError> {
        self.has_value(&self.symmetric).await
    }

    /// Makes `ring` the current signing keys.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if Secrets Manager did not acknowledge it.
    pub async fn write_signing_keys(&self, ring: &SigningKeyRing) -> Result<(), StoreError> {
        self.write(&self.signing, &ring.to_json()).await
    }

    /// Makes `keys` the current MAC keys and peppers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if Secrets Manager did not acknowledge it.
    pub async fn write_symmetric_keys(&self, keys: &SymmetricKeys) -> Result<(), StoreError> {
        self.write(&self.symmetric, &keys.to_json()).await
    }

    /// Keeps `secret` for `provider` beside those of the others.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if Secrets Manager did not acknowledge it, or if what it holds cannot be read and would be lost.
    pub async fn set_provider_secret(&self, provider: &ProviderId, secret: &Secret<String>) -> Result<(), StoreError> {
        let unread = |detail: String| StoreError::Unavailable { operation: "GetSecretValue", detail };
        let kept = match self.has_value(&self.providers).await? {
            true => {
                let document = self.current(&self.providers).await.map_err(unread)?;
                ProviderSecrets::from_json(&document).map_err(unread)?
            }
            false => ProviderSecrets::default(),
        };
        self.write(&self.providers, &kept.with(provider, secret.clone()).to_json()).await
    }

    async fn current(&self, name: &str) -> Result<Secret<String>, String> {
        let answer = self.client.get_secret_value().secret_id(name).send().await;
        let answer = answer.map_err(|fault| sdk_fault(&fault))?;
        answer.secret_string.map(Secret::new).ok_or_else(|| "the secret holds no text".to_owned())
    }

    async fn has_value(&self, name: &str) -> Result<bool, StoreError> {
        match self.client.get_secret_value().secret_id(name).send().await {
            Ok(_) => Ok(true),
            Err(fault) if fault.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => Ok(false),
            Err(fault) => Err(unavailable("GetSecretValue", fault)),
        }
    }

    /// A stack creates its secrets without a value; on a laptop nothing has created them.
    async fn write(&self, name: &str, value: &Secret<String>) -> Result<(), StoreError> {
        let put = self.client.put_secret_value().secret_id(name).secret_string(value.expose()).send().await;
        match put {
            Ok(_) => Ok(()),
            Err(fault) if fault.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {
                let create = self.client.create_secret().name(name).secret_string(value.expose()).send().await;
                create.map(drop).map_err(|fault| unavailable("CreateSecret", fault))
            }
            Err(fault) => Err(unavailable("PutSecretValue", fault)),
        }
    }
}
