//! Other people's accounts: what they may do, and whether they may sign in.

mod operations;
mod task;

use lambda_http::{Body, Request, Response};
use serde::Serialize;
use task::{Refused, Task};
use vestibule::accounts::administration::{Actor, Administer, Intervened, Intervention};
use vestibule::accounts::own::FindAccount;
use vestibule::accounts::{Account, Changed, Identifier};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::http::{Problem, ProblemKind, failed, json_response, request_id};
use vestibule::identity::UserId;
use vestibule::scope::{Roles, Scopes};
use vestibule::storage::StoreError;

pub(crate) use operations::OPERATIONS as ACCOUNTS;

/// Answers one request. Storage: one read to look; to change, two reads at the same time, one transaction, and the end of each session.
pub(crate) async fn handle<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: Administer + FindAccount + Sync,
{
    let (id, issuer) = (request_id(request), &app.config.issuer);
    let (by, user, task) = match task::read(request, app.clock.now()) {
        Ok(read) => read,
        Err(Refused { event, problem }) => {
            event.record(&id);
            return problem.respond(issuer);
        }
    };
    match carry_out(app, by, user, &task).await {
        Ok(Outcome::Found(account)) => json_response(&Document::of(&account, None), None),
        Ok(Outcome::Done { account, sessions_ended }) => {
            Event::Administered { by, user, what: task.name() }.record(&id);
            match task {
                Task::Change(Intervention::EndSessions) => json_response(&Ended { sessions_ended }, None),
                Task::Show | Task::Change(_) => json_response(&Document::of(&account, Some(sessions_ended)), None),
            }
        }
        Ok(Outcome::Refused(reason, problem)) => {
            Event::AdministrationRefused { by: Some(by), user: Some(user), reason }.record(&id);
            problem.respond(issuer)
        }
        Err(fault) => failed(&fault, &id, issuer),
    }
}

enum Outcome {
    Found(Box<Account>),
    Done { account: Box<Account>, sessions_ended: usize },
    Refused(&'static str, Problem),
}

async fn carry_out<S>(app: &App<S>, by: UserId, user: UserId, task: &Task) -> Result<Outcome, StoreError>
where
    S: Administer + FindAccount,
{
    let now = app.clock.now();
    let forbidden = |reason, detail| Outcome::Refused(reason, Problem::new(ProblemKind::Forbidden, detail));
    let nobody =
        || Outcome::Refused("no_such_account", Problem::new(ProblemKind::NotFound, "There is no such account."));
    let intervention = match task {
        Task::Show => {
            let found = app.store.find_account(user).await?;
            return Ok(found.map_or_else(nobody, |account| Outcome::Found(Box::new(account))));
        }
        Task::Change(intervention) => intervention,
    };
    Ok(match app.store.intervene(user, intervention, Actor::Administrator(by), now).await? {
        Intervened::Changed { account, sessions: Changed::Done { sessions_ended } } => {
            Outcome::Done { account, sessions_ended }
        }
        // The account is changed; the same request ends the sessions that are left.
        Intervened::Changed { sessions: Changed::SessionsLeft { fault, .. }, .. } => return Err(fault),
        Intervened::NoSuchAccount | Intervened::Changed { sessions: Changed::NoSuchAccount, .. } => nobody(),
        Intervened::TooMany(fault) => {
            Outcome::Refused("too_many_rights", Problem::new(ProblemKind::InvalidRequest, fault.to_string()))
        }
        Intervened::OwnAccount => {
            forbidden("own_account", "Nobody administers their own account: another administrator may, or an operator.")
        }
        Intervened::NotAdministrator => forbidden("not_administrator", "You are no administrator any more."),
    })
}

#[derive(Serialize)]
struct Document<'a> {
    id: UserId,
    names: &'a [Identifier],
    standing: String,
    scope: &'a Scopes,
    roles: String,
    created_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sessions_ended: Option<usize>,
}

impl<'a> Document<'a> {
    fn of(account: &'a Account, sessions_ended: Option<usize>) -> Self {
        let roles: &Roles = &account.roles;
        Self {
            id: account.user,
            names: &account.identifiers,
            standing: account.standing.to_string(),
            scope: &account.scopes,
            roles: roles.to_string(),
            created_at: account.created_at.seconds(),
            sessions_ended,
        }
    }
}

#[derive(Serialize)]
struct Ended {
    sessions_ended: usize,
}
