//! Hashing and checking, bounded by memory and off the async threads (RFC 9106 §3.1).
//!
//! The secret input of argon2id is the pepper; the hash names it by `keyid`, so that peppers can be rotated one sign-in at
//! a time. Unknown accounts cost what known ones do: [`Hasher::check_nobody`].

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};
use argon2::{Algorithm, Argon2, Params, ParamsBuilder, Version};
use tokio::sync::Semaphore;

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
        Self { cost, slots: Arc::new(Semaphore::new(slots as usize)), randomness }
    }

    /// Hashes `password` with the active pepper.
    ///
    /// # Errors
    /// [`HashingError`] if there is no salt or argon2 fails.
    pub async fn hash(&self, password: &Password, peppers: &Peppers) -> Result<PasswordHash, HashingError> {
        let salt: [u8; SALT_BYTES] = self.randomness.bytes()?;
        let (password, pepper, cost) = (password.clone(), peppers.active().clone(), self.cost);
        self.run(move || hash(&password, &pepper, cost, &salt)).await
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
        let parsed =
            phc::PasswordHash::new(stored.as_str()).map_err(|fault| HashingError::Failed(fault.to_string()))?;
        let params = Params::try_from(&parsed).map_err(|fault| HashingError::Failed(fault.to_string()))?;
        let pepper = pepper_id(&params).and_then(|id| peppers.find(id)).ok_or(HashingError::UnknownPepper)?.clone();
        let outdated = pepper.id() != peppers.active().id() || !self.meets_cost(&params);
        let (checked, rest) = (password.clone(), self.rest_of_todays_work(&params));
        let right = self
            .run(move || {
                let right = argon2(&pepper, params)?.verify_password(checked.bytes(), &parsed).is_ok();
                if let Some(rest) = rest {
                    argon2(&pepper, rest)?.hash_password_into(checked.bytes(), &[0; SALT_BYTES], &mut [0; 32])?;
                }
                Ok(right)
            })
            .await?;
        Ok(if right { Verdict::Right { outdated } } else { Verdict::Wrong })
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
    fn rest_of_todays_work(&self, stored: &Params) -> Option<Params> {
        let today = self.cost.memory_kib().saturating_mul(self.cost.iterations());
        let rest = today.checked_sub(stored.m_cost().saturating_mul(stored.t_cost())).filter(|rest| *rest > 0)?;
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
        let failed = |fault: &dyn std::fmt::Display| HashingError::Failed(fault.to_string());
        let slot = Arc::clone(&self.slots).acquire_owned().await.map_err(|fault| failed(&fault))?;
        // The slot travels with the work: a caller that goes away does not free memory that is still in use.
        let running = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(slot);
            result
        });
        running.await.map_err(|fault| failed(&fault))?.map_err(|fault| failed(&fault))
    }

    /// How many hashes could begin at this moment.
    #[cfg(test)]
    pub(super) fn free_slots(&self) -> usize {
        self.slots.available_permits()
    }
}

fn hash(password: &Password, pepper: &Pepper, cost: Cost, salt: &[u8]) -> Result<PasswordHash, argon2::Error> {
    let mut params = ParamsBuilder::new();
    params
        .m_cost(cost.memory_kib())
        .t_cost(cost.iterations())
        .p_cost(cost.parallelism())
        .keyid(argon2::KeyId::new(&pepper.id().to_be_bytes())?);
    let argon2 = argon2(pepper, params.build()?)?;
    // argon2 refuses nothing here that its parameters have not been checked for; a fault is one of the salt's length.
    let hash = argon2.hash_password_with_salt(password.bytes(), salt).map_err(|_| argon2::Error::SaltTooShort)?;
    PasswordHash::parse(hash.to_string()).map_err(|_| argon2::Error::AlgorithmInvalid)
}

fn argon2(pepper: &Pepper, params: Params) -> Result<Argon2<'_>, argon2::Error> {
    Argon2::new_with_secret(pepper.expose(), Algorithm::Argon2id, Version::V0x13, params)
}

fn pepper_id(params: &Params) -> Option<u32> {
    params.keyid().try_into().ok().map(u32::from_be_bytes)
}
