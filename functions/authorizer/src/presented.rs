//! What an event presents to say who is calling: read in the one place where callers of the route say it, for the gateway keeps the
//! answer under that. Nothing else of the request may make a difference, so nothing else is read.

use std::net::IpAddr;

use serde_json::{Map, Value};
use vestibule::api_keys;
use vestibule::authentication::Presented;
use vestibule::policy::{CredentialSource, MethodArn, Rule};

use crate::event::{object, text};
use crate::{Dialect, Event, NoAnswer};

/// What `event` presents to the route of `rule`. Without a rule everything is read, and no answer given to more than one credential:
/// which of them it would be kept under cannot be told, and it could be right for one only.
pub(crate) fn presented(event: &Event<'_>, rule: Option<&Rule>) -> Result<Presented, NoAnswer> {
    let source = rule.map(|rule| rule.credential);
    let mut presented = match &event.dialect {
        Dialect::RestToken { request } => token(event.fields, request, source)?,
        Dialect::HttpApiSimple { .. } | Dialect::HttpApiPolicy { .. } | Dialect::RestRequest { .. } => {
            headers(event.fields, source)?
        }
    };
    match rule {
        Some(rule) => {
            let declared = rule.route.method().map(|method| method.as_str().to_owned());
            presented.provenance.method = declared.or(presented.provenance.method);
        }
        // Such a request is refused, so that it changes nothing; but the policy that refuses it is kept, and which page sent it must
        // not show there.
        None => presented.provenance.method = Some("GET".to_owned()),
    }
    let several = [!presented.authorization.is_empty(), !presented.api_key.is_empty(), presented.has_session_cookie()];
    if source.is_none() && several.into_iter().filter(|presented| *presented).count() > 1 {
        return Err(NoAnswer::SourceUnknown);
    }
    presented.source = address(event.fields);
    event.request_id().clone_into(&mut presented.request_id);
    Ok(presented)
}

/// A `TOKEN` event has one value and nothing else. Which header it came in is the authorizer's to say, and so what it is read as is the
/// route's; a bare key can only have come in `X-Api-Key`. Which page sent it cannot be told: a cookie changes nothing there.
fn token(
    event: &Map<String, Value>,
    request: &MethodArn,
    source: Option<CredentialSource>,
) -> Result<Presented, NoAnswer> {
    let token = text(event, "authorizationToken")?.map(str::to_owned);
    let bare_key = token.as_ref().is_some_and(|token| token.starts_with(api_keys::PREFIX));
    let header = match source {
        Some(CredentialSource::Cookie) => "cookie",
        Some(CredentialSource::ApiKeyHeader) => "x-api-key",
        None if bare_key => "x-api-key",
        Some(CredentialSource::Authorization) | None => "authorization",
    };
    let mut presented = Presented::default();
    presented.take(header, token);
    presented.provenance.method = Some(request.method.clone());
    Ok(presented)
}

/// `multiValueHeaders` has every value and `headers` the last of each name, so the former is preferred. In payload 2.0 cookies stand
/// apart; an emulator may leave them where they were.
fn headers(event: &Map<String, Value>, source: Option<CredentialSource>) -> Result<Presented, NoAnswer> {
    let (mut every, mut last) = (Presented::default(), Presented::default());
    for (name, values) in object(event, "multiValueHeaders")?.filter(|(name, _)| is_read(source, name)) {
        every.take(name, texts(values, "multiValueHeaders")?);
    }
    for (name, value) in object(event, "headers")?.filter(|(name, _)| is_read(source, name)) {
        last.take(name, [value.as_str().ok_or(NoAnswer::Malformed("headers"))?.to_owned()]);
    }
    let mut presented = every.or(last);
    if matches!(source, Some(CredentialSource::Cookie) | None) {
        if let Some(cookies) = event.get("cookies").filter(|cookies| !cookies.is_null()) {
            presented.take("cookie", texts(cookies, "cookies")?);
        }
        presented.provenance.method = method(event).map(str::to_owned);
    }
    Ok(presented)
}

/// Headers whose name no credential has are not even looked at: whatever their values are, they are not ours to judge.
fn is_read(source: Option<CredentialSource>, header: &str) -> bool {
    let is = |name: &str| header.eq_ignore_ascii_case(name);
    let of_cookies = || ["cookie", "sec-fetch-site", "origin", "x-csrf-token"].into_iter().any(is);
    match source {
        Some(CredentialSource::Authorization) => is("authorization"),
        Some(CredentialSource::ApiKeyHeader) => is("x-api-key"),
        Some(CredentialSource::Cookie) => of_cookies(),
        None => is("authorization") || is("x-api-key") || of_cookies(),
    }
}

/// Of a route of `ANY`, which does not name one. Without a method it counts as a request that changes something.
fn method(event: &Map<String, Value>) -> Option<&str> {
    let of_version_2 = || event.get("requestContext")?.get("http")?.get("method");
    event.get("httpMethod").or_else(of_version_2)?.as_str()
}

/// The address that the gateway saw: in payload 2.0 beside the method, else with what else it knows of the caller. A `TOKEN` event
/// has none.
fn address(event: &Map<String, Value>) -> Option<IpAddr> {
    let context = event.get("requestContext")?;
    let place = context.get("http").or_else(|| context.get("identity"))?;
    place.get("sourceIp")?.as_str()?.parse().ok()
}

fn texts(values: &Value, field: &'static str) -> Result<Vec<String>, NoAnswer> {
    let values = values.as_array().ok_or(NoAnswer::Malformed(field))?;
    values.iter().map(|value| value.as_str().map(str::to_owned).ok_or(NoAnswer::Malformed(field))).collect()
}
