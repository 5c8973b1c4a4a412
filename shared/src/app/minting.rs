//! The tokens that the app mints: for a session, for a client's session, for a client itself, and for a client to know who signed in.

use std::time::Duration;

use super::App;
use crate::clock::Timestamp;
use crate::fault::Fault;
use crate::identity::ServiceId;
use crate::keys::{KeyState, SigningKey};
use crate::oauth::clients::Client;
use crate::oauth::codes::Nonce;
use crate::principal::Subject;
use crate::scope::{Roles, Scopes};
use crate::secret::Secret;
use crate::sessions::Session;
use crate::telemetry::signed_with_key_of_age;
use crate::tokens::{AccessTokenClaims, IdTokenClaims, mint, mint_id_token};

/// A minted access token.
#[derive(Debug)]
pub struct AccessToken {
    /// The compact JWS.
    pub token: Secret<String>,
    /// How long it is good for.
    pub lifetime: Duration,
}

impl<S> App<S> {
    /// An access token for `session`, signed with `key` (RFC 9068 §2.2). It never outlives the session.
    ///
    /// # Errors
    /// [`Fault`] without randomness for its `jti`, or if signing fails.
    pub fn mint(&self, key: &SigningKey, session: &Session, now: Timestamp) -> Result<AccessToken, Fault> {
        self.mint_within(key, session, &session.scope, &session.roles, self.config.access_token_lifetime, now)
    }

    /// The same for `client`, whose session it is, for `scope` of it, and with those of its roles that the client's tokens may carry today.
    ///
    /// # Errors
    /// As [`App::mint`].
    pub fn mint_for_client(
        &self,
        key: &SigningKey,
        client: &Client,
        session: &Session,
        scope: &Scopes,
        now: Timestamp,
    ) -> Result<AccessToken, Fault> {
        let roles = session.roles.intersection(&client.roles);
        self.mint_within(key, session, scope, &roles, self.lifetime_for(client), now)
    }

    /// How long an access token of `client` is good.
    pub fn lifetime_for(&self, client: &Client) -> Duration {
        client.lifetimes.access_token.unwrap_or(self.config.access_token_lifetime)
    }

    /// Who signed in to `session`, for its client; good for as long as the access token that it comes with.
    ///
    /// # Errors
    /// [`Fault`] if signing fails.
    pub fn mint_id_token(
        &self,
        key: &SigningKey,
        session: &Session,
        nonce: Option<&Nonce>,
        access_token: &AccessToken,
        now: Timestamp,
    ) -> Result<Secret<String>, Fault> {
        let claims = IdTokenClaims {
            issuer: &self.config.issuer,
            client_id: &session.client_id,
            subject: session.user,
            nonce: nonce.map(Nonce::as_str),
            auth_time: session.auth_time,
            method: session.auth_method,
            access_token: &access_token.token,
            issued_at: now,
            expires_at: now.plus(access_token.lifetime),
        };
        Ok(mint_id_token(&claims, key)?)
    }

    /// An access token for `client` itself, that speaks for `service` (RFC 6749 §4.4, RFC 9068 §2.2).
    ///
    /// # Errors
    /// As [`App::mint`].
    pub fn mint_for_service(
        &self,
        key: &SigningKey,
        client: &Client,
        service: ServiceId,
        scope: &Scopes,
        audience: &str,
        now: Timestamp,
    ) -> Result<AccessToken, Fault> {
        let claims = AccessTokenClaims {
            issuer: &self.config.issuer,
            audience,
            subject: Subject::Service(service),
            client_id: client.id.as_str(),
            scope,
            roles: &Roles::default(),
            session: None,
            auth_time: None,
            issued_at: now,
            expires_at: now.plus(self.lifetime_for(client)),
            id: self.randomness.bytes()?,
        };
        signed(&claims, key, now)
    }

    fn mint_within(
        &self,
        key: &SigningKey,
        session: &Session,
        scope: &Scopes,
        roles: &Roles,
        lifetime: Duration,
        now: Timestamp,
    ) -> Result<AccessToken, Fault> {
        let claims = AccessTokenClaims {
            issuer: &self.config.issuer,
            audience: session.audience.as_deref().unwrap_or(&self.config.audience),
            subject: Subject::User(session.user),
            client_id: &session.client_id,
            scope,
            roles,
            session: Some(session.id),
            auth_time: Some(session.auth_time),
            issued_at: now,
            expires_at: now.plus(lifetime).min(session.expires_at),
            id: self.randomness.bytes()?,
        };
        signed(&claims, key, now)
    }
}

fn signed(claims: &AccessTokenClaims<'_>, key: &SigningKey, now: Timestamp) -> Result<AccessToken, Fault> {
    if let KeyState::Active { activated_at, .. } = key.state() {
        signed_with_key_of_age(now.since(activated_at));
    }
    Ok(AccessToken { token: mint(claims, key)?, lifetime: claims.expires_at.since(now) })
}
