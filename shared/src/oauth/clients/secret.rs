//! Client secrets (RFC 6749 §2.3.1): 256 random bits, shown once, of which only the SHA-256 is kept.
//!
//! A plain hash is enough: nobody guesses 256 random bits, so there is nothing to slow down, and the check costs microseconds.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use crate::clock::Timestamp;
use crate::randomness::{NoRandomness, Randomness};
use crate::secret::Secret;

/// Marks a client's secret, for people and for secret scanners.
pub const PREFIX: &str = "vcs_";

/// Random bytes of a secret.
const SECRET_BYTES: usize = 32;

/// A client's secret in plain: it leaves once.
#[derive(Clone, Debug)]
pub struct ClientSecret(Secret<String>);

impl ClientSecret {
    /// A fresh one.
    ///
    /// # Errors
    /// [`NoRandomness`] if the operating system gives none.
    pub fn random(randomness: &Randomness) -> Result<Self, NoRandomness> {
        let bytes = Secret::new(randomness.bytes::<SECRET_BYTES>()?);
        let mut text = String::with_capacity(PREFIX.len() + SECRET_BYTES * 4 / 3 + 1);
        text.push_str(PREFIX);
        URL_SAFE_NO_PAD.encode_string(bytes.expose(), &mut text);
        Ok(Self(Secret::new(text)))
    }

    /// The plaintext, to be shown to whoever will hold it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What is kept of it.
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0)
    }
}

/// The SHA-256 of a secret.
#[derive(Clone, Copy)]
pub struct SecretHash([u8; digest::SHA256_OUTPUT_LEN]);

/// The text is no hash of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the base64url of a SHA-256")]
pub struct InvalidSecretHash;

impl SecretHash {
    /// What no secret has for its hash, as far as anybody can find out (FIPS 180-4): in the place of one that must not work any more.
    pub const OF_NOTHING: Self = Self([0; digest::SHA256_OUTPUT_LEN]);

    /// The hash of what somebody presents.
    pub fn of(presented: &Secret<String>) -> Self {
        let mut hash = [0; digest::SHA256_OUTPUT_LEN];
        hash.copy_from_slice(digest::digest(&digest::SHA256, presented.expose().as_bytes()).as_ref());
        Self(hash)
    }

    fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Display for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hash of a client secret]")
    }
}

impl FromStr for SecretHash {
    type Err = InvalidSecretHash;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidSecretHash)?;
        bytes.try_into().map(Self).map_err(|_| InvalidSecretHash)
    }
}

/// How long the secret before works on unless asked otherwise: a day to put the new one into every place that has the old one.
pub const DEFAULT_OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);

/// At most a month: what overlaps for longer is two clients.
pub const MAX_OVERLAP: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Earlier secrets that work at a time: the one in use, and one whose answer was lost.
const MAX_PREDECESSORS: usize = 2;

/// The secrets of a client: the current one and, after a rotation, those before it for a while.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// The secret in force.
    pub current: SecretHash,
    /// Those before it, the newest first, and the moment from which each is refused.
    pub predecessors: Vec<(SecretHash, Timestamp)>,
}

/// Two earlier secrets of the client work already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "two earlier secrets of this client still work; the next rotation is possible when one of them has ended, or without overlap"
)]
pub struct UnderWay {
    /// When the first of them ends.
    pub until: Timestamp,
}

impl Secrets {
    /// The first secret of a client.
    pub const fn first(current: SecretHash) -> Self {
        Self { current, predecessors: Vec::new() }
    }

    /// The secrets once `secret` is in force and the present one works for `overlap` longer; without overlap every earlier one ends at once.
    ///
    /// A rotation whose answer was lost made a secret that nobody holds. So asking again never ends the one in use: two earlier ones may
    /// work at a time, and a third rotation is refused.
    ///
    /// # Errors
    /// [`UnderWay`].
    pub fn rotated(&self, secret: SecretHash, overlap: Duration, now: Timestamp) -> Result<Self, UnderWay> {
        if overlap.is_zero() {
            return Ok(Self::first(secret));
        }
        let working = self.predecessors.iter().filter(|(_, until)| *until > now).copied();
        let predecessors: Vec<_> = [(self.current, now.plus(overlap))].into_iter().chain(working).collect();
        if predecessors.len() > MAX_PREDECESSORS {
            let ends = predecessors.iter().skip(1).map(|(_, until)| *until);
            return Err(UnderWay { until: ends.min().unwrap_or(now) });
        }
        Ok(Self { current: secret, predecessors })
    }

    /// Whether `presented` is a secret of this client at `now`.
    pub fn accept(&self, presented: &Secret<String>, now: Timestamp) -> bool {
        let presented = SecretHash::of(presented);
        // Each is compared, whichever it is.
        let before = self.predecessors.iter().filter(|(secret, until)| secret.matches(&presented) & (now < *until));
        self.current.matches(&presented) | (before.count() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::randomness::SeededRandomness;

    #[test]
    fn a_rotated_secret_is_accepted_until_its_overlap_ends_and_never_after() {
        let randomness = Randomness::Seeded(SeededRandomness::new(1));
        let (old, new) = (ClientSecret::random(&randomness).unwrap(), ClientSecret::random(&randomness).unwrap());
        let until = Timestamp::from_seconds(100);
        let secrets = Secrets { current: new.hash(), predecessors: vec![(old.hash(), until)] };
        let accepts = |secret: &ClientSecret, at| secrets.accept(&secret.0, Timestamp::from_seconds(at));
        assert!(accepts(&new, 99) && accepts(&new, 1_000_000));
        assert!(accepts(&old, 99) && !accepts(&old, 100));
        assert!(!secrets.accept(&Secret::new(String::new()), until));
    }

    #[test]
    fn a_rotation_that_is_asked_again_after_a_lost_answer_leaves_the_secret_in_use_working() {
        let randomness = Randomness::Seeded(SeededRandomness::new(3));
        let [used, lost, held, more] = [0; 4].map(|_| ClientSecret::random(&randomness).unwrap());
        let (now, hour) = (Timestamp::from_seconds(1000), Duration::from_secs(3600));
        let once = Secrets::first(used.hash()).rotated(lost.hash(), hour, now).unwrap();
        let again = once.rotated(held.hash(), hour, now).unwrap();
        assert!([&used, &lost, &held].iter().all(|secret| again.accept(&secret.0, now)));
        let until = now.plus(hour);
        assert_eq!(again.rotated(more.hash(), hour, now).err(), Some(UnderWay { until }));
        let later = again.rotated(more.hash(), hour, until).unwrap();
        assert!(later.accept(&held.0, until) && !later.accept(&used.0, until) && !later.accept(&lost.0, until));
        let at_once = again.rotated(more.hash(), Duration::ZERO, now).unwrap();
        assert!(at_once.accept(&more.0, now) && ![&used, &lost, &held].iter().any(|one| at_once.accept(&one.0, now)));
    }

    #[test]
    fn a_secret_shows_itself_to_scanners_and_its_hash_reads_back() {
        let secret = ClientSecret::random(&Randomness::Seeded(SeededRandomness::new(2))).unwrap();
        assert!(secret.expose().starts_with(PREFIX) && secret.expose().len() == PREFIX.len() + 43);
        let hash = secret.hash();
        assert!(hash.to_string().parse::<SecretHash>().unwrap().matches(&hash));
        assert!(!format!("{secret:?} {hash:?}").contains(&hash.to_string()));
        for text in ["", "x", &"A".repeat(42), &"A".repeat(44), &"=".repeat(43)] {
            assert!(text.parse::<SecretHash>().is_err(), "{text}");
        }
    }
}
