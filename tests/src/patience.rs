//! Time as the SDK's waits have it, so that a test is neither slow nor decided by how busy the machine is.
//!
//! Its timeouts and retries are the real ones, by another clock. That clock stands while a call is under way, however long the machine takes,
//! and runs where all that is left is silence.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use tokio::sync::watch;

/// What is shorter is a pause before another attempt, and what is longer an end to a wait: [`vestibule::app::Clients`] has pauses of 100
/// and 200 ms, and its shortest timeout is a second.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// A pause is this many times shorter than it should be.
const HASTE: u32 = 20;
/// A silence is looked at this often, and the clock then moves by [`STEP`].
const LOOK: Duration = Duration::from_millis(1);
/// Small enough for the second attempt of an operation to begin well before its own end.
const STEP: Duration = Duration::from_millis(100);
/// A call that neither ends nor is silent is a fault of the test; it ends like this rather than never.
const AT_THE_LATEST: u32 = 60;

/// The clock of the waits of one wire; clones are the same clock.
#[derive(Clone, Debug)]
pub(crate) struct Patience(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    under_way: AtomicUsize,
    clock: watch::Sender<Duration>,
}

impl Patience {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner { under_way: AtomicUsize::new(0), clock: watch::Sender::new(Duration::ZERO) }))
    }

    /// A call that is carried out, until what is given back is dropped.
    pub(crate) fn under_way(&self) -> UnderWay {
        self.0.under_way.fetch_add(1, Ordering::SeqCst);
        UnderWay(self.clone())
    }

    /// How far the clock has run.
    pub(crate) fn waited(&self) -> Duration {
        *self.0.clock.borrow()
    }

    /// Nothing comes any more.
    pub(crate) async fn silence<T>(&self) -> T {
        loop {
            tokio::time::sleep(LOOK).await;
            if self.0.under_way.load(Ordering::SeqCst) == 0 {
                self.0.clock.send_modify(|now| *now += STEP);
            }
        }
    }
}

/// A call that is under way.
#[derive(Debug)]
pub(crate) struct UnderWay(Patience);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

impl AsyncSleep for Patience {
    fn sleep(&self, duration: Duration) -> Sleep {
        if duration < LONGEST_PAUSE {
            return Sleep::new(tokio::time::sleep(duration / HASTE));
        }
        let mut clock = self.0.clock.subscribe();
        let over = *clock.borrow() + duration;
        Sleep::new(async move {
            let by_the_clock = async { clock.wait_for(|now| *now >= over).await.map(drop) };
            // Whoever waits holds the clock, so that only time ends this.
            let _ = tokio::time::timeout(duration * AT_THE_LATEST, by_the_clock).await;
        })
    }
}
