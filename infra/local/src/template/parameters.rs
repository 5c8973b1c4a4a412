//! The values of a template's parameters: those that were given, and the defaults of the rest, checked as CloudFormation does.
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>

use std::collections::BTreeMap;
use std::str::FromStr;

use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use super::fault::{Fault, TemplateFault};
use super::value::Value;
use super::yaml::Node;

/// Values by name, for parameters that do not take their default. Of two values for one name the later counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parameters(BTreeMap<String, String>);

impl FromIterator<(String, String)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

/// What stands in `Parameters`, with a value for each.
pub(super) fn values(section: Option<&Node>, given: &Parameters) -> Result<BTreeMap<String, Value>, TemplateFault> {
    let declared = match section {
        None => &[],
        Some(section) => section.entries().ok_or_else(|| Fault::expected("a map").at("Parameters"))?,
    };
    let unknown = |name: &&String| !declared.iter().any(|(known, _)| known == *name);
    if let Some(name) = given.0.keys().find(unknown) {
        return Err(Fault::UnknownParameter.at(format!("Parameters.{name}")));
    }
    let value = |(name, node): &(String, Node)| {
        let declaration = Declaration { name, node };
        Ok((name.clone(), declaration.value(given.0.get(name))?))
    };
    declared.iter().map(value).collect()
}

/// What a parameter's values are.
struct Type {
    list: bool,
    number: bool,
}

struct Declaration<'t> {
    name: &'t str,
    node: &'t Node,
}

impl Declaration<'_> {
    fn value(&self, given: Option<&String>) -> Result<Value, TemplateFault> {
        let kind = self.kind()?;
        let default = self.attribute("Default")?;
        let value = given.map(String::as_str).or(default).ok_or_else(|| self.refuse(Fault::NoParameterValue))?;
        let members: Vec<&str> = if kind.list { value.split(',').map(str::trim).collect() } else { vec![value] };
        for member in &members {
            self.check_allowed(member)?;
            if kind.number {
                self.check_number(member)?;
            } else {
                self.check_length(member)?;
            }
        }
        let text = |text: &str| Value::Text(text.to_owned());
        Ok(if kind.list { Value::List(members.into_iter().map(text).collect()) } else { text(value) })
    }

    /// AWS's own types (`AWS::EC2::VPC::Id`) are texts of a form that is checked on AWS only.
    fn kind(&self) -> Result<Type, TemplateFault> {
        let at = |fault: Fault| fault.at(format!("Parameters.{}.Type", self.name));
        let name = self.attribute("Type")?.ok_or_else(|| at(Fault::Missing))?;
        let item = name.strip_prefix("List<").and_then(|item| item.strip_suffix('>'));
        match (name, item.unwrap_or(name)) {
            ("CommaDelimitedList", _) => Ok(Type { list: true, number: false }),
            (_, "Number") => Ok(Type { list: item.is_some(), number: true }),
            (_, "String") => Ok(Type { list: item.is_some(), number: false }),
            (_, aws) if aws.starts_with("AWS::SSM::Parameter::Value<") => Err(at(Fault::StoredParameter)),
            (_, aws) if aws.starts_with("AWS::") => Ok(Type { list: item.is_some(), number: false }),
            _ => Err(at(Fault::expected("String, Number, CommaDelimitedList or a type of AWS"))),
        }
    }

    fn check_allowed(&self, value: &str) -> Result<(), TemplateFault> {
        if let Some(allowed) = self.node.get("AllowedValues") {
            let place = || format!("Parameters.{}.AllowedValues", self.name);
            let allowed = allowed.items().ok_or_else(|| Fault::expected("a list").at(place()))?;
            let allowed = allowed.iter().filter_map(Node::text).collect::<Vec<_>>();
            if !allowed.contains(&value) {
                return Err(self.broken(format!("one of {}", allowed.join(", "))));
            }
        }
        let Some(pattern) = self.attribute("AllowedPattern")? else { return Ok(()) };
        // The whole value must match.
        let expression = Regex::new(&format!(r"\A(?:{pattern})\z")).map_err(|fault| {
            Fault::Pattern(fault.to_string()).at(format!("Parameters.{}.AllowedPattern", self.name))
        })?;
        if expression.is_match(value) { Ok(()) } else { Err(self.broken(format!("like {pattern}"))) }
    }

    fn check_number(&self, value: &str) -> Result<(), TemplateFault> {
        let number = value.parse::<f64>().ok().filter(|number| number.is_finite());
        let number = number.ok_or_else(|| self.broken("a number".to_owned()))?;
        if let Some(least) = self.bound::<f64>("MinValue")?.filter(|least| number < *least) {
            return Err(self.broken(format!("at least {least}")));
        }
        match self.bound::<f64>("MaxValue")?.filter(|most| number > *most) {
            None => Ok(()),
            Some(most) => Err(self.broken(format!("at most {most}"))),
        }
    }

    fn check_length(&self, value: &str) -> Result<(), TemplateFault> {
        let length = value.chars().count();
        if let Some(least) = self.bound::<usize>("MinLength")?.filter(|least| length < *least) {
            return Err(self.broken(format!("{least} characters or more")));
        }
        match self.bound::<usize>("MaxLength")?.filter(|most| length > *most) {
            None => Ok(()),
            Some(most) => Err(self.broken(format!("{most} characters or fewer"))),
        }
    }

    fn bound<T: FromStr>(&self, name: &str) -> Result<Option<T>, TemplateFault> {
        let Some(text) = self.attribute(name)? else { return Ok(None) };
        let place = format!("Parameters.{}.{name}", self.name);
        text.parse().map(Some).map_err(|_| Fault::expected("a number").at(place))
    }

    /// No intrinsic function may stand in a declaration.
    fn attribute(&self, name: &str) -> Result<Option<&str>, TemplateFault> {
        match self.node.get(name) {
            None => Ok(None),
            Some(node) => match node.text() {
                Some(text) => Ok(Some(text)),
                None => Err(Fault::expected("text").at(format!("Parameters.{}.{name}", self.name))),
            },
        }
    }

    fn broken(&self, constraint: String) -> TemplateFault {
        self.refuse(Fault::Constraint(constraint))
    }

    fn refuse(&self, fault: Fault) -> TemplateFault {
        fault.at(format!("Parameters.{}", self.name))
    }
}
