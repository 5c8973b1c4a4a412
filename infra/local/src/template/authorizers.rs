//! The Lambda authorizers of an HTTP API, and which one stands before a route.
//! Sources: "Control access to HTTP APIs with AWS Lambda authorizers",
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html>, and
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-authorizer.html>
//!
//! Caching is opt-in there ("You can enable caching … by specifying an authorizerResultTtlInSeconds"), so that an absent
//! TTL is zero; on REST APIs it would be 300 s. What API Gateway would accept and then replay on the wrong route is refused.

use std::sync::Arc;
use std::time::Duration;

use vestibule::policy::{CredentialSource, Rule};

use super::fault::{Fault, TemplateFault};
use super::http_api::{Authorizers, FunctionsByArn, belongs_to_the_api};
use super::names::AUTHORIZER;
use super::resources::{Resource, Resources};
use super::stack::{Authorizer, AuthorizerDialect};

/// What API Gateway keeps an answer at most.
const MAX_TTL_SECONDS: u32 = 3600;

/// The identity source that keeps the answers for different routes apart.
const ROUTE_KEY: &str = "$context.routeKey";

/// The identity source that keeps the answers for different addresses apart.
const SOURCE_IP: &str = "$context.identity.sourceIp";

/// The headers that an API key may come in. Names of headers are case-insensitive.
const OF_API_KEYS: [&str; 2] = ["$request.header.authorization", "$request.header.x-api-key"];

/// Every authorizer, by logical id.
pub(super) fn read(resources: &Resources<'_>, functions: &FunctionsByArn) -> Result<Authorizers, TemplateFault> {
    let authorizer = |resource: Resource<'_>| Ok((resource.id.to_owned(), Arc::new(authorizer(&resource, functions)?)));
    resources.of_type(AUTHORIZER).map(authorizer).collect()
}

fn authorizer(resource: &Resource<'_>, functions: &FunctionsByArn) -> Result<Authorizer, TemplateFault> {
    belongs_to_the_api(resource)?;
    let kind = resource.property("AuthorizerType")?;
    let place = kind.place.clone();
    match kind.required_text()?.as_str() {
        "REQUEST" => {}
        "JWT" => return Err(Fault::NotEmulated("API Gateway's own JWT authorizer".to_owned()).at(place)),
        _ => return Err(Fault::expected("REQUEST").at(place)),
    }
    let ttl = resource.property("AuthorizerResultTtlInSeconds")?.whole_number(0..=MAX_TTL_SECONDS)?;
    Ok(Authorizer {
        id: resource.id.to_owned(),
        function: functions.find(resource.property("AuthorizerUri")?)?,
        dialect: dialect(resource)?,
        identity_sources: identity_sources(resource)?,
        ttl: Duration::from_secs(ttl.unwrap_or(0).into()),
    })
}

fn dialect(resource: &Resource<'_>) -> Result<AuthorizerDialect, TemplateFault> {
    let version = resource.property("AuthorizerPayloadFormatVersion")?;
    let unknown = version.refuse(Fault::expected("1.0 or 2.0"));
    let simple = resource.property("EnableSimpleResponses")?;
    let at = simple.place.clone();
    match (version.required_text()?.as_str(), simple.flag()?) {
        ("1.0", false) => Ok(AuthorizerDialect::HttpPolicy),
        ("1.0", true) => Err(Fault::SimpleInVersion1.at(at)),
        ("2.0", true) => Ok(AuthorizerDialect::HttpSimple),
        ("2.0", false) => Err(Fault::PolicyInVersion2.at(at)),
        _ => Err(unknown),
    }
}

fn identity_sources(resource: &Resource<'_>) -> Result<Vec<String>, TemplateFault> {
    let property = resource.property("IdentitySource")?;
    let place = property.place.clone();
    let sources = property.texts()?;
    for source in &sources {
        let known = ["$request.header.", "$request.querystring.", "$context."];
        if source.starts_with("$stageVariables.") {
            return Err(Fault::NotEmulated("a stage variable".to_owned()).at(place));
        }
        if !known.iter().any(|prefix| source.strip_prefix(prefix).is_some_and(|name| !name.is_empty())) {
            return Err(Fault::expected("a list such as [$request.header.Authorization]").at(place));
        }
    }
    Ok(sources)
}

impl Authorizer {
    /// Why its answers must not be kept as they are, if they are.
    ///
    /// "To enable caching, your authorizer must have at least one identity source", and "By default, API Gateway uses the
    /// cached authorizer response for all routes of an API that use the authorizer". A policy says what holds on each of them, a
    /// simple response does not. Neither says from where an API key may be used.
    pub fn unsafe_caching(&self) -> Option<Fault> {
        let sources = &self.identity_sources;
        match self.dialect {
            _ if self.ttl.is_zero() => None,
            _ if sources.is_empty() => Some(Fault::CachedWithoutIdentity),
            AuthorizerDialect::HttpSimple if !sources.iter().any(|source| source == ROUTE_KEY) => {
                Some(Fault::CachedAcrossRoutes)
            }
            _ if self.takes_api_keys() && !sources.iter().any(|source| source == SOURCE_IP) => {
                Some(Fault::CachedAcrossAddresses)
            }
            AuthorizerDialect::HttpSimple
            | AuthorizerDialect::HttpPolicy
            | AuthorizerDialect::RestRequest
            | AuthorizerDialect::RestToken => None,
        }
    }
}

impl Authorizer {
    fn takes_api_keys(&self) -> bool {
        self.identity_sources.iter().any(|source| OF_API_KEYS.contains(&source.to_ascii_lowercase().as_str()))
    }
}

/// Why an authorizer must not stand before a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The answer depends on the moment, or on the page that asks, or counts, and would be kept.
    #[error(
        "it is strict or counted, asks for a recent sign-in or takes the session cookie to change something, so its authorizer must not \
         cache: give it one with AuthorizerResultTtlInSeconds 0"
    )]
    Kept,
    /// The answer is kept under something else than the credential that it is about: another caller would be given it.
    #[error(
        "its credential is in the header {0}, which is not among the identity sources that its authorizer's answers are kept under"
    )]
    KeptUnderAnother(&'static str),
}

impl Authorizer {
    /// Why it must not stand before the route of `rule`, if it must not.
    pub fn unfit_for(&self, rule: &Rule) -> Option<Unfit> {
        if self.ttl.is_zero() {
            return None;
        }
        let header = match rule.credential {
            CredentialSource::Authorization => "Authorization",
            CredentialSource::ApiKeyHeader => "X-Api-Key",
            CredentialSource::Cookie => "Cookie",
        };
        let names = |source: &String| {
            let name =
                source.strip_prefix("$request.header.").or_else(|| source.strip_prefix("method.request.header."));
            name.is_some_and(|name| name.eq_ignore_ascii_case(header))
        };
        match self.identity_sources.iter().any(names) {
            _ if rule.is_uncached() => Some(Unfit::Kept),
            false => Some(Unfit::KeptUnderAnother(header)),
            true => None,
        }
    }
}

/// Refuses the first whose answers must not be kept as they are.
pub(super) fn refuse_unsafe_caching(authorizers: &Authorizers) -> Result<(), TemplateFault> {
    let mut faults = authorizers.values().filter_map(|authorizer| Some((authorizer, authorizer.unsafe_caching()?)));
    match faults.next() {
        None => Ok(()),
        Some((authorizer, fault)) => Err(fault.at(format!("{}.IdentitySource", authorizer.id))),
    }
}

/// The authorizer of a route. Without `AuthorizationType` a route is public; one that names an authorizer all the same was not
/// meant to be, and is refused.
pub(super) fn of_route(
    route: &Resource<'_>,
    authorizers: &Authorizers,
) -> Result<Option<Arc<Authorizer>>, TemplateFault> {
    let kind = route.property("AuthorizationType")?;
    let place = kind.place.clone();
    let authorizer = route.property("AuthorizerId")?;
    match kind.text()?.as_deref() {
        None | Some("NONE") if authorizer.value.is_some() => Err(authorizer.refuse(Fault::IdleAuthorizer)),
        None | Some("NONE") => Ok(None),
        Some("CUSTOM") => {
            let nowhere = authorizer.refuse(Fault::LeadsNowhere("authorizer"));
            authorizers.get(&authorizer.required_text()?).cloned().map(Some).ok_or(nowhere)
        }
        Some(other @ ("JWT" | "AWS_IAM")) => Err(Fault::NotEmulated(format!("AuthorizationType {other}")).at(place)),
        Some(_) => Err(Fault::expected("NONE or CUSTOM").at(place)),
    }
}
