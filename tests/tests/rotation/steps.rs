//! The four steps: in order, repeated, at once, and out of order.

use std::time::Duration;

use serde_json::json;
use vestibule::keys::{Algorithm, KeyState, LONGEST_ROTATION, RotateSigningKeys};
use vestibule_tests::Scene;

use crate::stage::{SECRET, STEPS, Stage, active, invoke, jwks_kids, kid, kids, next, version};

#[tokio::test]
async fn the_four_steps_let_the_next_keys_sign_and_publish_the_ones_after_them() {
    let mut stage = Stage::ready().await;
    let demo = stage.scene.demo().await;
    let before = stage.ring().await;
    let old = stage.scene.login(&demo).await.access;
    let now = stage.scene.clock.now();
    stage.rotate("first").await;
    let after = stage.ring().await;
    for algorithm in Algorithm::ALL {
        assert_eq!(active(&after, algorithm), next(&before, algorithm));
        assert!(before.find(&next(&after, algorithm)).is_none(), "the key after it is fresh");
        let retired = after.find(&active(&before, algorithm)).unwrap().state();
        // Until then at the latest: a rotation that dies half-way leaves no key that claims to be older than it is.
        assert!(matches!(retired, KeyState::Retired { retired_at, .. } if retired_at == now.plus(LONGEST_ROTATION)));
    }
    assert_eq!(stage.published_kids().await, kids(&after));
    assert_eq!(stage.jwks_kids().await, kids(&after));
    let new = stage.nobody_notices(&demo, &old).await;
    assert_eq!((kid(&old), kid(&new)), (active(&before, Algorithm::Es256), active(&after, Algorithm::Es256)));
}

#[tokio::test]
async fn each_step_taken_twice_is_taken_once() {
    let stage = Stage::ready().await;
    let version = stage.open("twice").await;
    for step in STEPS {
        stage.step(step, &version).await.unwrap();
        let once = stage.everything().await;
        let proposed = stage.scene.cloud.secrets().proposed_ring(&version).await.unwrap().unwrap();
        stage.step(step, &version).await.unwrap();
        assert_eq!(stage.everything().await, once, "{step}");
        let again = stage.scene.cloud.secrets().proposed_ring(&version).await.unwrap().unwrap();
        assert_eq!(kids(&again), kids(&proposed), "{step}");
    }
    // Secrets Manager repeats the whole process, too.
    let done = stage.everything().await;
    stage.steps(&version).await.unwrap();
    assert_eq!(stage.everything().await, done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_step_taken_twice_at_once_is_taken_once() {
    let stage = Stage::small(Scene::new().await).await;
    let other = stage.scene.cloud.function("RotateKeysFunction").unwrap().unwrap();
    for round in 0..10 {
        let before = stage.ring().await;
        let version = stage.open(&format!("round{round}")).await;
        for step in STEPS {
            let event = json!({ "Step": step, "SecretId": SECRET, "ClientRequestToken": version });
            let (one, two) = tokio::join!(invoke(&stage.function, &event), invoke(&other, &event));
            assert_eq!((one, two), (Ok(()), Ok(())), "{step} in round {round}");
        }
        let in_force = stage.in_force().await;
        assert_eq!(in_force.version, version);
        assert_eq!(active(&in_force.ring, Algorithm::Es256), next(&before, Algorithm::Es256));
        assert_eq!(stage.published_kids().await, kids(&in_force.ring), "round {round}");
        stage.until_ripe();
    }
}

#[tokio::test]
async fn a_step_for_a_version_that_no_rotation_was_opened_for_is_refused() {
    let stage = Stage::ready().await;
    let before = stage.everything().await;
    for step in STEPS {
        assert_eq!(stage.step(step, &version("never opened")).await.unwrap_err(), "not_pending", "{step}");
    }
    assert_eq!(stage.everything().await, before);
}

#[tokio::test]
async fn a_step_before_its_time_is_refused_and_changes_nothing() {
    let stage = Stage::ready().await;
    let before = stage.everything().await;
    let version = stage.open("hasty").await;
    for step in ["setSecret", "finishSecret"] {
        assert_eq!(stage.step(step, &version).await.unwrap_err(), "nothing_proposed", "{step}");
    }
    stage.step("createSecret", &version).await.unwrap();
    for step in ["testSecret", "finishSecret"] {
        assert_eq!(stage.step(step, &version).await.unwrap_err(), "unsafe_step", "{step}: its keys are not published");
    }
    assert_eq!(stage.everything().await, before);
    // Each step checks for itself, so the third may be left out.
    stage.step("setSecret", &version).await.unwrap();
    stage.step("finishSecret", &version).await.unwrap();
    assert_eq!(stage.in_force().await.version, version);
    for step in ["createSecret", "setSecret", "testSecret"] {
        stage.step(step, &version).await.unwrap();
    }
    assert_eq!(stage.in_force().await.version, version);
}

#[tokio::test]
async fn an_event_of_another_secret_another_service_or_another_time_is_refused() {
    let stage = Stage::ready().await;
    let version = stage.open("strange").await;
    for (event, reason) in [
        (json!({ "Step": "createSecret", "SecretId": "other", "ClientRequestToken": version }), "other_secret"),
        (json!({ "Step": "deleteSecret", "SecretId": SECRET, "ClientRequestToken": version }), "unknown_step"),
        (json!({ "Step": "createSecret", "SecretId": SECRET }), "malformed"),
        (json!({ "Step": 1, "SecretId": SECRET, "ClientRequestToken": version }), "malformed"),
        (json!([]), "malformed"),
    ] {
        assert_eq!(invoke(&stage.function, &event).await.unwrap_err(), reason, "{event}");
    }
    let more =
        json!({ "Step": "createSecret", "SecretId": SECRET, "ClientRequestToken": version, "RotationToken": "x" });
    invoke(&stage.function, &more).await.unwrap();
}

/// What Secrets Manager does when a schedule is set or changed: testSecret alone, on a pending version that holds nothing and is
/// taken away again ("RotateImmediately", API reference of RotateSecret). The same if it should hold the value that is in force.
#[tokio::test]
async fn a_schedule_that_is_changed_later_is_tried_without_a_failure() {
    let stage = Stage::ready().await;
    let before = stage.everything().await;
    let version = stage.open("trial").await;
    stage.step("testSecret", &version).await.unwrap();
    assert_eq!(stage.step("finishSecret", &version).await.unwrap_err(), "nothing_proposed");
    assert_eq!(stage.everything().await, before);
    let ring = stage.ring().await;
    stage.scene.cloud.secrets().propose(&version, &ring).await.unwrap();
    stage.step("testSecret", &version).await.unwrap();
    assert_eq!(stage.everything().await, before);
}

#[tokio::test]
async fn a_retired_key_leaves_at_the_first_rotation_after_its_time() {
    let mut stage = Stage::ready().await;
    let old = kids(&stage.ring().await);
    stage.rotate("first").await;
    let signed_before = active(&stage.ring().await, Algorithm::Es256);
    assert_eq!(stage.jwks_kids().await.intersection(&old).count(), old.len());
    stage.until_ripe();
    stage.rotate("second").await;
    let left = stage.jwks_kids().await;
    // Of the first four keys, two signed last in the first ring and two in the second.
    assert_eq!(left.intersection(&old).count(), 2);
    assert!(left.contains(&signed_before), "its tokens may live");
    stage.scene.clock.advance(Duration::from_secs(1));
    let document = stage.scene.get("/.well-known/jwks.json", &[]).await.json();
    assert_eq!(jwks_kids(&document), left);
}

/// What `store/README.md` says that they cost.
#[tokio::test]
async fn the_steps_make_as_many_calls_as_is_written() {
    let stage = Stage::ready().await;
    let version = stage.open("counted").await;
    let mut counted = Vec::new();
    for step in STEPS {
        stage.scene.wire.take_calls();
        stage.scene.wire.take_capacity_units();
        stage.step(step, &version).await.unwrap();
        counted.push((stage.scene.wire.take_calls().len(), stage.scene.wire.take_capacity_units()));
    }
    assert_eq!(counted, [(5, 1.0), (5, 9.0), (4, 1.0), (8, 8.0)]);
}
