//! The OpenAPI 3.1 document of a deployment: its routes from the template, and what each takes and gives from the functions that
//! answer them.

mod schema;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Required};
use vestibule::authentication::cookie;
use vestibule::http::operation::{Caller, Operation, Parameter, Refuses, Schema, Takes};
use vestibule::http::{MAX_BODY_BYTES, ProblemKind};

use crate::template::{Api, ApiRoute, Parameters};

/// The name of the security scheme of session cookies.
const SESSION_COOKIE: &str = "sessionCookie";
/// The name of the security scheme of access tokens.
const ACCESS_TOKEN: &str = "accessToken";

/// Routes and operations do not agree.
#[derive(Debug, thiserror::Error)]
pub enum Undocumented {
    /// Nothing says what the route takes and gives.
    #[error("no function says what {0} takes and gives")]
    Route(String),
    /// The method is none that OpenAPI knows.
    #[error("{0} has a method that OpenAPI does not know")]
    Method(String),
}

/// The parameters with which the template has all of its routes but the demo's own, which are no part of this: with an address for letters,
/// people's own accounts have theirs; with a provider, so has signing in there.
pub fn everything() -> Parameters {
    let all = [
        ("MailFrom", "no-reply@example.com"),
        ("MailIdentity", "example.com"),
        ("IdentityProviders", "google?client_id=x"),
    ];
    Parameters::from_iter(all.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

/// Every operation of every function.
pub fn operations() -> BTreeMap<&'static str, &'static Operation> {
    let [accounts_of_others, clients] = admin::OPERATIONS;
    let functions = [
        accounts_of_others,
        clients,
        login::OPERATIONS,
        refresh::OPERATIONS,
        revoke::OPERATIONS,
        sessions::OPERATIONS,
        sign_in_with::OPERATIONS,
        userinfo::OPERATIONS,
        discovery::OPERATIONS,
        oauth_authorize::OPERATIONS,
        oauth_token::OPERATIONS,
        pages::OPERATIONS,
        accounts::OPERATIONS,
        api_keys::OPERATIONS,
    ];
    functions.into_iter().flatten().map(|operation| (operation.route, operation)).collect()
}

/// The document of `api`.
///
/// # Errors
/// [`Undocumented`]: a route of it that no operation describes.
pub fn document(api: &Api) -> Result<OpenApi, Undocumented> {
    let operations = operations();
    let mut paths = PathsBuilder::new();
    for route in &api.routes {
        let key = route.key.as_str();
        let operation = operations.get(key).ok_or_else(|| Undocumented::Route(key.to_owned()))?;
        let (method, path) = method_and_path(key)?;
        paths = paths.path(path, PathItem::new(method, described(operation, route)));
    }
    let info = InfoBuilder::new()
        .title("Vestibule")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(format!(
            "Authentication that a team owns. Bodies are UTF-8 and have at most {MAX_BODY_BYTES} bytes. Every answer carries \
             `apigw-requestid`, by which its line in the log is found. A 503 with `Retry-After` has changed nothing that you \
             must know of: send the same request again. What begins with /account and /password is there where letters can be sent."
        )))
        .build();
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = ComponentsBuilder::new()
        .schema("Problem", schema::problem())
        .schema("OAuthError", schema::oauth_error())
        .schema("Page", schema::page())
        .schema("GatewayAnswer", schema::gateway_answer())
        .security_scheme(ACCESS_TOKEN, SecurityScheme::Http(token))
        .security_scheme(SESSION_COOKIE, SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(cookie::NAME))))
        .build();
    Ok(OpenApiBuilder::new().info(info).paths(paths.build()).components(Some(components)).build())
}

fn method_and_path(key: &str) -> Result<(HttpMethod, &str), Undocumented> {
    let unknown = || Undocumented::Method(key.to_owned());
    let (method, path) = key.split_once(' ').ok_or_else(unknown)?;
    let method = match method {
        "GET" => HttpMethod::Get,
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        "OPTIONS" => HttpMethod::Options,
        _ => return Err(unknown()),
    };
    Ok((method, path))
}

fn described(operation: &Operation, route: &ApiRoute) -> utoipa::openapi::path::Operation {
    let mut described = OperationBuilder::new()
        .operation_id(Some(operation.id))
        .summary(Some(operation.summary))
        .request_body(body(&operation.takes));
    for parameter in operation.parameters {
        described = described.parameter(parameter_of(parameter, operation.route));
    }
    described = match operation.caller {
        Caller::Anybody => described,
        Caller::AccessToken => described.security(SecurityRequirement::new(ACCESS_TOKEN, [""; 0])),
        Caller::Person => described
            .security(SecurityRequirement::new(ACCESS_TOKEN, [""; 0]))
            .security(SecurityRequirement::new(SESSION_COOKIE, [""; 0])),
    };
    for (status, response) in responses(operation, route) {
        described = described.response(status.to_string(), response);
    }
    described.build()
}

fn parameter_of(parameter: &Parameter, route: &str) -> utoipa::openapi::path::Parameter {
    let in_path = is_in_path(parameter, route);
    ParameterBuilder::new()
        .name(parameter.name)
        .parameter_in(if in_path { ParameterIn::Path } else { ParameterIn::Query })
        .required(if in_path { Required::True } else { Required::False })
        .description(Some(parameter.about))
        .schema(Some(schema::of(&parameter.schema)))
        .build()
}

fn is_in_path(parameter: &Parameter, route: &str) -> bool {
    route.contains(&format!("{{{}}}", parameter.name))
}

fn body(takes: &Takes) -> Option<utoipa::openapi::request_body::RequestBody> {
    let required = if matches!(takes, Takes::JsonOrNothing(_)) { Required::False } else { Required::True };
    let mut body = RequestBodyBuilder::new().required(Some(required));
    let (json, form) = match takes {
        Takes::Nothing => return None,
        Takes::Json(fields) | Takes::JsonOrNothing(fields) => (Some(schema::closed(fields)), None),
        Takes::JsonList(fields) => (Some(schema::list_of(schema::open(fields))), None),
        Takes::Form(fields) => (None, Some(fields)),
        Takes::FormOrJson(fields) => (Some(schema::closed(fields)), Some(fields)),
    };
    if let Some(json) = json {
        body = body.content("application/json", ContentBuilder::new().schema(Some(json)).build());
    }
    if let Some(fields) = form {
        let form = ContentBuilder::new().schema(Some(schema::open(fields))).build();
        body = body.content("application/x-www-form-urlencoded", form);
    }
    Some(body.build())
}

/// By status: an operation may have several refusals with one.
fn responses(operation: &Operation, route: &ApiRoute) -> BTreeMap<u16, Response> {
    let mut responses = BTreeMap::new();
    for gives in operation.gives {
        let mut response = ResponseBuilder::new().description(gives.about);
        if let Some(document) = &gives.document {
            let content = ContentBuilder::new().schema(Some(schema::of(document))).build();
            let page = matches!(document, Schema::Page);
            response = response.content(if page { "text/html" } else { "application/json" }, content);
        }
        responses.insert(gives.status, response.build());
    }
    let (refusals, media_type, name) = match operation.refuses {
        Refuses::Problems(kinds) => (by_status(kinds), "application/problem+json", "Problem"),
        Refuses::OAuth(statuses) => {
            let statuses = statuses.iter().chain(&[503]).map(|status| (*status, "An OAuth error.".to_owned()));
            (statuses.collect(), "application/json", "OAuthError")
        }
        Refuses::Page(statuses) => {
            let statuses = statuses.iter().chain(&[503]).map(|status| (*status, "A page that says why.".to_owned()));
            (statuses.collect(), "text/html", "Page")
        }
        Refuses::Nothing => (BTreeMap::new(), "", ""),
    };
    for (status, about) in refusals {
        responses.insert(status, refusal(&about, media_type, name));
    }
    let mut gateways = Vec::new();
    if operation.route.contains('{') {
        gateways.push((400, "The path holds what no path may."));
    }
    if operation.parameters.iter().any(|parameter| !is_in_path(parameter, operation.route)) {
        // "Quotas for configuring and running an HTTP API", Developer Guide: 10,240 bytes together.
        gateways.push((431, "The address and the headers are too long."));
    }
    if route.authorizer.is_some() {
        gateways.extend([(401, "The credential is missing."), (403, "The credential is no good, or not enough.")]);
    }
    for (status, about) in gateways {
        // The function has refusals of the same status, of another media type.
        let gateways = refusal(about, "application/json", "GatewayAnswer");
        match responses.entry(status) {
            Entry::Vacant(none) => drop(none.insert(gateways)),
            Entry::Occupied(mut ours) => ours.get_mut().content.extend(gateways.content),
        }
    }
    responses
}

fn by_status(kinds: &[ProblemKind]) -> BTreeMap<u16, String> {
    let mut refusals: BTreeMap<u16, String> = BTreeMap::new();
    for kind in kinds.iter().chain(&[ProblemKind::TemporarilyUnavailable]) {
        let about = format!("`{}`: {}.", kind.name(), kind.title());
        refusals
            .entry(kind.status())
            .and_modify(|said| {
                if !said.contains(&about) {
                    *said = format!("{said} {about}");
                }
            })
            .or_insert(about);
    }
    refusals
}

fn refusal(about: &str, media_type: &str, name: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(schema::named(name))).build();
    ResponseBuilder::new().description(about).content(media_type, content).build()
}

#[cfg(test)]
mod tests;
