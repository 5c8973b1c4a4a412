//! Whether each function would start with the variables that it is given.

use crate::doctor::facts::Facts;
use crate::doctor::finding::{Check, Finding};

const CHECK: Check = Check("configuration");

pub(super) fn configuration(facts: &Facts) -> Vec<Finding> {
    let one = |(id, function)| {
        let function: &vestibule_local::template::FunctionResource = function;
        match facts.configurations.get(id) {
            None => CHECK.ok(id, format!("{} is not one of ours: its variables are its own", function.binary)),
            Some(Ok(_)) => CHECK.ok(id, "it starts with the variables that it is given"),
            Some(Err(faults)) => CHECK.fault(
                id,
                format!("it does not start: {faults}"),
                "correct its variables, or the parameters they come from",
            ),
        }
    };
    facts.review.stack.functions.iter().map(one).collect()
}
