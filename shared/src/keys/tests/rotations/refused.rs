//! Steps that are refused, and that what they would have changed is as it was.

use super::*;

#[tokio::test]
async fn steps_out_of_turn_say_what_has_to_come_first() {
    let vault = Vault::after("second", &[]).await;
    // A schedule is tried with this step alone, on a version that nothing was proposed under.
    assert_eq!(vault.step(Step::Test, "second").await.unwrap(), StepOutcome::NothingProposed);
    for step in [Step::Set, Step::Finish] {
        let fault = vault.step(step, "second").await.unwrap_err();
        assert!(matches!(&fault, RotationFault::NothingProposed { version } if version == "second"), "{step}: {fault}");
    }
    vault.step(Step::Create, "second").await.unwrap();
    let unpublished = next_kid(&vault.ring("second"));
    let before = vault.writes();
    for step in [Step::Test, Step::Finish] {
        let fault = vault.step(step, "second").await.unwrap_err();
        let RotationFault::Unsafe(UnsafeStep::Unpublished { kid }) = fault else { panic!("{step}: {fault}") };
        assert_eq!(kid, unpublished);
    }
    assert_eq!((vault.writes(), vault.in_force()), (before, "first".to_owned()));
}

#[tokio::test]
async fn a_version_that_no_rotation_was_opened_for_is_refused_every_step() {
    let vault = Vault::after("second", &[Step::Create]).await;
    let before = vault.writes();
    vault.open("third");
    for version in ["second", "never"] {
        for step in Step::ALL {
            let fault = vault.step(step, version).await.unwrap_err();
            assert!(
                matches!(&fault, RotationFault::NotPending { version: named } if named == version),
                "{step}: {fault}"
            );
        }
    }
    assert_eq!(vault.writes(), before);
}

#[tokio::test]
async fn before_the_first_keys_a_schedule_may_be_tried_and_nothing_be_rotated() {
    let vault = Vault::empty();
    assert_eq!(vault.step(Step::Test, "trial").await.unwrap(), StepOutcome::NoRingYet);
    for step in [Step::Create, Step::Set, Step::Finish] {
        assert_eq!(vault.step(step, "trial").await.unwrap_err().reason(), "not_pending", "{step}");
    }
    vault.open("trial");
    assert_eq!(vault.step(Step::Test, "trial").await.unwrap(), StepOutcome::NoRingYet);
    for step in [Step::Create, Step::Set, Step::Finish] {
        assert_eq!(vault.step(step, "trial").await.unwrap_err().reason(), "no_ring", "{step}");
    }
    let fault = vault.carry_out(Change::Rotate, "trial").await.unwrap_err();
    assert!(matches!(fault, RotationFault::NoRing), "{fault}");
    assert_eq!(vault.writes(), 0);
}

#[tokio::test]
async fn a_key_that_nobody_can_know_yet_does_not_sign() {
    let vault = Vault::ripe();
    vault.clock.set(NOW.plus(LONGEST_VERIFIER_CACHE).minus(SECOND));
    vault.open("second");
    let fault = vault.step(Step::Create, "second").await.unwrap_err();
    assert!(matches!(&fault, RotationFault::Unsafe(UnsafeStep::TooEarly { lacking: SECOND, .. })), "{fault}");
    assert_eq!(vault.writes(), 0);
    vault.clock.advance(SECOND);
    assert_eq!(vault.step(Step::Create, "second").await.unwrap(), StepOutcome::Done);
}

#[tokio::test]
async fn nothing_is_proposed_on_top_of_a_ring_that_is_not_published() {
    let vault = Vault::after("second", &[]).await;
    let first = vault.ring("first");
    let unpublished = next_kid(&first);
    vault.publish_now(&first.remove(&unpublished, NOW).unwrap().public_set().unwrap());
    let fault = vault.step(Step::Create, "second").await.unwrap_err();
    let RotationFault::Unsafe(UnsafeStep::Unpublished { kid }) = fault else { panic!("{fault}") };
    assert_eq!(kid, unpublished);

    vault.unpublish_all();
    let fault = vault.step(Step::Create, "second").await.unwrap_err();
    assert!(matches!(fault, RotationFault::NothingPublished), "{fault}");
    assert_eq!(vault.writes(), 0);
}

/// A version's value never changes: a proposal that has grown too old must make room, or no rotation would begin again.
#[tokio::test]
async fn a_proposal_that_has_grown_too_old_is_withdrawn() {
    let vault = Vault::after("second", &[Step::Create, Step::Set]).await;
    vault.clock.advance(LONGEST_ROTATION + SECOND);
    for step in [Step::Set, Step::Test, Step::Finish] {
        let fault = vault.step(step, "second").await.unwrap_err();
        assert!(matches!(&fault, RotationFault::Unsafe(UnsafeStep::TooLate { by: SECOND, .. })), "{step}: {fault}");
    }
    assert_eq!(vault.pending().as_deref(), Some("second"));
    let fault = vault.step(Step::Create, "second").await.unwrap_err();
    assert!(
        matches!(&fault, RotationFault::Withdrawn { version, reason: UnsafeStep::TooLate { .. } } if version == "second"),
        "{fault}"
    );
    assert_eq!((vault.pending(), vault.in_force()), (None, "first".to_owned()));

    vault.open("third");
    for step in Step::ALL {
        vault.step(step, "third").await.unwrap();
    }
    assert_eq!(vault.published_kids(), kids(&vault.ring("third")), "nothing is left of the proposal");
}

#[tokio::test]
async fn a_proposal_for_another_change_is_withdrawn() {
    let vault = Vault::ripe();
    let first = vault.ring("first");
    let without_next = first.changed(&Change::Retire { kid: next_kid(&first) }, vault.clock.now()).unwrap();
    vault.store("second", without_next);
    vault.open("second");
    let fault = vault.step(Step::Create, "second").await.unwrap_err();
    let RotationFault::Withdrawn { reason, .. } = fault else { panic!("{fault}") };
    assert_eq!(reason, UnsafeStep::Missing { kid: next_kid(&first) });
    assert_eq!(vault.pending(), None);
}

#[tokio::test]
async fn a_change_that_makes_no_sense_is_refused_before_anything_is_stored() {
    let vault = Vault::ripe();
    let active = active_kid(&vault.ring("first"));
    let unknown = || "unknown".to_owned();
    for (change, reason) in [
        (Change::Promote { kid: unknown() }, UnsafeStep::Unknown { kid: unknown() }),
        (Change::Promote { kid: active.clone() }, UnsafeStep::NotNext { kid: active.clone() }),
        (Change::Retire { kid: active.clone() }, UnsafeStep::Signing { kid: active.clone() }),
        (Change::Replace { kid: unknown() }, UnsafeStep::Unknown { kid: unknown() }),
    ] {
        let fault = vault.carry_out(change, "second").await.unwrap_err();
        assert!(matches!(&fault, RotationFault::Unsafe(refused) if *refused == reason), "{fault}");
    }
    assert_eq!(vault.writes(), 0);
}

#[test]
fn every_fault_of_a_rotation_has_a_word_of_its_own() {
    let name = || "second".to_owned();
    let kid = || UnsafeStep::Unknown { kid: name() };
    let store = crate::storage::StoreError::Unavailable { operation: "GetItem", detail: name() };
    let faults = [
        (RotationFault::Store(store), "storage"),
        (NoSuccessor::Unsafe(kid()).into(), "unsafe_step"),
        (RotationFault::Withdrawn { version: name(), reason: kid() }, "withdrawn"),
        (RotationFault::NoRing, "no_ring"),
        (RotationFault::NotPending { version: name() }, "not_pending"),
        (RotationFault::NothingProposed { version: name() }, "nothing_proposed"),
        (RotationFault::NothingPublished, "nothing_published"),
        (RotationFault::Overtaken { version: name() }, "overtaken"),
        (RotationFault::Contended, "contended"),
        (RotationFault::NotVerified { kid: name() }, "not_verified"),
        (RotationFault::StillPublished { kid: name() }, "still_published"),
        (RotationFault::NotSigned(NotSigned), "not_signed"),
        (NoSuccessor::Pair(InvalidKeyPair::NotGenerated).into(), "not_made"),
        (RotationFault::Ring(RingFault::Empty), "ring"),
    ];
    for (fault, reason) in faults {
        assert_eq!(fault.reason(), reason, "{fault}");
    }
}
