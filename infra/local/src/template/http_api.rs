//! The HTTP API of a template: its stage, CORS, integrations and routes.
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApiGatewayV2.html>

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use vestibule::policy::Route;

use super::authorizers;
use super::fault::{Fault, TemplateFault};
use super::names::{API, FUNCTION, INTEGRATION, ROUTE, STAGE};
use super::resources::{Resource, Resources};
use super::stack::{Api, ApiKind, ApiRoute, Authorizer, Cors, FunctionResource, Payload};
use super::value::Property;
use crate::world::API_ID;

/// Other ways to declare an API; its routes would be missing without a word.
const OTHER_APIS: [&str; 3] = ["AWS::ApiGateway::RestApi", "AWS::Serverless::Api", "AWS::Serverless::HttpApi"];

/// Seconds that a browser may keep a preflight's answer; what API Gateway takes at most.
const MAX_PREFLIGHT_SECONDS: u32 = 86_400;

/// Authorizers by logical id.
pub(super) type Authorizers = BTreeMap<String, Arc<Authorizer>>;

/// The API with all that hangs on it, and every authorizer, whether or not a route has it.
pub(super) fn read(
    resources: &Resources<'_>,
    functions: &BTreeMap<String, FunctionResource>,
) -> Result<(Api, Authorizers), TemplateFault> {
    resources.refuse(&OTHER_APIS)?;
    let api = resources.only(API)?;
    // The first two import an API from OpenAPI, the others are its quick create.
    api.refuse(&["Body", "BodyS3Location", "Target", "RouteKey"])?;
    let protocol = api.property("ProtocolType")?;
    let websocket = protocol.refuse(Fault::NotEmulated("an API of another ProtocolType than HTTP".to_owned()));
    if protocol.required_text()? != "HTTP" {
        return Err(websocket);
    }
    let stage = resources.only(STAGE)?;
    belongs_to_the_api(&stage)?;
    let functions = FunctionsByArn::of(resources, functions);
    let authorizers = authorizers::read(resources, &functions)?;
    let api = Api {
        kind: ApiKind::Http,
        stage: stage.property("StageName")?.required_text()?,
        cors: cors(&api.property("CorsConfiguration")?)?,
        routes: routes(resources, &integrations(resources, &functions)?, &authorizers)?,
    };
    Ok((api, authorizers))
}

/// Refuses a resource of an API that is not the template's.
pub(super) fn belongs_to_the_api(resource: &Resource<'_>) -> Result<(), TemplateFault> {
    let api = resource.property("ApiId")?;
    let elsewhere = api.refuse(Fault::LeadsNowhere("API"));
    if api.required_text()? == API_ID { Ok(()) } else { Err(elsewhere) }
}

/// Functions as integrations and authorizers name them.
pub(super) struct FunctionsByArn(HashMap<String, String>);

impl FunctionsByArn {
    fn of(resources: &Resources<'_>, functions: &BTreeMap<String, FunctionResource>) -> Self {
        Self(functions.keys().map(|id| (resources.arn(id, FUNCTION), id.clone())).collect())
    }

    /// The logical id for an ARN, or for the URI that API Gateway invokes it by:
    /// `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations`.
    pub(super) fn find(&self, uri: Property) -> Result<String, TemplateFault> {
        let elsewhere = uri.refuse(Fault::LeadsNowhere("function"));
        let uri = uri.required_text()?;
        let wrapped = uri.split_once(":lambda:path/2015-03-31/functions/");
        let arn = wrapped.and_then(|(_, rest)| rest.strip_suffix("/invocations")).unwrap_or(&uri);
        self.0.get(arn).cloned().ok_or(elsewhere)
    }
}

fn cors(configuration: &Property) -> Result<Option<Cors>, TemplateFault> {
    if configuration.value.is_none() {
        return Ok(None);
    }
    let max_age = configuration.entry("MaxAge")?.whole_number(0..=MAX_PREFLIGHT_SECONDS)?;
    Ok(Some(Cors {
        origins: configuration.entry("AllowOrigins")?.texts()?,
        methods: configuration.entry("AllowMethods")?.texts()?,
        headers: configuration.entry("AllowHeaders")?.texts()?,
        exposed: configuration.entry("ExposeHeaders")?.texts()?,
        credentials: configuration.entry("AllowCredentials")?.flag()?,
        max_age: max_age.map(|seconds| Duration::from_secs(seconds.into())),
    }))
}

struct Integration {
    function: String,
    payload: Payload,
}

/// By logical id.
fn integrations(
    resources: &Resources<'_>,
    functions: &FunctionsByArn,
) -> Result<BTreeMap<String, Integration>, TemplateFault> {
    let integration = |resource: Resource<'_>| {
        belongs_to_the_api(&resource)?;
        resource.refuse(&["IntegrationSubtype", "RequestParameters", "ResponseParameters"])?;
        let kind = resource.property("IntegrationType")?;
        let other = kind.refuse(Fault::NotEmulated("an integration of another type than AWS_PROXY".to_owned()));
        if kind.required_text()? != "AWS_PROXY" {
            return Err(other);
        }
        let payload = resource.property("PayloadFormatVersion")?;
        let unknown = payload.refuse(Fault::expected("1.0 or 2.0"));
        let payload = match payload.required_text()?.as_str() {
            "1.0" => Payload::V1,
            "2.0" => Payload::V2,
            _ => return Err(unknown),
        };
        let function = functions.find(resource.property("IntegrationUri")?)?;
        Ok((resource.id.to_owned(), Integration { function, payload }))
    };
    resources.of_type(INTEGRATION).map(integration).collect()
}

fn routes(
    resources: &Resources<'_>,
    integrations: &BTreeMap<String, Integration>,
    authorizers: &Authorizers,
) -> Result<Vec<ApiRoute>, TemplateFault> {
    let mut declared = HashMap::new();
    let mut routes = Vec::new();
    for resource in resources.of_type(ROUTE) {
        belongs_to_the_api(&resource)?;
        let key = resource.property("RouteKey")?;
        let place = key.place.clone();
        let at = |fault: Fault| fault.at(place.clone());
        let key = key.required_text()?;
        if key != "$default" {
            key.parse::<Route>().map_err(|fault| at(fault.into()))?;
        }
        if let Some(other) = declared.insert(key.clone(), resource.id.to_owned()) {
            return Err(at(Fault::DuplicateRoute { key, other }));
        }
        let target = resource.property("Target")?;
        let nowhere = target.refuse(Fault::LeadsNowhere("integration"));
        let target = target.required_text()?;
        let integration = target.strip_prefix("integrations/").and_then(|id| integrations.get(id)).ok_or(nowhere)?;
        routes.push(ApiRoute {
            key,
            function: integration.function.clone(),
            payload: integration.payload,
            authorizer: authorizers::of_route(&resource, authorizers)?,
        });
    }
    Ok(routes)
}
