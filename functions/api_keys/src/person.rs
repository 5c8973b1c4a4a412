//! Who may manage API keys: a person, in a session that is alive, with our own client.

use lambda_http::{Body, Request, Response};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::authentication::FindCaller;
use vestibule::clock::Timestamp;
use vestibule::http::{Problem, ProblemKind, caller, request_id};
use vestibule::identity::UserId;
use vestibule::principal::{CredentialKind, Principal, Subject};
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::is_recent;

use crate::refusal::Refusal;

/// A person who is signed in, with the rights of the session: no secret that they are given opens more.
pub(crate) struct Person {
    pub(crate) user: UserId,
    pub(crate) scope: Scopes,
    pub(crate) roles: Roles,
    signed_in_at: Option<Timestamp>,
}

impl Person {
    /// The person who calls, or the answer to whoever else does, which is in the log already.
    pub(crate) async fn calling<S: FindCaller>(app: &App<S>, request: &Request) -> Result<Self, Response<Body>> {
        let principal = caller(app, request).await?;
        let (sub, client) = (principal.sub, &app.config.client.id);
        Self::of(principal, client).ok_or_else(|| {
            Event::ApiKeyChangeRefused { caller: sub, reason: "not_a_person" }.record(&request_id(request));
            Problem::new(ProblemKind::Forbidden, "Only a person who is signed in manages API keys.")
                .respond(&app.config.issuer)
        })
    }

    pub(crate) const fn subject(&self) -> Subject {
        Subject::User(self.user)
    }

    /// Whether they signed in lately. A key outlives the session that makes it, so a session that somebody has come by must not be enough
    /// for one.
    ///
    /// # Errors
    /// [`Refusal::SignInAgain`].
    pub(crate) fn signed_in_lately(&self, now: Timestamp) -> Result<(), Refusal> {
        if is_recent(self.signed_in_at, now) { Ok(()) } else { Err(Refusal::SignInAgain) }
    }

    /// Whether all of this is theirs to hand on. A session may be for less than the account, and what it hands out lasts longer than it does.
    ///
    /// # Errors
    /// [`Refusal::BeyondOwner`].
    pub(crate) fn may_hand_on(&self, scope: &Scopes, roles: &Roles) -> Result<(), Refusal> {
        if !scope.is_subset(&self.scope) {
            return Err(Refusal::BeyondOwner("scope"));
        }
        if !roles.is_subset(&self.roles) {
            return Err(Refusal::BeyondOwner("roles"));
        }
        Ok(())
    }

    fn of(principal: Principal, client: &str) -> Option<Self> {
        let (user, _) = principal.person()?;
        match principal.auth_method {
            CredentialKind::AccessToken | CredentialKind::SessionCookie if principal.client_id == client => {
                Some(Self { user, scope: principal.scope, roles: principal.roles, signed_in_at: principal.auth_time })
            }
            CredentialKind::AccessToken | CredentialKind::SessionCookie | CredentialKind::ApiKey => None,
        }
    }
}
