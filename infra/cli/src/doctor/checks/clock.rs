//! Whether the deployment's clock and ours agree.

use crate::doctor::facts::Facts;
use crate::doctor::finding::{Check, Finding};

const CHECK: Check = Check("clock");

/// Seconds that a verifier of ours forgives (`tokens::CLOCK_LEEWAY`): beyond them a fresh token may be refused elsewhere.
const FORGIVEN_SECONDS: u64 = vestibule::tokens::CLOCK_LEEWAY.as_secs();
/// Beyond a minute most verifiers refuse, and AWS refuses requests that are signed five minutes off.
const BEARABLE_SECONDS: u64 = 60;

pub(super) fn difference(facts: &Facts) -> Vec<Finding> {
    let discovery = match &facts.live.discovery {
        Ok(discovery) => discovery,
        Err(unknown) => return vec![CHECK.unknown("API", unknown)],
    };
    let seconds = discovery.ahead.unsigned_abs();
    let said = format!("its clock is {seconds} s {} ours", if discovery.ahead < 0 { "behind" } else { "ahead of" });
    let mend = "synchronize this machine's clock by NTP; that of AWS is right";
    vec![
        match seconds {
            0..=FORGIVEN_SECONDS => CHECK.ok("API", said),
            seconds if seconds <= BEARABLE_SECONDS => {
                CHECK.warning("API", format!("{said}: a fresh token looks early"), mend)
            }
            _ => CHECK.fault("API", format!("{said}: what one of the two signs, the other takes for expired"), mend),
        }
        .with_seconds(seconds),
    ]
}
