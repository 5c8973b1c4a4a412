//! A rotation may die between any two of its calls, and at any time between two of its steps.

use std::time::Duration;

use vestibule::keys::{Algorithm, LONGEST_ROTATION};
use vestibule_tests::{Fault, Scene};

use crate::stage::{STEPS, Stage, active, kids, next};

/// Every call of a rotation is the last one once: it never arrives, or its answer never comes. Whatever was done by then, people
/// sign in and tokens are verified, and Secrets Manager's repetition of the whole process finishes the rotation.
#[tokio::test]
async fn a_rotation_that_dies_between_any_two_calls_is_finished_by_repeating_it() {
    let mut stage = Stage::small(Scene::new().await).await;
    let demo = stage.scene.demo().await;
    for fault in [Fault::Unreachable, Fault::AnswerLost] {
        let mut calls = 0;
        loop {
            let version = stage.open(&format!("{fault:?}{calls}")).await;
            let (before, earlier) = (stage.ring().await, stage.scene.login(&demo).await.access);
            stage.scene.wire.break_after(calls, "", fault);
            let died = stage.steps(&version).await;
            stage.scene.wire.mend();
            stage.nobody_notices(&demo, &earlier).await;
            if let Err(reason) = &died {
                assert_eq!(reason, "storage", "{fault:?} after {calls} calls");
                stage.steps(&version).await.unwrap();
                stage.scene.cold_start();
                stage.scene.get_as("/whoami", &earlier).await.expect(200);
            }
            let in_force = stage.in_force().await;
            assert_eq!(in_force.version, version, "{fault:?} after {calls} calls");
            assert_eq!(active(&in_force.ring, Algorithm::Es256), next(&before, Algorithm::Es256));
            assert_eq!(stage.published_kids().await, kids(&in_force.ring), "{fault:?} after {calls} calls");
            stage.until_ripe();
            if died.is_ok() {
                break;
            }
            calls += 1;
        }
        assert!(calls > 4 * 4, "the wire did not break: a rotation makes more calls than {calls}");
    }
}

/// However long it is dead, no key is taken for published, or for retired, before it was.
#[tokio::test]
async fn a_rotation_that_was_dead_too_long_is_withdrawn_and_the_next_begins_anew() {
    for steps in 1..STEPS.len() {
        let mut stage = Stage::small(Scene::new().await).await;
        let demo = stage.scene.demo().await;
        let before = stage.in_force().await;
        let version = stage.open("dead").await;
        for step in &STEPS[..steps] {
            stage.step(step, &version).await.unwrap();
        }
        stage.scene.clock.advance(LONGEST_ROTATION + Duration::from_secs(1));
        for step in ["setSecret", "testSecret", "finishSecret"] {
            assert_eq!(stage.step(step, &version).await.unwrap_err(), "unsafe_step", "{step} after {steps} steps");
        }
        assert_eq!(stage.step("createSecret", &version).await.unwrap_err(), "withdrawn");
        assert_eq!(stage.step("createSecret", &version).await.unwrap_err(), "not_pending");
        assert_eq!(stage.in_force().await.version, before.version);
        let earlier = stage.scene.login(&demo).await.access;
        stage.nobody_notices(&demo, &earlier).await;
        stage.rotate("anew").await;
        assert_eq!(active(&stage.ring().await, Algorithm::Es256), next(&before.ring, Algorithm::Es256));
        stage.nobody_notices(&demo, &earlier).await;
    }
}

/// On its last second the rotation still ends well.
#[tokio::test]
async fn a_rotation_may_take_as_long_as_it_said() {
    let stage = Stage::small(Scene::new().await).await;
    let version = stage.open("slow").await;
    for step in STEPS {
        stage.step(step, &version).await.unwrap();
        stage.scene.clock.advance(LONGEST_ROTATION / 3);
    }
    assert_eq!(stage.in_force().await.version, version);
}

/// A key that has been retired for long, in a ring whose rotations die again and again, does not stop the next one.
#[tokio::test]
async fn a_retired_key_whose_time_passed_during_a_dead_rotation_is_not_missed() {
    let stage = Stage::small(Scene::new().await).await;
    stage.rotate("first").await;
    stage.until_ripe();
    let version = stage.open("dead").await;
    stage.step("createSecret", &version).await.unwrap();
    stage.step("setSecret", &version).await.unwrap();
    assert!(!stage.published_kids().await.is_superset(&kids(&stage.ring().await)), "the retired key is unpublished");
    stage.scene.clock.advance(LONGEST_ROTATION * 2);
    assert_eq!(stage.step("createSecret", &version).await.unwrap_err(), "withdrawn");
    stage.rotate("second").await;
    assert_eq!(stage.published_kids().await, kids(&stage.ring().await));
}
