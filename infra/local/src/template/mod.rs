//! The deployment's own template, read on a laptop: the one list of routes, authorizers and variables.
//!
//! Parameters and conditions are evaluated as CloudFormation does, `Globals` are merged as SAM does, and of the rest only what
//! a laptop needs is evaluated: policies and logs are looked at for a [`Review`] only, outputs not at all. What would be served otherwise than on AWS,
//! and what AWS itself would refuse, is a fault that names its place; nothing is skipped in silence but resources that a laptop has
//! no use for.

mod authorizers;
mod conditions;
mod fault;
mod functions;
mod http_api;
mod intrinsics;
mod names;
mod parameters;
mod policies;
mod resources;
mod rest_api;
mod review;
mod rules;
mod scope;
mod stack;
mod table;
mod value;
mod yaml;

pub use authorizers::Unfit;
pub use fault::{Fault, TemplateFault};
pub use parameters::Parameters;
pub use policies::{Grant, Role, Statement};
pub use rest_api::{GatewayResponse, RestApi};
pub use review::{Lasting, LogGroup, Review, Schedule};
pub use stack::{Api, ApiKind, ApiRoute, Authorizer, AuthorizerDialect, Cors, FunctionResource, Payload, Stack};
pub use table::TableSchema;

use names::SECRET;
use resources::Resources;
use yaml::Node;

impl Stack {
    /// Reads the text of a template, YAML or JSON, as the stack `stack_name` with these parameters.
    ///
    /// # Errors
    /// [`TemplateFault`], for the first thing that is wrong.
    pub fn read(text: &str, stack_name: &str, parameters: &Parameters) -> Result<Self, TemplateFault> {
        let root = yaml::parse(text)?;
        let stack = Self::of(&Resources::of(&root, stack_name, parameters)?, &root)?;
        authorizers::refuse_unsafe_caching(&stack.authorizers)?;
        Ok(stack)
    }

    /// What is declared, also where API Gateway would replay an answer on the wrong route.
    fn of(resources: &Resources<'_>, root: &Node) -> Result<Self, TemplateFault> {
        let functions = functions::read(resources, root)?;
        let (table, table_schema) = table::read(resources)?;
        let secrets =
            resources.of_type(SECRET).map(|secret| (secret.id.to_owned(), resources.name(secret.id))).collect();
        let (api, authorizers) = http_api::read(resources, &functions)?;
        Ok(Self { api, authorizers, functions, table, table_schema, secrets })
    }
}

#[cfg(test)]
mod tests;
