//! What a template says, as far as a laptop needs it: one API with its routes and authorizers, and the functions behind them.
//!
//! Every intrinsic function is resolved; names and ARNs are those of the laptop.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::table::TableSchema;

/// A template with its parameters filled in.
#[derive(Debug, Clone)]
pub struct Stack {
    /// The API.
    pub api: Api,
    /// Every authorizer, by logical id, whether or not a route has it.
    pub authorizers: BTreeMap<String, Arc<Authorizer>>,
    /// The functions, by logical id.
    pub functions: BTreeMap<String, FunctionResource>,
    /// The table's name.
    pub table: String,
    /// The table's shape.
    pub table_schema: TableSchema,
    /// The names of the secrets, by logical id.
    pub secrets: BTreeMap<String, String>,
}

/// An `AWS::Serverless::Function`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionResource {
    /// The cargo binary that is its bootstrap (`Metadata.BuildProperties.Binary`), which is the crate's name too.
    pub binary: String,
    /// Its own variables and those of `Globals`.
    pub environment: BTreeMap<String, String>,
    /// MiB.
    pub memory_mib: u32,
    /// How long one event may take.
    pub timeout: Duration,
}

impl FunctionResource {
    /// Bytes that AWS Lambda has for all variables of a function together ("Lambda quotas", AWS Lambda Developer Guide).
    pub const ENVIRONMENT_BYTES: usize = 4 * 1024;

    /// The bytes of its variables, each with four quotation marks, a colon and a comma: as JSON has them, in which Lambda measures.
    pub fn environment_bytes(&self) -> usize {
        self.environment.iter().map(|(name, value)| name.len() + value.len() + "\"\":\"\",".len()).sum::<usize>() + 1
    }
}

/// An API with one stage.
#[derive(Debug, Clone)]
pub struct Api {
    /// HTTP or REST: they differ in paths, payloads, authorizers and errors.
    pub kind: ApiKind,
    /// The stage; `$default` adds nothing to paths.
    pub stage: String,
    /// Who may call from a web page, if anybody.
    pub cors: Option<Cors>,
    /// The routes.
    pub routes: Vec<ApiRoute>,
}

/// The two kinds of API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiKind {
    /// `AWS::ApiGatewayV2::Api`, `ProtocolType: HTTP`.
    Http,
    /// `AWS::ApiGateway::RestApi`.
    Rest,
}

/// `CorsConfiguration` of an HTTP API: the gateway answers preflights itself and adds headers to every answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cors {
    /// `AllowOrigins`.
    pub origins: Vec<String>,
    /// `AllowMethods`.
    pub methods: Vec<String>,
    /// `AllowHeaders`.
    pub headers: Vec<String>,
    /// `ExposeHeaders`.
    pub exposed: Vec<String>,
    /// `AllowCredentials`.
    pub credentials: bool,
    /// `MaxAge`.
    pub max_age: Option<Duration>,
}

/// A route, the function behind it and what stands before it.
#[derive(Debug, Clone)]
pub struct ApiRoute {
    /// `GET /orders/{id}`, `ANY /files/{path+}` or `$default`.
    pub key: String,
    /// The function, by logical id.
    pub function: String,
    /// The integration's payload.
    pub payload: Payload,
    /// Who is asked first; nobody on a public route.
    pub authorizer: Option<Arc<Authorizer>>,
}

/// `PayloadFormatVersion`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// `1.0`: what a REST API always sends.
    V1,
    /// `2.0`.
    V2,
}

/// A Lambda authorizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorizer {
    /// Its logical id, which also tells caches apart.
    pub id: String,
    /// The function, by logical id.
    pub function: String,
    /// How it is asked and how it answers.
    pub dialect: AuthorizerDialect,
    /// Where the credential comes from. All must be present, or the gateway answers 401 without asking.
    pub identity_sources: Vec<String>,
    /// How long an answer is kept; zero is not at all.
    pub ttl: Duration,
}

/// The four ways in which API Gateway asks an authorizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthorizerDialect {
    /// HTTP API, payload 2.0, `EnableSimpleResponses`.
    HttpSimple,
    /// HTTP API, payload 1.0, an IAM policy.
    HttpPolicy,
    /// REST API, `REQUEST`, an IAM policy.
    RestRequest,
    /// REST API, `TOKEN`, an IAM policy.
    RestToken,
}
