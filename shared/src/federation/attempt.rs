//! A sign-in that is under way at a provider: what binds the answer to the browser that went there (RFC 9700 §2.1 and §4.7, RFC 7636,
//! OpenID Connect Core 1.0 §15.5.2).
//!
//! The browser holds it in one cookie, sealed with a MAC, for ten minutes; nothing is stored. `state`, `nonce` and the PKCE verifier
//! are hashes of one random seed in it, so that none can be made of another, and the mark that the attempt was used is one more.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::ProviderId;
use crate::clock::Timestamp;
use crate::identity::{IDENTIFIER_BYTES, SessionId, UserId};
use crate::keys::{MAC_BYTES, MacKey, MacKeys};
use crate::randomness::{NoRandomness, Randomness};
use crate::secret::Secret;

const PREFIX: &str = "vfa_";
/// What is sealed with the same keys begins with another byte: refresh tokens with 1, device tokens with 2.
const FORMAT: u8 = 17;
const SEED_BYTES: usize = 32;
/// What a browser keeps of a cookie (RFC 6265 §6.1).
const MAX_CHARS: usize = 4096;

/// A sign-in that is under way.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Where.
    pub provider: ProviderId,
    /// What for.
    pub goal: Goal,
    /// Where the browser goes when it is done: a path of ours.
    pub next: String,
    expires_at: Timestamp,
    seed: Secret<[u8; SEED_BYTES]>,
}

/// What somebody went to a provider for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// To sign in.
    SignIn,
    /// To sign in that way from now on, to the account that they are signed in to.
    Link {
        /// The account.
        user: UserId,
        /// The session in which they asked for it.
        session: SessionId,
        /// The account as it then stood: one that has changed since, such as by another password, is not linked to.
        version: u64,
    },
}

/// The name that the table knows a used attempt by.
#[derive(Clone, PartialEq, Eq)]
pub struct UsedAttempt(String);

impl Attempt {
    /// A person who must find their password or their phone takes minutes; a longer life is worth more to whoever finds the browser.
    pub const LIFETIME: Duration = Duration::from_secs(10 * 60);

    /// An attempt that begins at `now`.
    ///
    /// # Errors
    /// [`NoRandomness`] if the operating system gives none.
    pub fn begin(
        provider: ProviderId,
        goal: Goal,
        next: String,
        randomness: &Randomness,
        now: Timestamp,
    ) -> Result<Self, NoRandomness> {
        let seed = Secret::new(randomness.bytes()?);
        Ok(Self { provider, goal, next, expires_at: now.plus(Self::LIFETIME), seed })
    }

    /// `state`: the answer must bring it back.
    pub fn state(&self) -> Secret<String> {
        self.derived("state")
    }

    /// `nonce`: the ID token must say it.
    pub fn nonce(&self) -> Secret<String> {
        self.derived("nonce")
    }

    /// The PKCE verifier, of 43 characters (RFC 7636 §4.1).
    pub fn verifier(&self) -> Secret<String> {
        self.derived("code_verifier")
    }

    /// The mark of its use.
    pub fn used(&self) -> UsedAttempt {
        UsedAttempt(self.derived("used").expose().clone())
    }

    /// When the browser set out.
    pub(super) const fn begun_at(&self) -> Timestamp {
        self.expires_at.minus(Self::LIFETIME)
    }

    /// From when on it is over.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    fn derived(&self, what: &str) -> Secret<String> {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(self.seed.expose());
        context.update(what.as_bytes());
        Secret::new(URL_SAFE_NO_PAD.encode(context.finish()))
    }

    /// The value of its cookie, made with `key`.
    pub fn seal(&self, key: &MacKey) -> Secret<String> {
        let mut bytes = Vec::with_capacity(128 + self.next.len() + MAC_BYTES);
        bytes.push(FORMAT);
        bytes.extend_from_slice(&key.id().to_be_bytes());
        bytes.extend_from_slice(&self.expires_at.seconds().to_be_bytes());
        bytes.extend_from_slice(self.seed.expose());
        let (user, session, version) = match self.goal {
            Goal::SignIn => ([0; IDENTIFIER_BYTES], [0; IDENTIFIER_BYTES], 0),
            Goal::Link { user, session, version } => (*user.as_bytes(), *session.as_bytes(), version),
        };
        bytes.push(u8::from(self.goal != Goal::SignIn));
        bytes.extend_from_slice(&user);
        bytes.extend_from_slice(&session);
        bytes.extend_from_slice(&version.to_be_bytes());
        // No blank is in a name, so that it ends where the path begins.
        bytes.extend_from_slice(self.provider.as_str().as_bytes());
        bytes.push(b' ');
        bytes.extend_from_slice(self.next.as_bytes());
        key.seal(PREFIX, bytes)
    }

    /// The attempt that `text` holds, if it is one of ours and not over. One that is no good is none.
    pub fn open(text: &str, keys: &MacKeys, now: Timestamp) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX).filter(|_| text.len() <= MAX_CHARS)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let (body, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_BYTES)?)?;
        let (&[FORMAT], rest) = body.split_first_chunk()? else { return None };
        let (key, rest) = rest.split_first_chunk()?;
        if !keys.find(u32::from_be_bytes(*key))?.verifies(body, mac) {
            return None;
        }
        let (expires_at, rest) = rest.split_first_chunk()?;
        let (seed, rest) = rest.split_first_chunk::<SEED_BYTES>()?;
        let (&[goal], rest) = rest.split_first_chunk()?;
        let (user, rest) = rest.split_first_chunk()?;
        let (session, rest) = rest.split_first_chunk()?;
        let (version, rest) = rest.split_first_chunk()?;
        let (provider, next) = std::str::from_utf8(rest).ok()?.split_once(' ')?;
        let attempt = Self {
            provider: provider.parse().ok()?,
            goal: match goal {
                0 => Goal::SignIn,
                _ => Goal::Link {
                    user: UserId::from_bytes(*user),
                    session: SessionId::from_bytes(*session),
                    version: u64::from_be_bytes(*version),
                },
            },
            next: next.to_owned(),
            expires_at: Timestamp::from_seconds(u64::from_be_bytes(*expires_at)),
            seed: Secret::new(*seed),
        };
        (now < attempt.expires_at).then_some(attempt)
    }
}

impl UsedAttempt {
    /// The name, for a key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for UsedAttempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[used attempt]")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::limits::KnownDevice;
    use crate::pages::Continue;

    const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const USER: UserId = UserId::from_bytes([0x11; IDENTIFIER_BYTES]);
    const SESSION: SessionId = SessionId::from_bytes([0x22; IDENTIFIER_BYTES]);

    fn keys() -> MacKeys {
        MacKeys::new(2, vec![MacKey::new(1, Secret::new([1; 32])), MacKey::new(2, Secret::new([2; 32]))]).unwrap()
    }

    fn attempt(goal: Goal) -> Attempt {
        let next = "/oauth/authorize?client_id=a b".to_owned();
        Attempt::begin("google".parse().unwrap(), goal, next, &Randomness::System, NOON).unwrap()
    }

    #[test]
    fn an_attempt_reads_back_for_ten_minutes_whichever_key_sealed_it() {
        for goal in [Goal::SignIn, Goal::Link { user: USER, session: SESSION, version: 7 }] {
            for key in keys().iter() {
                let attempt = attempt(goal);
                let text = attempt.seal(key);
                let read = Attempt::open(text.expose(), &keys(), NOON).unwrap();
                assert_eq!((read.provider.as_str(), read.goal, &read.next), ("google", goal, &attempt.next));
                assert!(read.state().matches(attempt.state().expose().as_bytes()));
                let end = NOON.plus(Attempt::LIFETIME);
                assert!(Attempt::open(text.expose(), &keys(), end.minus(Duration::from_secs(1))).is_some());
                assert!(Attempt::open(text.expose(), &keys(), end).is_none());
            }
        }
    }

    #[test]
    fn what_is_told_to_the_provider_tells_nothing_of_the_rest_and_comes_once() {
        let (one, other) = (attempt(Goal::SignIn), attempt(Goal::SignIn));
        let values: HashSet<_> = [&one, &other]
            .into_iter()
            .flat_map(|attempt| {
                [attempt.state(), attempt.nonce(), attempt.verifier(), Secret::new(attempt.used().as_str().to_owned())]
            })
            .map(|value| value.expose().clone())
            .collect();
        assert_eq!(values.len(), 8);
        assert!(values.iter().all(|value| value.len() == 43));
    }

    #[test]
    fn the_longest_attempt_fits_into_a_cookie() {
        let mut attempt = attempt(Goal::SignIn);
        attempt.next = "/".repeat(Continue::MAX_BYTES);
        let text = attempt.seal(keys().active());
        assert!(text.expose().len() + "__Host-sign-in=".len() <= MAX_CHARS, "{}", text.expose().len());
        assert!(Attempt::open(text.expose(), &keys(), NOON).is_some());
    }

    #[test]
    fn nothing_altered_and_no_other_token_is_an_attempt() {
        let sealed = attempt(Goal::SignIn).seal(keys().active());
        let bytes = URL_SAFE_NO_PAD.decode(&sealed.expose()[PREFIX.len()..]).unwrap();
        for position in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[position] ^= 0x80;
            let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(&changed));
            assert!(Attempt::open(&text, &keys(), NOON).is_none(), "byte {position}");
        }
        let device = KnownDevice::signed_in(USER, 1, None, &Randomness::System, NOON).unwrap().seal(keys().active());
        assert!(Attempt::open(&device.expose().replace("vdt_", PREFIX), &keys(), NOON).is_none());
        let theirs = MacKeys::new(2, vec![MacKey::new(2, Secret::new([3; 32]))]).unwrap();
        assert!(Attempt::open(sealed.expose(), &theirs, NOON).is_none());
    }

    proptest! {
        #[test]
        fn whatever_a_browser_holds_is_an_attempt_of_ours_or_none(any in any::<String>(), almost in "vfa_[A-Za-z0-9_-]{0,200}") {
            prop_assert!(Attempt::open(&any, &keys(), NOON).is_none());
            prop_assert!(Attempt::open(&almost, &keys(), NOON).is_none());
        }
    }
}
