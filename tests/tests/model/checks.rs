//! Our policy keeps every promise wherever the world leads; each known fault breaks the one that it should.

use std::num::NonZero;
use std::thread::available_parallelism;

use stateright::{Checker, HasDiscoveries, Model};
use vestibule::sessions::rotation::RetryPolicy;

use crate::policy::Policy;
use crate::rotation::{
    EXPIRY_STANDS, HONEST_SURVIVES, ONE_SUCCESSOR, PROMISES, PUBLIC, REUSE_ENDS, REVOKED_IS_DEAD, Rotation,
    SPENT_STAYS_SPENT,
};

fn threads() -> usize {
    available_parallelism().map_or(1, NonZero::get).min(4)
}

/// All reachable worlds, each looked at once.
fn every_promise_holds(model: Rotation) {
    let name = format!("{model:?}");
    let checker = model.checker().threads(threads()).spawn_bfs().join();
    checker.assert_properties();
    println!("{name}: {} worlds", checker.unique_state_count());
    assert!(checker.unique_state_count() > 10_000, "an empty world keeps every promise");
}

#[test]
fn a_prompt_public_client_keeps_every_promise() {
    every_promise_holds(Rotation { policy: Policy::Ours, retry: PUBLIC, thief: false, prompt: true });
}

#[test]
fn a_prompt_client_that_may_sleep_on_a_lost_answer_keeps_every_promise() {
    every_promise_holds(Rotation { policy: Policy::Ours, retry: RetryPolicy::UntilUsed, thief: false, prompt: true });
}

#[test]
fn a_thief_beside_a_public_client_breaks_no_promise() {
    every_promise_holds(Rotation { policy: Policy::Ours, retry: PUBLIC, thief: true, prompt: false });
}

#[test]
fn a_thief_beside_a_client_that_may_sleep_breaks_no_promise() {
    every_promise_holds(Rotation { policy: Policy::Ours, retry: RetryPolicy::UntilUsed, thief: true, prompt: false });
}

/// What goes wrong with each fault, and that for each promise there is a fault that breaks it.
#[test]
fn every_known_fault_breaks_the_promise_that_it_should() {
    let honest = |policy| Rotation { policy, retry: PUBLIC, thief: false, prompt: true };
    let stolen = |policy| Rotation { policy, retry: PUBLIC, thief: true, prompt: false };
    let faults = [
        (honest(Policy::StrictKill), HONEST_SURVIVES),
        (honest(Policy::LateKills), HONEST_SURVIVES),
        (honest(Policy::Siblings), ONE_SUCCESSOR),
        (stolen(Policy::Siblings), ONE_SUCCESSOR),
        (stolen(Policy::NoDetection), REUSE_ENDS),
        (stolen(Policy::WindowRestarts), REUSE_ENDS),
        (stolen(Policy::RefuseFirst), REUSE_ENDS),
        (honest(Policy::ReadThenWrite), REVOKED_IS_DEAD),
        (stolen(Policy::ReadThenWrite), SPENT_STAYS_SPENT),
        (honest(Policy::SlidingExpiry), EXPIRY_STANDS),
        (honest(Policy::ExpiryByTtl), EXPIRY_STANDS),
        (honest(Policy::EndingForgotten), REVOKED_IS_DEAD),
    ];
    for (model, promise) in faults.clone() {
        let fault = model.policy;
        let checker =
            model.checker().threads(threads()).finish_when(HasDiscoveries::AllOf([promise].into())).spawn_bfs().join();
        let path = checker.discovery(promise).unwrap_or_else(|| panic!("{fault:?} goes unnoticed by: {promise}"));
        println!("{fault:?}: in {} steps", path.into_actions().len());
    }
    for promise in PROMISES {
        assert!(faults.iter().any(|(_, broken)| *broken == promise), "nothing breaks: {promise}");
    }
}
