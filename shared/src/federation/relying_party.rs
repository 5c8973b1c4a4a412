//! We, as the relying party of one provider: send a browser there, and learn from its answer who came back.

use std::sync::Arc;

use super::attempt::Attempt;
use super::demand::Demand;
use super::exchange::{Registration, Rejection, Tokens};
use super::identity::{Identity, ToldAddress};
use super::kind::Vouches;
use super::metadata::{LIMITS, Metadata, ProviderKeys};
use super::outbound::{Outbound, ProviderFault};
use super::provider::Provider;
use super::{Kind, apple, github};
use crate::clock::Clock;
use crate::keys::{Cached, KeysUnavailable};
use crate::secret::Secret;
use crate::tokens::{EmailClaims, ExpectedIdToken, Refusal, UnverifiedIdToken};

/// What is asked of an OpenID provider: who it is, and their address.
const SCOPES: [&str; 2] = ["openid", "email"];
/// What an empty cache and one that could not be filled are about.
const DOCUMENTS: &str = "documents of the provider";

/// One provider, with what it says of itself in memory.
#[derive(Debug)]
pub struct RelyingParty {
    provider: Arc<Provider>,
    metadata: Cached<Metadata>,
    keys: Cached<ProviderKeys>,
    clock: Clock,
}

/// An answer that came back with the browser (RFC 6749 §4.1.2, RFC 9207 §2).
#[derive(Debug)]
pub struct Callback {
    /// `code`.
    pub code: Secret<String>,
    /// `iss`.
    pub iss: Option<String>,
}

/// Somebody whom a provider knows.
#[derive(Debug)]
pub struct Known {
    /// Who they are.
    pub identity: Identity,
    claims: EmailClaims,
    access_token: Secret<String>,
}

impl RelyingParty {
    /// Nothing is read before the first person goes there.
    pub(super) fn new(provider: Provider, clock: Clock) -> Self {
        let (metadata, keys) = (Cached::new(clock.clone(), LIMITS), Cached::new(clock.clone(), LIMITS));
        Self { provider: Arc::new(provider), metadata, keys, clock }
    }

    /// The provider.
    pub const fn provider(&self) -> &Arc<Provider> {
        &self.provider
    }

    /// The address that the browser goes to for `attempt`.
    ///
    /// # Errors
    /// [`Rejection`] if the provider did not say where, or cannot meet what is demanded of the sign-in.
    pub async fn authorization_url(
        &self,
        attempt: &Attempt,
        redirect_uri: &str,
        outbound: &Outbound,
    ) -> Result<String, Rejection> {
        let (demand, asks) = (Demand::of(&attempt.next), self.provider.kind.asks_anew());
        if !demand.is_met_by(asks) {
            return Err(Rejection::NotAnew("auth_time_never"));
        }
        let mut more = demand.parameters(asks);
        match self.provider.kind {
            Kind::GitHub => {
                let endpoint = github::authorization_endpoint(&self.provider.issuer);
                let registration = self.registration(redirect_uri, &endpoint, "https://unused.example", false);
                Ok(registration.authorization_url(attempt, &github::SCOPES, more)?)
            }
            Kind::Google | Kind::Microsoft | Kind::Apple | Kind::OpenId => {
                let metadata = self.metadata(outbound).await?;
                more.push(("nonce", attempt.nonce().expose().clone()));
                if self.provider.kind == Kind::Apple {
                    // Whoever asks Apple for an address must take the answer as a form.
                    more.push(("response_mode", "form_post".to_owned()));
                }
                Ok(self.of(&metadata, redirect_uri).authorization_url(attempt, &SCOPES, more)?)
            }
        }
    }

    /// Who came back for `attempt`.
    ///
    /// # Errors
    /// [`Rejection`]: nobody is known by this answer.
    pub async fn known(
        &self,
        callback: &Callback,
        attempt: &Attempt,
        redirect_uri: &str,
        secret: &Secret<String>,
        outbound: &Outbound,
    ) -> Result<Known, Rejection> {
        match (self.provider.kind, &self.provider.api) {
            (Kind::GitHub, api) => {
                let (site, api) = (&self.provider.issuer, api.as_deref().unwrap_or_default());
                // github.com says `iss`, which not every Enterprise Server does, and no document that counts for sign-ins promises it.
                check_iss(callback.iss.as_deref(), &github::issuer(site), false)?;
                let (authorization, token) = (github::authorization_endpoint(site), github::token_endpoint(site));
                let registration = self.registration(redirect_uri, &authorization, &token, false);
                let tokens = registration.exchange(&callback.code, attempt, secret, outbound).await?;
                let identity = github::identity(site, api, &tokens.access_token, outbound).await?;
                Ok(Known { identity, claims: EmailClaims::default(), access_token: tokens.access_token })
            }
            (Kind::Google | Kind::Microsoft | Kind::Apple | Kind::OpenId, _) => {
                let metadata = self.metadata(outbound).await?;
                check_iss(callback.iss.as_deref(), &metadata.issuer, metadata.says_iss)?;
                let secret = self.client_secret(secret)?;
                let registration = self.of(&metadata, redirect_uri);
                let tokens = registration.exchange(&callback.code, attempt, &secret, outbound).await?;
                self.by_id_token(tokens, attempt, &metadata, outbound).await
            }
        }
    }

    /// The address of somebody who is known: out of the ID token, or else asked for.
    ///
    /// # Errors
    /// [`ProviderFault`] if the provider was to be asked and did not say.
    pub async fn told_address(&self, known: &Known, outbound: &Outbound) -> Result<Option<ToldAddress>, ProviderFault> {
        let claims = match (self.provider.kind, &self.provider.api) {
            (Kind::GitHub, api) => {
                github::email(api.as_deref().unwrap_or_default(), &known.access_token, outbound).await?
            }
            _ if known.claims.address.is_some() => known.claims.clone(),
            (Kind::Google | Kind::Microsoft | Kind::Apple | Kind::OpenId, _) => {
                // Core 1.0 §5.4: a provider that gives an access token may keep the claims of a scope for its UserInfo endpoint.
                let metadata = self.metadata(outbound).await?;
                let Some(endpoint) = &metadata.userinfo_endpoint else { return Ok(None) };
                let answer = outbound.get(endpoint, Some(known.access_token.expose())).await?;
                EmailClaims::of_user_info(&answer, &known.identity.subject)
                    .ok_or(ProviderFault::Malformed("a UserInfo answer about somebody else"))?
            }
        };
        let vouched = vouched(self.provider.vouches, &claims);
        Ok(claims.address.map(|address| ToldAddress { address, vouched }))
    }

    async fn by_id_token(
        &self,
        tokens: Tokens,
        attempt: &Attempt,
        metadata: &Metadata,
        outbound: &Outbound,
    ) -> Result<Known, Rejection> {
        let refused = |refusal: crate::tokens::IdTokenRefusal| Rejection::Refused(refusal.reason());
        let id_token = tokens.id_token.ok_or(Rejection::Refused("id_token_missing"))?;
        let unverified = UnverifiedIdToken::read(id_token.expose().as_bytes()).map_err(refused)?;
        let (kid, algorithm) = (unverified.kid(), unverified.algorithm());
        let expected = ExpectedIdToken {
            issuer: &metadata.issuer,
            client_id: &self.provider.client_id,
            nonce: &attempt.nonce(),
            access_token: tokens.access_token.expose(),
        };
        let read = || read_keys(&metadata.jwks_uri, outbound);
        let mut keys: Arc<ProviderKeys> = self.keys.get(read).await.map_err(ProviderFault::from)?;
        if keys.find(kid, algorithm).is_none()
            && let Some(newer) = self.keys.newer_than(&keys, read).await.map_err(ProviderFault::from)?
        {
            keys = newer;
        }
        let key = keys.find(kid, algorithm).ok_or(Rejection::Refused(Refusal::KidUnknown.reason()))?;
        let token = key.verified(&unverified, &expected, self.clock.now()).map_err(Rejection::Refused)?;
        Demand::of(&attempt.next).check(token.auth_time, attempt.begun_at()).map_err(Rejection::NotAnew)?;
        let identity = Identity { issuer: token.issuer, subject: token.subject };
        Ok(Known { identity, claims: token.email, access_token: tokens.access_token })
    }

    async fn metadata(&self, outbound: &Outbound) -> Result<Arc<Metadata>, ProviderFault> {
        let read = || async {
            let answer = outbound.get(&Metadata::address(&self.provider.issuer), None).await;
            answer.and_then(|json| Metadata::read(&json, &self.provider.issuer)).map_err(unread)
        };
        Ok(self.metadata.get(read).await?)
    }

    fn of<'a>(&'a self, metadata: &'a Metadata, redirect_uri: &'a str) -> Registration<'a> {
        let Metadata { authorization_endpoint, token_endpoint, basic, .. } = metadata;
        self.registration(redirect_uri, authorization_endpoint, token_endpoint, *basic)
    }

    fn registration<'a>(
        &'a self,
        redirect_uri: &'a str,
        authorization_endpoint: &'a str,
        token_endpoint: &'a str,
        basic: bool,
    ) -> Registration<'a> {
        let client_id = &self.provider.client_id;
        Registration { client_id, redirect_uri, authorization_endpoint, token_endpoint, basic }
    }

    /// What is kept is the secret itself, or Apple's key to make one with.
    fn client_secret(&self, kept: &Secret<String>) -> Result<Secret<String>, ProviderFault> {
        let Provider { client_id, issuer, apple, .. } = &*self.provider;
        let Some(names) = apple else { return Ok(kept.clone()) };
        apple::client_secret(names, client_id, issuer, kept, self.clock.now()).map_err(|_| ProviderFault::Credentials)
    }
}

async fn read_keys(address: &str, outbound: &Outbound) -> Result<ProviderKeys, KeysUnavailable> {
    outbound.get(address, None).await.and_then(|json| ProviderKeys::read(&json)).map_err(unread)
}

fn unread(fault: ProviderFault) -> KeysUnavailable {
    KeysUnavailable::new(DOCUMENTS, fault.to_string())
}

/// RFC 9207 §2.4: who says who they are must be who was asked, and who said they would must.
fn check_iss(iss: Option<&str>, issuer: &str, promised: bool) -> Result<(), Rejection> {
    match iss {
        Some(iss) if iss == issuer => Ok(()),
        Some(_) => Err(Rejection::Refused("iss_wrong")),
        None if promised => Err(Rejection::Refused("iss_missing")),
        None => Ok(()),
    }
}

fn vouched(vouches: Vouches, claims: &EmailClaims) -> bool {
    let ends_with = |domain: &str| {
        let domain_of = claims.address.as_deref().and_then(|address| address.rsplit_once('@'));
        domain_of.is_some_and(|(_, of)| of.eq_ignore_ascii_case(domain))
    };
    match vouches {
        Vouches::ForVerified => claims.verified,
        Vouches::ForItsOwn => claims.verified && (ends_with("gmail.com") || claims.hosted_domain.is_some()),
        Vouches::ForProvenDomains => claims.domain_owner_verified,
        Vouches::ForNone => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_providers_word_on_an_address_is_worth_what_the_provider_answers_for() {
        let claims = |address: &str, verified, hosted: Option<&str>, owner| EmailClaims {
            address: Some(address.to_owned()),
            verified,
            hosted_domain: hosted.map(str::to_owned),
            domain_owner_verified: owner,
        };
        let gmail = claims("ada@gmail.com", true, None, false);
        let workspace = claims("ada@example.com", true, Some("example.com"), false);
        let elsewhere = claims("ada@example.com", true, None, false);
        let written = claims("ada@example.com", false, None, false);
        let proven = claims("ada@example.com", false, None, true);
        for (vouches, taken) in [
            (Vouches::ForVerified, [true, true, true, false, false]),
            (Vouches::ForItsOwn, [true, true, false, false, false]),
            (Vouches::ForProvenDomains, [false, false, false, false, true]),
            (Vouches::ForNone, [false; 5]),
        ] {
            let seen = [&gmail, &workspace, &elsewhere, &written, &proven].map(|claims| vouched(vouches, claims));
            assert_eq!(seen, taken, "{vouches:?}");
        }
        for look_alike in ["ada@notgmail.com", "ada@gmail.com.evil.example", "ada@gmail.com@evil.example", "gmail.com"]
        {
            assert!(!vouched(Vouches::ForItsOwn, &claims(look_alike, true, None, false)), "{look_alike}");
        }
    }

    #[test]
    fn whoever_says_who_they_are_must_be_who_was_asked() {
        let issuer = "https://id.example.com";
        for promised in [false, true] {
            assert_eq!(check_iss(Some(issuer), issuer, promised), Ok(()));
            for other in ["https://evil.example", "https://id.example.com/", ""] {
                assert_eq!(check_iss(Some(other), issuer, promised), Err(Rejection::Refused("iss_wrong")), "{other}");
            }
        }
        assert_eq!(check_iss(None, issuer, false), Ok(()));
        assert_eq!(check_iss(None, issuer, true), Err(Rejection::Refused("iss_missing")));
    }
}
