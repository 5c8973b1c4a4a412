//! `POST /api-keys`: a new key, whose text is shown this once.

use std::time::Duration;

use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use vestibule::accounts::own::FindAccount;
use vestibule::api_keys::manage::{Creation, ManageApiKeys};
use vestibule::api_keys::{ApiKey, IpRanges, Label, Named, NewSecret};
use vestibule::audit::Event;
use vestibule::audit::trail::ApiKeyChange;
use vestibule::config::{Config, MAX_API_KEY_SECONDS};
use vestibule::http::{BodyError, Fields, json, request_id};
use vestibule::identity::ApiKeyId;
use vestibule::limits::{InvalidLimit, Limit};
use vestibule::mail::{Letter, Mailer};
use vestibule::scope::{Roles, Scopes};
use vestibule::secret::Secret;

use crate::ApiKeys;
use crate::document::with_text;
use crate::person::Person;
use crate::refusal::{Refusal, invalid};

/// What a person asks for.
pub(crate) struct Wish {
    pub(crate) label: Label,
    pub(crate) scope: Scopes,
    pub(crate) roles: Roles,
    pub(crate) ranges: IpRanges,
    pub(crate) limit: Option<Limit>,
    pub(crate) lifetime: Option<Duration>,
}

impl Wish {
    fn parse(request: &Request, config: &Config) -> Result<Self, BodyError> {
        let mut fields = json(request)?;
        let label = fields.required("name")?;
        let scope = fields.required("scope")?;
        let roles = fields.optional_texts("roles")?.unwrap_or_default();
        let ranges = fields.optional_texts("ip_ranges")?.unwrap_or_default();
        let limit = fields.optional("limit")?;
        let lifetime = lifetime(&mut fields, config)?;
        fields.finish()?;
        let roles: Vec<_> = roles.iter().map(|role| role.expose().as_str()).collect();
        Ok(Self {
            label: label.expose().parse().map_err(|fault| invalid("name", fault))?,
            scope: Scopes::parse(scope.expose()).map_err(|fault| invalid("scope", fault))?,
            roles: Roles::parse(&roles.join(" ")).map_err(|fault| invalid("roles", fault))?,
            ranges: IpRanges::parse(ranges.iter().map(|range| range.expose().as_str()))
                .map_err(|fault| invalid("ip_ranges", fault))?,
            limit: limit
                .map(|limit| limit.expose().parse().map_err(|fault: InvalidLimit| invalid("limit", fault)))
                .transpose()?,
            lifetime: lifetime.or(config.api_key_max_lifetime),
        })
    }
}

/// `expires_in`: for how long the key is to live from now on, if that was said.
pub(crate) fn lifetime(fields: &mut Fields, config: &Config) -> Result<Option<Duration>, BodyError> {
    let most = config.api_key_max_lifetime.map_or(MAX_API_KEY_SECONDS, |longest| longest.as_secs());
    match fields.optional_number("expires_in")? {
        None => Ok(None),
        Some(seconds) if (1..=most).contains(&seconds) => Ok(Some(Duration::from_secs(seconds))),
        Some(_) => Err(invalid("expires_in", format_args!("must lie between 1 and {most} seconds"))),
    }
}

/// Answers with the key.
pub(crate) async fn create<S: FindAccount + ManageApiKeys, M: Mailer>(
    world: &ApiKeys<S, M>,
    request: &Request,
    person: &Person,
) -> Result<Response<Body>, Refusal> {
    let wish = Wish::parse(request, &world.app.config)?;
    let (key, text) = made(world, request, person, wish).await?;
    Ok(with_text(StatusCode::CREATED, &key, &text, world.app.clock.now()))
}

/// The key and its text. One read where its owner is sent a letter, and one transaction.
pub(crate) async fn made<S: FindAccount + ManageApiKeys, M: Mailer>(
    world: &ApiKeys<S, M>,
    request: &Request,
    person: &Person,
    wish: Wish,
) -> Result<(ApiKey, Secret<String>), Refusal> {
    let app = &world.app;
    let (now, environment) = (app.clock.now(), &app.config.api_key_environment);
    person.signed_in_lately(now)?;
    person.may_hand_on(&wish.scope, &wish.roles)?;
    let named = Named { owner: person.subject(), id: ApiKeyId::random(&app.randomness)? };
    let secret = NewSecret::draw(named, environment, &app.randomness)?;
    let key = ApiKey {
        named,
        environment: environment.clone(),
        label: wish.label,
        scope: wish.scope,
        roles: wish.roles,
        ranges: wish.ranges,
        limit: wish.limit,
        secret: secret.hash,
        predecessors: Vec::new(),
        created_at: now,
        expires_at: wish.lifetime.map(|lifetime| now.plus(lifetime)),
        last_used_at: None,
        version: 1,
    };
    let owner = world.owner(person).await?;
    match app.store.create_api_key(&key).await? {
        Creation::Created => {}
        Creation::TooMany => return Err(Refusal::TooMany),
        Creation::NoOwner => return Err(Refusal::NoOwner),
    }
    Event::ApiKeyChanged { owner: named.owner, key: named.id, change: ApiKeyChange::Created }
        .record(&request_id(request));
    let letter = Letter::ApiKeyMade { prefix: &named.shown(environment), at: now };
    world.tell(request, owner.as_ref(), &letter).await;
    Ok((key, secret.text))
}
