//! The signing ring, read from Secrets Manager when it is needed and kept (DESIGN §7).

use std::future::Future;
use std::sync::Arc;

use super::cached::Cached;
use super::{Algorithm, KeysUnavailable, Limits, SigningKey, SigningKeyRing};
use crate::clock::Clock;

/// Where the signing ring comes from: one secret, in one read.
pub trait ReadSigningKeys {
    /// The ring as it stands.
    fn read_signing_keys(&self) -> impl Future<Output = Result<SigningKeyRing, KeysUnavailable>> + Send;
}

/// The signing ring of a process; clones share it.
#[derive(Clone, Debug)]
pub struct SigningKeys(Arc<Cached<SigningKeyRing>>);

impl SigningKeys {
    /// Nothing is read before the first use.
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Cached::new(clock, Limits::DEFAULT)))
    }

    /// The ring.
    ///
    /// # Errors
    /// [`KeysUnavailable`] if none was ever read; a failed refresh keeps the last good ring.
    pub async fn current(&self, reader: &impl ReadSigningKeys) -> Result<Arc<SigningKeyRing>, KeysUnavailable> {
        self.0.get(|| reader.read_signing_keys()).await
    }

    /// The key that signs with `algorithm` today.
    ///
    /// # Errors
    /// [`KeysUnavailable`] if no ring was ever read, or none of its keys is active for `algorithm`.
    pub async fn active(
        &self,
        reader: &impl ReadSigningKeys,
        algorithm: Algorithm,
    ) -> Result<Arc<SigningKey>, KeysUnavailable> {
        let ring = self.current(reader).await?;
        let none = || KeysUnavailable::new("signing keys", format!("the ring has no active key for {algorithm}"));
        ring.active(algorithm).cloned().ok_or_else(none)
    }
}
