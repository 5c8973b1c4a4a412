//! Tokens, by what they say.

use vestibule::clock::Timestamp;
use vestibule::keys::{Algorithm, SigningKeyRing};
use vestibule::principal::{CredentialKind, Principal, Subject};
use vestibule::scope::{Roles, Scopes};
use vestibule::tokens::{AccessTokenClaims, mint};

use super::world::{AUDIENCE, ISSUER, LIFETIME, NOW, SIGNED_IN, session, user};

/// What a token says, as far as it matters here.
#[derive(Clone)]
pub(super) struct Says {
    pub(super) issuer: &'static str,
    pub(super) audience: &'static str,
    pub(super) scope: &'static str,
    pub(super) roles: &'static str,
    pub(super) issued_at: Timestamp,
    /// A person, who has signed in and has a session, or a service, which has neither.
    pub(super) subject: Subject,
}

impl Default for Says {
    fn default() -> Self {
        Self {
            issuer: ISSUER,
            audience: AUDIENCE,
            scope: "orders:read orders:write",
            roles: "clerk",
            issued_at: NOW,
            subject: Subject::User(user()),
        }
    }
}

impl Says {
    pub(super) fn with(scope: &'static str, roles: &'static str) -> Self {
        Self { scope, roles, ..Self::default() }
    }

    /// May call every route that has a rule.
    pub(super) fn everything() -> Self {
        Self::with("files orders:read orders:write", "admin auditor")
    }

    pub(super) fn principal(&self) -> Principal {
        Principal {
            sub: self.subject,
            sid: self.subject.user().map(|_| session()),
            client_id: "vestibule".into(),
            scope: Scopes::parse(self.scope).unwrap(),
            roles: Roles::parse(self.roles).unwrap(),
            auth_method: CredentialKind::AccessToken,
            auth_time: self.subject.user().map(|_| SIGNED_IN),
            tenant: None,
            limit: None,
        }
    }

    /// A token that says it, signed by the active key of `ring`.
    pub(super) fn minted_by(&self, ring: &SigningKeyRing) -> String {
        let (scope, roles) = (Scopes::parse(self.scope).unwrap(), Roles::parse(self.roles).unwrap());
        let claims = AccessTokenClaims {
            issuer: self.issuer,
            audience: self.audience,
            subject: self.subject,
            client_id: "vestibule",
            scope: &scope,
            roles: &roles,
            session: self.subject.user().map(|_| session()),
            auth_time: self.subject.user().map(|_| SIGNED_IN),
            issued_at: self.issued_at,
            expires_at: self.issued_at.plus(LIFETIME),
            id: [7; 16],
        };
        mint(&claims, ring.active(Algorithm::Es256).unwrap()).unwrap().expose().clone()
    }
}
