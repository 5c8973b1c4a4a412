//! `GET /identities` and `DELETE /identities/{id}`: who opens one's account, and who does no more.
//!
//! Nobody takes their last way in away: an account without a password keeps an identity. Whoever takes one away no longer trusts it, so
//! that all other sessions end, which it may have opened.

use lambda_http::{Body, Request, RequestExt, Response};
use serde::Serialize;
use vestibule::accounts::own::FindAccount;
use vestibule::accounts::{Account, FindLogin, Identifier};
use vestibule::audit::Event;
use vestibule::audit::trail::AccountChange;
use vestibule::authentication::FindCaller;
use vestibule::federation::IdentityKey;
use vestibule::federation::accounts::{LinkIdentity, LinkedIdentity, Unlinked};
use vestibule::http::operation::{Field, Schema};
use vestibule::http::{Problem, ProblemKind, caller, failed, json_response, no_content, request_id};
use vestibule::identity::{SessionId, UserId};
use vestibule::mail::{Letter, Mailer};
use vestibule::sessions::end::EndSessions;
use vestibule::sessions::{Ending, is_recent};
use vestibule::storage::StoreError;

use crate::SignInWith;

/// An account changes while it is read once in a while; a third time is a storm.
const MOST_ATTEMPTS: usize = 3;

#[derive(Serialize)]
struct Document {
    identities: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    id: String,
    provider: String,
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    linked_at: u64,
}

pub(crate) const SCHEMA: Schema = Schema::Object(&[Field::required(
    "identities",
    "Those that open the account, the first linked first.",
    Schema::List(&Schema::Object(&[
        Field::required("id", "The identity.", Schema::Matching("^[0-9a-f]{64}$")),
        Field::required("provider", "The provider through which it was linked.", Schema::Matching("^[a-z0-9-]{1,32}$")),
        Field::required("label", "What people call the provider.", Schema::Text { min: 1, max: 40 }),
        Field::optional(
            "email",
            "The address that it told then. It opens nothing.",
            Schema::Text { min: 1, max: Identifier::MAX_BYTES },
        ),
        Field::required("linked_at", "When it was linked, in seconds since 1970.", Schema::Integer),
    ])),
)]);

/// Why an identity stays.
enum Stays {
    NotTheirs,
    LastWayIn,
    AccountChanged,
}

/// A person and the session that they call from, or the answer that they hear.
pub(crate) async fn person<S: FindCaller, M>(
    world: &SignInWith<S, M>,
    request: &Request,
) -> Result<(UserId, SessionId, bool), Response<Body>> {
    let principal = caller(&world.app, request).await?;
    let recent = is_recent(principal.auth_time, world.app.clock.now());
    let Some((user, session)) = principal.person() else {
        Event::Unauthenticated { reason: "no_session" }.record(&request_id(request));
        let problem = Problem::new(ProblemKind::Forbidden, "Only a person who is signed in has identities.");
        return Err(problem.respond(&world.app.config.issuer));
    };
    Ok((user, session, recent))
}

pub(crate) async fn list<S: FindCaller + LinkIdentity, M>(
    world: &SignInWith<S, M>,
    request: &Request,
) -> Response<Body> {
    let (user, ..) = match person(world, request).await {
        Ok(person) => person,
        Err(refusal) => return refusal,
    };
    let identities = match listed(world, user).await {
        Ok(identities) => identities,
        Err(fault) => return failed(&fault, &request_id(request), &world.app.config.issuer),
    };
    let entry = |LinkedIdentity { key, provider, email, linked_at }| {
        let label = world.label(&provider);
        Entry { id: key.to_string(), provider: provider.to_string(), label, email, linked_at: linked_at.seconds() }
    };
    json_response(&Document { identities: identities.into_iter().map(entry).collect() }, None)
}

/// The identities of `user`, the first linked first.
pub(crate) async fn listed<S: LinkIdentity, M>(
    world: &SignInWith<S, M>,
    user: UserId,
) -> Result<Vec<LinkedIdentity>, StoreError> {
    let mut identities = world.app.store.identities(user).await?;
    identities.sort_by_key(|identity| identity.linked_at);
    Ok(identities)
}

pub(crate) async fn unlink<S, M>(world: &SignInWith<S, M>, request: &Request) -> Response<Body>
where
    S: FindCaller + FindAccount + FindLogin + LinkIdentity + EndSessions,
    M: Mailer,
{
    unlinked(world, request, request.path_parameters().first("id").and_then(|id| id.parse().ok())).await
}

/// Takes the named identity away from whoever is calling, who is told.
pub(crate) async fn unlinked<S, M>(
    world: &SignInWith<S, M>,
    request: &Request,
    named: Option<IdentityKey>,
) -> Response<Body>
where
    S: FindCaller + FindAccount + FindLogin + LinkIdentity + EndSessions,
    M: Mailer,
{
    let app = &world.app;
    let id = request_id(request);
    let (user, session, recent) = match person(world, request).await {
        Ok(person) => person,
        Err(refusal) => return refusal,
    };
    let refused = |reason, kind, detail: &str| {
        Event::AccountChangeRefused { user: Some(user), reason }.record(&id);
        Problem::new(kind, detail).respond(&app.config.issuer)
    };
    if !recent {
        return refused(
            "sign_in_too_old",
            ProblemKind::SignInAgain,
            "Sign in again, and then once more within ten minutes.",
        );
    }
    let (account, identity) = match taken_away(world, user, named.as_ref()).await {
        Ok(Ok(taken)) => taken,
        Ok(Err(Stays::NotTheirs)) => {
            // Whoever asks again, because sessions were left the last time, ends them now. Whatever else names nothing of theirs costs
            // them other sessions at the worst.
            if named.is_some()
                && let Err(left) = others_end(world, user, session, &id).await
            {
                return left;
            }
            return refused("no_such_identity", ProblemKind::NotFound, "No such identity opens your account.");
        }
        Ok(Err(Stays::LastWayIn)) => {
            let detail = "It is the last way into your account. Set a password, or link another identity first.";
            return refused("last_way_in", ProblemKind::Conflict, detail);
        }
        Ok(Err(Stays::AccountChanged)) => {
            return refused("account_changed", ProblemKind::Conflict, "The account was changed at the same moment.");
        }
        Err(fault) => return failed(&fault, &id, &app.config.issuer),
    };
    let ended = others_end(world, user, session, &id).await;
    // Also if some may be live: asked again, there is nothing to take away, and nothing to tell of.
    let letter = Letter::IdentityUnlinked { provider: &world.label(&identity.provider), at: app.clock.now() };
    world.tell(request, &account, &letter).await;
    if let Err(left) = ended {
        return left;
    }
    Event::AccountChanged { user, change: AccountChange::IdentityUnlinked }.record(&id);
    no_content()
}

/// Ends the sessions that the identity may have opened, or says that some may be live.
async fn others_end<S: EndSessions, M>(
    world: &SignInWith<S, M>,
    user: UserId,
    session: SessionId,
    id: &str,
) -> Result<(), Response<Body>> {
    let app = &world.app;
    let ended = app.store.end_others(user, session, Ending::IdentityUnlinked, app.clock.now()).await;
    match ended.failed {
        None => Ok(()),
        Some(fault) => {
            let fault = format!("an identity of {user} is taken away, but some of its sessions may be live: {fault}");
            Err(failed(&fault, id, &app.config.issuer))
        }
    }
}

/// Takes the identity away from the account as it then stands, with a way in that is left.
async fn taken_away<S: FindAccount + FindLogin + LinkIdentity, M>(
    world: &SignInWith<S, M>,
    user: UserId,
    named: Option<&IdentityKey>,
) -> Result<Result<(Account, LinkedIdentity), Stays>, StoreError> {
    let store = &world.app.store;
    let Some(key) = named else { return Ok(Err(Stays::NotTheirs)) };
    for _ in 0..MOST_ATTEMPTS {
        let Some(account) = store.find_account(user).await? else { return Ok(Err(Stays::NotTheirs)) };
        let mut identities = store.identities(user).await?;
        let Some(at) = identities.iter().position(|identity| identity.key == *key) else {
            return Ok(Err(Stays::NotTheirs));
        };
        if identities.len() == 1 && !has_password(store, &account).await? {
            return Ok(Err(Stays::LastWayIn));
        }
        match store.unlink(&account, key, world.app.clock.now()).await? {
            Unlinked::Done => return Ok(Ok((account, identities.swap_remove(at)))),
            Unlinked::AccountChanged => {}
        }
    }
    Ok(Err(Stays::AccountChanged))
}

/// Whether a password signs in to the account. One that is set meanwhile changes the account's version.
pub(crate) async fn has_password<S: FindLogin>(store: &S, account: &Account) -> Result<bool, StoreError> {
    let Some(name) = account.identifiers.first() else { return Ok(false) };
    Ok(store.find_login(name).await?.is_some_and(|record| !record.password.is_none()))
}
