//! A source of keys that a test holds in its hand: it counts reads, can be down, and can keep its readers waiting.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

use crate::keys::{KeysUnavailable, PublicKeySet, ReadPublicKeys, SigningKeyRing};

pub(crate) struct Source {
    set: Mutex<Result<PublicKeySet, KeysUnavailable>>,
    reads: AtomicUsize,
    gate: Semaphore,
}

impl Source {
    pub(crate) fn of(ring: &SigningKeyRing) -> Self {
        Self {
            set: Mutex::new(Ok(ring.public_set().unwrap())),
            reads: AtomicUsize::new(0),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
        }
    }

    pub(crate) fn publish(&self, ring: &SigningKeyRing) {
        *self.set.lock().unwrap() = Ok(ring.public_set().unwrap());
    }

    pub(crate) fn fail(&self) {
        *self.set.lock().unwrap() = Err(KeysUnavailable::new("public keys", "the table is down"));
    }

    /// From now on, readers wait until [`Self::open`].
    pub(crate) fn close(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub(crate) fn open(&self) {
        self.gate.add_permits(Semaphore::MAX_PERMITS);
    }

    pub(crate) fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

impl ReadPublicKeys for Source {
    async fn read_public_keys(&self) -> Result<PublicKeySet, KeysUnavailable> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let _permit = self.gate.acquire().await.unwrap();
        self.set.lock().unwrap().clone()
    }
}
