//! Answers that leave on the beat.
//!
//! What is done for an account and for a name that nobody has differs by microseconds however alike it is made, and enough questions tell
//! them apart. An answer that waits for the next whole step after its question says only how many steps its work took.

use std::time::Duration;

use tokio::time::Instant;

/// Steps that are counted from the arrival of a request.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    begun: Instant,
    step: Duration,
}

impl Steps {
    /// Counts from now on; with a step of nothing, nobody waits.
    pub fn begin(step: Duration) -> Self {
        Self { begun: Instant::now(), step }
    }

    /// Waits for the end of the step that is going on.
    pub async fn end(self) {
        if !self.step.is_zero() {
            tokio::time::sleep_until(self.begun + whole(self.begun.elapsed(), self.step)).await;
        }
    }
}

/// The least multiple of `step` that `spent` does not exceed, and one step at the least.
fn whole(spent: Duration, step: Duration) -> Duration {
    let steps = spent.as_nanos().div_ceil(step.as_nanos()).max(1);
    step.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_waits_for_the_step_that_it_is_in() {
        let millis = Duration::from_millis;
        for (spent, until) in [(0, 50), (1, 50), (49, 50), (50, 50), (51, 100), (100, 100), (1_234, 1_250)] {
            assert_eq!(whole(millis(spent), millis(50)), millis(until), "{spent}");
        }
        assert_eq!(whole(millis(50) + Duration::from_nanos(1), millis(50)), millis(100));
        assert_eq!(whole(Duration::MAX, Duration::from_nanos(1)), Duration::from_nanos(u64::from(u32::MAX)));
    }

    #[tokio::test(start_paused = true)]
    async fn steps_are_counted_from_the_beginning_and_not_from_the_end_of_the_work() {
        let (begun, steps) = (Instant::now(), Steps::begin(Duration::from_millis(50)));
        tokio::time::advance(Duration::from_millis(70)).await;
        steps.end().await;
        assert_eq!(begun.elapsed(), Duration::from_millis(100));
        Steps::begin(Duration::ZERO).end().await;
        assert_eq!(begun.elapsed(), Duration::from_millis(100));
    }
}
