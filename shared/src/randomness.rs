//! Chance as an argument: the one file that draws from the operating system.
//!
//! Identifiers and keys come from [`Randomness::fill`]. A test may seed it, so that a failing history can be
//! replayed; production draws from aws-lc's CTR-DRBG, seeded by the kernel.

use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};

/// The operating system gave no randomness: nothing may be issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct NoRandomness;

/// Where identifiers and keys are drawn from.
#[derive(Clone, Debug)]
pub enum Randomness {
    /// aws-lc's generator, seeded by the kernel.
    System,
    /// A repeatable stream for tests; clones share its position.
    Seeded(SeededRandomness),
}

impl Randomness {
    /// `N` fresh bytes.
    ///
    /// # Errors
    /// [`NoRandomness`] if the operating system refuses.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Fills `bytes`.
    ///
    /// # Errors
    /// [`NoRandomness`] if the operating system refuses.
    pub fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that draws from the operating system")]
            Self::System => SystemRandom::new().fill(bytes).map_err(|_| NoRandomness),
            Self::Seeded(seeded) => seeded.fill(bytes),
        }
    }
}

/// SHA-256 of (seed, counter), block by block: repeatable, and spread well enough that test identifiers never collide.
#[derive(Clone, Debug)]
pub struct SeededRandomness {
    seed: u64,
    counter: Arc<Mutex<u64>>,
}

impl SeededRandomness {
    /// A stream that `seed` determines.
    pub fn new(seed: u64) -> Self {
        Self { seed, counter: Arc::new(Mutex::new(0)) }
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        let mut counter = self.counter.lock().map_err(|_| NoRandomness)?;
        for chunk in bytes.chunks_mut(aws_lc_rs::digest::SHA256_OUTPUT_LEN) {
            let mut block = [0; 16];
            let (seed, count) = block.split_at_mut(8);
            seed.copy_from_slice(&self.seed.to_be_bytes());
            count.copy_from_slice(&counter.to_be_bytes());
            *counter += 1;
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &block);
            for (byte, random) in chunk.iter_mut().zip(digest.as_ref()) {
                *byte = *random;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_seed_repeats_its_stream_and_another_seed_has_another() {
        let draw = |seed| {
            let randomness = Randomness::Seeded(SeededRandomness::new(seed));
            [randomness.bytes::<32>().unwrap(), randomness.bytes::<32>().unwrap()]
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_ne!(draw(1)[0], draw(1)[1]);
    }

    #[test]
    fn clones_of_a_seeded_stream_share_its_position() {
        let randomness = Randomness::Seeded(SeededRandomness::new(1));
        let clone = randomness.clone();
        assert_ne!(randomness.bytes::<16>().unwrap(), clone.bytes::<16>().unwrap());
    }

    #[test]
    fn every_byte_asked_for_is_drawn_and_none_beside() {
        for randomness in [Randomness::System, Randomness::Seeded(SeededRandomness::new(1))] {
            for length in [0, 1, 31, 32, 33, 100] {
                // At least one of eight draws leaves each byte other than zero, or chance is broken.
                let mut seen = vec![0_u8; length + 1];
                for _ in 0..8 {
                    let mut bytes = vec![0; length + 1];
                    let (asked, beside) = bytes.split_at_mut(length);
                    randomness.fill(asked).unwrap();
                    assert_eq!(beside, [0]);
                    seen.iter_mut().zip(&bytes).for_each(|(seen, byte)| *seen |= byte);
                }
                assert!(seen[..length].iter().all(|byte| *byte != 0), "{length} bytes");
            }
        }
    }

    #[test]
    fn no_identifier_is_drawn_twice() {
        for randomness in [Randomness::System, Randomness::Seeded(SeededRandomness::new(1))] {
            let drawn: HashSet<[u8; 16]> = (0..10_000).map(|_| randomness.bytes().unwrap()).collect();
            assert_eq!(drawn.len(), 10_000);
        }
    }
}
