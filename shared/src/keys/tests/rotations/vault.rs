//! Versions of a ring and what is published of them, in memory, with somebody else at work in them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use crate::clock::{Clock, ManualClock, Timestamp};
use crate::keys::tests::{NOW, SECOND, ring};
use crate::keys::*;
use crate::storage::StoreError;

/// What somebody else does at a moment.
type Deed = Box<dyn FnOnce(&Vault) + Send>;

/// When somebody else is at work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// After the standing of a version was read and before the ring in force is.
    ReadingRing,
    Publishing,
    PuttingInForce,
}

#[derive(Default)]
struct Content {
    rings: BTreeMap<String, SigningKeyRing>,
    in_force: Option<String>,
    pending: Option<String>,
    publication: Option<Publication>,
    /// Calls that were to change something.
    writes: usize,
}

pub(super) struct Vault {
    pub(super) clock: ManualClock,
    content: Mutex<Content>,
    deeds: Mutex<VecDeque<(Moment, Deed)>>,
}

impl Vault {
    /// Before the first keys.
    pub(super) fn empty() -> Self {
        let clock = ManualClock::starting_at(NOW);
        Self { clock, content: Mutex::default(), deeds: Mutex::default() }
    }

    /// A deployment whose next key may sign.
    pub(super) fn ripe() -> Self {
        let (vault, ring) = (Self::empty(), ring());
        vault.publish_now(&ring.public_set().unwrap());
        let mut content = vault.content.lock().unwrap();
        content.rings.insert("first".to_owned(), ring);
        (content.in_force, content.pending) = (Some("first".to_owned()), Some("first".to_owned()));
        drop(content);
        vault.ripen();
        vault
    }

    /// Moves the clock until what was published last may sign.
    pub(super) fn ripen(&self) {
        self.clock.advance(LONGEST_VERIFIER_CACHE + LONGEST_ROTATION + SECOND);
    }

    /// A vault in which a rotation is open as `version` and has come as far as `steps`.
    pub(super) async fn after(version: &str, steps: &[Step]) -> Self {
        let vault = Self::ripe();
        vault.open(version);
        for step in steps {
            assert_eq!(vault.step(*step, version).await.unwrap(), StepOutcome::Done, "{step}");
        }
        vault
    }

    /// What Secrets Manager does before the first step.
    pub(super) fn open(&self, version: &str) {
        self.content.lock().unwrap().pending = Some(version.to_owned());
    }

    pub(super) async fn step(&self, step: Step, version: &str) -> Result<StepOutcome, RotationFault> {
        Rotation::new(self, self, &Clock::Manual(self.clock.clone())).step(step, version).await
    }

    pub(super) async fn carry_out(&self, change: Change, version: &str) -> Result<(), RotationFault> {
        Rotation::new(self, self, &Clock::Manual(self.clock.clone())).carry_out(&change, version).await
    }

    /// Somebody else does `deed` at the next such moment.
    pub(super) fn meanwhile(&self, moment: Moment, deed: impl FnOnce(&Self) + Send + 'static) {
        self.deeds.lock().unwrap().push_back((moment, Box::new(deed)));
    }

    fn happen(&self, moment: Moment) {
        let mut deeds = self.deeds.lock().unwrap();
        if deeds.front().is_some_and(|(due, _)| *due == moment)
            && let Some((_, deed)) = deeds.pop_front()
        {
            drop(deeds);
            deed(self);
        }
    }

    /// Publishes `keys`, whatever was published before.
    pub(super) fn publish_now(&self, keys: &PublicKeySet) {
        let mut content = self.content.lock().unwrap();
        let edition = Edition::after(content.publication.as_ref().and_then(|before| before.edition));
        content.publication = Some(Publication { keys: keys.clone(), edition: Some(edition) });
    }

    pub(super) fn unpublish_all(&self) {
        self.content.lock().unwrap().publication = None;
    }

    pub(super) fn put_in_force_now(&self, version: &str) {
        self.content.lock().unwrap().in_force = Some(version.to_owned());
    }

    /// Stores `ring` under `version` without any rotation.
    pub(super) fn store(&self, version: &str, ring: SigningKeyRing) {
        self.content.lock().unwrap().rings.insert(version.to_owned(), ring);
    }

    pub(super) fn in_force(&self) -> String {
        self.content.lock().unwrap().in_force.clone().unwrap()
    }

    pub(super) fn pending(&self) -> Option<String> {
        self.content.lock().unwrap().pending.clone()
    }

    pub(super) fn ring(&self, version: &str) -> SigningKeyRing {
        self.content.lock().unwrap().rings.get(version).unwrap().clone()
    }

    pub(super) fn writes(&self) -> usize {
        self.content.lock().unwrap().writes
    }

    /// The names of the published keys, in order.
    pub(super) fn published_kids(&self) -> Vec<String> {
        let content = self.content.lock().unwrap();
        sorted(content.publication.as_ref().unwrap().keys.iter().map(|key| key.kid()))
    }

    fn write(&self) -> std::sync::MutexGuard<'_, Content> {
        let mut content = self.content.lock().unwrap();
        content.writes += 1;
        content
    }
}

pub(super) fn kids(ring: &SigningKeyRing) -> Vec<String> {
    sorted(ring.iter().map(SigningKey::kid))
}

fn sorted<'a>(kids: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut kids: Vec<_> = kids.map(str::to_owned).collect();
    kids.sort();
    kids
}

impl PublishKeys for Vault {
    async fn published(&self) -> Result<Option<Publication>, StoreError> {
        Ok(self.content.lock().unwrap().publication.clone())
    }

    async fn publish(
        &self,
        keys: &PublicKeySet,
        instead_of: Option<&Publication>,
        _: Timestamp,
    ) -> Result<Published, StoreError> {
        self.happen(Moment::Publishing);
        let mut content = self.write();
        let edition = |publication: Option<&Publication>| publication.and_then(|publication| publication.edition);
        if edition(content.publication.as_ref()) != edition(instead_of) {
            return Ok(Published::Overtaken);
        }
        let edition = Some(Edition::after(edition(instead_of)));
        content.publication = Some(Publication { keys: keys.clone(), edition });
        Ok(Published::Done)
    }
}

impl RotateSigningKeys for Vault {
    async fn standing(&self, version: &str) -> Result<Standing, StoreError> {
        let content = self.content.lock().unwrap();
        let is = |label: &Option<String>| label.as_deref() == Some(version);
        Ok(Standing { in_force: is(&content.in_force), pending: is(&content.pending) })
    }

    async fn ring_in_force(&self) -> Result<Option<RingInForce>, StoreError> {
        self.happen(Moment::ReadingRing);
        let content = self.content.lock().unwrap();
        let Some(version) = content.in_force.clone() else { return Ok(None) };
        Ok(content.rings.get(&version).map(|ring| RingInForce { version, ring: ring.clone() }))
    }

    async fn proposed_ring(&self, version: &str) -> Result<Option<SigningKeyRing>, StoreError> {
        Ok(self.content.lock().unwrap().rings.get(version).cloned())
    }

    async fn propose(&self, version: &str, ring: &SigningKeyRing) -> Result<Proposed, StoreError> {
        let mut content = self.write();
        if content.rings.contains_key(version) {
            return Ok(Proposed::Known);
        }
        content.rings.insert(version.to_owned(), ring.clone());
        content.pending = Some(version.to_owned());
        Ok(Proposed::Stored)
    }

    async fn put_in_force(&self, version: &str, instead_of: &str) -> Result<PutInForce, StoreError> {
        self.happen(Moment::PuttingInForce);
        let mut content = self.write();
        if content.in_force.as_deref() != Some(instead_of) {
            return Ok(PutInForce::Overtaken);
        }
        content.in_force = Some(version.to_owned());
        Ok(PutInForce::Done)
    }

    async fn withdraw(&self, version: &str) -> Result<(), StoreError> {
        let mut content = self.write();
        content.pending.take_if(|pending| pending == version);
        Ok(())
    }
}
