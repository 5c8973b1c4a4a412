//! Two rotations at once: the later one counts, and nothing that the earlier one still does undoes it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;

use vestibule::clock::Timestamp;
use vestibule::keys::{
    Algorithm, Change, Proposed, PublicKeySet, Publication, PublishKeys, Published, PutInForce, RingInForce,
    RotateSigningKeys, Rotation, RotationFault, SigningKeyRing, Standing, Step,
};
use vestibule::storage::StoreError;
use vestibule::store::{Secrets, Table};
use vestibule_tests::Scene;

use crate::stage::{STEPS, Stage, kids, next, version};

#[tokio::test]
async fn a_late_step_of_an_older_rotation_changes_nothing() {
    for taken in 1..=STEPS.len() {
        let stage = Stage::small(Scene::new().await).await;
        let older = stage.open("older").await;
        for step in &STEPS[..taken] {
            stage.step(step, &older).await.unwrap();
        }
        if taken == STEPS.len() {
            stage.until_ripe();
        }
        stage.carry_out(Change::Rotate, "newer").await.unwrap();
        let (before, edition) = (stage.everything().await, stage.publication().await.edition);
        for step in STEPS {
            assert_eq!(stage.step(step, &older).await.unwrap_err(), "not_pending", "{step} after {taken}");
        }
        assert_eq!(stage.everything().await, before);
        assert_eq!(stage.publication().await.edition, edition);
    }
}

/// Something that happens between a step's last check and its write, as if the step's sandbox had been frozen there.
type Happening<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;
type Meanwhile<'a> = Mutex<Option<Happening<'a>>>;

async fn happen(meanwhile: &Meanwhile<'_>) {
    let happening = meanwhile.lock().unwrap().take();
    if let Some(happening) = happening {
        happening.await;
    }
}

/// The table, reached late, or left by somebody else in another state than it was brought to.
struct Late<'a> {
    table: Table,
    before_reading: Meanwhile<'a>,
    meanwhile: Meanwhile<'a>,
    afterwards: Meanwhile<'a>,
}

impl Late<'_> {
    fn on_time(stage: &Stage) -> Self {
        let table = stage.scene.cloud.table();
        Self { table, before_reading: Mutex::default(), meanwhile: Mutex::default(), afterwards: Mutex::default() }
    }
}

impl PublishKeys for Late<'_> {
    async fn published(&self) -> Result<Option<Publication>, StoreError> {
        happen(&self.before_reading).await;
        self.table.published().await
    }

    async fn publish(
        &self,
        keys: &PublicKeySet,
        instead_of: Option<&Publication>,
        now: Timestamp,
    ) -> Result<Published, StoreError> {
        happen(&self.meanwhile).await;
        let published = self.table.publish(keys, instead_of, now).await;
        happen(&self.afterwards).await;
        published
    }
}

/// The secret, reached late by the last step.
struct LateSecret<'a> {
    secrets: Secrets,
    meanwhile: Meanwhile<'a>,
}

impl RotateSigningKeys for LateSecret<'_> {
    async fn standing(&self, version: &str) -> Result<Standing, StoreError> {
        self.secrets.standing(version).await
    }

    async fn ring_in_force(&self) -> Result<Option<RingInForce>, StoreError> {
        self.secrets.ring_in_force().await
    }

    async fn proposed_ring(&self, version: &str) -> Result<Option<SigningKeyRing>, StoreError> {
        self.secrets.proposed_ring(version).await
    }

    async fn propose(&self, version: &str, ring: &SigningKeyRing) -> Result<Proposed, StoreError> {
        self.secrets.propose(version, ring).await
    }

    async fn put_in_force(&self, version: &str, instead_of: &str) -> Result<PutInForce, StoreError> {
        happen(&self.meanwhile).await;
        self.secrets.put_in_force(version, instead_of).await
    }

    async fn withdraw(&self, version: &str) -> Result<(), StoreError> {
        self.secrets.withdraw(version).await
    }
}

/// The earlier rotation is about to read what is published, or has checked everything and is about to publish; then a whole
/// rotation passes.
#[tokio::test]
async fn a_publication_that_comes_late_does_not_replace_that_of_a_newer_rotation() {
    for before_reading in [true, false] {
        let stage = Stage::small(Scene::new().await).await;
        let older = stage.open("older").await;
        stage.step("createSecret", &older).await.unwrap();
        let newer = async { stage.carry_out(Change::Rotate, "newer").await.unwrap() };
        let newer = Some(Box::pin(newer) as Happening<'_>);
        let (early, late) = if before_reading { (newer, None) } else { (None, newer) };
        let late = Late { before_reading: Mutex::new(early), meanwhile: Mutex::new(late), ..Late::on_time(&stage) };
        let (secrets, clock) = (stage.scene.cloud.secrets(), stage.clock());
        let fault = Rotation::new(&secrets, &late, &clock).step(Step::Set, &older).await.unwrap_err();
        assert!(matches!(fault, RotationFault::NotPending { .. }), "{fault}");
        assert_eq!(stage.published_kids().await, kids(&stage.ring().await));
    }
}

/// The earlier rotation has checked everything and is about to put its ring in force.
#[tokio::test]
async fn a_rotation_that_finishes_late_notices_that_another_ring_is_in_force() {
    let stage = Stage::small(Scene::new().await).await;
    let older = stage.open("older").await;
    for step in &STEPS[..3] {
        stage.step(step, &older).await.unwrap();
    }
    let newer = async { stage.carry_out(Change::Rotate, "newer").await.unwrap() };
    let late = LateSecret { secrets: stage.scene.cloud.secrets(), meanwhile: Mutex::new(Some(Box::pin(newer))) };
    let (table, clock) = (stage.scene.cloud.table(), stage.clock());
    let fault = Rotation::new(&late, &table, &clock).step(Step::Finish, &older).await.unwrap_err();
    assert!(matches!(fault, RotationFault::Overtaken { .. }), "{fault}");
    assert!(stage.in_force().await.version.starts_with("newer"));
    assert_eq!(stage.published_kids().await, kids(&stage.ring().await));
}

/// The other way round: a second rotation, made from the same ring, publishes just before the first one is put in force. Its own
/// next key is published then, and the first one's is not, until the first one publishes once more.
#[tokio::test]
async fn what_another_rotation_published_at_the_last_moment_does_not_stay() {
    let stage = Stage::small(Scene::new().await).await;
    let first = stage.open("first").await;
    for step in &STEPS[..3] {
        stage.step(step, &first).await.unwrap();
    }
    let (secrets, table, clock) = (stage.scene.cloud.secrets(), stage.scene.cloud.table(), stage.clock());
    let second = async {
        let ring = stage.ring().await.changed(&Change::Rotate, stage.scene.clock.now()).unwrap();
        let (publication, now) = (stage.publication().await, stage.scene.clock.now());
        assert_eq!(table.publish(&ring.public_set().unwrap(), Some(&publication), now).await.unwrap(), Published::Done);
    };
    let late = LateSecret { secrets, meanwhile: Mutex::new(Some(Box::pin(second))) };
    Rotation::new(&late, &stage.scene.cloud.table(), &clock).step(Step::Finish, &first).await.unwrap();
    let ring = stage.ring().await;
    assert_eq!(stage.published_kids().await, kids(&ring));
    stage.until_ripe();
    stage.rotate("third").await;
    assert_eq!(stage.ring().await.active(Algorithm::Es256).unwrap().kid(), next(&ring, Algorithm::Es256));
}

/// A repeated last step does not publish over the rotation that was opened after it.
#[tokio::test]
async fn a_repeated_last_step_leaves_a_newer_rotation_alone() {
    let stage = Stage::small(Scene::new().await).await;
    stage.rotate("older").await;
    let older = stage.in_force().await.version;
    stage.until_ripe();
    let newer = stage.open("newer").await;
    stage.step("createSecret", &newer).await.unwrap();
    stage.step("setSecret", &newer).await.unwrap();
    let published = stage.publication().await;
    stage.step("finishSecret", &older).await.unwrap();
    assert_eq!(stage.publication().await.edition, published.edition);
    stage.step("finishSecret", &newer).await.unwrap();
    assert_eq!(stage.published_kids().await, kids(&stage.ring().await));
}

/// An emergency never says that it has unpublished a key which somebody publishes again.
#[tokio::test]
async fn a_leaked_key_that_is_published_again_is_reported() {
    let stage = Stage::small(Scene::new().await).await;
    let leaked = stage.ring().await.active(Algorithm::Es256).unwrap().kid().to_owned();
    let (secrets, table, clock) = (stage.scene.cloud.secrets(), stage.scene.cloud.table(), stage.clock());
    let again = async {
        let publication = stage.publication().await;
        let keys = publication.keys.iter().cloned();
        let leaked = stage.ring().await.public_set().unwrap().find(&leaked).unwrap().as_ref().clone();
        let keys = PublicKeySet::new(keys.chain([leaked]).collect()).unwrap();
        assert_eq!(table.publish(&keys, Some(&publication), stage.scene.clock.now()).await.unwrap(), Published::Done);
    };
    let afterwards = Mutex::new(Some(Box::pin(again) as Happening<'_>));
    let late = Late { afterwards, ..Late::on_time(&stage) };
    let replace = Change::Replace { kid: leaked.clone() };
    let fault = Rotation::new(&secrets, &late, &clock).carry_out(&replace, &version("leaked")).await.unwrap_err();
    assert!(matches!(fault, RotationFault::StillPublished { .. }), "{fault}");
    stage.carry_out(replace, "again").await.unwrap();
    assert!(!stage.published_kids().await.contains(&leaked));
}
