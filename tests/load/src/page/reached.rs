//! The targets, whether each is met, and what no authorizer can come under.

use super::section;
use crate::authorizers::{CASES, EMPTY, EMPTY_NODE, EMPTY_PYTHON, NODE, OURS, PYTHON};
use crate::results::Results;
use crate::table::number;
use crate::targets::targets;

/// Nothing where nothing was measured that has one.
pub(super) fn reached(results: &Results) -> String {
    let rows = targets(results).into_iter().map(|target| {
        let met = if target.met { "met" } else { "**missed**" };
        vec![target.what, target.target, target.measured, met.to_owned()]
    });
    let table =
        section("Targets", "They stood before anything was measured.", &["what", "target", "measured", ""], rows);
    format!("{table}{}", floor(results))
}

/// What no authorizer behind the same Runtime API can come under, and what is left of each above it: where a target is a share of
/// another's time, the way there and back counts in both.
fn floor(results: &Results) -> String {
    let median = |name: &str| {
        let case = CASES.first()?;
        let row = results.authorizers.iter().find(|row| row.case == *case && row.name == name)?;
        Some(row.micros.median)
    };
    let (Some(empty), Some(ours)) = (median(EMPTY), median(OURS)) else { return String::new() };
    let others: Vec<String> = [(NODE, EMPTY_NODE), (PYTHON, EMPTY_PYTHON)]
        .into_iter()
        .filter_map(|(name, without)| Some((name, median(name)?, median(without)?)))
        .filter(|(_, theirs, theirs_empty)| theirs > theirs_empty)
        .map(|(name, theirs, theirs_empty)| {
            format!(
                "{name} takes {} µs, of which {} are the loop's: ours would have to come to {:.0}, {}. Its checks add {} µs and ours {}, \
                 {:.2} of that.",
                number(theirs),
                number(theirs_empty),
                theirs / 3.0,
                if theirs / 3.0 > empty { "which leaves something to check with" } else { "which is less than the way alone" },
                number(theirs - theirs_empty),
                number(ours - empty),
                (ours - empty) / (theirs - theirs_empty),
            )
        })
        .collect();
    if others.is_empty() {
        return String::new();
    }
    format!(
        "\nThe way there and back through the Runtime API counts in every time: an authorizer on AWS's runtime client for Rust that passes \
         over the event and lets everybody in takes {} µs. {}\n",
        number(empty),
        others.join(" ")
    )
}
