//! An issuer's keys by its metadata (RFC 8414 §3, OpenID Connect Discovery §4, RFC 7517 §5).
//!
//! Who calls keeps them and asks again as [`crate::keys::Limits`] say: at most once an interval, and the last good ones stay.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;

use super::InvalidResourceServer;
use crate::clock::{Clock, Timestamp};
use crate::keys::{KeysUnavailable, PublicKeySet, ReadPublicKeys};
use crate::remote::{Address, Documents};

/// How long the address of the keys is believed. It moves once in years if ever; when it does, the old one is answered for a
/// while, or answers with an error and is forgotten at once.
const ADDRESS_KEPT: Duration = Duration::from_secs(60 * 60);

#[derive(Debug)]
pub(super) struct IssuerKeys {
    issuer: String,
    metadata: Address,
    documents: Documents,
    clock: Clock,
    found: Mutex<Option<Found>>,
}

#[derive(Clone, Debug)]
struct Found {
    keys: Address,
    at: Timestamp,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

impl IssuerKeys {
    pub(super) fn new(issuer: Address, clock: Clock) -> Result<Self, InvalidResourceServer> {
        let issuer = issuer.to_string();
        // The one place for an issuer with a path that both RFC 8414 §5 and Discovery §4.1 know.
        let metadata = Address::parse(&format!("{issuer}/.well-known/openid-configuration"))?;
        Ok(Self { issuer, metadata, documents: Documents::default(), clock, found: Mutex::default() })
    }

    async fn read(&self) -> Result<PublicKeySet, String> {
        let address = match self.kept() {
            Some(address) => address,
            None => self.discover().await?,
        };
        let read = self.read_from(&address).await;
        if read.is_err() {
            self.keep(None);
        }
        read
    }

    async fn discover(&self) -> Result<Address, String> {
        let document = self.documents.get(&self.metadata).await.map_err(|fault| fault.to_string())?;
        let metadata: Metadata =
            serde_json::from_slice(&document).map_err(|_| format!("{} is no metadata document", self.metadata))?;
        // RFC 8414 §3.3: else anybody's keys could be passed off as this issuer's.
        if metadata.issuer != self.issuer {
            return Err(format!("{} is the metadata of another issuer", self.metadata));
        }
        let keys = self.metadata.names(&metadata.jwks_uri).map_err(|fault| format!("the jwks_uri {fault}"))?;
        self.keep(Some(Found { keys: keys.clone(), at: self.clock.now() }));
        Ok(keys)
    }

    async fn read_from(&self, address: &Address) -> Result<PublicKeySet, String> {
        let document = self.documents.get(address).await.map_err(|fault| fault.to_string())?;
        PublicKeySet::from_jwks(&document, self.clock.now()).map_err(|fault| format!("{address}: {fault}"))
    }

    fn kept(&self) -> Option<Address> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let now = self.clock.now();
        (found.at <= now && now.since(found.at) < ADDRESS_KEPT).then_some(found.keys)
    }

    fn keep(&self, found: Option<Found>) {
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = found;
    }
}

impl ReadPublicKeys for IssuerKeys {
    async fn read_public_keys(&self) -> Result<PublicKeySet, KeysUnavailable> {
        self.read().await.map_err(|detail| KeysUnavailable::new("issuer's keys", detail))
    }
}
