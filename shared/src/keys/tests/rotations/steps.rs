//! What each step does, once and again.

use super::*;

#[tokio::test]
async fn what_will_sign_is_published_before_it_signs_and_what_signed_stays_published() {
    let vault = Vault::ripe();
    let first = vault.ring("first");
    vault.open("second");

    assert_eq!(vault.step(Step::Create, "second").await.unwrap(), StepOutcome::Done);
    let second = vault.ring("second");
    assert_eq!(active_kid(&second), next_kid(&first));
    assert_eq!(vault.published_kids(), kids(&first), "a proposal is nobody's business yet");

    assert_eq!(vault.step(Step::Set, "second").await.unwrap(), StepOutcome::Done);
    assert_eq!(vault.published_kids(), kids(&second), "the key that signs until now is in the new ring, retired");
    assert_eq!(kids(&second).len(), 3);

    assert_eq!(vault.step(Step::Test, "second").await.unwrap(), StepOutcome::Done);
    assert_eq!(vault.in_force(), "first", "a test changes nothing");

    assert_eq!(vault.step(Step::Finish, "second").await.unwrap(), StepOutcome::Done);
    assert_eq!(vault.in_force(), "second");
    assert_eq!(vault.published_kids(), kids(&second));
}

#[tokio::test]
async fn a_step_that_is_repeated_at_once_changes_nothing() {
    let vault = Vault::after("second", &[]).await;
    for (step, again) in [
        (Step::Create, StepOutcome::Already),
        (Step::Set, StepOutcome::Already),
        // It has no effect that could be there already.
        (Step::Test, StepOutcome::Done),
        (Step::Finish, StepOutcome::Already),
    ] {
        assert_eq!(vault.step(step, "second").await.unwrap(), StepOutcome::Done, "{step}");
        let (ring, published) = (kids(&vault.ring("second")), vault.published_kids());
        assert_eq!(vault.step(step, "second").await.unwrap(), again, "{step}");
        assert_eq!((kids(&vault.ring("second")), vault.published_kids()), (ring, published), "{step}");
    }
}

#[tokio::test]
async fn every_step_of_a_rotation_that_has_ended_well_has_been_done() {
    let vault = Vault::after("second", &Step::ALL).await;
    let (ring, published) = (kids(&vault.ring("second")), vault.published_kids());
    // Whether or not the next rotation has been opened meanwhile.
    for pending in ["second", "third"] {
        vault.open(pending);
        for step in Step::ALL {
            assert_eq!(vault.step(step, "second").await.unwrap(), StepOutcome::Already, "{step}");
        }
    }
    assert_eq!(vault.in_force(), "second");
    assert_eq!((kids(&vault.ring("second")), vault.published_kids()), (ring, published));
}

#[tokio::test]
async fn rotation_after_rotation_each_key_signs_once_and_leaves() {
    let vault = Vault::ripe();
    let mut signed = vec![active_kid(&vault.ring("first"))];
    for version in ["second", "third", "fourth"] {
        vault.open(version);
        for step in Step::ALL {
            vault.step(step, version).await.unwrap();
        }
        assert_eq!(vault.published_kids(), kids(&vault.ring(version)));
        assert_eq!(kids(&vault.ring(version)).len(), 3, "one signs, one has, one will");
        signed.push(active_kid(&vault.ring(version)));
        vault.ripen();
    }
    signed.sort();
    signed.dedup();
    assert_eq!(signed.len(), 4);
}

/// What is published beside the proposed ring is what the ring in force still needs, and no more.
#[tokio::test]
async fn a_key_whose_last_token_has_expired_leaves_when_the_next_ring_is_published() {
    let vault = Vault::after("second", &Step::ALL).await;
    let gone = active_kid(&vault.ring("first"));
    vault.ripen();
    vault.open("third");
    for step in [Step::Create, Step::Set] {
        assert!(vault.published_kids().contains(&gone));
        vault.step(step, "third").await.unwrap();
    }
    assert!(!vault.published_kids().contains(&gone));
}

#[tokio::test]
async fn an_operator_promotes_a_next_key_and_withdraws_another() {
    let vault = Vault::ripe();
    let first = vault.ring("first");
    vault.carry_out(Change::Promote { kid: next_kid(&first) }, "promoted").await.unwrap();
    assert_eq!(vault.in_force(), "promoted");
    let promoted = vault.ring("promoted");
    assert_eq!(active_kid(&promoted), next_kid(&first));

    let withdrawn = next_kid(&promoted);
    vault.carry_out(Change::Retire { kid: withdrawn.clone() }, "retired").await.unwrap();
    assert_eq!(vault.in_force(), "retired");
    assert!(!vault.published_kids().contains(&withdrawn));
    assert_eq!(active_kid(&vault.ring("retired")), active_kid(&promoted));
}

/// The tokens of a key that an operator withdraws may be verified until the new ring is in force, and no longer.
#[tokio::test]
async fn a_withdrawn_key_stays_published_until_the_ring_without_it_is_in_force() {
    let vault = Vault::ripe();
    let withdrawn = next_kid(&vault.ring("first"));
    vault.meanwhile(Moment::PuttingInForce, {
        let withdrawn = withdrawn.clone();
        move |vault| assert!(vault.published_kids().contains(&withdrawn))
    });
    vault.carry_out(Change::Retire { kid: withdrawn.clone() }, "second").await.unwrap();
    assert!(!vault.published_kids().contains(&withdrawn));
}

#[tokio::test]
async fn a_leaked_key_is_unpublished_before_its_successor_is_in_force() {
    let vault = Vault::ripe();
    let leaked = active_kid(&vault.ring("first"));
    vault.meanwhile(Moment::PuttingInForce, {
        let leaked = leaked.clone();
        move |vault| {
            assert_eq!(vault.in_force(), "first");
            assert!(!vault.published_kids().contains(&leaked));
        }
    });
    vault.carry_out(Change::Replace { kid: leaked.clone() }, "second").await.unwrap();
    assert_eq!(vault.in_force(), "second");
    assert!(!vault.published_kids().contains(&leaked));
}

/// Whatever has become of what was published: the leaked key is not in it, and what signs from now on is.
#[tokio::test]
async fn a_leaked_key_is_replaced_even_if_nothing_is_published() {
    let vault = Vault::ripe();
    vault.unpublish_all();
    let leaked = active_kid(&vault.ring("first"));
    vault.carry_out(Change::Replace { kid: leaked.clone() }, "second").await.unwrap();
    assert_eq!(vault.published_kids(), kids(&vault.ring("second")));
}

#[test]
fn the_steps_are_called_as_secrets_manager_calls_them() {
    for step in Step::ALL {
        assert_eq!(step.to_string().parse(), Ok(step));
    }
    assert_eq!(Step::ALL.map(Step::as_str), ["createSecret", "setSecret", "testSecret", "finishSecret"]);
    for unknown in ["", "createsecret", "createSecret ", "deleteSecret"] {
        assert_eq!(unknown.parse::<Step>(), Err(UnknownStep), "{unknown}");
    }
}

#[test]
fn what_became_of_a_step_has_a_word_for_the_log() {
    for (outcome, word) in [
        (StepOutcome::Done, "done"),
        (StepOutcome::Already, "already_done"),
        (StepOutcome::NoRingYet, "no_ring_yet"),
        (StepOutcome::NothingProposed, "nothing_proposed"),
    ] {
        assert_eq!(outcome.as_str(), word);
    }
}

#[test]
fn editions_count_from_one_and_none_comes_twice() {
    let first = Edition::after(None);
    assert_eq!(first.number(), 1);
    let second = Edition::after(Some(first));
    assert_eq!((second.number(), second > first), (2, true));
    assert_eq!(Edition::from_number(second.number()), second);
    let last = Edition::from_number(u64::MAX);
    assert_eq!(Edition::after(Some(last)), last, "it does not begin anew");
}
