//! REST APIs that attach to the authorizer, as far as an examiner asks: what their gateway says by itself, and how long it keeps what
//! the authorizer said. A laptop does not serve them, and nothing is evaluated: what they import stays unknown.
//! Sources: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html> and
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-gatewayresponse.html>

use std::collections::{BTreeMap, BTreeSet};

use super::fault::TemplateFault;
use super::parameters::Parameters;
use super::resources::{Resource, Resources};
use super::yaml::{self, Node};

const SAM_API: &str = "AWS::Serverless::Api";
const API: &str = "AWS::ApiGateway::RestApi";
const RESPONSE: &str = "AWS::ApiGateway::GatewayResponse";
/// What CloudFormation puts before a header's name.
const HEADER: &str = "gatewayresponse.header.";

/// A REST API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestApi {
    /// Its logical id.
    pub id: String,
    /// What the gateway says by itself, by type: `UNAUTHORIZED`, `DEFAULT_4XX`…
    pub responses: BTreeMap<String, GatewayResponse>,
    /// Whether it answers the preflights of web pages, and so is called by them.
    pub cors: bool,
}

/// One gateway response.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GatewayResponse {
    /// Its status; the gateway's own where it does not say.
    pub status: Option<u16>,
    /// The headers that it adds, in lower case.
    pub headers: BTreeSet<String>,
}

impl RestApi {
    /// Every REST API of a template, with the gateway responses that stand beside it as resources.
    ///
    /// # Errors
    /// [`TemplateFault`] if it is no template.
    pub fn read_all(text: &str, stack_name: &str, parameters: &Parameters) -> Result<Vec<Self>, TemplateFault> {
        let root = yaml::parse(text)?;
        let resources = Resources::of(&root, stack_name, parameters)?;
        let beside: Vec<_> = resources.of_type(RESPONSE).collect();
        let apis = resources.of_type(SAM_API).chain(resources.of_type(API));
        Ok(apis.map(|api| Self::of(&api, &beside)).collect())
    }

    fn of(api: &Resource<'_>, beside: &[Resource<'_>]) -> Self {
        let mut responses: BTreeMap<_, _> = entries(api.written("GatewayResponses"))
            .map(|(kind, node)| (kind.to_owned(), GatewayResponse::of_sam(node)))
            .collect();
        for response in beside.iter().filter(|response| refers_to(response, api.id)) {
            if let Some(kind) = response.written("ResponseType").and_then(Node::text) {
                responses.insert(kind.to_owned(), GatewayResponse::of_resource(response));
            }
        }
        Self { id: api.id.to_owned(), responses, cors: api.written("Cors").is_some() }
    }
}

impl GatewayResponse {
    fn of_sam(node: &Node) -> Self {
        let headers = node.get("ResponseParameters").and_then(|parameters| parameters.get("Headers"));
        Self { status: status(node.get("StatusCode")), headers: names(entries(headers).map(|(name, _)| name)) }
    }

    fn of_resource(response: &Resource<'_>) -> Self {
        let parameters = entries(response.written("ResponseParameters"));
        let headers = names(parameters.filter_map(|(name, _)| name.strip_prefix(HEADER)));
        Self { status: status(response.written("StatusCode")), headers }
    }
}

/// Whether `RestApiId` is a `Ref` of the API.
fn refers_to(response: &Resource<'_>, api: &str) -> bool {
    matches!(response.written("RestApiId"), Some(Node::Call { function, argument })
        if function == "Ref" && argument.text() == Some(api))
}

fn entries(node: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    node.and_then(Node::entries).unwrap_or_default().iter().map(|(name, node)| (name.as_str(), node))
}

fn status(node: Option<&Node>) -> Option<u16> {
    node?.text()?.parse().ok()
}

fn names<'n>(headers: impl Iterator<Item = &'n str>) -> BTreeSet<String> {
    headers.map(str::to_ascii_lowercase).collect()
}
