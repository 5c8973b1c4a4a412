//! The page of API keys and its forms (decision 0023): make one or give one another secret, which is shown this once; rename and revoke one.
//!
//! What the page asks for is a part of what the API takes: no roles, no addresses, and times in days.

use std::time::Duration;

use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use vestibule::accounts::own::FindAccount;
use vestibule::api_keys::manage::ManageApiKeys;
use vestibule::api_keys::{ApiKey, DEFAULT_OVERLAP, IpRanges, Label, Named};
use vestibule::app::App;
use vestibule::audit::Event;
use vestibule::authentication::FindCaller;
use vestibule::clock::Timestamp;
use vestibule::config::Config;
use vestibule::http::{Fields, network, request_id, within};
use vestibule::limits::{Admit, Class, Key as Limit};
use vestibule::mail::Mailer;
use vestibule::moment::Moment;
use vestibule::pages::{Brand, Choice, Complaint, Key, Keys, Leads, fields, in_place_of, instead_of, respond};
use vestibule::pages::{nobody_is_signed_in, see_other, to_sign_in_again, typed};
use vestibule::scope::{Roles, Scopes};
use vestibule::secret::Secret;

use crate::ApiKeys;
use crate::change::{found_of, renamed, revoked, rotated};
use crate::create::{Wish, made};
use crate::person::Person;
use crate::refusal::{Refusal, invalid};

const PAGE: &str = "/account/keys";
/// What a key may live for, in days, and what is chosen beforehand: a key that is forgotten ends by itself.
const DAYS: [u64; 4] = [30, 90, 365, 0];
const DEFAULT_DAYS: u64 = 90;
const DAY: u64 = 24 * 60 * 60;
/// How long the secret before may work on, in days, and what that is called; the API's default is chosen beforehand.
const OVERLAPS: [(u64, &str); 4] = [(0, "Not at all"), (1, "A day"), (7, "A week"), (30, "30 days")];

/// What a form of the page asks for.
enum Asked {
    Make(Wish),
    Rename(Named, Label),
    Rotate(Named, Duration),
    Revoke(Named),
}

pub(crate) async fn show<S>(app: &App<S>, request: &Request) -> Response<Body>
where
    S: FindCaller + ManageApiKeys,
{
    match Person::calling(app, request).await {
        Ok(person) => {
            Event::ApiKeysListed { owner: person.subject() }.record(&request_id(request));
            listed(app, request, &person, None, None).await
        }
        Err(refusal) => instead_of(PAGE, &refusal, &Brand::of(&app.config)),
    }
}

pub(crate) async fn change<S, M>(world: &ApiKeys<S, M>, request: &Request) -> Response<Body>
where
    S: Admit + FindAccount + FindCaller + ManageApiKeys,
    M: Mailer,
{
    let app = &*world.app;
    let brand = &Brand::of(&app.config);
    let limits = [Limit::network(Class::ApiKeyNetwork, network(request))];
    let (admitted, person) = tokio::join!(within(app, request, &limits), Person::calling(app, request));
    let (person, fields) = match (admitted, person, fields(app, request).map_err(|refusal| *refusal)) {
        (Ok(()), Ok(person), Ok(fields)) => (person, fields),
        (Err(refusal), ..) | (_, Err(refusal), _) | (.., Err(refusal)) => return instead_of(PAGE, &refusal, brand),
    };
    match done(world, request, &person, fields).await {
        Ok(None) => see_other(&format!("{}{PAGE}", brand.base)),
        Ok(Some(made)) => listed(app, request, &person, Some(made), None).await,
        Err(refusal) => {
            let answer = refusal.respond(&app.config.issuer, &person, request);
            if nobody_is_signed_in(&answer) {
                return in_place_of(&answer, to_sign_in_again(PAGE, brand));
            }
            let page = listed(app, request, &person, None, Some(&answer)).await;
            in_place_of(&answer, page)
        }
    }
}

/// The name and the text of the key that was made or given another secret, if one was.
async fn done<S: FindAccount + ManageApiKeys, M: Mailer>(
    world: &ApiKeys<S, M>,
    request: &Request,
    person: &Person,
    fields: Fields,
) -> Result<Option<(String, Secret<String>)>, Refusal> {
    let app = &*world.app;
    match asked(fields, person, &app.config)? {
        Asked::Revoke(named) => revoked(app, request, named).await.map(|()| None),
        Asked::Rename(named, label) => renamed(app, request, named, label).await.map(|_| None),
        Asked::Rotate(named, overlap) => {
            let (key, text) = rotated(world, request, person, named, overlap, None).await?;
            Ok(Some((key.label.as_str().to_owned(), text)))
        }
        Asked::Make(wish) => {
            let (key, text) = made(world, request, person, wish).await?;
            Ok(Some((key.label.as_str().to_owned(), text)))
        }
    }
}

fn asked(mut fields: Fields, person: &Person, config: &Config) -> Result<Asked, Refusal> {
    let of = |fields: &mut Fields, what| -> Result<Option<Named>, Refusal> {
        let Some(id) = fields.optional(what)? else { return Ok(None) };
        let id = id.expose().parse().map_err(|_| Refusal::NoSuchKey)?;
        Ok(Some(Named { owner: person.subject(), id }))
    };
    if let Some(named) = of(&mut fields, "revoke")? {
        return Ok(Asked::Revoke(named));
    }
    if let Some(named) = of(&mut fields, "rename")? {
        let label = fields.required("label")?;
        return Ok(Asked::Rename(named, label.expose().trim().parse().map_err(|fault| invalid("label", fault))?));
    }
    if let Some(named) = of(&mut fields, "rotate")? {
        let days = fields.optional("overlap")?.map(|days| days.expose().parse::<u64>());
        let overlap = match days {
            Some(Ok(days)) if OVERLAPS.iter().any(|(one, _)| *one == days) => Duration::from_secs(days * DAY),
            Some(_) | None => DEFAULT_OVERLAP,
        };
        return Ok(Asked::Rotate(named, overlap));
    }
    let name = fields.required("name")?;
    let chosen: Vec<_> = fields.with_prefix("scope-").iter().map(|scope| scope.expose().clone()).collect();
    let days = fields.optional("days")?.map(|days| days.expose().parse::<u64>());
    let lifetime = match days {
        None | Some(Ok(0)) if config.api_key_max_lifetime.is_none() => None,
        Some(Ok(days)) if lifetimes(config).contains(&days) => Some(Duration::from_secs(days * DAY)),
        _ => config.api_key_max_lifetime.or(Some(Duration::from_secs(DEFAULT_DAYS * DAY))),
    };
    Ok(Asked::Make(Wish {
        label: name.expose().trim().parse().map_err(|fault| invalid("name", fault))?,
        scope: Scopes::parse(&chosen.join(" ")).map_err(|fault| invalid("scope", fault))?,
        roles: Roles::default(),
        ranges: IpRanges::default(),
        limit: None,
        lifetime,
    }))
}

/// Those of [`DAYS`] that the deployment lets a key live.
fn lifetimes(config: &Config) -> Vec<u64> {
    let most = config.api_key_max_lifetime.map(|longest| longest.as_secs() / DAY);
    DAYS.into_iter().filter(|days| most.is_none_or(|most| (1..=most).contains(days))).collect()
}

async fn listed<S: ManageApiKeys>(
    app: &App<S>,
    request: &Request,
    person: &Person,
    made: Option<(String, Secret<String>)>,
    refused: Option<&Response<Body>>,
) -> Response<Body> {
    let (brand, now) = (&Brand::of(&app.config), app.clock.now());
    let found = match found_of(app, person).await {
        Ok((keys, _)) => keys,
        Err(refusal) => return instead_of(PAGE, &refusal.respond(&app.config.issuer, person, request), brand),
    };
    let name = &if refused.is_some() { typed(request, "name") } else { String::new() };
    let choice = |days: u64| Choice {
        value: days.to_string(),
        label: if days == 0 { "Until it is revoked".to_owned() } else { format!("{days} days") },
        chosen: days == DEFAULT_DAYS,
    };
    let overlap = |(days, label): (u64, &str)| Choice {
        value: days.to_string(),
        label: label.to_owned(),
        chosen: days * DAY == DEFAULT_OVERLAP.as_secs(),
    };
    let scope = |scope: &vestibule::scope::Scope| Choice {
        value: scope.as_str().to_owned(),
        label: scope.as_str().to_owned(),
        chosen: false,
    };
    let page = Keys {
        brand,
        keys: found.iter().map(|key| shown(key, now)).collect(),
        made,
        scopes: person.scope.iter().map(scope).collect(),
        lifetimes: lifetimes(&app.config).into_iter().map(choice).collect(),
        overlaps: OVERLAPS.into_iter().map(overlap).collect(),
        name,
        complaint: refused.and_then(Complaint::of).unwrap_or_default(),
    };
    respond(refused.map_or(StatusCode::OK, Response::status), &page, brand, Leads::Home)
}

fn shown(key: &ApiKey, now: Timestamp) -> Key {
    Key {
        id: key.named.id.to_string(),
        name: key.label.as_str().to_owned(),
        prefix: key.named.shown(&key.environment),
        scopes: key.scope.iter().map(|scope| scope.as_str().to_owned()).collect(),
        created: Moment::ago(key.created_at, now),
        used: key.last_used_at.map(|used| Moment::ago(used, now)),
        ends: key.expires_at.map(Moment::day),
        expired: key.is_expired(now),
        earlier_until: key.earlier_until(now).map(Moment::day),
    }
}
