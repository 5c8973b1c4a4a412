//! The four events that API Gateway asks an authorizer with ("Control access to HTTP APIs with AWS Lambda authorizers" and "Input to
//! an API Gateway Lambda authorizer" in its Developer Guide).
//!
//! Only what the decision needs is read. A field that is absent or null presents nothing; one of another type than documented
//! makes the whole event malformed, because it did not come from API Gateway.

use std::net::IpAddr;

use serde_json::{Map, Value};
use vestibule::api_keys;
use vestibule::authentication::Presented;
use vestibule::policy::{MethodArn, Rule, Rules};

use crate::NoAnswer;

/// Which gateway asks, and what only that dialect knows. A `route_key` is the route as the gateway matched it, and a `request`
/// what its policies are applied to.
#[derive(Debug)]
pub(crate) enum Dialect {
    /// HTTP API, payload 2.0 with simple responses. Cached with `$context.routeKey` among the identity sources.
    HttpApiSimple { route_key: String },
    /// HTTP API, payload 1.0.
    HttpApiPolicy { request: MethodArn, route_key: String },
    /// REST API, `REQUEST`.
    RestRequest { request: MethodArn, route_key: String },
    /// REST API, `TOKEN`: one header and the ARN are all there is.
    RestToken { request: MethodArn },
}

/// A parsed event.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) dialect: Dialect,
    /// What says who is calling.
    pub(crate) presented: Presented,
    /// The id that the client got, where the dialect has one.
    pub(crate) request_id: Option<String>,
}

impl Event {
    /// The rule of the route that the gateway matched. A `TOKEN` event has only the path of the request, which is matched as
    /// the gateway would.
    pub(crate) fn rule<'r>(&self, rules: &'r Rules) -> Option<&'r Rule> {
        match &self.dialect {
            Dialect::HttpApiSimple { route_key }
            | Dialect::HttpApiPolicy { route_key, .. }
            | Dialect::RestRequest { route_key, .. } => rules.find(route_key),
            Dialect::RestToken { request } => rules.find_by_path(&request.method, &request.path),
        }
    }
}

impl TryFrom<&Value> for Event {
    type Error = NoAnswer;

    fn try_from(event: &Value) -> Result<Self, NoAnswer> {
        let event = event.as_object().ok_or(NoAnswer::Malformed("object"))?;
        let dialect = match (text(event, "version")?, text(event, "type")?) {
            (Some("2.0"), Some("REQUEST")) => {
                Dialect::HttpApiSimple { route_key: required(event, "routeKey")?.to_owned() }
            }
            (Some("1.0"), Some("REQUEST")) => {
                Dialect::HttpApiPolicy { request: method_arn(event)?, route_key: route_key(event)? }
            }
            (None, Some("REQUEST")) => {
                Dialect::RestRequest { request: method_arn(event)?, route_key: route_key(event)? }
            }
            (None, Some("TOKEN")) => Dialect::RestToken { request: method_arn(event)? },
            (Some("1.0" | "2.0") | None, _) => return Err(NoAnswer::Malformed("type")),
            (Some(_), _) => return Err(NoAnswer::Malformed("version")),
        };
        Ok(Self { presented: presented(event, &dialect)?, dialect, request_id: request_id(event) })
    }
}

/// A `TOKEN` event has one value and not the header that it came in: a bare key can only have come in `X-Api-Key`.
fn presented(event: &Map<String, Value>, dialect: &Dialect) -> Result<Presented, NoAnswer> {
    let (authorization, api_key) = match dialect {
        Dialect::RestToken { .. } => {
            let token = text(event, "authorizationToken")?.map(str::to_owned).into_iter();
            token.partition(|token| !token.starts_with(api_keys::PREFIX))
        }
        Dialect::HttpApiSimple { .. } | Dialect::HttpApiPolicy { .. } | Dialect::RestRequest { .. } => {
            (header(event, "authorization")?, header(event, "x-api-key")?)
        }
    };
    Ok(Presented { authorization, api_key, source: source(event), request_id: request_id(event).unwrap_or_default() })
}

/// The address that the gateway saw: in payload 2.0 beside the method, else with what else it knows of the caller. A `TOKEN` event
/// has none.
fn source(event: &Map<String, Value>) -> Option<IpAddr> {
    let context = event.get("requestContext")?;
    let place = context.get("http").or_else(|| context.get("identity"))?;
    place.get("sourceIp")?.as_str()?.parse().ok()
}

/// The id of the request, for the log; never a reason to refuse.
pub(crate) fn request_id(event: &Map<String, Value>) -> Option<String> {
    event.get("requestContext")?.get("requestId")?.as_str().map(str::to_owned)
}

fn method_arn(event: &Map<String, Value>) -> Result<MethodArn, NoAnswer> {
    MethodArn::parse(required(event, "methodArn")?).map_err(|_| NoAnswer::Malformed("methodArn"))
}

/// `resource` is the template of the route, or `$default`, and has no stage; `path` is the client's spelling, on an HTTP API with
/// the stage before it. A route of a form that no rule can have is merely one without a rule.
fn route_key(event: &Map<String, Value>) -> Result<String, NoAnswer> {
    Ok(format!("{} {}", required(event, "httpMethod")?, required(event, "resource")?))
}

/// All values of the header `wanted`, a name in lower case. `multiValueHeaders` has every value and `headers` the last of each name, so
/// the former is preferred.
fn header(event: &Map<String, Value>, wanted: &str) -> Result<Vec<String>, NoAnswer> {
    let mut all = Vec::new();
    for (name, values) in object(event, "multiValueHeaders")? {
        if name.eq_ignore_ascii_case(wanted) {
            for value in values.as_array().ok_or(NoAnswer::Malformed("multiValueHeaders"))? {
                all.push(value.as_str().ok_or(NoAnswer::Malformed("multiValueHeaders"))?.to_owned());
            }
        }
    }
    if !all.is_empty() {
        return Ok(all);
    }
    for (name, value) in object(event, "headers")? {
        if name.eq_ignore_ascii_case(wanted) {
            all.push(value.as_str().ok_or(NoAnswer::Malformed("headers"))?.to_owned());
        }
    }
    Ok(all)
}

fn object<'e>(
    event: &'e Map<String, Value>,
    field: &'static str,
) -> Result<impl Iterator<Item = (&'e String, &'e Value)>, NoAnswer> {
    match event.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(map)) => Ok(Some(map)),
        Some(_) => Err(NoAnswer::Malformed(field)),
    }
    .map(|map| map.into_iter().flatten())
}

fn required<'e>(event: &'e Map<String, Value>, field: &'static str) -> Result<&'e str, NoAnswer> {
    text(event, field)?.filter(|text| !text.is_empty()).ok_or(NoAnswer::Malformed(field))
}

fn text<'e>(event: &'e Map<String, Value>, field: &'static str) -> Result<Option<&'e str>, NoAnswer> {
    match event.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or(NoAnswer::Malformed(field)),
    }
}
