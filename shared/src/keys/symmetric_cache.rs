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

    /// The keys, with MAC key number `id` among them if there is one. A number that they do not hold is looked for again, at
    /// most once per [`Limits::refetch_interval`], however many tokens come with however many such numbers.
    ///
    /// # Errors
    /// [`KeysUnavailable`] if none were ever read, or if they were looked for and could not be read: whether the key exists is
    /// then unknown, and whoever holds a token made with it must not be told that the token is bad.
    pub async fn with_mac_key(
        &self,
        reader: &impl ReadSymmetricKeys,
        id: u32,
    ) -> Result<Arc<SymmetricKeys>, KeysUnavailable> {
        let keys = self.get(reader).await?;
        if keys.mac_keys().find(id).is_some() {
            return Ok(keys);
        }
        Ok(self.0.newer_than(&keys, || reader.read_symmetric_keys()).await?.unwrap_or(keys))
    }
}
