//! Registrations that were read a moment ago, so that a client's next request costs no read.
//!
//! A disabled client is refused once what is kept of it is [`REGISTRATION_KEPT_FOR`] old. What is missed in a kept registration, such
//! as a secret that was rotated since, is looked for again, at most once in [`LOOKED_AGAIN_AFTER`]: a flood of wrong secrets costs
//! no flood of reads. Names that nobody has are not remembered.

use std::future::Future;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lru::LruCache;

use super::{Client, ClientId};
use crate::clock::Timestamp;
use crate::storage::StoreError;

/// The longest that a disabled client, a removed redirect URI or a withdrawn scope still counts in a function that knows it. It
/// is the time for which access tokens outlive it anyway; a longer one would make `clients disable` a surprise.
pub const REGISTRATION_KEPT_FOR: Duration = Duration::from_secs(60);

/// The shortest time between two reads of a registration that are made because something was missed in it.
const LOOKED_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Registrations held at once; one takes some 2 KiB.
const CAPACITY: NonZeroUsize = NonZeroUsize::MIN.saturating_add(255);

/// The store's side of knowing a client.
pub trait ReadClient {
    /// The client called `id`, as it stands now; `None` if nobody is. One read.
    fn client(&self, id: &ClientId) -> impl Future<Output = Result<Option<Client>, StoreError>> + Send;
}

/// The registrations that a process knows.
#[derive(Debug)]
pub struct ClientCache(Mutex<LruCache<ClientId, Held>>);

#[derive(Clone, Debug)]
struct Held {
    client: Arc<Client>,
    read_at: Timestamp,
}

impl Default for ClientCache {
    fn default() -> Self {
        Self(Mutex::new(LruCache::sparse(CAPACITY)))
    }
}

impl ClientCache {
    /// The client called `id`, from memory if it was read in the last [`REGISTRATION_KEPT_FOR`].
    ///
    /// # Errors
    /// [`StoreError`] if it must be read and cannot be: what is too old is not used instead.
    pub async fn find(
        &self,
        store: &impl ReadClient,
        id: &ClientId,
        now: Timestamp,
    ) -> Result<Option<Arc<Client>>, StoreError> {
        match self.held(id) {
            Some(held) if age(&held, now) < REGISTRATION_KEPT_FOR => Ok(Some(held.client)),
            Some(_) | None => self.read(store, id, now).await,
        }
    }

    /// The client again, for whoever missed something in `seen`; `None` if that was read so lately that there is nothing new.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read.
    pub async fn newer_than(
        &self,
        seen: &Arc<Client>,
        store: &impl ReadClient,
        now: Timestamp,
    ) -> Result<Option<Arc<Client>>, StoreError> {
        match self.held(&seen.id) {
            Some(held) if !Arc::ptr_eq(&held.client, seen) => Ok(Some(held.client)),
            Some(held) if age(&held, now) < LOOKED_AGAIN_AFTER => Ok(None),
            Some(_) | None => self.read(store, &seen.id, now).await,
        }
    }

    async fn read(
        &self,
        store: &impl ReadClient,
        id: &ClientId,
        now: Timestamp,
    ) -> Result<Option<Arc<Client>>, StoreError> {
        let read = store.client(id).await?.map(Arc::new);
        let mut known = self.lock();
        match &read {
            Some(client) => drop(known.put(id.clone(), Held { client: Arc::clone(client), read_at: now })),
            None => drop(known.pop(id)),
        }
        Ok(read)
    }

    fn held(&self, id: &ClientId) -> Option<Held> {
        self.lock().get(id).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<ClientId, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A moment that lies in the future is of a clock that was set back since: nothing is known of its distance.
fn age(held: &Held, now: Timestamp) -> Duration {
    if held.read_at > now { Duration::MAX } else { now.since(held.read_at) }
}
