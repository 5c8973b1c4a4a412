//! Rotation with overlap: a new secret under the same name, while the one before works long enough to be replaced everywhere.
//!
//! An answer can be lost, and a proxy can ask twice: then a secret was made that nobody holds. So the secret in use is never ended by
//! asking again: two predecessors may work at a time, and a third rotation is refused until one of them has ended.

use std::time::Duration;

use super::api_key::{ApiKey, MAX_PREDECESSORS, Predecessor};
use super::secret_hash::SecretHash;
use crate::clock::Timestamp;

/// How long the secret before works on unless asked otherwise: a working day to replace it.
pub const DEFAULT_OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);
/// At most a month: what overlaps for longer is two keys.
pub const MAX_OVERLAP: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The secrets of a key after a rotation.
#[derive(Clone, Debug)]
pub struct Rotated {
    /// The current one.
    pub secret: SecretHash,
    /// Those before, the newest first.
    pub predecessors: Vec<Predecessor>,
    /// When the key ends now, if it does.
    pub expires_at: Option<Timestamp>,
}

/// Two predecessors work already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two earlier secrets of this key still work; the next rotation is possible when one of them has ended")]
pub struct UnderWay {
    /// When the first of them ends.
    pub until: Timestamp,
}

impl ApiKey {
    /// The key's secrets once `secret` is the current one and the present one works for `overlap` longer. Without overlap every earlier
    /// secret ends at once, and so they do if the key has expired: a new end brings none of them back.
    ///
    /// # Errors
    /// [`UnderWay`].
    pub fn rotated(
        &self,
        secret: SecretHash,
        overlap: Duration,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Rotated, UnderWay> {
        if overlap.is_zero() || self.is_expired(now) {
            return Ok(Rotated { secret, predecessors: Vec::new(), expires_at });
        }
        let working = self.predecessors.iter().filter(|predecessor| predecessor.until > now);
        let present = Predecessor { secret: self.secret.clone(), until: now.plus(overlap) };
        let predecessors: Vec<_> = [present].into_iter().chain(working.cloned()).collect();
        if predecessors.len() > MAX_PREDECESSORS {
            let ends = predecessors.iter().skip(1).map(|predecessor| predecessor.until);
            return Err(UnderWay { until: ends.min().unwrap_or(now) });
        }
        Ok(Rotated { secret, predecessors, expires_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api_keys::{Environment, IpRanges, Named, PresentedKey};
    use crate::identity::{ApiKeyId, UserId};
    use crate::principal::Subject;
    use crate::scope::{Roles, Scopes};

    const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const NAMED: Named = Named { owner: Subject::User(UserId::from_bytes([1; 16])), id: ApiKeyId::from_bytes([2; 16]) };

    fn hash(number: u8) -> SecretHash {
        SecretHash::of(&[number])
    }

    fn key() -> ApiKey {
        ApiKey {
            named: NAMED,
            environment: Environment::default(),
            label: "a key".parse().unwrap(),
            scope: Scopes::default(),
            roles: Roles::default(),
            ranges: IpRanges::default(),
            secret: hash(0),
            limit: None,
            predecessors: Vec::new(),
            created_at: NOON,
            expires_at: None,
            last_used_at: None,
            version: 1,
        }
    }

    fn after(key: &ApiKey, secret: u8, overlap: u64, now: Timestamp) -> Result<ApiKey, UnderWay> {
        let rotated = key.rotated(hash(secret), Duration::from_secs(overlap), key.expires_at, now)?;
        Ok(ApiKey { secret: rotated.secret, predecessors: rotated.predecessors, ..key.clone() })
    }

    /// The secrets that work at `now`, of the first four.
    fn working(key: &ApiKey, now: Timestamp) -> Vec<u8> {
        let holds = |number: &u8| key.holds(&PresentedKey { named: NAMED, secret: hash(*number) }, now);
        (0..4).filter(holds).collect()
    }

    #[test]
    fn the_secret_before_works_until_the_overlap_is_over() {
        let rotated = after(&key(), 1, 3600, NOON).unwrap();
        assert_eq!(working(&rotated, NOON.plus(Duration::from_secs(3599))), [0, 1]);
        assert_eq!(working(&rotated, NOON.plus(Duration::from_secs(3600))), [1]);
    }

    #[test]
    fn a_rotation_whose_answer_was_lost_is_asked_again_and_the_secret_in_use_works_on() {
        let lost = after(&key(), 1, 3600, NOON).unwrap();
        let again = after(&lost, 2, 3600, NOON).unwrap();
        assert_eq!(working(&again, NOON), [0, 1, 2]);
        assert_eq!(after(&again, 3, 3600, NOON).err(), Some(UnderWay { until: NOON.plus(Duration::from_secs(3600)) }));
        let later = NOON.plus(Duration::from_secs(3600));
        assert_eq!(working(&after(&again, 3, 3600, later).unwrap(), later), [2, 3]);
    }

    #[test]
    fn without_overlap_every_earlier_secret_ends_at_once() {
        let twice = after(&after(&key(), 1, 3600, NOON).unwrap(), 2, 3600, NOON).unwrap();
        assert_eq!(working(&after(&twice, 3, 0, NOON).unwrap(), NOON), [3]);
    }

    #[test]
    fn a_new_end_of_an_expired_key_brings_no_earlier_secret_back() {
        let expired = ApiKey { expires_at: Some(NOON), ..key() };
        let rotated = expired.rotated(hash(1), DEFAULT_OVERLAP, None, NOON).unwrap();
        assert!(rotated.predecessors.is_empty());
    }
}
