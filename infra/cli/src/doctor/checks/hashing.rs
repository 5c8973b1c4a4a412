//! Whether the hashes that may run at once fit into the login function (RFC 9106 §3.1), and whether refusals take the same time where
//! passwords are asked of somebody else.

use std::time::Duration;

use vestibule::config::Config;
use vestibule_local::template::FunctionResource;

use crate::doctor::facts::Facts;
use crate::doctor::finding::{Check, Finding};

const CHECK: Check = Check("password-hashing");
const STEP: Check = Check("answer-step");

/// Less is sooner than another service says no.
const OF_A_HOOK: Duration = Duration::from_millis(500);

/// KiB that the function has besides hashes: the runtime, the SDK and its connections weigh 12 MiB; the rest is for allocation that
/// has not been given back.
const BESIDE_HASHES_KIB: u64 = 32 * 1024;

pub(super) fn memory(facts: &Facts) -> Vec<Finding> {
    facts.running("login").map(|(id, function, config)| one(id, function, config)).collect()
}

/// A hook takes its own time to say no, and only accounts that have not signed in here yet have one to ask: with a step that is shorter,
/// time tells which names those are (decision 0017).
pub(super) fn step(facts: &Facts) -> Vec<Finding> {
    let hooked = facts.running("login").filter(|(_, _, config)| config.migration_hook.is_some());
    hooked
        .map(|(id, _, config)| match config.answer_step {
            short if short < OF_A_HOOK => STEP.warning(
                id,
                "passwords are asked of a migration hook, and refusals take as long as it takes: time tells which accounts it is asked for",
                "set AnswerStepMilliseconds above the hook's slowest answer until the imported accounts have been used",
            ),
            step => STEP.ok(id, format!("a refused sign-in takes whole steps of {} ms, whoever is asked", step.as_millis())),
        })
        .collect()
}

fn one(id: &str, function: &FunctionResource, config: &Config) -> Finding {
    let each = config.password_cost.memory_kib();
    let at_once = (config.hashing_budget_kib / each.max(1)).max(1);
    let needed = u64::from(each) * u64::from(at_once) + BESIDE_HASHES_KIB;
    let has = u64::from(function.memory_mib) * 1024;
    let said = format!("{at_once} hashes of {} MiB may run at once", each / 1024);
    if needed > has {
        let reason = format!(
            "{said}, which with everything else needs {} MiB; it has {}: Lambda ends it in the middle of a sign-in",
            needed.div_ceil(1024),
            function.memory_mib
        );
        CHECK.fault(id, reason, "raise HashingMemory, or lower what PasswordHashing takes")
    } else {
        CHECK.ok(id, format!("{said}, in {} MiB", function.memory_mib))
    }
}
