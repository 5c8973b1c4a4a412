//! The rules of a template: which parameters do not go together, refused before anything is made.
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html>

use super::conditions::holds;
use super::fault::{Fault, TemplateFault};
use super::scope::Scope;
use super::yaml::Node;

/// Refuses the parameters by the first rule that they break, in the rule's own words.
pub(super) fn keep(section: Option<&Node>, scope: &Scope<'_>) -> Result<(), TemplateFault> {
    let Some(section) = section else { return Ok(()) };
    for (name, rule) in section.entries().ok_or_else(|| Fault::expected("a map").at("Rules"))? {
        kept(rule, scope).map_err(|fault| fault.at(format!("Rules.{name}")))?;
    }
    Ok(())
}

fn kept(rule: &Node, scope: &Scope<'_>) -> Result<(), Fault> {
    if let Some(condition) = rule.get("RuleCondition")
        && !holds(condition, scope)?
    {
        return Ok(());
    }
    let assertions =
        rule.get("Assertions").and_then(Node::items).ok_or_else(|| Fault::expected("a list of assertions"))?;
    for assertion in assertions {
        if !holds(assertion.get("Assert").ok_or(Fault::Missing)?, scope)? {
            let words = assertion.get("AssertDescription").and_then(Node::text);
            return Err(Fault::Assertion(words.unwrap_or("the parameters do not go together").to_owned()));
        }
    }
    Ok(())
}
