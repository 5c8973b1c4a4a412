//! The four events that API Gateway asks an authorizer with ("Control access to HTTP APIs with AWS Lambda authorizers" and "Input to
//! an API Gateway Lambda authorizer" in its Developer Guide).
//!
//! Only what the decision needs is read. A field that is absent or null presents nothing; one of another type than documented
//! makes the whole event malformed, because it did not come from API Gateway.

use serde_json::{Map, Value};
use vestibule::policy::{MethodArn, Rule, Rules};

use crate::NoAnswer;

/// In the log, for what an event does not have.
pub(crate) const ABSENT: &str = "-";

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
pub(crate) struct Event<'e> {
    pub(crate) dialect: Dialect,
    pub(crate) fields: &'e Map<String, Value>,
    request_id: Option<String>,
}

impl Event<'_> {
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

    /// The id that the client got, where the dialect has one.
    pub(crate) fn request_id(&self) -> &str {
        self.request_id.as_deref().unwrap_or(ABSENT)
    }
}

impl<'e> TryFrom<&'e Value> for Event<'e> {
    type Error = NoAnswer;

    fn try_from(event: &'e Value) -> Result<Self, NoAnswer> {
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
        Ok(Self { dialect, request_id: request_id(event), fields: event })
    }
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

pub(crate) fn object<'e>(
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

pub(crate) fn text<'e>(event: &'e Map<String, Value>, field: &'static str) -> Result<Option<&'e str>, NoAnswer> {
    match event.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or(NoAnswer::Malformed(field)),
    }
}
