//! Faults that nobody chose: of all calls some, and of all faults one.

use super::Fault;

#[derive(Debug)]
pub(super) struct AtRandom {
    chance: fastrand::Rng,
    percent: u64,
    possible: fn(&str) -> Vec<Fault>,
}

impl AtRandom {
    pub(super) fn new(seed: u64, percent: u64, possible: fn(&str) -> Vec<Fault>) -> Self {
        Self { chance: fastrand::Rng::with_seed(seed), percent, possible }
    }

    /// What a call of this operation meets.
    pub(super) fn draw(&mut self, operation: &str) -> Option<Fault> {
        let meets_one = self.chance.u64(..100) < self.percent;
        if meets_one { self.chance.choice((self.possible)(operation)) } else { None }
    }
}
