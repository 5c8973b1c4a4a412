//! The MAC keys and peppers, read from Secrets Manager when they are needed and kept.

use std::future::Future;
use std::sync::Arc;

use super::cached::Cached;
use super::{KeysUnavailable, Limits, SymmetricKeys};
use crate::clock::Clock;

/// Where the symmetric keys come from: one secret, in one read.
pub trait ReadSymmetricKeys {
    /// The keys as they stand.
    fn read_symmetric_keys(&self) -> impl Future<Output = Result<SymmetricKeys, KeysUnavailable>> + Send;
}

/// The symmetric keys of a process; clones share them.
#[derive(Clone, Debug)]
pub struct SymmetricKeysCache(Arc<Cached<SymmetricKeys>>);

impl SymmetricKeysCache {
    /// Nothing is read before the first use.
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Cached::new(clock, Limits::DEFAULT)))
    }

    /// The keys.
    ///
    /// # Errors
    /// [`KeysUnavailable`] if none were ever read; a failed refresh keeps the last good ones.
    pub async fn get(&self, reader: &impl ReadSymmetricKeys) -> Result<Arc<SymmetricKeys>, KeysUnavailable> {
        self.0.get(|| reader.read_symmetric_keys()).await
    }
}
