//! The published keys, read when they are needed and kept (DESIGN §7, promise 7).

use std::future::Future;
use std::sync::Arc;

use super::cached::Cached;
use super::{KeysUnavailable, Limits, PublicKey, PublicKeySet};
use crate::clock::Clock;

/// Where the published keys come from: the table, in one read.
pub trait ReadPublicKeys {
    /// The set as it stands.
    fn read_public_keys(&self) -> impl Future<Output = Result<PublicKeySet, KeysUnavailable>> + Send;
}

/// The published keys of a process; clones share them.
#[derive(Clone, Debug)]
pub struct PublicKeys(Arc<Cached<PublicKeySet>>);

impl PublicKeys {
    /// Nothing is read before the first use.
    pub fn new(clock: Clock) -> Self {
        Self(Arc::new(Cached::new(clock, Limits::DEFAULT)))
    }

    /// The whole set, for the JWKS document.
    ///
    /// # Errors
    /// [`KeysUnavailable`] if none was ever read; a failed refresh keeps the last good set.
    pub async fn current(&self, reader: &impl ReadPublicKeys) -> Result<Arc<PublicKeySet>, KeysUnavailable> {
        self.0.get(|| reader.read_public_keys()).await
    }

    /// The key called `kid`; `None` if it is not published. A name that is not in the set is looked for again, at most
    /// once per [`Limits::refetch_interval`], however many callers bring however many such names.
    ///
    /// # Errors
    /// [`KeysUnavailable`] if no set was ever read, or if the key was looked for and the set could not be read: whether it exists is
    /// then unknown, and whoever holds a token made with it must not be told that the token is bad.
    pub async fn find(
        &self,
        reader: &impl ReadPublicKeys,
        kid: &str,
    ) -> Result<Option<Arc<PublicKey>>, KeysUnavailable> {
        let set = self.current(reader).await?;
        if let Some(key) = set.find(kid) {
            return Ok(Some(Arc::clone(key)));
        }
        let newer = self.0.newer_than(&set, || reader.read_public_keys()).await?;
        Ok(newer.and_then(|set| set.find(kid).cloned()))
    }
}
