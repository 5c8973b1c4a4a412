//! What the keys promise, as sentences.

mod caches;
mod changes;
mod public_sets;
mod rings;
mod rotations;
pub(crate) mod source;
mod symmetric;
mod symmetric_caches;

use std::time::Duration;

use super::*;
use crate::clock::Timestamp;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const SECOND: Duration = Duration::from_secs(1);

fn ring() -> SigningKeyRing {
    SigningKeyRing::generate(Algorithm::Es256, NOW).unwrap()
}

fn next_kid(ring: &SigningKeyRing) -> String {
    ring.next(Algorithm::Es256).unwrap().kid().to_owned()
}

fn active_kid(ring: &SigningKeyRing) -> String {
    ring.active(Algorithm::Es256).unwrap().kid().to_owned()
}
