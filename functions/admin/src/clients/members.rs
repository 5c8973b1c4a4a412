//! The members of a registration, read: each by the type that the operator's command reads it by.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use lambda_http::Request;
use vestibule::http::{BodyError, Fields, json};
use vestibule::oauth::clients::registration::{Method, Registration};
use vestibule::oauth::clients::{
    ClientChange, ClientKeys, Grant, InvalidClient, Lifetimes, Party, SecretMethod, member,
};
use vestibule::scope::{Roles, Scopes};

/// The refusal of a member, without its value.
pub(super) fn invalid(name: &'static str, fault: impl Display) -> BodyError {
    BodyError::Invalid { name, fault: fault.to_string() }
}

/// What is to be registered.
pub(super) fn registration(request: &Request) -> Result<Registration, BodyError> {
    let mut fields = json(request)?;
    let id = fields.required(member::ID)?.expose().parse().map_err(|fault| at_fault(member::ID, &fault))?;
    let grants = each::<Grant>(&mut fields, member::GRANTS)?.unwrap_or_default();
    let registration = Registration {
        id,
        name: text(&mut fields, member::NAME)?,
        method: method(&mut fields)?,
        grants: grants.into_iter().collect(),
        redirect_uris: each(&mut fields, member::REDIRECT_URIS)?.unwrap_or_default(),
        post_logout_redirect_uris: each(&mut fields, member::POST_LOGOUT_REDIRECT_URIS)?.unwrap_or_default(),
        origins: each(&mut fields, member::ORIGINS)?.unwrap_or_default(),
        scopes: scopes(&mut fields)?.unwrap_or_default(),
        roles: roles(&mut fields)?.unwrap_or_default(),
        resources: each(&mut fields, member::RESOURCES)?.unwrap_or_default(),
        algorithm: parsed(&mut fields, member::ALGORITHM)?,
        lifetimes: Lifetimes {
            access_token: seconds(&mut fields, member::ACCESS_TOKEN_SECONDS)?,
            idle: seconds(&mut fields, member::IDLE_SECONDS)?,
            absolute: seconds(&mut fields, member::ABSOLUTE_SECONDS)?,
        },
        limit: parsed(&mut fields, member::LIMIT)?,
        retry: parsed(&mut fields, member::RETRY)?,
        party: parsed(&mut fields, member::PARTY)?.unwrap_or(Party::Third),
    };
    fields.finish()?;
    Ok(registration)
}

/// What is to be different. `null` takes away what a client has of its own (RFC 7396).
pub(super) fn change(request: &Request) -> Result<ClientChange, BodyError> {
    let mut fields = json(request)?;
    let change = ClientChange {
        name: text(&mut fields, member::NAME)?,
        keys: keys(&mut fields)?,
        redirect_uris: each(&mut fields, member::REDIRECT_URIS)?,
        post_logout_redirect_uris: each(&mut fields, member::POST_LOGOUT_REDIRECT_URIS)?,
        origins: each(&mut fields, member::ORIGINS)?,
        scopes: scopes(&mut fields)?,
        roles: roles(&mut fields)?,
        resources: each(&mut fields, member::RESOURCES)?,
        algorithm: own(&mut fields, member::ALGORITHM, parsed)?,
        access_token: own(&mut fields, member::ACCESS_TOKEN_SECONDS, seconds)?,
        idle: own(&mut fields, member::IDLE_SECONDS, seconds)?,
        absolute: own(&mut fields, member::ABSOLUTE_SECONDS, seconds)?,
        limit: own(&mut fields, member::LIMIT, parsed)?,
        retry: parsed(&mut fields, member::RETRY)?,
    };
    fields.finish()?;
    Ok(change)
}

/// RFC 7591 §2: `client_secret_basic` unless it says otherwise.
fn method(fields: &mut Fields) -> Result<Method, BodyError> {
    let method = text(fields, member::AUTHENTICATION)?;
    match (method.as_deref(), keys(fields)?) {
        (Some("private_key_jwt"), Some(keys)) => Ok(Method::PrivateKeyJwt(keys)),
        (Some("private_key_jwt"), None) => Err(BodyError::Missing(member::JWKS)),
        (_, Some(_)) => Err(at_fault(member::JWKS, &InvalidClient::Keys)),
        (None | Some("client_secret_basic"), None) => Ok(Method::Secret(SecretMethod::Basic)),
        (Some("client_secret_post"), None) => Ok(Method::Secret(SecretMethod::Post)),
        (Some("none"), None) => Ok(Method::None),
        (Some(_), None) => Err(invalid(
            member::AUTHENTICATION,
            "is not one of none, client_secret_basic, client_secret_post and private_key_jwt",
        )),
    }
}

fn keys(fields: &mut Fields) -> Result<Option<ClientKeys>, BodyError> {
    let keys = fields.optional_object(member::JWKS)?;
    keys.map(|keys| ClientKeys::parse(&keys).map_err(|fault| invalid(member::JWKS, fault))).transpose()
}

fn scopes(fields: &mut Fields) -> Result<Option<Scopes>, BodyError> {
    let scopes = fields.optional(member::SCOPE)?;
    scopes.map(|scopes| Scopes::parse(scopes.expose()).map_err(|fault| invalid(member::SCOPE, fault))).transpose()
}

fn roles(fields: &mut Fields) -> Result<Option<Roles>, BodyError> {
    let roles = fields.optional(member::ROLES)?;
    roles.map(|roles| Roles::parse(roles.expose()).map_err(|fault| invalid(member::ROLES, fault))).transpose()
}

fn seconds(fields: &mut Fields, name: &'static str) -> Result<Option<Duration>, BodyError> {
    Ok(fields.optional_number(name)?.map(Duration::from_secs))
}

fn text(fields: &mut Fields, name: &'static str) -> Result<Option<String>, BodyError> {
    Ok(fields.optional(name)?.map(|text| text.expose().clone()))
}

fn parsed<T: FromStr<Err: Display>>(fields: &mut Fields, name: &'static str) -> Result<Option<T>, BodyError> {
    let given = fields.optional(name)?;
    given.map(|given| given.expose().parse().map_err(|fault| at_fault(name, &fault))).transpose()
}

/// A list, of which the entry at fault is named by its number.
fn each<T: FromStr<Err: Display>>(fields: &mut Fields, name: &'static str) -> Result<Option<Vec<T>>, BodyError> {
    let Some(given) = fields.optional_texts(name)? else { return Ok(None) };
    let one = |(at, text): (usize, &str)| {
        text.parse().map_err(|fault| invalid(name, format_args!("is at fault: entry {} {fault}", at + 1)))
    };
    given.iter().map(|text| text.expose().as_str()).enumerate().map(one).collect::<Result<_, _>>().map(Some)
}

/// A value of the client's own, or with `null` none.
fn own<T>(
    fields: &mut Fields,
    name: &'static str,
    read: impl FnOnce(&mut Fields, &'static str) -> Result<Option<T>, BodyError>,
) -> Result<Option<Option<T>>, BodyError> {
    if fields.null(name) { Ok(Some(None)) } else { Ok(read(fields, name)?.map(Some)) }
}

pub(super) fn at_fault(name: &'static str, fault: &dyn Display) -> BodyError {
    invalid(name, format_args!("is at fault: {fault}"))
}
