//! The budgets of a function, as ratios to the empty function that links the same AWS crates.

use crate::first_event::{BASELINES, FUNCTIONS};
use crate::named;
use crate::start::Measured;

/// A function's own code and the crates that it has besides the SDK may add a fifth.
const SIZE: f64 = 1.2;
/// What a function does before its first answer may take half as long again as loading and linking the SDK.
const START: f64 = 1.5;

/// How many times `baseline` the program is.
pub(crate) fn size_ratio(program: &Measured, baseline: &Measured) -> f64 {
    mib(program.size) / mib(baseline.size)
}

/// How many times as long as `baseline` it takes to its first answer.
pub(crate) fn start_ratio(program: &Measured, baseline: &Measured) -> f64 {
    program.start(50).as_secs_f64() / baseline.start(50).as_secs_f64()
}

/// MiB.
#[expect(clippy::cast_precision_loss, reason = "no program has 2^52 bytes")]
pub(crate) fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// One sentence for each budget that is exceeded.
pub(crate) fn over(measured: &[Measured]) -> Vec<String> {
    let [_, linked] = BASELINES.map(|name| named(measured, name));
    let Some(linked) = linked else { return vec!["the baseline was not measured".to_owned()] };
    let functions = FUNCTIONS.into_iter().filter_map(|name| named(measured, name));
    functions.flat_map(|function| exceeded(function, linked)).collect()
}

fn exceeded(function: &Measured, linked: &Measured) -> Vec<String> {
    let ratios = [("size", size_ratio(function, linked), SIZE), ("first answer", start_ratio(function, linked), START)];
    let too_much = ratios.into_iter().filter(|(_, ratio, budget)| ratio > budget);
    too_much.map(|(of, ratio, budget)| format!("{}: {of} {ratio:.2} x linked, over {budget}", function.name)).collect()
}
