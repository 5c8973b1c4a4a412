//! Who may do what: the policies of every function and role, evaluated.
//! Sources: "Grammar of the IAM JSON policy language",
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>, and `Policies` in
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html>

use std::collections::BTreeSet;

use super::fault::{Fault, TemplateFault};
use super::functions;
use super::names::{MANAGED_POLICY, POLICY, ROLE};
use super::resources::{Resource, Resources};
use super::stack::Stack;
use super::value::{Property, Value};
use super::yaml::Node;

/// What SAM gives to each function that has no role of its own: to write logs, those of every function.
const LOGS: &str = "AWSLambdaBasicExecutionRole";

/// What somebody may do.
#[derive(Debug, Clone)]
pub struct Role {
    /// The logical id of the function, role or policy.
    pub holder: String,
    /// The function's binary; none where it is not known who takes the role.
    pub binary: Option<String>,
    /// What it grants, or why that cannot be evaluated here.
    pub grants: Result<Vec<Grant>, TemplateFault>,
}

/// One thing that a role has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// A statement of the template.
    Statement(Statement),
    /// Something that the template only names: a managed policy, a policy template of SAM, a role from elsewhere.
    Named(String),
}

/// A statement of a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    /// Its name.
    pub sid: Option<String>,
    /// Whether it allows; a denial grants nothing.
    pub allows: bool,
    /// The actions.
    pub actions: Vec<String>,
    /// The resources, as ARNs, or as names where `Ref` of a secret is one.
    pub resources: Vec<String>,
    /// `NotAction` or `NotResource`: it allows everything but a few things.
    pub inverted: bool,
    /// Partition keys of DynamoDB that it is limited to (`dynamodb:LeadingKeys`); empty is no limit.
    pub leading_keys: Vec<String>,
}

/// Every role: of functions first, then policies and roles that no function here takes.
pub(super) fn read(resources: &Resources<'_>, root: &Node, stack: &Stack) -> Vec<Role> {
    let function = |resource: Resource<'_>| Role {
        holder: resource.id.to_owned(),
        binary: stack.functions.get(resource.id).map(|function| function.binary.clone()),
        grants: of_function(&resource, resources),
    };
    let own = |kind: &'static str, grants: fn(&Resource<'_>) -> Result<Vec<Grant>, TemplateFault>| {
        resources.of_type(kind).map(move |resource| Role {
            holder: resource.id.to_owned(),
            binary: None,
            grants: grants(&resource),
        })
    };
    let taken: BTreeSet<_> = functions::declared(resources, root)
        .filter_map(|resource| resource.property("Role").ok()?.text().ok()?)
        .collect();
    functions::declared(resources, root)
        .map(function)
        .chain(own(ROLE, of_role).filter(|role| !taken.contains(&resources.arn(&role.holder, ROLE))))
        .chain(own(POLICY, of_policy))
        .chain(own(MANAGED_POLICY, of_policy))
        .collect()
}

fn of_function(resource: &Resource<'_>, resources: &Resources<'_>) -> Result<Vec<Grant>, TemplateFault> {
    let Some(role) = resource.property("Role")?.text()? else {
        let mut grants = policies(resource.property("Policies")?)?;
        grants.push(Grant::Named(LOGS.to_owned()));
        return Ok(grants);
    };
    match resources.of_type(ROLE).find(|declared| resources.arn(declared.id, ROLE) == role) {
        Some(declared) => of_role(&declared),
        None => Ok(vec![Grant::Named(role)]),
    }
}

fn of_role(resource: &Resource<'_>) -> Result<Vec<Grant>, TemplateFault> {
    let managed = resource.property("ManagedPolicyArns")?.texts()?;
    let mut grants: Vec<_> = managed.into_iter().map(Grant::Named).collect();
    for policy in resource.property("Policies")?.items()? {
        grants.extend(document(&policy.entry("PolicyDocument")?)?);
    }
    Ok(grants)
}

fn of_policy(resource: &Resource<'_>) -> Result<Vec<Grant>, TemplateFault> {
    document(&resource.property("PolicyDocument")?)
}

/// SAM takes one policy or several; each is a document, a name, or a template with its parameters.
fn policies(property: Property) -> Result<Vec<Grant>, TemplateFault> {
    let policies = match &property.value {
        Some(Value::List(_)) => property.items()?,
        Some(_) => vec![property],
        None => Vec::new(),
    };
    let mut grants = Vec::new();
    for policy in policies {
        match &policy.value {
            Some(Value::Text(name)) => grants.push(Grant::Named(name.clone())),
            Some(Value::Map(entries)) if entries.iter().any(|(key, _)| key == "Statement") => {
                grants.extend(document(&policy)?);
            }
            Some(Value::Map(entries)) => grants.extend(entries.iter().map(|(name, _)| Grant::Named(name.clone()))),
            Some(Value::List(_)) | None => return Err(policy.refuse(Fault::expected("a policy"))),
        }
    }
    Ok(grants)
}

fn document(policy: &Property) -> Result<Vec<Grant>, TemplateFault> {
    let statements = policy.entry("Statement")?;
    let statements = match &statements.value {
        Some(Value::List(_)) => statements.items()?,
        Some(_) => vec![statements],
        None => return Err(statements.refuse(Fault::Missing)),
    };
    statements.iter().map(|one| statement(one).map(Grant::Statement)).collect()
}

fn statement(property: &Property) -> Result<Statement, TemplateFault> {
    let (inverted_actions, inverted_resources) =
        (one_or_more(property.entry("NotAction")?)?, one_or_more(property.entry("NotResource")?)?);
    Ok(Statement {
        sid: property.entry("Sid")?.text()?,
        allows: property.entry("Effect")?.required_text()? == "Allow",
        actions: one_or_more(property.entry("Action")?)?,
        resources: one_or_more(property.entry("Resource")?)?,
        inverted: !inverted_actions.is_empty() || !inverted_resources.is_empty(),
        leading_keys: leading_keys(property.entry("Condition")?)?,
    })
}

fn leading_keys(condition: Property) -> Result<Vec<String>, TemplateFault> {
    let mut keys = Vec::new();
    for (_, operator) in condition.entries()? {
        keys.extend(one_or_more(operator.entry("dynamodb:LeadingKeys")?)?);
    }
    Ok(keys)
}

fn one_or_more(property: Property) -> Result<Vec<String>, TemplateFault> {
    match &property.value {
        Some(Value::Text(_)) => Ok(property.text()?.into_iter().collect()),
        Some(Value::List(_) | Value::Map(_)) | None => property.texts(),
    }
}
