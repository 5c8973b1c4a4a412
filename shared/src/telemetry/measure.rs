//! What a request costs, measured around its handler: time, calls of DynamoDB and their capacity units.
//!
//! The measure belongs to the task that answers the request and is fed from below, so that no handler carries it and no storage
//! verb can forget it. Outside a request, as in the operator's commands, nothing is measured.

use std::cell::Cell;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::clock::Stopwatch;

tokio::task_local! {
    static MEASURE: Measure;
}

/// One instance of a function: its first request is a cold start.
#[derive(Debug)]
pub struct Sandbox {
    function: Arc<str>,
    warm: AtomicBool,
}

impl Sandbox {
    /// A sandbox of `function`, which has answered nothing yet.
    pub fn new(function: &str) -> Self {
        Self { function: function.into(), warm: AtomicBool::new(false) }
    }

    /// Answers one request; the line that says what was decided says what it cost, too. `route` is the route as declared, where
    /// the caller knows it.
    pub fn measure<F: Future>(&self, route: Option<String>, answer: F) -> impl Future<Output = F::Output> + use<F> {
        let measure = Measure {
            function: Arc::clone(&self.function),
            route: route.map(Arc::from),
            cold_start: !self.warm.swap(true, Ordering::Relaxed),
            since: Stopwatch::start(),
            dynamodb_calls: Cell::new(0),
            capacity_units: Cell::new(0.0),
            signing_key_age: Cell::new(None),
            decided: Cell::new(false),
        };
        MEASURE.scope(measure, answer)
    }
}

impl AsRef<Self> for Sandbox {
    fn as_ref(&self) -> &Self {
        self
    }
}

struct Measure {
    function: Arc<str>,
    route: Option<Arc<str>>,
    cold_start: bool,
    since: Stopwatch,
    dynamodb_calls: Cell<u64>,
    capacity_units: Cell<f64>,
    signing_key_age: Cell<Option<Duration>>,
    decided: Cell<bool>,
}

/// What was measured when a decision was made.
pub(super) struct Measured {
    pub(super) function: Arc<str>,
    pub(super) route: Option<Arc<str>>,
    pub(super) cold_start: bool,
    pub(super) elapsed: Duration,
    pub(super) dynamodb_calls: u64,
    pub(super) capacity_units: f64,
    pub(super) signing_key_age: Option<Duration>,
}

/// The request under way is decided. What was measured of it is given once, so that no request counts twice.
pub(super) fn decide() -> Option<Measured> {
    let measured = MEASURE.try_with(|measure| {
        (!measure.decided.replace(true)).then(|| Measured {
            function: Arc::clone(&measure.function),
            route: measure.route.clone(),
            cold_start: measure.cold_start,
            elapsed: measure.since.elapsed(),
            dynamodb_calls: measure.dynamodb_calls.get(),
            capacity_units: measure.capacity_units.get(),
            signing_key_age: measure.signing_key_age.get(),
        })
    });
    measured.ok().flatten()
}

/// Whether a decision was written about the request under way.
pub fn decided() -> bool {
    MEASURE.try_with(|measure| measure.decided.get()).unwrap_or_default()
}

/// A call went out to DynamoDB, a repeated one too.
pub fn sent() {
    let _ = MEASURE.try_with(|measure| measure.dynamodb_calls.update(|calls| calls + 1));
}

/// DynamoDB charged this many capacity units. It does not say what a refused condition cost.
pub fn charged(units: f64) {
    let _ = MEASURE.try_with(|measure| measure.capacity_units.update(|charged| charged + units));
}

/// An access token was signed with a key that has been signing for `age`.
pub fn signed_with_key_of_age(age: Duration) {
    let _ = MEASURE.try_with(|measure| measure.signing_key_age.set(Some(age)));
}
