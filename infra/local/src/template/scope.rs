//! What names mean in a template: parameters, pseudo parameters, mappings, conditions and resources.
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html>

use std::collections::BTreeMap;

use super::fault::Fault;
use super::names;
use super::value::Value;
use super::yaml::Node;
use crate::world::{ACCOUNT_ID, REGION};

/// A declared resource.
#[derive(Debug)]
pub(super) enum Declared<'t> {
    /// It exists.
    Of {
        /// Its type.
        kind: &'t str,
    },
    /// Its condition is false.
    LeftOut {
        /// The condition.
        condition: &'t str,
    },
}

/// The names that are known so far: conditions are evaluated before there are resources, and see none.
#[derive(Debug)]
pub(super) struct Scope<'t> {
    pub(super) stack: &'t str,
    pub(super) parameters: BTreeMap<String, Value>,
    pub(super) mappings: Option<&'t Node>,
    pub(super) conditions: BTreeMap<String, bool>,
    pub(super) resources: BTreeMap<&'t str, Declared<'t>>,
}

impl Scope<'_> {
    /// `Ref`; none is `AWS::NoValue`.
    pub(super) fn reference(&self, name: &str) -> Result<Option<Value>, Fault> {
        if name == "AWS::NoValue" {
            return Ok(None);
        }
        if let Some(value) = self.parameters.get(name).cloned().or_else(|| self.pseudo_parameter(name)) {
            return Ok(Some(value));
        }
        let kind = self.kind(name)?;
        let reference = names::reference(self.stack, name, kind);
        reference.map(|text| Some(Value::Text(text))).ok_or_else(|| Fault::NoLaptopValue(format!("Ref of {name}")))
    }

    /// `Fn::GetAtt`.
    pub(super) fn attribute(&self, resource: &str, attribute: &str) -> Result<Value, Fault> {
        let value = names::attribute(self.stack, resource, self.kind(resource)?, attribute);
        value.map(Value::Text).ok_or_else(|| Fault::NoLaptopValue(format!("{resource}.{attribute}")))
    }

    pub(super) fn condition(&self, name: &str) -> Result<bool, Fault> {
        self.conditions.get(name).copied().ok_or_else(|| Fault::UnknownCondition(name.to_owned()))
    }

    /// `Fn::FindInMap`.
    pub(super) fn mapping(&self, [map, key, entry]: [&str; 3]) -> Result<&Node, Fault> {
        let found = self.mappings.and_then(|mappings| mappings.get(map)?.get(key)?.get(entry));
        found.ok_or_else(|| Fault::UnknownMapping(format!("{map}.{key}.{entry}")))
    }

    fn kind(&self, resource: &str) -> Result<&str, Fault> {
        match self.resources.get(resource) {
            Some(Declared::Of { kind }) => Ok(kind),
            Some(Declared::LeftOut { condition }) => {
                Err(Fault::LeftOut { resource: resource.to_owned(), condition: (*condition).to_owned() })
            }
            None => Err(Fault::UnknownReference(resource.to_owned())),
        }
    }

    fn pseudo_parameter(&self, name: &str) -> Option<Value> {
        let text = match name {
            "AWS::AccountId" => ACCOUNT_ID.to_owned(),
            "AWS::NotificationARNs" => return Some(Value::List(Vec::new())),
            "AWS::Partition" => names::PARTITION.to_owned(),
            "AWS::Region" => REGION.to_owned(),
            // On AWS a UUID tells stacks of one name apart. Here there is one of each name.
            "AWS::StackId" => format!(
                "arn:{}:cloudformation:{REGION}:{ACCOUNT_ID}:stack/{}/{}",
                names::PARTITION,
                self.stack,
                uuid::Uuid::nil()
            ),
            "AWS::StackName" => self.stack.to_owned(),
            "AWS::URLSuffix" => names::URL_SUFFIX.to_owned(),
            _ => return None,
        };
        Some(Value::Text(text))
    }
}
