//! Devices that an account has signed in on: each has a lane of its own, so that a stranger who guesses at the account's name shuts the
//! door to strangers only (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
//!
//! After a sign-in the client is given a device token, and presents it at the next one. It signs nobody in: it says which count the
//! attempt is taken from. `vdt_` + base64url(format, MAC key, user, account version, device, expiry, HMAC-SHA-256). Nothing of it is
//! stored: it is checked without I/O, and dies with the account's version, which a new password raises.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Class, Key};
use crate::clock::Timestamp;
use crate::identity::{IDENTIFIER_BYTES, UserId};
use crate::keys::{MAC_BYTES, MacKey, MacKeys};
use crate::randomness::{NoRandomness, Randomness};
use crate::secret::Secret;

const PREFIX: &str = "vdt_";
/// The layout below. Refresh tokens are sealed with the same keys, and theirs is 1: neither is ever read as the other.
const FORMAT: u8 = 2;
const BODY_BYTES: usize = 1 + 4 + IDENTIFIER_BYTES + 8 + IDENTIFIER_BYTES + 8;
const TOKEN_BYTES: usize = BODY_BYTES + MAC_BYTES;
const TOKEN_CHARS: usize = (TOKEN_BYTES * 4).div_ceil(3);

/// A device that an account has signed in on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownDevice {
    user: UserId,
    account_version: u64,
    id: [u8; IDENTIFIER_BYTES],
    expires_at: Timestamp,
}

impl KnownDevice {
    /// A device is known for so long after its last sign-in: somebody back from a year abroad still is. Longer keeps lanes open on
    /// devices that were sold; shorter puts whoever signs in once a season among strangers. Browsers keep no cookie for more
    /// than 400 days.
    pub const LIFETIME: Duration = Duration::from_secs(365 * 24 * 60 * 60);

    /// The device on which the account, in this version, has just signed in: `before`, if it was known, or a new one.
    ///
    /// # Errors
    /// [`NoRandomness`] if the operating system gives none.
    pub fn signed_in(
        user: UserId,
        account_version: u64,
        before: Option<Self>,
        randomness: &Randomness,
        now: Timestamp,
    ) -> Result<Self, NoRandomness> {
        let id = match before {
            Some(before) => before.id,
            None => randomness.bytes()?,
        };
        Ok(Self { user, account_version, id, expires_at: now.plus(Self::LIFETIME) })
    }

    /// Whether it vouches for an attempt to sign in to the account of `user` in this version.
    pub fn is_of(&self, user: UserId, account_version: u64) -> bool {
        self.user == user && self.account_version == account_version
    }

    /// Its lane.
    pub fn lane(&self) -> Key {
        let id: String = self.id.iter().map(|byte| format!("{byte:02x}")).collect();
        Key::named(Class::LoginDevice, &id)
    }

    /// The token's text, made with `key`.
    pub fn seal(&self, key: &MacKey) -> Secret<String> {
        let mut bytes = Vec::with_capacity(TOKEN_BYTES);
        bytes.push(FORMAT);
        bytes.extend_from_slice(&key.id().to_be_bytes());
        bytes.extend_from_slice(self.user.as_bytes());
        bytes.extend_from_slice(&self.account_version.to_be_bytes());
        bytes.extend_from_slice(&self.id);
        bytes.extend_from_slice(&self.expires_at.seconds().to_be_bytes());
        key.seal(PREFIX, bytes)
    }

    /// The device that `text` names, if it is a token of ours and not over. One that is no good is none: whoever presents it is a
    /// stranger, and hears nothing of why.
    pub fn open(text: &str, keys: &MacKeys, now: Timestamp) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX).filter(|encoded| encoded.len() == TOKEN_CHARS)?;
        let mut bytes = [0; TOKEN_BYTES];
        let written = URL_SAFE_NO_PAD.decode_slice(encoded, &mut bytes).ok()?;
        let (body, mac) = bytes.split_at_checked(BODY_BYTES).filter(|_| written == TOKEN_BYTES)?;
        let (&[FORMAT], rest) = body.split_first_chunk()? else { return None };
        let (key, rest) = rest.split_first_chunk()?;
        if !keys.find(u32::from_be_bytes(*key))?.verifies(body, mac) {
            return None;
        }
        let (user, rest) = rest.split_first_chunk()?;
        let (account_version, rest) = rest.split_first_chunk()?;
        let (id, rest) = rest.split_first_chunk()?;
        let (expires_at, []) = rest.split_first_chunk()? else { return None };
        let device = Self {
            user: UserId::from_bytes(*user),
            account_version: u64::from_be_bytes(*account_version),
            id: *id,
            expires_at: Timestamp::from_seconds(u64::from_be_bytes(*expires_at)),
        };
        (device.expires_at > now).then_some(device)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::identity::SessionId;
    use crate::sessions::refresh_token::RefreshToken;
    use crate::sessions::rotation::Generation;

    const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const USER: UserId = UserId::from_bytes([0x11; IDENTIFIER_BYTES]);

    fn keys() -> MacKeys {
        MacKeys::new(2, vec![MacKey::new(1, Secret::new([1; 32])), MacKey::new(2, Secret::new([2; 32]))]).unwrap()
    }

    fn device() -> KnownDevice {
        KnownDevice::signed_in(USER, 3, None, &Randomness::System, NOON).unwrap()
    }

    #[test]
    fn a_device_reads_back_until_it_is_over_whichever_key_sealed_it() {
        for key in keys().iter() {
            let (device, text) = (device(), device().seal(key));
            assert_eq!(KnownDevice::open(device.seal(key).expose(), &keys(), NOON), Some(device));
            let over = NOON.plus(KnownDevice::LIFETIME);
            assert_eq!(KnownDevice::open(text.expose(), &keys(), over), None);
            assert!(KnownDevice::open(text.expose(), &keys(), over.minus(Duration::from_secs(1))).is_some());
        }
    }

    #[test]
    fn a_device_vouches_for_one_account_as_it_stood() {
        let device = device();
        assert!(device.is_of(USER, 3));
        assert!(!device.is_of(USER, 4), "its password has changed");
        assert!(!device.is_of(UserId::from_bytes([0; IDENTIFIER_BYTES]), 3));
    }

    #[test]
    fn a_device_keeps_its_lane_from_sign_in_to_sign_in() {
        let first = device();
        let second = KnownDevice::signed_in(USER, 4, Some(first), &Randomness::System, NOON).unwrap();
        assert_eq!(first.lane(), second.lane());
        assert_ne!(first.lane(), device().lane());
        assert!(second.is_of(USER, 4));
    }

    #[test]
    fn neither_a_refresh_token_nor_anything_altered_is_a_device() {
        let sealed = device().seal(keys().active());
        let bytes = URL_SAFE_NO_PAD.decode(&sealed.expose()[PREFIX.len()..]).unwrap();
        for position in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[position] ^= 0x80;
            let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(&changed));
            assert_eq!(KnownDevice::open(&text, &keys(), NOON), None, "byte {position}");
        }
        for text in ["", PREFIX, &sealed.expose()[PREFIX.len()..], &format!("{}A", sealed.expose())] {
            assert_eq!(KnownDevice::open(text, &keys(), NOON), None, "{text}");
        }
        let session = SessionId::from_bytes([0x22; IDENTIFIER_BYTES]);
        let refresh = RefreshToken { user: USER, session, generation: Generation::FIRST }.seal(keys().active());
        assert_eq!(KnownDevice::open(&refresh.expose().replace("vrt_", PREFIX), &keys(), NOON), None);
        assert!(RefreshToken::open(&sealed.expose().replace(PREFIX, "vrt_"), &keys()).is_err());
        let theirs = MacKeys::new(2, vec![MacKey::new(2, Secret::new([3; 32]))]).unwrap();
        assert_eq!(KnownDevice::open(sealed.expose(), &theirs, NOON), None);
    }

    proptest! {
        #[test]
        fn whatever_a_client_presents_is_a_device_of_ours_or_none(any in any::<String>(), almost in "vdt_[A-Za-z0-9_-]{110,118}") {
            prop_assert_eq!(KnownDevice::open(&any, &keys(), NOON), None);
            prop_assert_eq!(KnownDevice::open(&almost, &keys(), NOON), None);
        }
    }
}
