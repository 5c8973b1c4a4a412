//! The JWS compact serialization and its signature, checked before anything in it is believed (RFC 7515 §5.2 and §7.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Refusal;
use super::header::Header;
use crate::keys::{Jwk, VerificationKey};

/// Bytes of a whole token. Ours have about 700, and 4 KiB with every role and scope that an account can have. API Gateway
/// takes 10,240 bytes of headers together; what is longer is refused before a byte of it is decoded.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// A token taken apart; nothing in it is verified yet.
pub(super) struct Compact<'a> {
    header: &'a [u8],
    payload: &'a [u8],
    signature: &'a [u8],
    signed: &'a [u8],
}

impl<'a> Compact<'a> {
    /// One of ours.
    pub(super) fn split(token: &'a [u8]) -> Result<Self, Refusal> {
        Self::split_within(token, MAX_TOKEN_BYTES)
    }

    /// One of at most so many bytes.
    pub(super) fn split_within(token: &'a [u8], most: usize) -> Result<Self, Refusal> {
        if token.len() > most {
            return Err(Refusal::TooLong);
        }
        let mut parts = token.split(|byte| *byte == b'.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refusal::NotThreeParts);
        };
        if header.is_empty() || payload.is_empty() || signature.is_empty() {
            return Err(Refusal::EmptyPart);
        }
        let signed = token.get(..header.len() + 1 + payload.len()).ok_or(Refusal::NotThreeParts)?;
        Ok(Self { header, payload, signature, signed })
    }

    /// The bytes of the JOSE header.
    pub(super) fn header(&self) -> Result<Vec<u8>, Refusal> {
        decode(self.header)
    }

    /// The payload as it came: nothing of it may be believed.
    pub(super) fn unverified_payload(&self) -> Result<Vec<u8>, Refusal> {
        decode(self.payload)
    }

    /// The payload, if `key` signed this token and `header` says that it is of the key's algorithm.
    pub(super) fn verified_payload(&self, header: &Header, key: &VerificationKey) -> Result<Vec<u8>, Refusal> {
        if header.algorithm() != key.algorithm() {
            return Err(Refusal::AlgMismatch);
        }
        let signature = decode(self.signature)?;
        let payload = decode(self.payload)?;
        if key.verifies(self.signed, &signature) { Ok(payload) } else { Err(Refusal::SignatureWrong) }
    }
}

/// One spelling only: no padding, no other alphabet, no bits after the last byte (RFC 7515 §2, RFC 4648 §3.5).
fn decode(part: &[u8]) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::NotBase64Url)
}

/// Checks a JWS in compact form against one key and gives its payload. It says who signed the bytes, not what they are:
/// an access token is checked by [`super::Verifier`].
///
/// # Errors
/// The [`Refusal`] of the first check that fails: size, form, header (RFC 7515 §4), algorithm, key, signature.
pub fn verify_compact(token: &[u8], jwk: &Jwk) -> Result<Vec<u8>, Refusal> {
    let compact = Compact::split(token)?;
    let header = Header::read(&compact.header()?)?;
    let key = VerificationKey::new(jwk).map_err(|_| Refusal::KeyUnusable)?;
    compact.verified_payload(&header, &key)
}
