//! Promise 5 in time: does the time of an answer tell whether an account exists?
//!
//! Requests about each class of account are sent in rounds, in another order each time: whatever else the machine does meets them all
//! alike, and none always comes after the same one, whose work is still in the processor's caches. For two
//! classes, the AUC is the chance that of two answers the later one is of the second class: 0.5 tells nothing.

mod letters;
mod sign_in;

pub use letters::{registrations, resets};
pub use sign_in::{refused, too_many};

/// What requests about one class of account took.
#[derive(Debug)]
pub struct Timed {
    /// The class.
    pub class: &'static str,
    /// Seconds.
    pub times: Vec<f64>,
}

impl Timed {
    /// The middle one.
    pub fn median(&self) -> f64 {
        let mut sorted = self.times.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    }

    /// How well these times are told from those of another class.
    pub fn auc_against(&self, base: &Self) -> Auc {
        let wins: f64 =
            self.times.iter().map(|later| base.times.iter().filter(|time| *time < later).count() as f64).sum();
        let (n, m) = (base.times.len() as f64, self.times.len() as f64);
        let value = wins / (n * m);
        let (one, two) = (value / (2.0 - value), 2.0 * value * value / (1.0 + value));
        let variance =
            (value * (1.0 - value) + (m - 1.0) * (one - value * value) + (n - 1.0) * (two - value * value)) / (n * m);
        Auc { value, half: 1.96 * variance.sqrt() }
    }
}

/// An AUC with the half of its 95 % confidence interval (Hanley and McNeil, 1982).
#[derive(Clone, Copy, Debug)]
pub struct Auc {
    /// From 0 to 1.
    pub value: f64,
    /// On each side.
    pub half: f64,
}

/// The places of so many classes, in an order of their own for each round.
fn order(round: usize, classes: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..classes).collect();
    fastrand::Rng::with_seed(round as u64).shuffle(&mut places);
    places
}

/// The first rounds warm the caches and do not count.
fn warm(round: usize, rounds: usize) -> bool {
    round >= rounds / 10
}
