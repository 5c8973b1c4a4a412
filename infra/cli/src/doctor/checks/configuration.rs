//! Whether each function would start with the variables that it is given.

use vestibule_local::template::FunctionResource;

use crate::doctor::facts::Facts;
use crate::doctor::finding::{Check, Finding};

const CHECK: Check = Check("configuration");

pub(super) fn configuration(facts: &Facts) -> Vec<Finding> {
    let one = |(id, function)| {
        let function: &FunctionResource = function;
        match facts.configurations.get(id) {
            None => CHECK.ok(id, format!("{} is not one of ours: its variables are its own", function.binary)),
            _ if function.environment_bytes() > FunctionResource::ENVIRONMENT_BYTES => CHECK.fault(
                id,
                format!(
                    "it is not deployed: its variables take {} bytes, and Lambda has {}",
                    function.environment_bytes(),
                    FunctionResource::ENVIRONMENT_BYTES
                ),
                "name fewer origins, or shorten the longest parameters",
            ),
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
