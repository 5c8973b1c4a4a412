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
        Field::required("client_id", "The client.", Schema::Matching("^[a-z0-9][a-z0-9._-]{0,63}$")),
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
    match app.store.consents(owner.user).await {
        Ok(mut consents) => {
            consents.sort_by_key(|consent| std::cmp::Reverse(consent.agreed_at));
            json_response(&Document { consents: consents.into_iter().map(entry).collect() }, None)
        }
        Err(fault) => failed(&fault, &request_id(request), &app.config.issuer),
    }
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
    let id = request_id(request);
    let named = request.path_parameters().first("client").and_then(|client| client.parse::<ClientId>().ok());
    // The team's own sign-in is no consent: its sessions are ended under `/sessions`.
    let named = named.filter(|client| client.as_str() != app.config.client.id);
    let taken = match &named {
        None => Ok(Taken::Nothing),
        Some(client) => take_back(app, owner.user, client).await,
    };
    match (taken, named) {
        (Ok(Taken::Something), Some(client)) => {
            Event::ConsentWithdrawn { user: owner.user, client: client.as_str() }.record(&id);
            no_content()
        }
        (Ok(_), _) => {
            Event::NothingToRevoke { user: Some(owner.user), session: None, reason: "no_consent" }.record(&id);
            Problem::new(ProblemKind::NotFound, "You have let in no such client.").respond(&app.config.issuer)
        }
        (Err(fault), _) => failed(&fault, &id, &app.config.issuer),
    }
}

/// Whether there was anything to take back.
enum Taken {
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
