//! What a person does with keys that are there: list, rename, rotate, revoke.

use std::time::Duration;

use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use serde_json::json;
use vestibule::accounts::own::FindAccount;
use vestibule::api_keys::manage::{Change, ManageApiKeys, Revocation};
use vestibule::api_keys::{ApiKey, DEFAULT_OVERLAP, Label, MAX_OVERLAP, Named, NewSecret};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::audit::trail::ApiKeyChange;
use vestibule::clock::Timestamp;
use vestibule::http::{self, BodyError, json_response, no_content, request_id};
use vestibule::mail::{Letter, Mailer};
use vestibule::secret::Secret;

use crate::ApiKeys;
use crate::create::lifetime;
use crate::document::{Listed, named, with_text};
use crate::person::Person;
use crate::refusal::{Refusal, invalid};

/// `GET /api-keys`: all of them, the newest first. One query.
pub(crate) async fn list<S: ManageApiKeys>(
    app: &App<S>,
    request: &Request,
    person: &Person,
) -> Result<Response<Body>, Refusal> {
    let (readable, unreadable) = found_of(app, person).await?;
    Event::ApiKeysListed { owner: person.subject() }.record(&request_id(request));
    let now = app.clock.now();
    let listed: Vec<_> = readable.iter().map(|key| Listed::of(key, now)).collect();
    Ok(json_response(&json!({ "api_keys": listed, "unreadable": unreadable }), None))
}

/// The person's keys, the newest first, and the names of those that cannot be read.
pub(crate) async fn found_of<S: ManageApiKeys>(
    app: &App<S>,
    person: &Person,
) -> Result<(Vec<ApiKey>, Vec<String>), Refusal> {
    let (mut readable, mut unreadable) = (Vec::new(), Vec::new());
    for key in app.store.api_keys(person.subject()).await? {
        match key {
            Ok(key) => readable.push(key),
            Err(key) => unreadable.push(key.id),
        }
    }
    readable.sort_unstable_by_key(|key| (std::cmp::Reverse(key.created_at), key.named.id));
    Ok((readable, unreadable))
}

/// `PATCH /api-keys/{id}`: another name.
pub(crate) async fn rename<S: ManageApiKeys>(
    app: &App<S>,
    request: &Request,
    person: &Person,
) -> Result<Response<Body>, Refusal> {
    let label = new_label(request)?;
    let key = renamed(app, request, of(request, person)?, label).await?;
    Ok(json_response(&Listed::of(&key, app.clock.now()), None))
}

/// The key under its new name. One read and one transaction.
pub(crate) async fn renamed<S: ManageApiKeys>(
    app: &App<S>,
    request: &Request,
    named: Named,
    label: Label,
) -> Result<ApiKey, Refusal> {
    let key = found(app, named).await?;
    made(app.store.rename_api_key(&key, &label, app.clock.now()).await?)?;
    changed(&key, ApiKeyChange::Renamed).record(&request_id(request));
    Ok(ApiKey { label, ..key })
}

/// `POST /api-keys/{id}/rotate`: another secret, while the present one works for a while longer.
pub(crate) async fn rotate<S: FindAccount + ManageApiKeys, M: Mailer>(
    world: &ApiKeys<S, M>,
    request: &Request,
    person: &Person,
) -> Result<Response<Body>, Refusal> {
    let app = &world.app;
    let (overlap, lifetime) = rotation(request, app)?;
    let (key, text) = rotated(world, request, person, of(request, person)?, overlap, lifetime).await?;
    Ok(with_text(StatusCode::OK, &key, &text, app.clock.now()))
}

/// The key with its new secret, and that secret's text. Whoever is given it has all that the key may do, so it is refused to a session
/// that may less. One read and one transaction; a second read, beside the first, where its owner is sent a letter.
pub(crate) async fn rotated<S: FindAccount + ManageApiKeys, M: Mailer>(
    world: &ApiKeys<S, M>,
    request: &Request,
    person: &Person,
    named: Named,
    overlap: Duration,
    lifetime: Option<Duration>,
) -> Result<(ApiKey, Secret<String>), Refusal> {
    let (app, now) = (&world.app, world.app.clock.now());
    person.signed_in_lately(now)?;
    let (key, owner) = tokio::join!(found(app, named), world.owner(person));
    let (key, owner) = (key?, owner?);
    person.may_hand_on(&key.scope, &key.roles)?;
    let secret = NewSecret::draw(key.named, &key.environment, &app.randomness)?;
    let expires_at = lifetime.map(|lifetime| now.plus(lifetime)).or(key.expires_at);
    let longest = app.config.api_key_max_lifetime.map(|lifetime| now.plus(lifetime));
    let rotated = key.rotated(secret.hash, overlap, earlier(expires_at, longest), now).map_err(Refusal::UnderWay)?;
    made(app.store.rotate_api_key(&key, &rotated, now).await?)?;
    changed(&key, ApiKeyChange::Rotated).record(&request_id(request));
    let letter = Letter::ApiKeyRotated { prefix: &key.named.shown(&key.environment), at: now };
    world.tell(request, owner.as_ref(), &letter).await;
    let key = ApiKey { predecessors: rotated.predecessors, expires_at: rotated.expires_at, ..key };
    Ok((key, secret.text))
}

/// The earlier of two ends, of which none is later than any. A key that was made before the deployment bounded their lives is bounded by
/// its next rotation.
fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    [one, other].into_iter().flatten().min()
}

/// `DELETE /api-keys/{id}`: the key is refused from now on. One transaction.
pub(crate) async fn revoke<S: ManageApiKeys>(
    app: &App<S>,
    request: &Request,
    person: &Person,
) -> Result<Response<Body>, Refusal> {
    revoked(app, request, of(request, person)?).await?;
    Ok(no_content())
}

pub(crate) async fn revoked<S: ManageApiKeys>(app: &App<S>, request: &Request, named: Named) -> Result<(), Refusal> {
    match app.store.revoke_api_key(named, ApiKeyChange::Revoked, app.clock.now()).await? {
        Revocation::NotThere => Err(Refusal::NoSuchKey),
        Revocation::Done => {
            let Named { owner, id } = named;
            Event::ApiKeyChanged { owner, key: id, change: ApiKeyChange::Revoked }.record(&request_id(request));
            Ok(())
        }
    }
}

/// The key in the path, which can be nobody's but the caller's: it is looked for under them.
fn of(request: &Request, person: &Person) -> Result<Named, Refusal> {
    named(request).map(|id| Named { owner: person.subject(), id }).ok_or(Refusal::NoSuchKey)
}

async fn found<S: ManageApiKeys>(app: &App<S>, named: Named) -> Result<ApiKey, Refusal> {
    app.store.api_key(named).await?.ok_or(Refusal::NoSuchKey)
}

fn new_label(request: &Request) -> Result<Label, BodyError> {
    let mut fields = http::json(request)?;
    let label = fields.required("name")?;
    fields.finish()?;
    label.expose().parse().map_err(|fault| invalid("name", fault))
}

/// How long the present secret works on, and how long the key is to live from now on, if that is to change.
fn rotation<S>(request: &Request, app: &App<S>) -> Result<(Duration, Option<Duration>), BodyError> {
    let mut fields = http::json(request)?;
    let most = MAX_OVERLAP.as_secs();
    let overlap = match fields.optional_number("overlap")? {
        None => DEFAULT_OVERLAP,
        Some(seconds) if seconds <= most => Duration::from_secs(seconds),
        Some(_) => return Err(invalid("overlap", format_args!("must lie between 0 and {most} seconds"))),
    };
    let lifetime = lifetime(&mut fields, &app.config)?;
    fields.finish()?;
    Ok((overlap, lifetime))
}

const fn made(change: Change) -> Result<(), Refusal> {
    match change {
        Change::Done => Ok(()),
        Change::ChangedMeanwhile => Err(Refusal::ChangedMeanwhile),
    }
}

const fn changed(key: &ApiKey, change: ApiKeyChange) -> Event<'static> {
    Event::ApiKeyChanged { owner: key.named.owner, key: key.named.id, change }
}
