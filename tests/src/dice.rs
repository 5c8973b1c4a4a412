//! Chance that repeats: what a drawn test did, it does again.

/// A small generator of numbers; a seed is a whole sequence.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The sequence of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// A number below `sides`.
    pub const fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// One of these, of which there is at least one.
    pub fn one_of<'a, T>(&mut self, these: &'a [T]) -> &'a T {
        let sides = u64::try_from(these.len()).unwrap();
        &these[usize::try_from(self.roll(sides)).unwrap()]
    }
}
