//! Faults that nobody chose: of all calls some, and of all faults one.

use super::Fault;
use crate::Dice;

#[derive(Debug)]
pub(super) struct AtRandom {
    dice: Dice,
    percent: u64,
    possible: fn(&str) -> Vec<Fault>,
}

impl AtRandom {
    pub(super) const fn new(seed: u64, percent: u64, possible: fn(&str) -> Vec<Fault>) -> Self {
        Self { dice: Dice::new(seed), percent, possible }
    }

    /// What a call of this operation meets.
    pub(super) fn draw(&mut self, operation: &str) -> Option<Fault> {
        let meets_one = self.dice.roll(100) < self.percent;
        meets_one.then(|| *self.dice.one_of(&(self.possible)(operation)))
    }
}
