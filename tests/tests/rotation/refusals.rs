//! What is refused because it is unsafe.

use std::time::Duration;

use vestibule::clock::Clock;
use vestibule::keys::{
    Algorithm, Change, LONGEST_VERIFIER_CACHE, PublicKeySet, PublishKeys, Published, Rotation, Step, StepOutcome,
};
use vestibule::store::Secrets;
use vestibule_tests::Scene;

use crate::stage::{SECRET, STEPS, Stage, next, version};

#[tokio::test]
async fn a_key_does_not_sign_before_every_verifier_can_know_it() {
    let stage = Stage::of(Scene::new().await);
    let version = stage.open("early").await;
    stage.scene.clock.advance(LONGEST_VERIFIER_CACHE - Duration::from_secs(1));
    let before = stage.everything().await;
    assert_eq!(stage.step("createSecret", &version).await.unwrap_err(), "unsafe_step");
    assert_eq!(stage.everything().await, before);
    // Secrets Manager repeats the step, and a second later it is safe.
    stage.scene.wait(1);
    stage.steps(&version).await.unwrap();
    assert_eq!(stage.in_force().await.version, version);
}

#[tokio::test]
async fn a_second_rotation_waits_for_the_keys_that_the_first_one_published() {
    let stage = Stage::small(Scene::new().await).await;
    stage.rotate("first").await;
    let before = stage.everything().await;
    let version = stage.open("second").await;
    stage.scene.clock.advance(LONGEST_VERIFIER_CACHE);
    assert_eq!(stage.step("createSecret", &version).await.unwrap_err(), "unsafe_step");
    assert_eq!(stage.everything().await, before);
    stage.until_ripe();
    stage.steps(&version).await.unwrap();
}

#[tokio::test]
async fn a_key_that_is_not_published_does_not_sign() {
    let stage = Stage::small(Scene::new().await).await;
    let (ring, table) = (stage.ring().await, stage.scene.cloud.table());
    let unpublished = next(&ring, Algorithm::Es256);
    let publication = stage.publication().await;
    let others = publication.keys.iter().filter(|key| key.kid() != unpublished).cloned().collect();
    let others = PublicKeySet::new(others).unwrap();
    assert_eq!(table.publish(&others, Some(&publication), stage.scene.clock.now()).await.unwrap(), Published::Done);
    let version = stage.open("unpublished").await;
    assert_eq!(stage.step("createSecret", &version).await.unwrap_err(), "unsafe_step");
    assert_eq!(stage.step("setSecret", &version).await.unwrap_err(), "nothing_proposed");
}

/// Somebody unpublishes a key between the steps: the ring is not put in force until it is published again.
#[tokio::test]
async fn a_ring_whose_keys_are_not_all_published_is_not_put_in_force() {
    let stage = Stage::small(Scene::new().await).await;
    let earlier = stage.publication().await.keys;
    let version = stage.open("unpublished").await;
    stage.step("createSecret", &version).await.unwrap();
    stage.step("setSecret", &version).await.unwrap();
    let (publication, now) = (stage.publication().await, stage.scene.clock.now());
    assert_eq!(stage.scene.cloud.table().publish(&earlier, Some(&publication), now).await.unwrap(), Published::Done);
    let before = stage.everything().await;
    for step in ["testSecret", "finishSecret"] {
        assert_eq!(stage.step(step, &version).await.unwrap_err(), "unsafe_step", "{step}");
    }
    assert_eq!(stage.everything().await, before);
    stage.steps(&version).await.unwrap();
}

/// Its rotation was overtaken, and somebody has made it pending again by hand.
#[tokio::test]
async fn a_ring_that_was_made_from_another_than_the_one_in_force_is_refused() {
    let stage = Stage::small(Scene::new().await).await;
    let version = stage.open("older").await;
    stage.step("createSecret", &version).await.unwrap();
    stage.carry_out(Change::Rotate, "newer").await.unwrap();
    let secrets = &stage.scene.cloud.clients().secrets_manager;
    let label = secrets.update_secret_version_stage().secret_id(SECRET).version_stage("AWSPENDING");
    let newer = stage.in_force().await.version;
    label.remove_from_version_id(newer).move_to_version_id(&version).send().await.unwrap();
    let before = stage.everything().await;
    for step in ["setSecret", "testSecret", "finishSecret"] {
        assert_eq!(stage.step(step, &version).await.unwrap_err(), "unsafe_step", "{step}");
    }
    assert_eq!(stage.step("createSecret", &version).await.unwrap_err(), "withdrawn");
    assert_eq!(stage.everything().await, before);
}

#[tokio::test]
async fn a_proposal_that_is_no_ring_is_named_and_changes_nothing() {
    let stage = Stage::small(Scene::new().await).await;
    let version = stage.open("damaged").await;
    let secrets = &stage.scene.cloud.clients().secrets_manager;
    let put = secrets.put_secret_value().secret_id(SECRET).client_request_token(&version).secret_string("{}");
    put.version_stages("AWSPENDING").send().await.unwrap();
    let before = stage.everything().await;
    for step in STEPS {
        assert_eq!(stage.step(step, &version).await.unwrap_err(), "storage", "{step}");
    }
    assert_eq!(stage.everything().await, before);
}

#[tokio::test]
async fn without_a_ring_there_is_nothing_to_rotate() {
    let scene = Scene::new().await;
    let secrets = &scene.cloud.clients().secrets_manager;
    secrets.create_secret().name("empty").send().await.unwrap();
    let (empty, table) = (Secrets::new(secrets.clone(), "empty", "empty"), scene.cloud.table());
    let rotation = Rotation::new(&empty, &table, &Clock::System);
    let fault = rotation.carry_out(&Change::Rotate, &version("empty")).await.unwrap_err();
    assert_eq!(fault.reason(), "no_ring");
    // Secrets Manager tries a schedule that is made before the first keys, with this step alone: that is no failure.
    assert_eq!(rotation.step(Step::Test, &version("trial")).await.unwrap(), StepOutcome::NoRingYet);
    for step in [Step::Create, Step::Set, Step::Finish] {
        assert_eq!(rotation.step(step, &version("trial")).await.unwrap_err().reason(), "not_pending", "{step}");
    }
}
