//! The clients of the deployment: registered, looked at, changed, given another secret, closed and opened.
//!
//! Their names are chosen by whoever registers them. So a request whose answer was lost is asked for by its name: what it made is there
//! or is not, and a client whose secret nobody has seen is given another.

mod document;
mod listing;
mod members;
mod operations;
mod refusal;

use std::time::Duration;

use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, RequestExt, Response};
use vestibule::accounts::administration::Actor;
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::audit::client_trail::ClientEvent;
use vestibule::http::{BodyError, json, json_response, request_id};
use vestibule::oauth::clients::manage::{Intervened, Intervention};
use vestibule::oauth::clients::registration::NotRegistered;
use vestibule::oauth::clients::{
    Added, Client, ClientId, ClientSecret, DEFAULT_OVERLAP, MAX_OVERLAP, ManageClients, ReadClient, Standing,
};

use self::document::{Document, with_secret};
use self::members::invalid;
use self::refusal::Refusal;
use crate::administrator::Administrator;

pub(crate) use operations::OPERATIONS as CLIENTS;

/// Answers one request. Storage: to look, one read; to list, a query and a batch of reads; to change, two reads at the same time and one
/// transaction; to register, one read and one transaction.
pub(crate) async fn handle<S>(app: &App<S>, request: &Request, route: &str) -> Response<Body>
where
    S: ManageClients + ReadClient + Sync,
{
    let by = Administrator::of(request);
    let answer = match &by {
        Ok(by) => answer(app, request, route, *by).await,
        Err(refused) => Err(refused.clone().into()),
    };
    answer.unwrap_or_else(|refusal| {
        let by = by.ok().map(|by| by.user);
        refusal.answer(by, named(request).ok().as_ref(), &request_id(request), &app.config.issuer)
    })
}

async fn answer<S>(app: &App<S>, request: &Request, route: &str, by: Administrator) -> Result<Response<Body>, Refusal>
where
    S: ManageClients + ReadClient + Sync,
{
    let now = app.clock.now();
    match route {
        "GET /admin/clients" => return listing::list(&app.store, request, now).await,
        "GET /admin/clients/{id}" => {
            let client = app.store.client(&named(request)?).await?.ok_or_else(Refusal::no_such_client)?;
            return Ok(json_response(&Document::of(&client, now), None));
        }
        "POST /admin/clients/{id}/disable" => {
            let closed = Intervention::Standing(Standing::Disabled { at: now });
            let client = changed(app, request, by, closed).await?;
            return Ok(json_response(&Document::of(&client, now), None));
        }
        _ => by.signed_in_lately(now)?,
    }
    let change = match route {
        "POST /admin/clients" => return register(app, request, by).await,
        "POST /admin/clients/{id}/secret" => return rotate(app, request, by).await,
        "PATCH /admin/clients/{id}" => Intervention::Change(Box::new(members::change(request)?)),
        "POST /admin/clients/{id}/enable" => Intervention::Standing(Standing::Active),
        _ => return Err(Refusal::no_such_route()),
    };
    let client = changed(app, request, by, change).await?;
    Ok(json_response(&Document::of(&client, now), None))
}

async fn register<S>(app: &App<S>, request: &Request, by: Administrator) -> Result<Response<Body>, Refusal>
where
    S: ManageClients + ReadClient + Sync,
{
    let now = app.clock.now();
    let (client, secret) =
        members::registration(request)?.client(&app.randomness, now).map_err(|fault| match fault {
            NotRegistered::Invalid(fault) => Refusal::from(fault),
            NotRegistered::NoRandomness(fault) => fault.into(),
        })?;
    match app.store.add_client(&client, Actor::Administrator(by.user)).await? {
        Added::Added => {}
        Added::NotAdministrator => return Err(Refusal::not_administrator()),
        Added::Taken => {
            let present = app.store.client(&client.id).await?;
            return Err(Refusal::taken(client.id, present.map(|present| present.created_at)));
        }
    }
    Event::ClientAdministered { by: by.user, client: &client.id, event: ClientEvent::Registered }
        .record(&request_id(request));
    Ok(with_secret(StatusCode::CREATED, &client, secret.as_ref(), now))
}

/// `{"overlap_seconds"}`, or nothing.
async fn rotate<S>(app: &App<S>, request: &Request, by: Administrator) -> Result<Response<Body>, Refusal>
where
    S: ManageClients + Sync,
{
    let overlap = overlap(request)?;
    let secret = ClientSecret::random(&app.randomness)?;
    let rotation = Intervention::Secret { secret: secret.hash(), overlap };
    let client = changed(app, request, by, rotation).await?;
    Ok(with_secret(StatusCode::OK, &client, Some(&secret), app.clock.now()))
}

async fn changed<S>(
    app: &App<S>,
    request: &Request,
    by: Administrator,
    change: Intervention,
) -> Result<Box<Client>, Refusal>
where
    S: ManageClients + Sync,
{
    let id = named(request)?;
    match app.store.change_client(&id, &change, Actor::Administrator(by.user), app.clock.now()).await? {
        Intervened::Changed(client) => {
            Event::ClientAdministered { by: by.user, client: &id, event: change.event() }.record(&request_id(request));
            Ok(client)
        }
        Intervened::NoSuchClient => Err(Refusal::no_such_client()),
        Intervened::Invalid(fault) => Err(fault.into()),
        Intervened::NoSecret => Err(Refusal::no_secret()),
        Intervened::UnderWay(under_way) => Err(Refusal::under_way(under_way)),
        Intervened::NotAdministrator => Err(Refusal::not_administrator()),
    }
}

/// The client in the request's path.
fn named(request: &Request) -> Result<ClientId, Refusal> {
    let id = request.path_parameters_ref().and_then(|parameters| parameters.first("id"));
    id.and_then(|id| id.parse().ok()).ok_or_else(Refusal::no_such_client)
}

fn overlap(request: &Request) -> Result<Duration, BodyError> {
    const OVERLAP: &str = "overlap_seconds";
    if request.body().is_empty() {
        return Ok(DEFAULT_OVERLAP);
    }
    let mut fields = json(request)?;
    let seconds = fields.optional_number(OVERLAP)?.unwrap_or(DEFAULT_OVERLAP.as_secs());
    fields.finish()?;
    let most = MAX_OVERLAP.as_secs();
    if seconds > most {
        return Err(invalid(OVERLAP, format_args!("must be {most} seconds at most")));
    }
    Ok(Duration::from_secs(seconds))
}
