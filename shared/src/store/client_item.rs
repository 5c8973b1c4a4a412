//! A client's registration as an item of the table.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;

use super::attributes::{Item, Reader, Writer, number, text, time};
use super::keys::Key;
use crate::clock::Timestamp;
use crate::oauth::clients::{
    Authentication, Client, ClientKeys, Grants, Lifetimes, Party, SecretMethod, Secrets, Standing,
};
use crate::scope::{Roles, Scopes};
use crate::sessions::rotation::RetryPolicy;
use crate::storage::StoreError;

pub(super) const SECRET: &str = "secret";
pub(super) const PREVIOUS_SECRET: &str = "previous_secret";
pub(super) const PREVIOUS_UNTIL: &str = "previous_until";
pub(super) const DISABLED_AT: &str = "disabled_at";
const CLIENT: &str = "client_id";
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

/// The ways to authenticate as RFC 7591 §2 and OpenID Connect Core §9 spell them.
const NONE: &str = "none";
const BASIC: &str = "client_secret_basic";
const POST: &str = "client_secret_post";
const PRIVATE_KEY_JWT: &str = "private_key_jwt";

const FIRST: &str = "first";
const THIRD: &str = "third";

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
    let party = match client.party {
        Party::First => FIRST,
        Party::Third => THIRD,
    };
    let item = Writer::new(&Key::client(&client.id))
        .with(CLIENT, text(client.id.as_str()))
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
        .with(PARTY, text(party))
        .with(CREATED_AT, time(client.created_at))
        .with_some(DISABLED_AT, disabled_at);
    authentication(item, &client.authentication).finish()
}

fn authentication(item: Writer, authentication: &Authentication) -> Writer {
    match authentication {
        Authentication::None => item.with(AUTHENTICATION, text(NONE)),
        Authentication::PrivateKeyJwt(keys) => {
            item.with(AUTHENTICATION, text(PRIVATE_KEY_JWT)).with(JWKS, text(keys.to_json()))
        }
        Authentication::Secret { method, secrets } => {
            let method = match method {
                SecretMethod::Basic => BASIC,
                SecretMethod::Post => POST,
            };
            let (previous, until) = secrets.previous.unzip();
            item.with(AUTHENTICATION, text(method))
                .with(SECRET, text(secrets.current.to_string()))
                .with_some(PREVIOUS_SECRET, previous.map(|previous| text(previous.to_string())))
                .with_some(PREVIOUS_UNTIL, until.map(time))
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
            id: read.parsed(CLIENT)?,
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
            party: match read.text(PARTY)? {
                FIRST => Party::First,
                THIRD => Party::Third,
                _ => return Err(read.impossible("party is malformed")),
            },
            created_at: read.time(CREATED_AT)?,
            standing: read
                .number_if_any(DISABLED_AT)?
                .map_or(Standing::Active, |at| Standing::Disabled { at: Timestamp::from_seconds(at) }),
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
    let previous = match read.parsed_if_any(PREVIOUS_SECRET)? {
        Some(previous) => Some((previous, read.time(PREVIOUS_UNTIL)?)),
        None => None,
    };
    Ok(Authentication::Secret { method, secrets: Secrets { current: read.parsed(SECRET)?, previous } })
}
