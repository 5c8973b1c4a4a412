//! `/api-keys`: a person's own API keys (decision 0015), and `POST /api-keys/report` for whoever finds one.
//!
//! Only a person who is signed in with our own client manages keys: a key makes no key, and neither does a token that another
//! client was given.

mod change;
mod create;
mod document;
mod operations;
mod page;
mod person;
mod refusal;
mod report;

use std::sync::Arc;

use lambda_http::{Body, Request, Response};
use vestibule::accounts::Account;
use vestibule::accounts::own::FindAccount;
use vestibule::api_keys::manage::ManageApiKeys;
use vestibule::app::App;
use vestibule::authentication::FindCaller;
use vestibule::config::Need;
use vestibule::http::{Problem, ProblemKind, network, request_id, route_key, within};
use vestibule::letters::{Letters, Ses};
use vestibule::limits::{Admit, Class, Key};
use vestibule::mail::{Letter, Mailer};
use vestibule::storage::StoreError;
use vestibule::store::Table;
use vestibule::telemetry::Sandbox;

pub use operations::OPERATIONS;
use person::Person;
use refusal::Refusal;

/// What this function touches.
pub const NEEDS: &[Need] = &[Need::Table];

/// What the world supplies to this function.
#[derive(Debug)]
pub struct ApiKeys<S = Table, M = Ses> {
    app: Arc<App<S>>,
    letters: Option<Letters<M>>,
}

impl<S, M: Mailer> ApiKeys<S, M> {
    /// API keys over `app`; `mailer` warns their owners, where the deployment has one.
    pub fn new(app: Arc<App<S>>, mailer: Option<M>) -> Self {
        let letters = mailer.map(|mailer| Letters::new(mailer, app.config.sender()));
        Self { app, letters }
    }

    /// The account of whoever is to be told of a change. It is read before the change: what cannot be told must not stand between a
    /// change and its answer.
    async fn owner(&self, person: &Person) -> Result<Option<Account>, StoreError>
    where
        S: FindAccount,
    {
        match &self.letters {
            Some(_) => self.app.store.find_account(person.user).await,
            None => Ok(None),
        }
    }

    /// Tells the owner what has just been done with a key of theirs.
    async fn tell(&self, request: &Request, owner: Option<&Account>, letter: &Letter<'_>) {
        if let (Some(letters), Some(owner)) = (&self.letters, owner) {
            letters.tell(owner, letter, &request_id(request)).await;
        }
    }
}

impl<S, M> AsRef<Sandbox> for ApiKeys<S, M> {
    fn as_ref(&self) -> &Sandbox {
        &self.app.sandbox
    }
}

/// Answers one request. Storage: the caller's session, and one transaction, one query, or one read and one transaction; besides the
/// account of an owner who is sent a letter.
pub async fn handle<S, M>(world: Arc<ApiKeys<S, M>>, request: Request) -> Response<Body>
where
    S: Admit + FindAccount + FindCaller + ManageApiKeys + Sync,
    M: Mailer + Sync,
{
    let world = &*world;
    match route_key(&request).as_deref() {
        Some("POST /api-keys/report") => report::handle(&world.app, &request).await,
        Some("GET /account/keys") => page::show(&world.app, &request).await,
        Some("POST /account/keys") => page::change(world, &request).await,
        Some(route) => owned(world, &request, route).await,
        None => nothing(&world.app.config.issuer),
    }
}

/// What a person does with their own keys.
async fn owned<S, M>(world: &ApiKeys<S, M>, request: &Request, route: &str) -> Response<Body>
where
    S: Admit + FindAccount + FindCaller + ManageApiKeys,
    M: Mailer,
{
    let app = &*world.app;
    let limits: &[Key] = match route {
        "POST /api-keys" | "POST /api-keys/{id}/rotate" => &[Key::network(Class::ApiKeyNetwork, network(request))],
        _ => &[],
    };
    let (admitted, person) = tokio::join!(within(app, request, limits), Person::calling(app, request));
    let person = match (admitted, person) {
        (Err(answer), _) | (Ok(()), Err(answer)) => return answer,
        (Ok(()), Ok(person)) => person,
    };
    let done = match route {
        "POST /api-keys" => create::create(world, request, &person).await,
        "GET /api-keys" => change::list(app, request, &person).await,
        "PATCH /api-keys/{id}" => change::rename(app, request, &person).await,
        "POST /api-keys/{id}/rotate" => change::rotate(world, request, &person).await,
        "DELETE /api-keys/{id}" => change::revoke(app, request, &person).await,
        _ => return nothing(&app.config.issuer),
    };
    done.unwrap_or_else(|refusal: Refusal| refusal.respond(&app.config.issuer, &person, request))
}

fn nothing(issuer: &str) -> Response<Body> {
    Problem::new(ProblemKind::NotFound, "There is no such route.").respond(issuer)
}
