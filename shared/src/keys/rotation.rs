//! Changing the signing keys in four steps, each of which may be repeated, run twice at once or die anywhere
//! ("Rotation by Lambda function", AWS Secrets Manager User Guide; DESIGN §7, promise 7).
//!
//! Create proposes a new ring, set publishes its public half, test reads that back and signs with it, finish puts it in force.
//! Every step looks at the rings themselves and decides anew whether the one may follow the other; none trusts that the step
//! before it ran, or ran just now.

mod fault;
mod publication;
mod step;
mod versions;

pub use fault::RotationFault;
pub use publication::{Edition, Publication, PublishKeys, Published};
pub use step::{Step, StepOutcome, UnknownStep};
pub use versions::{Proposed, PutInForce, RingInForce, RotateSigningKeys, Standing};

use super::{Change, KeyState, PublicKeySet, RingFault, SigningKey, SigningKeyRing, UnsafeStep};
use crate::clock::{Clock, Timestamp};

/// How often a step publishes anew because somebody else has published meanwhile. Two rotations at once are one too many already;
/// whoever loses three times reports it and is repeated.
const ATTEMPTS: usize = 3;

/// What is signed and verified to see that the published key is the one that will sign.
const PROBE: &[u8] = b"Vestibule key rotation: testSecret";

/// The steps, over the versions of the ring and the published set.
#[derive(Clone, Debug)]
pub struct Rotation<'a, R, P> {
    rings: &'a R,
    published: &'a P,
    clock: &'a Clock,
}

/// A rotation that is under way, its rings checked.
struct Opened {
    in_force: RingInForce,
    proposed: SigningKeyRing,
}

impl<'a, R: RotateSigningKeys + Sync, P: PublishKeys + Sync> Rotation<'a, R, P> {
    /// A rotation of `rings`, published in `published`.
    pub const fn new(rings: &'a R, published: &'a P, clock: &'a Clock) -> Self {
        Self { rings, published, clock }
    }

    /// One step of the rotation that Secrets Manager has opened under `version`.
    ///
    /// # Errors
    /// [`RotationFault`]; whatever was done before it, the step may be repeated.
    pub async fn step(&self, step: Step, version: &str) -> Result<StepOutcome, RotationFault> {
        match step {
            Step::Create => match self.rings.standing(version).await? {
                Standing { in_force: true, .. } => Ok(StepOutcome::Already),
                Standing { pending: true, .. } => self.create(version, &Change::Rotate).await,
                _ => Err(RotationFault::NotPending { version: version.to_owned() }),
            },
            Step::Set => self.set(version, &Change::Rotate).await,
            // Secrets Manager tries a new schedule with this step alone: on a version that it makes for that, without a value, and
            // takes away again. Nothing can come of it: every other step refuses what no ring was proposed for.
            Step::Test => match self.test(version, &Change::Rotate).await {
                Err(RotationFault::NothingProposed { .. }) => Ok(StepOutcome::NothingProposed),
                // The same before the first keys are made.
                Err(RotationFault::NoRing | RotationFault::NotPending { .. })
                    if self.rings.ring_in_force().await?.is_none() =>
                {
                    Ok(StepOutcome::NoRingYet)
                }
                tested => tested,
            },
            Step::Finish => self.finish(version, &Change::Rotate).await,
        }
    }

    /// All four steps for `change`, by an operator's hand. `version` is a name that no version has yet; a rotation that was under
    /// way is overtaken.
    ///
    /// # Errors
    /// [`RotationFault`]; the ring in force is the old one or the new one, and the same command may be given again.
    pub async fn carry_out(&self, change: &Change, version: &str) -> Result<(), RotationFault> {
        self.create(version, change).await?;
        self.set(version, change).await?;
        self.test(version, change).await?;
        self.finish(version, change).await?;
        Ok(())
    }

    /// Proposes the ring after the one in force, unless there is a proposal under `version`. One that has become impossible, by age
    /// or because another ring is in force now, is withdrawn: a version's value never changes, and while it is pending no other
    /// rotation would begin.
    async fn create(&self, version: &str, change: &Change) -> Result<StepOutcome, RotationFault> {
        let RingInForce { ring: in_force, .. } = self.rings.ring_in_force().await?.ok_or(RotationFault::NoRing)?;
        if let Some(proposed) = self.rings.proposed_ring(version).await? {
            let Err(reason) = proposed.may_follow(&in_force, change, self.clock.now()) else {
                return Ok(StepOutcome::Already);
            };
            self.rings.withdraw(version).await?;
            return Err(RotationFault::Withdrawn { version: version.to_owned(), reason });
        }
        if !matches!(change, Change::Replace { .. }) {
            // A key that nobody could learn must not sign, and one that somebody has unpublished must not come back.
            let publication = self.published.published().await?;
            self.published_in(&in_force, publication.as_ref())?;
        }
        let proposed = changed(in_force, change.clone(), self.clock.now()).await?;
        Ok(match self.rings.propose(version, &proposed).await? {
            Proposed::Stored => StepOutcome::Done,
            Proposed::Known => StepOutcome::Already,
        })
    }

    /// Publishes the proposed ring beside the one in force. What is replaced is read before the rings are, so that nothing published after them, such as
    /// the set of a newer rotation, is replaced.
    async fn set(&self, version: &str, change: &Change) -> Result<StepOutcome, RotationFault> {
        for _ in 0..ATTEMPTS {
            let before = self.published.published().await?;
            let Some(Opened { in_force, proposed }) = self.opened(version, change).await? else {
                return Ok(StepOutcome::Already);
            };
            let keys = self.both(&proposed, &in_force.ring, change)?;
            if before.as_ref().is_some_and(|before| before.keys.to_json() == keys.to_json()) {
                return Ok(StepOutcome::Already);
            }
            if self.published.publish(&keys, before.as_ref(), self.clock.now()).await? == Published::Done {
                return Ok(StepOutcome::Done);
            }
        }
        Err(RotationFault::Contended)
    }

    /// What must be published while either ring may come to be in force, but for a leaked key.
    fn both(
        &self,
        proposed: &SigningKeyRing,
        in_force: &SigningKeyRing,
        change: &Change,
    ) -> Result<PublicKeySet, RingFault> {
        let leaked = |key: &&SigningKey| matches!(change, Change::Replace { kid } if kid == key.kid());
        let missing = |key: &&SigningKey| proposed.find(key.kid()).is_none();
        let left = in_force.needed(self.clock.now()).filter(missing).filter(|key| !leaked(key));
        PublicKeySet::new(proposed.iter().chain(left).map(SigningKey::public).collect::<Result<_, _>>()?)
    }

    /// Checks that what will sign is what everybody can verify with.
    async fn test(&self, version: &str, change: &Change) -> Result<StepOutcome, RotationFault> {
        match self.opened(version, change).await? {
            None => Ok(StepOutcome::Already),
            Some(Opened { proposed, .. }) => {
                self.verified(&proposed, change).await?;
                Ok(StepOutcome::Done)
            }
        }
    }

    /// Puts the proposed ring in force in the place of the very ring that it was checked against.
    async fn finish(&self, version: &str, change: &Change) -> Result<StepOutcome, RotationFault> {
        let Some(Opened { in_force, proposed }) = self.opened(version, change).await? else {
            let ring = self.rings.proposed_ring(version).await?;
            self.settle(version, &ring.ok_or(RotationFault::NoRing)?).await?;
            return Ok(StepOutcome::Already);
        };
        self.verified(&proposed, change).await?;
        let put = self.rings.put_in_force(version, &in_force.version).await?;
        if put == PutInForce::Overtaken && !self.rings.standing(version).await?.in_force {
            return Err(RotationFault::Overtaken { version: version.to_owned() });
        }
        self.settle(version, &proposed).await?;
        Ok(StepOutcome::Done)
    }

    /// Publishes the ring that has come into force, and nothing beside it. A set that another rotation slipped in before is
    /// replaced, and one that it is about to slip in finds another edition than it has read. Once a newer rotation is open, what
    /// is published is its business.
    async fn settle(&self, version: &str, ring: &SigningKeyRing) -> Result<(), RotationFault> {
        let keys = ring.public_set()?;
        for _ in 0..ATTEMPTS {
            let before = self.published.published().await?;
            if self.rings.standing(version).await? != (Standing { in_force: true, pending: true }) {
                return Ok(());
            }
            if self.published.publish(&keys, before.as_ref(), self.clock.now()).await? == Published::Done {
                return Ok(());
            }
        }
        Err(RotationFault::Contended)
    }

    /// The rotation that is under way as `version`, with both rings as they are now; `None` if it is in force.
    async fn opened(&self, version: &str, change: &Change) -> Result<Option<Opened>, RotationFault> {
        match self.rings.standing(version).await? {
            Standing { in_force: true, .. } => return Ok(None),
            Standing { pending: true, .. } => {}
            _ => return Err(RotationFault::NotPending { version: version.to_owned() }),
        }
        let in_force = self.rings.ring_in_force().await?.ok_or(RotationFault::NoRing)?;
        if in_force.version == version {
            return Ok(None);
        }
        let none = || RotationFault::NothingProposed { version: version.to_owned() };
        let proposed = self.rings.proposed_ring(version).await?.ok_or_else(none)?;
        proposed.may_follow(&in_force.ring, change, self.clock.now())?;
        Ok(Some(Opened { in_force, proposed }))
    }

    async fn verified(&self, ring: &SigningKeyRing, change: &Change) -> Result<(), RotationFault> {
        let publication = self.published.published().await?;
        let publication = self.published_in(ring, publication.as_ref())?;
        if let Change::Replace { kid } = change
            && publication.keys.find(kid).is_some()
        {
            return Err(RotationFault::StillPublished { kid: kid.clone() });
        }
        for key in ring.iter().filter(|key| matches!(key.state(), KeyState::Active { .. })) {
            let signature = key.pair().sign(PROBE)?;
            let public = publication.keys.find(key.kid());
            if !public.is_some_and(|public| public.verification().verifies(PROBE, &signature)) {
                return Err(RotationFault::NotVerified { kid: key.kid().to_owned() });
            }
        }
        Ok(())
    }

    /// The publication, if every key of `ring` that is needed is in it.
    fn published_in<'p>(
        &self,
        ring: &SigningKeyRing,
        publication: Option<&'p Publication>,
    ) -> Result<&'p Publication, RotationFault> {
        let publication = publication.ok_or(RotationFault::NothingPublished)?;
        match ring.needed(self.clock.now()).find(|key| publication.keys.find(key.kid()).is_none()) {
            None => Ok(publication),
            Some(key) => Err(UnsafeStep::Unpublished { kid: key.kid().to_owned() }.into()),
        }
    }
}

/// Making an RSA key takes a good part of a second: not on a thread that others wait for.
async fn changed(ring: SigningKeyRing, change: Change, now: Timestamp) -> Result<SigningKeyRing, RotationFault> {
    let made = tokio::task::spawn_blocking(move || ring.changed(&change, now)).await;
    Ok(made.map_err(|fault| RotationFault::NotMade(fault.to_string()))??)
}
