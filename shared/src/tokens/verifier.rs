//! The resource server's check of an access token (RFC 9068 §4): form, header, key, signature, claims, in this order.

use std::sync::Arc;

use super::claims::Expected;
use super::compact::Compact;
use super::header::{AccessTokenHeader, ProviderHeader};
use super::id_token_hint::{self, IdTokenHint};
use super::verified_tokens::{VerifiedTokens, fingerprint};
use super::{MAX_TOKEN_BYTES, Refusal, VerifiedToken};
use crate::clock::Clock;
use crate::keys::{KeysUnavailable, PublicKeySet, PublicKeys, ReadPublicKeys};

/// Checks access tokens of one issuer for one audience.
#[derive(Debug)]
pub struct Verifier {
    expected: Expected,
    clock: Clock,
    keys: PublicKeys,
    verified: VerifiedTokens,
}

/// A token is refused, or nothing could be decided. Neither lets anybody in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Decided: no. The caller is not authenticated (401).
    #[error("the access token is refused: {0}")]
    Refused(#[from] Refusal),
    /// Not decided: the keys were never read and cannot be now, or the one that is named could not be looked for (503).
    #[error(transparent)]
    KeysUnavailable(#[from] KeysUnavailable),
}

impl Verifier {
    /// A verifier for tokens with this `iss` and this `aud`. Nothing is read before the first token.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>, clock: Clock) -> Self {
        Self {
            expected: Expected { issuer: issuer.into(), audience: Some(audience.into()) },
            keys: PublicKeys::new(clock.clone()),
            clock,
            verified: VerifiedTokens::new(),
        }
    }

    /// Checks `token`. A token that was verified before costs a hash, and is refused all the same once it has expired or
    /// its key is gone.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub async fn verify(&self, token: &[u8], reader: &impl ReadPublicKeys) -> Result<Arc<VerifiedToken>, VerifyError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Refusal::TooLong.into());
        }
        let fingerprint = fingerprint(token);
        if let Some(known) = self.verified.find(&fingerprint) {
            return match self.recheck(&known, reader).await {
                Ok(()) => Ok(known),
                Err(error) => {
                    self.verified.forget(&fingerprint);
                    Err(error)
                }
            };
        }
        let verified = Arc::new(self.verify_fresh(token, reader).await?);
        self.verified.keep(fingerprint, Arc::clone(&verified));
        Ok(verified)
    }

    /// Checks `token` as if it had never been seen.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub async fn verify_fresh(&self, token: &[u8], reader: &impl ReadPublicKeys) -> Result<VerifiedToken, VerifyError> {
        self.verify_as(token, &self.expected, reader).await
    }

    /// Checks `token` for its issuer's own purposes, whatever its audience: it may be asked about or revoked here, and opens
    /// nothing here.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub async fn verify_for_any_audience(
        &self,
        token: &[u8],
        reader: &impl ReadPublicKeys,
    ) -> Result<VerifiedToken, VerifyError> {
        let expected = Expected { audience: None, ..self.expected.clone() };
        self.verify_as(token, &expected, reader).await
    }

    async fn verify_as(
        &self,
        token: &[u8],
        expected: &Expected,
        reader: &impl ReadPublicKeys,
    ) -> Result<VerifiedToken, VerifyError> {
        let compact = Compact::split(token)?;
        let AccessTokenHeader { header, kid } = AccessTokenHeader::read(&compact.header()?)?;
        let key = self.keys.find(reader, &kid).await?.ok_or(Refusal::KidUnknown)?;
        let payload = compact.verified_payload(&header, key.verification())?;
        Ok(VerifiedToken::read(&payload, kid, expected, self.clock.now())?)
    }

    /// Whom an ID token of this issuer is about, and for whom it was made, however long ago. It opens nothing.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub async fn id_token_hint(&self, token: &[u8], reader: &impl ReadPublicKeys) -> Result<IdTokenHint, VerifyError> {
        let compact = Compact::split(token)?;
        let header = ProviderHeader::read(&compact.header()?)?;
        let kid = id_token_hint::kid(&header)?;
        let key = self.keys.find(reader, kid).await?.ok_or(Refusal::KidUnknown)?;
        let payload = compact.verified_payload(&header.header, key.verification())?;
        Ok(id_token_hint::read(&payload, &self.expected.issuer)?)
    }

    /// The published keys, for the JWKS document.
    ///
    /// # Errors
    /// [`KeysUnavailable`] if they were never read and cannot be now.
    pub async fn public_keys(&self, reader: &impl ReadPublicKeys) -> Result<Arc<PublicKeySet>, KeysUnavailable> {
        self.keys.current(reader).await
    }

    /// Time has passed since `known` was verified, and keys may have gone. A key's name is its thumbprint, so the same
    /// name is the same key.
    async fn recheck(&self, known: &VerifiedToken, reader: &impl ReadPublicKeys) -> Result<(), VerifyError> {
        known.check_now(self.clock.now())?;
        match self.keys.find(reader, &known.kid).await? {
            Some(_) => Ok(()),
            None => Err(Refusal::KidUnknown.into()),
        }
    }

    #[cfg(test)]
    pub(super) fn tokens_held(&self) -> usize {
        self.verified.len()
    }
}
