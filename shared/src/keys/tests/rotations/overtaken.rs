//! Two rotations at once, and answers that were lost.

use super::*;

/// Somebody publishes the ring in force again: the same keys, another edition.
fn publish_again(vault: &Vault) {
    let in_force = vault.ring(&vault.in_force());
    vault.publish_now(&in_force.public_set().unwrap());
}

#[tokio::test]
async fn a_publication_that_was_overtaken_is_made_anew_three_times_at_most() {
    for (times, ends_well) in [(1, true), (2, true), (3, false)] {
        let vault = Vault::after("second", &[Step::Create]).await;
        for _ in 0..times {
            vault.meanwhile(Moment::Publishing, publish_again);
        }
        let outcome = vault.step(Step::Set, "second").await;
        if ends_well {
            assert_eq!(outcome.unwrap(), StepOutcome::Done, "{times}");
            assert_eq!(vault.published_kids(), kids(&vault.ring("second")));
        } else {
            let fault = outcome.unwrap_err();
            assert!(matches!(fault, RotationFault::Contended), "{times}: {fault}");
            assert_eq!(vault.published_kids(), kids(&vault.ring("first")));
        }
    }
}

#[tokio::test]
async fn a_rotation_that_another_one_has_overtaken_publishes_nothing() {
    let vault = Vault::after("second", &[Step::Create]).await;
    vault.meanwhile(Moment::Publishing, |vault| {
        publish_again(vault);
        vault.open("third");
    });
    let fault = vault.step(Step::Set, "second").await.unwrap_err();
    assert!(matches!(fault, RotationFault::NotPending { .. }), "{fault}");
    assert_eq!(vault.published_kids(), kids(&vault.ring("first")));
}

#[tokio::test]
async fn two_runs_of_the_last_step_at_once_both_end_well() {
    let vault = Vault::after("second", &[Step::Create, Step::Set, Step::Test]).await;
    vault.meanwhile(Moment::PuttingInForce, |vault| vault.put_in_force_now("second"));
    assert_eq!(vault.step(Step::Finish, "second").await.unwrap(), StepOutcome::Done, "the other run was quicker");

    for step in [Step::Set, Step::Test, Step::Finish] {
        let vault = Vault::after("second", &[Step::Create, Step::Set, Step::Test]).await;
        vault.meanwhile(Moment::ReadingRing, |vault| vault.put_in_force_now("second"));
        assert_eq!(vault.step(step, "second").await.unwrap(), StepOutcome::Already, "{step}");
        assert_eq!(vault.in_force(), "second");
    }
}

#[tokio::test]
async fn a_ring_does_not_take_the_place_of_another_than_it_was_checked_against() {
    let vault = Vault::after("second", &[Step::Create, Step::Set, Step::Test]).await;
    vault.meanwhile(Moment::PuttingInForce, |vault| {
        vault.store("other", ring());
        vault.put_in_force_now("other");
    });
    let fault = vault.step(Step::Finish, "second").await.unwrap_err();
    assert!(matches!(&fault, RotationFault::Overtaken { version } if version == "second"), "{fault}");
    assert_eq!(vault.in_force(), "other");
}

/// Another rotation, made from the same ring, publishes its own keys just before this one is in force.
#[tokio::test]
async fn what_is_in_force_is_what_is_published_in_the_end() {
    let publish_other = |vault: &Vault| {
        let other = vault.ring("first").changed(&Change::Rotate, vault.clock.now()).unwrap();
        vault.publish_now(&other.public_set().unwrap());
    };
    for (times, ends_well) in [(0, true), (1, true), (2, true), (3, false)] {
        let vault = Vault::after("second", &[Step::Create, Step::Set, Step::Test]).await;
        vault.meanwhile(Moment::PuttingInForce, publish_other);
        for _ in 0..times {
            vault.meanwhile(Moment::Publishing, publish_other);
        }
        let outcome = vault.step(Step::Finish, "second").await;
        assert_eq!(vault.in_force(), "second");
        if ends_well {
            assert_eq!(outcome.unwrap(), StepOutcome::Done, "{times}");
        } else {
            assert!(matches!(outcome.unwrap_err(), RotationFault::Contended), "{times}");
            // Secrets Manager repeats the step, and it does what is left of it.
            assert_eq!(vault.step(Step::Finish, "second").await.unwrap(), StepOutcome::Already);
        }
        assert_eq!(vault.published_kids(), kids(&vault.ring("second")), "{times}");
    }
}

#[tokio::test]
async fn a_last_step_that_is_repeated_leaves_a_newer_rotation_alone() {
    let vault = Vault::after("second", &Step::ALL).await;
    vault.ripen();
    vault.open("third");
    for step in [Step::Create, Step::Set] {
        vault.step(step, "third").await.unwrap();
    }
    let published = vault.published_kids();
    assert_eq!(vault.step(Step::Finish, "second").await.unwrap(), StepOutcome::Already);
    assert_eq!(vault.published_kids(), published);
}

#[tokio::test]
async fn a_leaked_key_that_somebody_publishes_again_is_reported() {
    let vault = Vault::ripe();
    let leaked = active_kid(&vault.ring("first"));
    let (first, replace) = (vault.ring("first"), Change::Replace { kid: leaked.clone() });
    let replaced = first.changed(&replace, vault.clock.now()).unwrap();
    let everything = replaced.iter().chain(first.iter().filter(|key| key.kid() == leaked));
    let everything = PublicKeySet::new(everything.map(|key| key.public().unwrap()).collect()).unwrap();
    vault.store("second", replaced);
    vault.open("second");
    // The operator's steps read what is published once to replace it and once to test it.
    vault.meanwhile(Moment::Publishing, move |vault| {
        vault.meanwhile(Moment::ReadingRing, move |vault| vault.publish_now(&everything));
    });
    let fault = vault.carry_out(replace, "second").await.unwrap_err();
    assert!(matches!(&fault, RotationFault::StillPublished { kid } if *kid == leaked), "{fault}");
    assert_eq!(vault.in_force(), "first");
}
