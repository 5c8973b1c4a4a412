//! Hashing and checking, bounded by memory and off the async threads (RFC 9106 §3.1).
//!
//! The secret input of argon2id is the pepper; the hash names it by `keyid`, so that peppers can be rotated one sign-in at
//! a time. Unknown accounts cost what known ones do: [`Hasher::check_nobody`].

use std::sync::Arc;

use argon2::password_hash::phc::{self, Output, ParamsString, Salt};
use argon2::{Algorithm, Argon2, Params, ParamsBuilder, Version};
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

use super::hash::{Form, pepper_id};
use super::imported::ImportedHash;
use super::memory::Memory;
use super::sealed::{Sealed, seal};
use super::{Cost, Password, PasswordHash};
use crate::keys::{Pepper, Peppers};
use crate::randomness::{NoRandomness, Randomness};

/// RFC 9106 §3.1 recommends 128 bits of salt.
const SALT_BYTES: usize = 16;

/// Hashes and checks passwords, as many at once as the memory budget allows; further ones wait their turn.
#[derive(Clone, Debug)]
pub struct Hasher {
    cost: Cost,
    slots: Arc<Semaphore>,
    memory: Arc<Memory>,
    all_slots: u32,
    randomness: Randomness,
}

/// The answer to a password.
#[derive(Debug)]
pub enum Verdict {
    /// It is the one.
    Right {
        /// Whether the stored hash is cheaper than today's cost or has an older pepper: [`Hasher::hash`] makes a better one, once
        /// nothing depends on how long the answer takes. A disabled account must not answer later for the right password.
        outdated: bool,
    },
    /// It is not.
    Wrong,
}

/// The password was neither right nor wrong: nothing was decided.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// The pepper that the hash names is not in the ring: nobody with this hash can sign in until it is back.
    #[error("the pepper that the hash names is not in the ring")]
    UnknownPepper,
    /// A sealed hash does not open: another pepper of that number sealed it, or nobody did.
    #[error("an imported hash does not open under the pepper that it names")]
    Unsealable,
    /// Only the operator's hook knows the password ([`PasswordHash::is_held_elsewhere`]).
    #[error("the account has no hash: only the migration hook knows its password")]
    HeldElsewhere,
    /// No salt.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// argon2 or the thread that ran it failed.
    #[error("argon2id did not run: {0}")]
    Failed(String),
}

impl Hasher {
    /// A hasher whose concurrent hashes take at most `budget_kib` KiB together, and always at least one.
    pub fn new(cost: Cost, budget_kib: u32, randomness: Randomness) -> Self {
        let slots = (budget_kib / cost.memory_kib()).max(1);
        Self {
            cost,
            slots: Arc::new(Semaphore::new(slots as usize)),
            memory: Arc::default(),
            all_slots: slots,
            randomness,
        }
    }

    /// Makes of an imported hash what the table may hold, with the active pepper.
    ///
    /// # Errors
    /// [`HashingError`] if there is no nonce.
    pub fn seal(&self, imported: &ImportedHash, peppers: &Peppers) -> Result<PasswordHash, HashingError> {
        let sealed = seal(imported, peppers.active(), self.randomness.bytes()?);
        let parsed = sealed.map(PasswordHash::parse).and_then(Result::ok);
        parsed.ok_or_else(|| HashingError::Failed("the hash cannot be sealed".to_owned()))
    }

    /// Hashes `password` with the active pepper.
    ///
    /// # Errors
    /// [`HashingError`] if there is no salt or argon2 fails.
    pub async fn hash(&self, password: &Password, peppers: &Peppers) -> Result<PasswordHash, HashingError> {
        let salt: [u8; SALT_BYTES] = self.randomness.bytes()?;
        let (password, pepper, cost) = (password.clone(), peppers.active().clone(), self.cost);
        let memory = Arc::clone(&self.memory);
        self.run(move || hash(&memory, &password, &pepper, cost, &salt)).await
    }

    /// Checks `password` against `stored`.
    ///
    /// # Errors
    /// [`HashingError`] if nothing could be decided.
    pub async fn check(
        &self,
        password: &Password,
        stored: &PasswordHash,
        peppers: &Peppers,
    ) -> Result<Verdict, HashingError> {
        match stored.form() {
            Some(Form::Argon2id(parsed)) => self.check_ours(password, *parsed, peppers).await,
            Some(Form::Sealed(sealed)) => self.check_imported(password, sealed, peppers).await,
            Some(Form::HeldElsewhere) => Err(HashingError::HeldElsewhere),
            // No password is the one of an account without any, and that takes as long to find out.
            Some(Form::None) => self.check_nobody(password, peppers).await.map(|()| Verdict::Wrong),
            None => Err(HashingError::Failed("the hash is none".to_owned())),
        }
    }

    async fn check_ours(
        &self,
        password: &Password,
        parsed: phc::PasswordHash,
        peppers: &Peppers,
    ) -> Result<Verdict, HashingError> {
        let params = Params::try_from(&parsed).map_err(|fault| HashingError::Failed(fault.to_string()))?;
        let pepper = pepper_id(&params).and_then(|id| peppers.find(id)).ok_or(HashingError::UnknownPepper)?.clone();
        let outdated = pepper.id() != peppers.active().id() || !self.meets_cost(&params);
        let rest = self.rest_of_todays_work(params.m_cost().saturating_mul(params.t_cost()));
        let (checked, memory) = (password.clone(), Arc::clone(&self.memory));
        let right = self
            .run(move || {
                let right = verify(&memory, &checked, &pepper, params, &parsed)?;
                spend(&memory, rest, &checked, &pepper)?;
                Ok(right)
            })
            .await?;
        Ok(if right { Verdict::Right { outdated } } else { Verdict::Wrong })
    }

    /// Whoever made it hashed what was typed, and so does this. What is right is to be replaced, whatever it cost.
    async fn check_imported(
        &self,
        password: &Password,
        sealed: Sealed,
        peppers: &Peppers,
    ) -> Result<Verdict, HashingError> {
        let pepper = peppers.find(sealed.pepper).ok_or(HashingError::UnknownPepper)?.clone();
        let hash = sealed.open(&pepper).ok_or(HashingError::Unsealable)?;
        let (checked, rest) = (password.clone(), self.rest_of_todays_work(hash.work_kib()));
        let memory = Arc::clone(&self.memory);
        let right = self
            .run_within(hash.memory_kib(), move || {
                let right = hash.verify(checked.as_typed().expose().as_bytes())?;
                spend(&memory, rest, &checked, &pepper)?;
                Ok(right)
            })
            .await?;
        Ok(if right { Verdict::Right { outdated: true } } else { Verdict::Wrong })
    }

    /// Spends what a check costs, for an account that does not exist: an unknown name and a wrong password take the
    /// same time (promise 5).
    ///
    /// # Errors
    /// [`HashingError`] under the same faults as a check.
    pub async fn check_nobody(&self, password: &Password, peppers: &Peppers) -> Result<(), HashingError> {
        self.hash(password, peppers).await.map(drop)
    }

    /// What is lacking to today's cost, so that an account whose hash is older answers no sooner than a name that nobody has
    /// (promise 5). Time goes with memory times passes.
    fn rest_of_todays_work(&self, stored_kib: u32) -> Option<Params> {
        let today = self.cost.memory_kib().saturating_mul(self.cost.iterations());
        let rest = today.checked_sub(stored_kib).filter(|rest| *rest > 0)?;
        let passes = rest.div_ceil(self.cost.memory_kib());
        Params::new((rest / passes).max(Params::MIN_M_COST), passes, 1, None).ok()
    }

    fn meets_cost(&self, params: &Params) -> bool {
        params.m_cost() >= self.cost.memory_kib()
            && params.t_cost() >= self.cost.iterations()
            && params.p_cost() >= self.cost.parallelism()
    }

    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, argon2::Error> + Send + 'static,
    ) -> Result<T, HashingError> {
        self.run_within(self.cost.memory_kib(), work).await
    }

    /// The same, for work that takes `memory_kib`: as many slots as that is, or all.
    pub(super) async fn run_within<T: Send + 'static>(
        &self,
        memory_kib: u32,
        work: impl FnOnce() -> Result<T, argon2::Error> + Send + 'static,
    ) -> Result<T, HashingError> {
        let failed = |fault: &dyn std::fmt::Display| HashingError::Failed(fault.to_string());
        let slots = memory_kib.div_ceil(self.cost.memory_kib()).clamp(1, self.all_slots);
        let slot = Arc::clone(&self.slots).acquire_many_owned(slots).await.map_err(|fault| failed(&fault))?;
        // The slot travels with the work: a caller that goes away does not free memory that is still in use.
        let running = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(slot);
            result
        });
        running.await.map_err(|fault| failed(&fault))?.map_err(|fault| failed(&fault))
    }

    /// How much memory is kept for the next hashes, in KiB.
    #[cfg(test)]
    pub(super) fn memory_kib(&self) -> usize {
        self.memory.kib()
    }

    /// How many hashes could begin at this moment.
    #[cfg(test)]
    pub(super) fn free_slots(&self) -> usize {
        self.slots.available_permits()
    }
}

fn hash(
    memory: &Memory,
    password: &Password,
    pepper: &Pepper,
    cost: Cost,
    salt: &[u8],
) -> Result<PasswordHash, argon2::Error> {
    let mut params = ParamsBuilder::new();
    params
        .m_cost(cost.memory_kib())
        .t_cost(cost.iterations())
        .p_cost(cost.parallelism())
        .keyid(argon2::KeyId::new(&pepper.id().to_be_bytes())?);
    let params = params.build()?;
    let output = memory.digest(&argon2(pepper, params.clone())?, password.bytes(), salt)?;
    // Nothing is refused here whose parameters have been checked; a fault is one of the salt's length or the output's.
    let hash = phc::PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(|_| argon2::Error::AlgorithmInvalid)?,
        salt: Some(Salt::new(salt).map_err(|_| argon2::Error::SaltTooShort)?),
        hash: Some(Output::new(&output).map_err(|_| argon2::Error::OutputTooLong)?),
    };
    PasswordHash::parse(hash.to_string()).map_err(|_| argon2::Error::AlgorithmInvalid)
}

/// Whether `hash` is of `password`. That it could not be found out, for want of memory above all, is a fault and no wrong password.
fn verify(
    memory: &Memory,
    password: &Password,
    pepper: &Pepper,
    params: Params,
    hash: &phc::PasswordHash,
) -> Result<bool, argon2::Error> {
    let (Some(salt), Some(right)) = (&hash.salt, &hash.hash) else { return Err(argon2::Error::AlgorithmInvalid) };
    let output = memory.digest(&argon2(pepper, params)?, password.bytes(), salt.as_ref())?;
    Ok(output.ct_eq(right.as_bytes()).into())
}

/// What was lacking to today's work, for nothing but its time.
fn spend(memory: &Memory, rest: Option<Params>, password: &Password, pepper: &Pepper) -> Result<(), argon2::Error> {
    let Some(rest) = rest else { return Ok(()) };
    memory.digest(&argon2(pepper, rest)?, password.bytes(), &[0; SALT_BYTES]).map(drop)
}

fn argon2(pepper: &Pepper, params: Params) -> Result<Argon2<'_>, argon2::Error> {
    Argon2::new_with_secret(pepper.expose(), Algorithm::Argon2id, Version::V0x13, params)
}
