//! The session cookie: what a browser holds of a session instead of tokens (RFC 6265bis, OWASP ASVS 5.0 V3.3 and V7).
//!
//! base64url(user, session, 256 random bits). The table holds SHA-256 of the random part, so that a dump of it yields no cookie and
//! whoever checks one needs no secret: one read, and a comparison in constant time. No script ever sees it, and it carries no token.

use std::future::Future;
use std::time::Duration;

use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use super::rotation::{Over, over};
use super::session::{Session, Transport};
use crate::clock::Timestamp;
use crate::identity::{IDENTIFIER_BYTES, SessionId, UserId};
use crate::randomness::{NoRandomness, Randomness};
use crate::secret::Secret;
use crate::storage::StoreError;

/// 256 bits: nobody guesses one, and its bare hash needs no salt.
const SECRET_BYTES: usize = 32;
const COOKIE_BYTES: usize = 2 * IDENTIFIER_BYTES + SECRET_BYTES;
/// base64 of `COOKIE_BYTES` without padding.
const COOKIE_CHARS: usize = (COOKIE_BYTES * 4).div_ceil(3);

/// A session is written to at most so often for being used: a write in each minute costs less than the reads of it, and an idle expiry
/// of minutes is still kept to the minute.
pub const SEEN_EVERY: Duration = Duration::from_secs(60);

/// What a `__Host-session` cookie says: which session, and the proof.
#[derive(Clone, Debug)]
pub struct SessionCookie {
    /// Whose session.
    pub user: UserId,
    /// Which session.
    pub session: SessionId,
    secret: Secret<[u8; SECRET_BYTES]>,
}

/// SHA-256 of a cookie's random part: what the table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieHash([u8; digest::SHA256_OUTPUT_LEN]);

/// The text has not the form of a session cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not of a session cookie's form")]
pub struct Malformed;

/// Why a cookie of the right form opens nothing, for the log; the client hears one and the same answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieRefusal {
    /// There is no such session, or it is one that is held by tokens.
    Unknown,
    /// There is, and the proof is another's: somebody knows its name and no more, or the browser was given another since.
    Forged,
    /// The session has ended or expired.
    Over(Over),
}

impl CookieRefusal {
    /// The reason as logs spell it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_session",
            Self::Forged => "forged_cookie",
            Self::Over(over) => over.reason(),
        }
    }
}

impl SessionCookie {
    /// A fresh cookie for a session.
    ///
    /// # Errors
    /// [`NoRandomness`] if the operating system gives none.
    pub fn random(user: UserId, session: SessionId, randomness: &Randomness) -> Result<Self, NoRandomness> {
        Ok(Self { user, session, secret: Secret::new(randomness.bytes()?) })
    }

    /// Reads the value of a cookie. There is one spelling of each.
    ///
    /// # Errors
    /// [`Malformed`] for another length, alphabet, padding or quotes.
    pub fn parse(value: &str) -> Result<Self, Malformed> {
        if value.len() != COOKIE_CHARS {
            return Err(Malformed);
        }
        let mut bytes = zeroize::Zeroizing::new([0; COOKIE_BYTES]);
        if URL_SAFE_NO_PAD.decode_slice(value, bytes.as_mut()) != Ok(COOKIE_BYTES) {
            return Err(Malformed);
        }
        let (user, rest) = bytes.split_first_chunk().ok_or(Malformed)?;
        let (session, secret) = rest.split_first_chunk().ok_or(Malformed)?;
        Ok(Self {
            user: UserId::from_bytes(*user),
            session: SessionId::from_bytes(*session),
            secret: Secret::new(secret.try_into().map_err(|_| Malformed)?),
        })
    }

    /// The value of the cookie.
    pub fn value(&self) -> Secret<String> {
        let mut bytes = zeroize::Zeroizing::new([0; COOKIE_BYTES]);
        let parts = [self.user.as_bytes().as_slice(), self.session.as_bytes(), self.secret.expose()];
        for (place, byte) in bytes.iter_mut().zip(parts.into_iter().flatten()) {
            *place = *byte;
        }
        Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_ref()))
    }

    /// What is stored of it.
    pub fn hash(&self) -> CookieHash {
        let mut hash = [0; digest::SHA256_OUTPUT_LEN];
        hash.copy_from_slice(digest::digest(&digest::SHA256, self.secret.expose()).as_ref());
        CookieHash(hash)
    }

    /// What a client that sends neither `Sec-Fetch-Site` nor `Origin` proves itself with on unsafe methods (OWASP, Cross-Site Request
    /// Forgery Prevention: a token bound to the session). It is an HMAC under the cookie's own secret: a page of another site cannot
    /// know it, nothing is stored for it, and it does not open the session.
    pub fn csrf_token(&self) -> Secret<String> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.expose());
        Secret::new(URL_SAFE_NO_PAD.encode(hmac::sign(&key, b"vestibule csrf token").as_ref()))
    }

    /// The session, if it is this cookie's and alive at `now`.
    ///
    /// # Errors
    /// [`CookieRefusal`]. Whether a session is over is told only to whoever holds its cookie.
    pub fn opens(&self, session: Option<Session>, now: Timestamp) -> Result<Session, CookieRefusal> {
        let session = session.ok_or(CookieRefusal::Unknown)?;
        match session.transport {
            Transport::Tokens => return Err(CookieRefusal::Unknown),
            Transport::Cookie(hash) if !hash.matches(self.hash()) => return Err(CookieRefusal::Forged),
            Transport::Cookie(_) => {}
        }
        match over(&session, now) {
            Some(over) => Err(CookieRefusal::Over(over)),
            None => Ok(session),
        }
    }
}

impl CookieHash {
    /// The hash that is stored as these bytes.
    pub const fn from_bytes(bytes: [u8; digest::SHA256_OUTPUT_LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub const fn as_bytes(&self) -> &[u8; digest::SHA256_OUTPUT_LEN] {
        &self.0
    }

    fn matches(self, other: Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// The store's side of a request with a cookie.
pub trait CookieSessions {
    /// The session as it stands, ended and expired ones too; one strongly consistent read.
    fn cookie_session(
        &self,
        user: UserId,
        session: SessionId,
    ) -> impl Future<Output = Result<Option<Session>, StoreError>> + Send;

    /// Notes that the session was used at `now`, which lets it live until `idle_expires_at` if it is used no more, unless it has ended or
    /// was noted within [`SEEN_EVERY`]. One call, which takes no longer than a page is willing to wait for a remark.
    fn seen(
        &self,
        session: &Session,
        idle_expires_at: Timestamp,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The store's side of giving a session another cookie.
pub trait RenewCookie {
    /// The session is opened by `next` from now on, if `cookie` opened it until now; `None` if that opens nothing any more. One call, and
    /// one that may be repeated: a value that the session has got is the value that it has.
    fn renew_cookie(
        &self,
        cookie: &SessionCookie,
        next: &SessionCookie,
    ) -> impl Future<Output = Result<Option<Session>, StoreError>> + Send;
}

/// The store's side of leaving a session by its cookie.
pub trait EndByCookie {
    /// Ends the session if `cookie` is its own, or was until the last renewal: a sign-out may be under way while the same browser gets
    /// another. One call, whether or not there is anything to end.
    fn end_by_cookie(
        &self,
        cookie: &SessionCookie,
        cause: super::Ending,
        now: Timestamp,
    ) -> impl Future<Output = Result<super::end::Ended, StoreError>> + Send;
}

#[cfg(test)]
mod tests;
