//! Resource servers: any HTTP service that takes the access tokens of one issuer, behind the gateway or with none (RFC 6749 §1.1,
//! RFC 6750, RFC 9068 §4).
//!
//! [`ResourceServer::requiring`] gives a layer that answers whoever may not come in and tells the service who does: five lines, in
//! `tests/examples/orders.rs`.
//!
//! Nothing is asked of the issuer but its metadata and its keys, and these seldom: a token is checked without it. So a session that
//! was ended gets in until its last token expires; who cannot wait for that asks the issuer (RFC 7662) or stands behind the gateway.

mod denial;
mod issuer_keys;
mod layer;

use std::sync::Arc;

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::clock::Clock;
use crate::principal::Principal;
use crate::remote::{Address, InvalidAddress};
use crate::scope::{InvalidScope, Scopes};
use crate::tokens::{NotOneToken, Verifier, VerifyError, presented_token};
use issuer_keys::IssuerKeys;

pub use denial::Denial;
pub use layer::{Answer, Guard, RequireToken};

/// Checks the access tokens of one issuer for one audience; clones share the keys and what was verified a moment ago.
#[derive(Clone, Debug)]
pub struct ResourceServer(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    verifier: Verifier,
    keys: IssuerKeys,
    realm: String,
}

/// No resource server can be made of this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidResourceServer {
    /// The issuer is no address, or has a query or a final slash (RFC 8414 §2).
    #[error("the issuer must be an https URL (http on loopback only) without query, fragment or final slash")]
    Issuer,
    /// The audience is empty, or has a character that no header quotes.
    #[error("the audience must be printable ASCII without spaces, quotes and backslashes")]
    Audience,
}

impl From<InvalidAddress> for InvalidResourceServer {
    fn from(InvalidAddress: InvalidAddress) -> Self {
        Self::Issuer
    }
}

impl ResourceServer {
    /// Takes tokens whose `iss` is `issuer` and whose `aud` has `audience`. Nothing is read before the first token.
    ///
    /// # Errors
    /// [`InvalidResourceServer`].
    pub fn new(issuer: &str, audience: &str) -> Result<Self, InvalidResourceServer> {
        Self::by_clock(issuer, audience, Clock::System)
    }

    /// The same, with a clock of the caller's.
    ///
    /// # Errors
    /// [`InvalidResourceServer`].
    pub fn by_clock(issuer: &str, audience: &str, clock: Clock) -> Result<Self, InvalidResourceServer> {
        if issuer.ends_with('/') || issuer.contains('?') {
            return Err(InvalidResourceServer::Issuer);
        }
        let quotable = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
        if audience.is_empty() || !audience.bytes().all(quotable) {
            return Err(InvalidResourceServer::Audience);
        }
        let keys = IssuerKeys::new(Address::parse(issuer)?, clock.clone())?;
        let verifier = Verifier::new(issuer, audience, clock);
        Ok(Self(Arc::new(Inner { verifier, keys, realm: audience.to_owned() })))
    }

    /// A layer that lets whoever has a token through, whatever its scope.
    pub fn authenticated(&self) -> RequireToken {
        RequireToken::new(self.clone(), Scopes::default())
    }

    /// A layer that lets whoever has a token with all scopes of `scope` through.
    ///
    /// # Errors
    /// [`InvalidScope`] if it is no list of scopes (RFC 6749 §3.3).
    pub fn requiring(&self, scope: &str) -> Result<RequireToken, InvalidScope> {
        Ok(RequireToken::new(self.clone(), Scopes::parse(scope)?))
    }

    /// Who sends a request with these headers, if it is somebody who has all of `scope`: for services that are not made of layers.
    ///
    /// # Errors
    /// [`Denial`]: what to answer instead.
    pub async fn check(&self, headers: &HeaderMap, scope: &Scopes) -> Result<Principal, Denial> {
        let values = headers.get_all(AUTHORIZATION).iter().map(|value| value.to_str());
        let values = values.collect::<Result<Vec<_>, _>>().map_err(|_| Denial::NotOneToken(NotOneToken::Malformed))?;
        let token = presented_token(&values)?.ok_or(Denial::NoToken)?;
        let token = self.0.verifier.verify(token.as_bytes(), &self.0.keys).await.map_err(|fault| match fault {
            VerifyError::Refused(refusal) => Denial::Token(refusal),
            VerifyError::KeysUnavailable(fault) => Denial::Undecided(fault),
        })?;
        if scope.is_subset(&token.scope) { Ok(token.principal()) } else { Err(Denial::Scope(scope.clone())) }
    }

    /// What stands as `realm` in a challenge (RFC 9110 §11.5): the audience, so that a client sees for which of its tokens it is asked.
    fn realm(&self) -> &str {
        &self.0.realm
    }
}
