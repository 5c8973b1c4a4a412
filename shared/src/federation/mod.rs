//! Signing in with an account at another provider: as a relying party of OpenID Connect Core 1.0 §3.1, or with GitHub's OAuth
//! (RFC 6749 §4.1, RFC 7636, RFC 9700 §2.1).
//!
//! Who somebody is there is issuer and subject together, and nothing else: an e-mail address is told to us, changes, and passes to
//! somebody else. So an address makes a new account at most, and never opens one that exists.

pub mod accounts;
mod apple;
mod attempt;
mod demand;
mod exchange;
mod github;
mod identity;
mod kind;
mod metadata;
mod outbound;
mod provider;
mod relying_party;
mod secrets;

pub use attempt::{Attempt, Goal, UsedAttempt};
pub use exchange::Rejection;
pub use identity::{Identity, IdentityKey, NotAKey, ToldAddress};
pub use kind::{Kind, UnknownKind, Vouches};
pub use outbound::{Outbound, ProviderFault};
pub use provider::{AppleNames, InvalidProviderId, InvalidProviders, Provider, ProviderId, Providers};
pub use relying_party::{Callback, Known, RelyingParty};
pub use secrets::{ProviderSecrets, ReadProviderSecrets};

use crate::clock::Clock;
use crate::keys::{Cached, Limits};
use crate::secret::Secret;

/// Every provider of a deployment, as one process knows them.
#[derive(Debug)]
pub struct RelyingParties {
    parties: Vec<RelyingParty>,
    secrets: Cached<ProviderSecrets>,
    /// The way out.
    pub outbound: Outbound,
}

impl RelyingParties {
    /// Nothing is read before the first person goes to one.
    pub fn new(providers: &Providers, clock: &Clock) -> Self {
        Self {
            parties: providers.iter().map(|one| RelyingParty::new(one.clone(), clock.clone())).collect(),
            secrets: Cached::new(clock.clone(), Limits::DEFAULT),
            outbound: Outbound::default(),
        }
    }

    /// The one called `id`.
    pub fn find(&self, id: &str) -> Option<&RelyingParty> {
        self.parties.iter().find(|party| party.provider().id.as_str() == id)
    }

    /// The secret that `provider` knows us by.
    ///
    /// # Errors
    /// [`ProviderFault`] if there is none, or none could be read.
    pub async fn secret(
        &self,
        provider: &Provider,
        reader: &impl ReadProviderSecrets,
    ) -> Result<Secret<String>, ProviderFault> {
        let secrets = self.secrets.get(|| reader.read_provider_secrets()).await?;
        secrets.of(&provider.id).cloned().ok_or(ProviderFault::Credentials)
    }
}
