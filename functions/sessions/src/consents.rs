//! `GET /consents` and `DELETE /consents/{client}`: whom somebody has let in, and how they take it back.

use std::collections::BTreeMap;

use lambda_http::{Body, Request, RequestExt, Response};
use serde::Serialize;
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::authentication::FindCaller;
use vestibule::http::operation::{Field, Schema};
use vestibule::http::{Problem, ProblemKind, failed, json_response, no_content, request_id};
use vestibule::identity::UserId;
use vestibule::oauth::clients::ClientId;
use vestibule::oauth::consents::{Consent, ListConsents, WithdrawConsent, Withdrawn};
use vestibule::sessions::Ending;
use vestibule::storage::StoreError;

use crate::owner;

#[derive(Serialize)]
struct Document {
    consents: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    client_id: ClientId,
    client_name: String,
    permissions: Vec<Permissions>,
    agreed_at: u64,
}

#[derive(Serialize)]
struct Permissions {
    audience: String,
    scope: String,
}

pub(crate) const SCHEMA: Schema = Schema::Object(&[Field::required(
    "consents",
    "The clients that the person has let in, the latest first.",
    Schema::List(&Schema::Object(&[
        Field::required("client_id", "The client.", Schema::CLIENT_ID),
        Field::required("client_name", "What it was called when the person agreed.", Schema::Text { min: 1, max: 80 }),
        Field::required(
            "permissions",
            "What it may do.",
            Schema::List(&Schema::Object(&[
                Field::required("audience", "Where.", Schema::Text { min: 1, max: 512 }),
                Field::required("scope", "What.", Schema::Scope),
            ])),
        ),
        Field::required("agreed_at", "When the person last agreed, in seconds since 1970.", Schema::Integer),
    ])),
)]);

/// Storage: one query.
pub(crate) async fn list<S: FindCaller + ListConsents>(app: &App<S>, request: &Request) -> Response<Body> {
    let owner = match owner(app, request).await {
        Ok(owner) => owner,
        Err(refusal) => return refusal,
    };
    match latest_first(app, owner.user).await {
        Ok(consents) => json_response(&Document { consents: consents.into_iter().map(entry).collect() }, None),
        Err(fault) => failed(&fault, &request_id(request), &app.config.issuer),
    }
}

pub(crate) async fn latest_first<S: ListConsents>(app: &App<S>, user: UserId) -> Result<Vec<Consent>, StoreError> {
    let mut consents = app.store.consents(user).await?;
    consents.sort_by_key(|consent| std::cmp::Reverse(consent.agreed_at));
    Ok(consents)
}

fn entry(consent: Consent) -> Entry {
    let mut permissions = BTreeMap::<String, Vec<String>>::new();
    for permission in consent.permissions {
        permissions.entry(permission.audience).or_default().push(permission.scope.to_string());
    }
    let permissions =
        permissions.into_iter().map(|(audience, scopes)| Permissions { audience, scope: scopes.join(" ") });
    Entry {
        client_id: consent.client,
        client_name: consent.client_name,
        permissions: permissions.collect(),
        agreed_at: consent.agreed_at.seconds(),
    }
}

/// The client's sessions end too: what was given on the strength of the consent goes with it.
pub(crate) async fn withdraw<S: FindCaller + WithdrawConsent>(app: &App<S>, request: &Request) -> Response<Body> {
    let owner = match owner(app, request).await {
        Ok(owner) => owner,
        Err(refusal) => return refusal,
    };
    let client = request.path_parameters().first("client").map(str::to_owned).unwrap_or_default();
    match withdrawn(app, request, owner.user, &client).await {
        Ok(Taken::Something) => no_content(),
        Ok(Taken::Nothing) => {
            Problem::new(ProblemKind::NotFound, "You have let in no such client.").respond(&app.config.issuer)
        }
        Err(fault) => failed(&fault, &request_id(request), &app.config.issuer),
    }
}

/// Takes back what `user` let the client of this name do, if that names one; it is noted in the log.
pub(crate) async fn withdrawn<S: WithdrawConsent>(
    app: &App<S>,
    request: &Request,
    user: UserId,
    client: &str,
) -> Result<Taken, StoreError> {
    // The team's own sign-in is no consent: its sessions are ended under `/sessions`.
    let named = client.parse::<ClientId>().ok().filter(|client| client.as_str() != app.config.client.id);
    let taken = match &named {
        None => Taken::Nothing,
        Some(client) => take_back(app, user, client).await?,
    };
    let event = match (&taken, &named) {
        (Taken::Something, Some(client)) => Event::ConsentWithdrawn { user, client: client.as_str() },
        (Taken::Something | Taken::Nothing, _) => {
            Event::NothingToRevoke { user: Some(user), session: None, reason: "no_consent" }
        }
    };
    event.record(&request_id(request));
    Ok(taken)
}

/// Whether there was anything to take back.
pub(crate) enum Taken {
    Something,
    Nothing,
}

/// The consent goes first, so that a code which is redeemed meanwhile opens no session behind the back of whoever ends them.
async fn take_back<S: WithdrawConsent>(app: &App<S>, user: UserId, client: &ClientId) -> Result<Taken, StoreError> {
    let now = app.clock.now();
    let consent = app.store.withdraw(user, client, now).await?;
    let sessions = app.store.end_of_client(user, client, Ending::ConsentWithdrawn, now).await;
    match (sessions.failed, consent, sessions.ended) {
        (Some(fault), _, _) => Err(fault),
        (None, Withdrawn::Already, 0) => Ok(Taken::Nothing),
        (None, Withdrawn::Now | Withdrawn::Already, _) => Ok(Taken::Something),
    }
}
