//! The functions of a template, with what `Globals.Function` gives to all.
//! Source: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html>

use std::collections::BTreeMap;
use std::time::Duration;

use super::fault::{Fault, TemplateFault};
use super::names::FUNCTION;
use super::resources::{Resource, Resources};
use super::stack::FunctionResource;
use super::yaml::Node;

/// MiB of a function that does not say, as on Lambda.
const DEFAULT_MEMORY_MIB: u32 = 128;
/// Seconds of a function that does not say, as on Lambda.
const DEFAULT_TIMEOUT_SECONDS: u32 = 3;

/// Every function, by logical id.
pub(super) fn read(
    resources: &Resources<'_>,
    root: &Node,
) -> Result<BTreeMap<String, FunctionResource>, TemplateFault> {
    declared(resources, root).map(|resource| Ok((resource.id.to_owned(), function(&resource)?))).collect()
}

/// Every function with what `Globals.Function` gives it.
pub(super) fn declared<'r>(resources: &'r Resources<'_>, root: &'r Node) -> impl Iterator<Item = Resource<'r>> {
    let globals = root.get("Globals").and_then(|globals| globals.get("Function"));
    resources.of_type(FUNCTION).map(move |resource| match globals {
        Some(globals) => resource.map_properties(|own| merged(globals, own)),
        None => resource,
    })
}

fn function(resource: &Resource<'_>) -> Result<FunctionResource, TemplateFault> {
    refuse_api_events(resource)?;
    let memory = resource.property("MemorySize")?.whole_number(128..=10_240)?;
    let timeout = resource.property("Timeout")?.whole_number(1..=900)?;
    let variables = resource.property("Environment")?.entry("Variables")?.entries()?;
    Ok(FunctionResource {
        binary: resource.metadata(&["Metadata", "BuildProperties", "Binary"])?.required_text()?,
        environment: variables
            .into_iter()
            .map(|(name, property)| Ok((name, property.required_text()?)))
            .collect::<Result<_, _>>()?,
        memory_mib: memory.unwrap_or(DEFAULT_MEMORY_MIB),
        timeout: Duration::from_secs(timeout.unwrap_or(DEFAULT_TIMEOUT_SECONDS).into()),
    })
}

/// SAM would make an API and routes of these, which nobody here would see.
fn refuse_api_events(resource: &Resource<'_>) -> Result<(), TemplateFault> {
    for (name, event) in resource.written("Events").and_then(Node::entries).unwrap_or_default() {
        if let Some(kind @ ("Api" | "HttpApi")) = event.get("Type").and_then(Node::text) {
            let fault =
                Fault::NotEmulated(format!("an event of type {kind} (write an AWS::ApiGatewayV2::Route instead)"));
            return Err(fault.at(format!("{}.Events.{name}", resource.id)));
        }
    }
    Ok(())
}

/// SAM's rule: maps are merged, at every depth; anything else of the resource, an intrinsic function included, replaces what is
/// global. (SAM also joins lists. None is read here.)
fn merged(global: &Node, own: &Node) -> Node {
    let (Node::Map(global), Node::Map(own)) = (global, own) else { return own.clone() };
    let mut all = global.clone();
    for (name, node) in own {
        match all.iter_mut().find(|(known, _)| known == name) {
            Some((_, inherited)) => *inherited = merged(inherited, node),
            None => all.push((name.clone(), node.clone())),
        }
    }
    Node::Map(all)
}
