//! The conditions of a template, true or false.
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html>
//!
//! They depend on parameters and on each other, never on resources. All are evaluated, as CloudFormation does.

use std::collections::BTreeMap;

use super::fault::{Fault, TemplateFault};
use super::intrinsics::arguments;
use super::scope::Scope;
use super::yaml::Node;

/// How deep conditions may lie inside each other, by name or in place. A stack overflow would end the process without a
/// word; no template that people wrote comes near.
pub(super) const MAX_DEPTH: usize = 100;

/// What stands in `Conditions`, evaluated.
pub(super) fn evaluate(section: Option<&Node>, scope: &Scope<'_>) -> Result<BTreeMap<String, bool>, TemplateFault> {
    let declared = match section {
        None => &[],
        Some(section) => section.entries().ok_or_else(|| Fault::expected("a map").at("Conditions"))?,
    };
    let mut evaluation = Evaluation { declared, scope, known: BTreeMap::new(), open: Vec::new(), depth: 0 };
    for (name, _) in declared {
        evaluation.named(name).map_err(|fault| fault.at(format!("Conditions.{name}")))?;
    }
    Ok(evaluation.known)
}

/// One condition that stands in a place of its own and names no other.
pub(super) fn holds(condition: &Node, scope: &Scope<'_>) -> Result<bool, Fault> {
    let mut evaluation = Evaluation { declared: &[], scope, known: BTreeMap::new(), open: Vec::new(), depth: 0 };
    evaluation.decide(condition)
}

struct Evaluation<'a, 't> {
    declared: &'a [(String, Node)],
    scope: &'a Scope<'t>,
    known: BTreeMap<String, bool>,
    /// Those that wait for another, outermost first.
    open: Vec<&'a str>,
    depth: usize,
}

impl<'a> Evaluation<'a, '_> {
    fn named(&mut self, name: &str) -> Result<bool, Fault> {
        if let Some(known) = self.known.get(name) {
            return Ok(*known);
        }
        if self.open.contains(&name) {
            return Err(Fault::Cycle(name.to_owned()));
        }
        let declared: &'a [(String, Node)] = self.declared;
        let (name, node) = declared
            .iter()
            .find(|(declared, _)| declared == name)
            .ok_or_else(|| Fault::UnknownCondition(name.to_owned()))?;
        self.open.push(name);
        let value = self.decide(node)?;
        self.open.pop();
        self.known.insert(name.clone(), value);
        Ok(value)
    }

    fn decide(&mut self, node: &'a Node) -> Result<bool, Fault> {
        if self.depth == MAX_DEPTH {
            return Err(Fault::TooDeep);
        }
        self.depth += 1;
        let value = self.decide_shallow(node);
        self.depth -= 1;
        value
    }

    fn decide_shallow(&mut self, node: &'a Node) -> Result<bool, Fault> {
        let (function, argument) = match node {
            Node::Call { function, argument } => (function.as_str(), &**argument),
            Node::Map(entries) => match entries.as_slice() {
                [(function, argument)] => (function.as_str(), argument),
                _ => return Err(Fault::expected("a condition function")),
            },
            Node::Null | Node::Text(_) | Node::List(_) => return Err(Fault::expected("a condition function")),
        };
        match function {
            "Condition" => self.named(argument.text().ok_or(arguments("Condition", "a condition's name"))?),
            "Fn::Equals" => match argument.items() {
                Some([one, other]) => {
                    let texts = (self.scope.present(one)?.into_text()?, self.scope.present(other)?.into_text()?);
                    Ok(texts.0 == texts.1)
                }
                _ => Err(arguments("Fn::Equals", "two values")),
            },
            "Fn::Not" => match argument.items() {
                Some([condition]) => Ok(!self.decide(condition)?),
                _ => Err(arguments("Fn::Not", "one condition in a list")),
            },
            "Fn::And" => Ok(!self.several("Fn::And", argument)?.contains(&false)),
            "Fn::Or" => Ok(self.several("Fn::Or", argument)?.contains(&true)),
            other => Err(Fault::UnknownFunction(other.to_owned())),
        }
    }

    /// Every one is evaluated, so that a fault in a later one does not hide.
    fn several(&mut self, function: &'static str, argument: &'a Node) -> Result<Vec<bool>, Fault> {
        match argument.items() {
            Some(conditions) if (2..=10).contains(&conditions.len()) => {
                conditions.iter().map(|condition| self.decide(condition)).collect()
            }
            _ => Err(arguments(function, "a list of two to ten conditions")),
        }
    }
}
