//! Calls that wait on their way, or whose answers do, until a test lets them on.

use std::sync::Arc;

use tokio::sync::Semaphore;

#[derive(Debug)]
pub(super) struct Gate {
    arrived: Semaphore,
    open: Semaphore,
}

impl Gate {
    pub(super) const fn closed() -> Self {
        Self { arrived: Semaphore::const_new(0), open: Semaphore::const_new(0) }
    }
}

pub(super) async fn pass(gate: Option<Arc<Gate>>) {
    if let Some(gate) = gate {
        gate.arrived.add_permits(1);
        gate.open.acquire().await.unwrap().forget();
    }
}

/// A call that is held on its way.
#[derive(Debug)]
pub struct Held(pub(super) Arc<Gate>);

impl Held {
    /// Waits until the call is under way.
    pub async fn arrived(&self) {
        self.0.arrived.acquire().await.unwrap().forget();
    }

    /// Lets it on.
    pub fn let_on(self) {
        self.0.open.add_permits(1);
    }
}
