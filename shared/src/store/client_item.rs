//! A client's registration as an item of the table.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;

use super::account_item::VERSION;
use super::attributes::{Item, Reader, Writer, number, text, time};
use super::keys::Key;
use crate::clock::Timestamp;
use crate::oauth::clients::{
    Authentication, Client, ClientKeys, Grants, Lifetimes, SecretHash, SecretMethod, Secrets, Standing,
};
use crate::scope::{Roles, Scopes};
use crate::sessions::rotation::RetryPolicy;
use crate::storage::StoreError;

pub(super) const CLIENT_ID: &str = "client_id";
const SECRET: &str = "secret";
const PREDECESSORS: &str = "predecessors";
const DISABLED_AT: &str = "disabled_at";
const NAME: &str = "name";
const AUTHENTICATION: &str = "authentication";
const JWKS: &str = "jwks";
const SERVICE: &str = "service";
const GRANTS: &str = "grants";
const REDIRECT_URIS: &str = "redirect_uris";
const POST_LOGOUT_REDIRECT_URIS: &str = "post_logout_redirect_uris";
const ORIGINS: &str = "origins";
const SCOPES: &str = "scopes";
const ROLES: &str = "roles";
const RESOURCES: &str = "resources";
const ALGORITHM: &str = "algorithm";
const ACCESS_TOKEN_SECONDS: &str = "access_token_seconds";
const IDLE_SECONDS: &str = "idle_seconds";
const ABSOLUTE_SECONDS: &str = "absolute_seconds";
const LIMIT: &str = "limit";
/// How long a spent refresh token may come back; absent where it may until its successor is used.
const RETRY_SECONDS: &str = "retry_seconds";
const PARTY: &str = "party";
const CREATED_AT: &str = "created_at";

/// The ways to authenticate, as [`Authentication::as_str`] spells them.
const NONE: &str = "none";
const BASIC: &str = "client_secret_basic";
const POST: &str = "client_secret_post";
const PRIVATE_KEY_JWT: &str = "private_key_jwt";

/// Between the hash of an earlier secret and the moment of its end.
const UNTIL: char = ' ';

pub(super) fn encode(client: &Client) -> Item {
    let seconds = |duration: Option<Duration>| duration.map(|duration| number(duration.as_secs()));
    let retry = match client.retry {
        RetryPolicy::Window(window) => Some(window),
        RetryPolicy::UntilUsed => None,
    };
    let disabled_at = match client.standing {
        Standing::Active => None,
        Standing::Disabled { at } => Some(time(at)),
    };
    let item = Writer::new(&Key::client(&client.id))
        .with(CLIENT_ID, text(client.id.as_str()))
        .with(NAME, text(&client.name))
        .with_some(SERVICE, client.service.map(|service| text(service.to_string())))
        .with(GRANTS, text(client.grants.to_string()))
        .with(REDIRECT_URIS, texts(&client.redirect_uris))
        .with(POST_LOGOUT_REDIRECT_URIS, texts(&client.post_logout_redirect_uris))
        .with(ORIGINS, texts(&client.origins))
        .with(SCOPES, text(client.scopes.to_string()))
        .with_some(ROLES, Some(&client.roles).filter(|roles| !roles.is_empty()).map(|roles| text(roles.to_string())))
        .with(RESOURCES, texts(&client.resources))
        .with_some(ALGORITHM, client.algorithm.map(|algorithm| text(algorithm.as_str())))
        .with_some(ACCESS_TOKEN_SECONDS, seconds(client.lifetimes.access_token))
        .with_some(IDLE_SECONDS, seconds(client.lifetimes.idle))
        .with_some(ABSOLUTE_SECONDS, seconds(client.lifetimes.absolute))
        .with_some(LIMIT, client.limit.map(|limit| text(limit.to_string())))
        .with_some(RETRY_SECONDS, seconds(retry))
        .with(PARTY, text(client.party.as_str()))
        .with(CREATED_AT, time(client.created_at))
        .with(VERSION, number(client.version))
        .with_some(DISABLED_AT, disabled_at);
    authentication(item, &client.authentication).finish()
}

fn authentication(item: Writer, authentication: &Authentication) -> Writer {
    let item = item.with(AUTHENTICATION, text(authentication.as_str()));
    match authentication {
        Authentication::None => item,
        Authentication::PrivateKeyJwt(keys) => item.with(JWKS, text(keys.to_json())),
        Authentication::Secret { secrets, .. } => {
            let earlier =
                |(secret, until): &(SecretHash, Timestamp)| text(format!("{secret}{UNTIL}{}", until.seconds()));
            item.with(SECRET, text(secrets.current.to_string()))
                .with(PREDECESSORS, AttributeValue::L(secrets.predecessors.iter().map(earlier).collect()))
        }
    }
}

fn texts(values: &[impl ToString]) -> AttributeValue {
    AttributeValue::L(values.iter().map(|value| text(value.to_string())).collect())
}

impl TryFrom<&Item> for Client {
    type Error = StoreError;

    fn try_from(item: &Item) -> Result<Self, Self::Error> {
        let read = Reader::new(item);
        let seconds = |name| read.number_if_any(name).map(|seconds| seconds.map(Duration::from_secs));
        let client = Self {
            id: read.parsed(CLIENT_ID)?,
            name: read.text(NAME)?.to_owned(),
            authentication: read_authentication(&read)?,
            service: read.parsed_if_any(SERVICE)?,
            grants: read.parsed_by(GRANTS, Grants::parse)?,
            redirect_uris: read.parsed_each(REDIRECT_URIS)?,
            post_logout_redirect_uris: read.parsed_each(POST_LOGOUT_REDIRECT_URIS)?,
            origins: read.parsed_each(ORIGINS)?,
            scopes: read.parsed_by(SCOPES, Scopes::parse)?,
            roles: match read.text_if_any(ROLES)? {
                Some(_) => read.parsed_by(ROLES, Roles::parse)?,
                None => Roles::default(),
            },
            resources: read.parsed_each(RESOURCES)?,
            algorithm: read.parsed_if_any(ALGORITHM)?,
            lifetimes: Lifetimes {
                access_token: seconds(ACCESS_TOKEN_SECONDS)?,
                idle: seconds(IDLE_SECONDS)?,
                absolute: seconds(ABSOLUTE_SECONDS)?,
            },
            limit: read.parsed_if_any(LIMIT)?,
            retry: seconds(RETRY_SECONDS)?.map_or(RetryPolicy::UntilUsed, RetryPolicy::Window),
            party: read.parsed(PARTY)?,
            created_at: read.time(CREATED_AT)?,
            standing: read
                .number_if_any(DISABLED_AT)?
                .map_or(Standing::Active, |at| Standing::Disabled { at: Timestamp::from_seconds(at) }),
            version: read.number(VERSION)?,
        };
        client.check().map_err(|fault| read.impossible(&fault.to_string()))?;
        Ok(client)
    }
}

fn read_authentication(read: &Reader<'_>) -> Result<Authentication, StoreError> {
    let method = match read.text(AUTHENTICATION)? {
        NONE => return Ok(Authentication::None),
        PRIVATE_KEY_JWT => return read.parsed_by(JWKS, ClientKeys::parse).map(Authentication::PrivateKeyJwt),
        BASIC => SecretMethod::Basic,
        POST => SecretMethod::Post,
        _ => return Err(read.impossible("authentication is malformed")),
    };
    let malformed = || read.impossible("an earlier secret is malformed");
    let predecessors = read.texts(PREDECESSORS)?.into_iter().map(|text| earlier(text).ok_or_else(malformed));
    let secrets = Secrets { current: read.parsed(SECRET)?, predecessors: predecessors.collect::<Result<_, _>>()? };
    Ok(Authentication::Secret { method, secrets })
}

fn earlier(text: &str) -> Option<(SecretHash, Timestamp)> {
    let (hash, until) = text.split_once(UNTIL)?;
    Some((hash.parse().ok()?, Timestamp::from_seconds(until.parse().ok()?)))
}
