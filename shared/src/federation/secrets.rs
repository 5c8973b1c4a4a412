//! The secrets that the providers know us by: one document, `{"google": "…", "apple": "-----BEGIN PRIVATE KEY-----…"}`, in Secrets Manager.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;

use serde::Deserialize;

use super::ProviderId;
use crate::keys::KeysUnavailable;
use crate::secret::Secret;

/// A secret for each provider; of Apple, the key that makes one.
#[derive(Debug, Default)]
pub struct ProviderSecrets(HashMap<String, Secret<String>>);

/// Where they come from: one secret, in one read.
pub trait ReadProviderSecrets {
    /// The secrets as they stand.
    fn read_provider_secrets(&self) -> impl Future<Output = Result<ProviderSecrets, KeysUnavailable>> + Send;
}

impl ProviderSecrets {
    /// Reads the document.
    ///
    /// # Errors
    /// Where it is no object of texts, without any of them.
    pub fn from_json(json: &Secret<String>) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(transparent)]
        struct Document(HashMap<String, String>);
        let read: Result<Document, _> = serde_json::from_str(json.expose());
        match read {
            Ok(Document(secrets)) => {
                Ok(Self(secrets.into_iter().map(|(id, secret)| (id, Secret::new(secret))).collect()))
            }
            Err(fault) => Err(format!(
                "the secret of the providers is no JSON object of texts (line {}, column {})",
                fault.line(),
                fault.column()
            )),
        }
    }

    /// The same with `secret` for `provider`.
    #[must_use]
    pub fn with(mut self, provider: &ProviderId, secret: Secret<String>) -> Self {
        self.0.insert(provider.to_string(), secret);
        self
    }

    /// The document.
    pub fn to_json(&self) -> Secret<String> {
        let texts: BTreeMap<_, _> = self.0.iter().map(|(id, secret)| (id, secret.expose())).collect();
        Secret::new(serde_json::to_string(&texts).unwrap_or_default())
    }

    /// The secret for `provider`.
    pub fn of(&self, provider: &ProviderId) -> Option<&Secret<String>> {
        self.0.get(provider.as_str()).filter(|secret| !secret.expose().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_has_its_own_secret_and_nothing_shows_one() {
        let json = r#"{"google":"GOCSPX-x","apple":"-----BEGIN PRIVATE KEY-----\nAA\n","github":""}"#;
        let secrets = ProviderSecrets::from_json(&Secret::new(json.to_owned())).unwrap();
        assert!(secrets.of(&"google".parse().unwrap()).unwrap().matches(b"GOCSPX-x"));
        assert!(secrets.of(&"github".parse().unwrap()).is_none(), "an empty one is none");
        assert!(secrets.of(&"work".parse().unwrap()).is_none());
        assert!(!format!("{secrets:?}").contains("GOCSPX"));
        let (work, key) = ("work".parse().unwrap(), "a\nb\"c".to_owned());
        let more = ProviderSecrets::from_json(&secrets.with(&work, Secret::new(key.clone())).to_json()).unwrap();
        assert!(more.of(&work).unwrap().matches(key.as_bytes()) && more.of(&"google".parse().unwrap()).is_some());
        for malformed in ["", "[]", r#"{"google":1}"#, r#"{"google":{"secret":"hunter2"}}"#, "hunter2"] {
            let fault = ProviderSecrets::from_json(&Secret::new(malformed.to_owned())).unwrap_err();
            assert!(!fault.contains("hunter2"), "{fault}");
        }
    }
}
