//! The targets that were set before anything was measured, and whether they are met: computed, never typed.

use serde::{Deserialize, Serialize};

use crate::authorizers::{CASES, EMPTY, NODE, OURS, PYTHON, Warm};
use crate::checks::{API_KEY, COOKIE};
use crate::gateway::{REFRESH, REFRESHES};
use crate::hashing::HANDLERS;
use crate::oracle::Told;
use crate::results::Results;
use crate::scale::Cost;
use crate::starts::{Start, WITH, WITHOUT};

/// A target and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) what: String,
    pub(crate) target: String,
    pub(crate) measured: String,
    pub(crate) met: bool,
}

/// At most this much more than at the smallest table.
const FLAT: f64 = 0.10;
/// Of the processor time of what takes a password, the least that argon2 has, in percent.
const HASHED: f64 = 97.0;
/// How far the AUC of two classes may be off a half when its confidence interval is taken away.
const TOLD: f64 = 0.03;
/// Accounts whose hashes are dearer than ours until their owners sign in: the step of answers has to be set for these.
const IMPORTED: &str = "imported";
/// Of larger tables a run may tell; the target ends here.
const FLAT_UNTIL: usize = 1_000_000;

/// All whose figures were measured.
pub(crate) fn targets(results: &Results) -> Vec<Target> {
    let mut targets = Vec::new();
    for (case, other) in [(0, NODE), (0, PYTHON)] {
        if let Some(row) = warm(results, case, other) {
            targets.push(at_most(
                &format!("authorizer, warm, ES256, against {other}: median"),
                row.ours.median,
                1.0 / 3.0,
                " × its median",
            ));
        }
    }
    if let Some(row) = warm(results, 2, EMPTY) {
        targets.push(at_most("authorizer, the same token again", row.ours.median, 1.3, " × the empty function"));
    }
    for check in results.checks.iter().filter(|check| [COOKIE, API_KEY].contains(&check.credential.as_str())) {
        let what = format!("authorizer, {}, its own work while nothing is read", check.credential);
        targets.push(at_most(&what, check.median, 10.0, " µs"));
    }
    for first_answer in [WITHOUT, WITH] {
        if let Some(start) = start(results, first_answer) {
            let what = format!("authorizer, cold start, {first_answer}");
            targets.push(at_most(&what, start.ratio.median, 1.5, " × an empty function with the same AWS crates"));
        }
    }
    let resident = results.authorizers.iter().filter(|row| row.name == OURS).map(|row| row.resident);
    if let Some(most) = resident.max_by(f64::total_cmp) {
        targets.push(at_most("authorizer, memory after its work", most, 20.0, " MiB"));
    }
    if let Some(ladder) = results.ladders.iter().find(|ladder| ladder.kind == REFRESH && !ladder.processes) {
        targets.push(Target {
            what: "refresh through the local gateway, one core, embedded store".to_owned(),
            target: format!("≥ {REFRESHES:.0} /s"),
            measured: format!("{:.0} /s", ladder.capacity.achieved),
            met: ladder.capacity.achieved >= REFRESHES && ladder.capacity.failed == 0,
        });
        // At the rate that the first target names; where a core does not do that much, at the highest that was tried.
        let named = ladder.steps.iter().find(|step| (step.offered - REFRESHES).abs() < 1.0).or(ladder.steps.last());
        if let Some(step) = named {
            let what = format!("the same at {:.0} /s: 99th percentile", step.offered);
            targets.push(at_most(&what, step.latency.p99 / step.latency.p50, 10.0, " × the median"));
        }
    }
    for kind in [REFRESH, crate::gateway::STRICT] {
        let named = |cost: &&Cost| cost.kind == kind && cost.per_user == 1 && cost.sessions <= FLAT_UNTIL;
        if let Some(largest) = results.costs.iter().filter(named).max_by_key(|cost| cost.sessions) {
            let what = format!("{kind}: cost at {} sessions", crate::table::thousands(largest.sessions));
            let off = (largest.ratio.median - 1.0).abs();
            targets.push(Target {
                what,
                target: format!("within {:.0} % of that at {}", FLAT * 100.0, smallest(results)),
                measured: format!("{:+.1} %", (largest.ratio.median - 1.0) * 100.0),
                met: off <= FLAT,
            });
        }
    }
    for operation in operations(results) {
        let told = results.told.iter().filter(|told| told.operation == *operation && told.base.is_some());
        let off = |told: &Told| ((told.auc - 0.5).abs() - told.half).max(0.0);
        let most = told.filter(|told| !told.class.starts_with(IMPORTED)).map(off).fold(0.0, f64::max);
        targets.push(at_most(
            &format!("{operation}: AUC of an account of ours against none, less its interval: off 0.5 by"),
            most,
            TOLD,
            "",
        ));
    }
    for share in results.shares.iter().filter(|share| HANDLERS.contains(&share.what.as_str())) {
        targets.push(Target {
            what: format!("{}: argon2, of all processor time", share.what),
            target: format!("≥ {HASHED:.0} %"),
            measured: format!("{:.1} %", share.percent()),
            met: share.percent() >= HASHED,
        });
    }
    targets
}

/// What was timed, each once.
fn operations(results: &Results) -> Vec<&str> {
    let mut operations: Vec<&str> = results.told.iter().map(|told| told.operation.as_str()).collect();
    operations.dedup();
    operations
}

fn smallest(results: &Results) -> String {
    let sizes = results.costs.iter().map(|cost| cost.sessions);
    sizes.min().map_or_else(String::new, crate::table::thousands)
}

fn at_most(what: &str, measured: f64, most: f64, unit: &str) -> Target {
    Target {
        what: what.to_owned(),
        target: format!("≤ {}{unit}", digits(most)),
        measured: format!("{}{unit}", digits(measured)),
        met: measured <= most,
    }
}

fn digits(number: f64) -> String {
    if number >= 10.0 { format!("{number:.1}") } else { format!("{number:.2}") }
}

fn warm<'r>(results: &'r Results, case: usize, name: &str) -> Option<&'r Warm> {
    let label = CASES.get(case)?;
    results.authorizers.iter().find(|row| row.case == *label && row.name == name)
}

fn start<'r>(results: &'r Results, first_answer: &str) -> Option<&'r Start> {
    results.starts.iter().find(|start| start.first_answer == first_answer && start.name == OURS)
}
