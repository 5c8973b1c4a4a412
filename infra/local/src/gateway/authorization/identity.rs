//! Identity sources: where an authorizer's credential comes from, and what its answer is cached under.
//! Sources: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html> ("Identity
//! sources"), <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html> (`identitySource`)
//!
//! "All of the identity-related request parameters" must be "present, not null, and non-empty", or the caller gets 401 and
//! the function is not asked. Of a header or query parameter with several values, an HTTP API takes all, joined with commas
//! as in the events of its payload 2.0, and a REST API the last, as in `headers` of its events. Stage variables have no
//! values on a laptop, so that asking for one always ends in 401, as it does on AWS for one that is not set.

use http::HeaderName;
use serde_json::Value;

use super::event;
use crate::gateway::exchange::Exchange;
use crate::template::{Api, ApiKind, Authorizer, AuthorizerDialect};

/// Where `TOKEN` authorizers look unless they are told otherwise.
const TOKEN_HEADER: HeaderName = http::header::AUTHORIZATION;

/// Why there are no values.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoIdentity {
    /// The request lacks one.
    #[error("an identity source is missing")]
    Missing,
    /// The template asks for something that does not exist.
    #[error(transparent)]
    Unknown(#[from] UnknownSource),
}

/// The expression is none of the dialect's.
#[derive(Debug, thiserror::Error)]
#[error("`{expression}` is no identity source of this kind of authorizer")]
pub(super) struct UnknownSource {
    expression: String,
}

#[derive(Debug)]
enum Source<'a> {
    Header(HeaderName),
    Query(&'a str),
    Context(&'a str),
    StageVariable,
}

/// The values of the authorizer's identity sources, in their order.
pub(super) fn values(api: &Api, authorizer: &Authorizer, exchange: &Exchange) -> Result<Vec<String>, NoIdentity> {
    let mut values = Vec::new();
    for source in sources(authorizer)? {
        values.push(source.value(api, exchange)?.filter(|value| !value.is_empty()));
    }
    values.into_iter().collect::<Option<_>>().ok_or(NoIdentity::Missing)
}

fn sources(authorizer: &Authorizer) -> Result<Vec<Source<'_>>, UnknownSource> {
    let expressions = authorizer.identity_sources.as_slice();
    match (authorizer.dialect, expressions) {
        (AuthorizerDialect::RestToken, []) => Ok(vec![Source::Header(TOKEN_HEADER)]),
        (AuthorizerDialect::RestToken, [_, second, ..]) => Err(unknown(second)),
        (dialect, expressions) => expressions.iter().map(|expression| Source::parse(dialect, expression)).collect(),
    }
}

impl<'a> Source<'a> {
    fn parse(dialect: AuthorizerDialect, expression: &'a str) -> Result<Self, UnknownSource> {
        let [header, query, context, stage_variables] = match dialect {
            AuthorizerDialect::HttpSimple | AuthorizerDialect::HttpPolicy => {
                ["$request.header.", "$request.querystring.", "$context.", "$stageVariables."]
            }
            AuthorizerDialect::RestRequest | AuthorizerDialect::RestToken => {
                ["method.request.header.", "method.request.querystring.", "context.", "stageVariables."]
            }
        };
        let named = |prefix: &str| expression.strip_prefix(prefix).filter(|name| !name.is_empty());
        let source = if let Some(name) = named(header) {
            HeaderName::try_from(name).ok().map(Self::Header)
        } else if dialect == AuthorizerDialect::RestToken {
            None
        } else if let Some(name) = named(query) {
            Some(Self::Query(name))
        } else if let Some(name) = named(context) {
            Some(Self::Context(name))
        } else {
            named(stage_variables).map(|_| Self::StageVariable)
        };
        source.ok_or_else(|| unknown(expression))
    }

    fn value(&self, api: &Api, exchange: &Exchange) -> Result<Option<String>, UnknownSource> {
        match self {
            Self::Header(name) => {
                let values = exchange.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
                Ok(pick(api.kind, values.map(str::to_owned).collect()))
            }
            Self::Query(name) => {
                let query = form_urlencoded::parse(exchange.raw_query.as_bytes());
                Ok(pick(api.kind, query.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()))
            }
            Self::Context(name) => context(api, exchange, name),
            Self::StageVariable => Ok(None),
        }
    }
}

fn pick(kind: ApiKind, mut values: Vec<String>) -> Option<String> {
    match kind {
        ApiKind::Http => Some(values.join(",")),
        ApiKind::Rest => values.pop(),
    }
}

/// A `$context` variable: payload 1.0 shows them under their own names, but for the route key, which only HTTP APIs have.
fn context(api: &Api, exchange: &Exchange, name: &str) -> Result<Option<String>, UnknownSource> {
    let context = event::context(api, exchange);
    let found = match (api.kind, name) {
        (ApiKind::Http, "routeKey") => return Ok(Some(exchange.route_key.clone())),
        (ApiKind::Http, "resourceId" | "resourcePath") => None,
        (ApiKind::Http | ApiKind::Rest, _) => name.split('.').try_fold(&context, |value, key| value.get(key)),
    };
    match found {
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Bool(boolean)) => Ok(Some(boolean.to_string())),
        Some(Value::Null) => Ok(None),
        Some(Value::Array(_) | Value::Object(_)) | None => Err(unknown(&format!("context.{name}"))),
    }
}

fn unknown(expression: &str) -> UnknownSource {
    UnknownSource { expression: expression.to_owned() }
}
