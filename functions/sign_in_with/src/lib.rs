//! Sign in with an account at another provider, link one, and take one away (OpenID Connect Core 1.0 §3.1, RFC 9700 §2.1 and §4.4).
//!
//! The browser goes to the provider and comes back with a code; we ask the provider who that is. An identity opens the account that it
//! is linked to. One that is linked to none makes a new account, if the provider vouches for an address that has none; what has an
//! account already is linked by whoever is signed in to that, and by nobody else (decision 0024).

mod answer;
mod begin;
mod callback;
mod identities;
mod operations;
mod page;
mod session;

use std::sync::Arc;

use lambda_http::{Body, Request, RequestExt, Response};
use vestibule::accounts::own::FindAccount;
use vestibule::accounts::{Account, FindLogin};
use vestibule::app::App;
use vestibule::authentication::FindCaller;
use vestibule::config::Need;
use vestibule::federation::accounts::{FindIdentity, LinkIdentity, RegisterByIdentity, UseAttempt};
use vestibule::federation::{ProviderId, RelyingParties, RelyingParty};
use vestibule::http::{request_id, route_key};
use vestibule::letters::{Letters, Ses};
use vestibule::limits::Admit;
use vestibule::mail::{Letter, Mailer};
use vestibule::pages::Brand;
use vestibule::sessions::cookie::EndByCookie;
use vestibule::sessions::end::EndSessions;
use vestibule::sessions::open::OpenSession;
use vestibule::store::Table;
use vestibule::telemetry::Sandbox;

pub use operations::OPERATIONS;

use answer::Refusal;

/// What this function touches.
pub const NEEDS: &[Need] = &[Need::Table, Need::SymmetricKeys, Need::ProviderSecrets];

/// What the world supplies to this function.
#[derive(Debug)]
pub struct SignInWith<S = Table, M = Ses> {
    app: Arc<App<S>>,
    letters: Option<Letters<M>>,
    parties: RelyingParties,
    brand: Brand,
}

impl<S, M: Mailer> SignInWith<S, M> {
    /// The providers of `app`, of which nothing is read before somebody goes to one. `mailer` warns the owners of accounts, where the
    /// deployment has one.
    pub fn new(app: Arc<App<S>>, mailer: Option<M>) -> Self {
        let letters = mailer.map(|mailer| Letters::new(mailer, app.config.sender()));
        let (parties, brand) = (RelyingParties::new(&app.config.providers, &app.clock), Brand::of(&app.config));
        Self { app, letters, parties, brand }
    }
}

impl<S, M> SignInWith<S, M> {
    /// The provider that the path names.
    fn party(&self, request: &Request) -> Result<&RelyingParty, Refusal> {
        let named = request.path_parameters().first("provider").and_then(|id| self.parties.find(id));
        named.ok_or(Refusal::NoSuchProvider)
    }

    /// What people call a provider. One that is configured no more keeps its name.
    fn label(&self, provider: &ProviderId) -> String {
        let known = self.app.config.providers.find(provider.as_str());
        known.map_or_else(|| provider.to_string(), |provider| provider.label.clone())
    }

    /// Where the provider sends the browser back to: as it is registered there.
    fn redirect_uri(&self, party: &RelyingParty) -> String {
        format!("{}/sign-in/with/{}/callback", self.app.config.issuer, party.provider().id)
    }
}

impl<S, M: Mailer> SignInWith<S, M> {
    /// Tells the owner of `account` what has just been done to it.
    async fn tell(&self, request: &Request, account: &Account, letter: &Letter<'_>) {
        if let Some(letters) = &self.letters {
            letters.tell(account, letter, &request_id(request)).await;
        }
    }
}

impl<S, M> AsRef<Sandbox> for SignInWith<S, M> {
    fn as_ref(&self) -> &Sandbox {
        &self.app.sandbox
    }
}

/// Answers one request.
pub async fn handle<S, M>(world: Arc<SignInWith<S, M>>, request: Request) -> Response<Body>
where
    S: Admit + FindCaller + FindAccount + FindLogin + OpenSession + EndByCookie + EndSessions,
    S: UseAttempt + FindIdentity + RegisterByIdentity + LinkIdentity + Sync,
    M: Mailer + Sync,
{
    let world = &*world;
    match route_key(&request).as_deref() {
        Some("GET /sign-in/with/{provider}") => begin::sign_in(world, &request).await,
        Some("POST /sign-in/with/{provider}") => {
            answer::page(world, &request, None, begin::link(world, &request).await)
        }
        Some("GET /sign-in/with/{provider}/callback") => callback::came_back(world, &request).await,
        Some("POST /sign-in/with/{provider}/callback") => {
            answer::page(world, &request, None, callback::posted(world, &request))
        }
        Some("GET /identities") => identities::list(world, &request).await,
        Some("DELETE /identities/{id}") => identities::unlink(world, &request).await,
        Some("GET /account/identities") => page::show(world, &request).await,
        Some("POST /account/identities") => page::unlink(world, &request).await,
        _ => answer::page(world, &request, None, Err(Refusal::NoSuchProvider)),
    }
}
