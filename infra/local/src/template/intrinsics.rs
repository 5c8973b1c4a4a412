//! The intrinsic functions that properties are made with.
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>
//!
//! Only what is asked for is evaluated, and of `Fn::If` only the branch that is taken; what is evaluated must evaluate.

use super::fault::{Fault, TemplateFault};
use super::scope::Scope;
use super::value::Value;
use super::yaml::Node;

impl Scope<'_> {
    /// The value of a property or of what is below it; none is `AWS::NoValue`, which takes a property, a member or an entry
    /// away.
    pub(super) fn resolve_at(&self, node: &Node, place: &str) -> Result<Option<Value>, TemplateFault> {
        match node {
            Node::List(items) => {
                let mut values = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    values.extend(self.resolve_at(item, &format!("{place}.{index}"))?);
                }
                Ok(Some(Value::List(values)))
            }
            Node::Map(entries) => {
                let mut values = Vec::with_capacity(entries.len());
                for (name, item) in entries {
                    let value = self.resolve_at(item, &format!("{place}.{name}"))?;
                    values.extend(value.map(|value| (name.clone(), value)));
                }
                Ok(Some(Value::Map(values)))
            }
            Node::Null | Node::Text(_) | Node::Call { .. } => self.resolve(node).map_err(|fault| fault.at(place)),
        }
    }

    /// The same inside a function, whose place is the function's.
    fn resolve(&self, node: &Node) -> Result<Option<Value>, Fault> {
        let value = match node {
            Node::Null => return Err(Fault::Null),
            Node::Text(text) => Some(Value::Text(text.clone())),
            Node::Call { function, argument } => self.call(function, argument)?,
            Node::List(_) | Node::Map(_) => self.resolve_at(node, "").map_err(|fault| fault.fault)?,
        };
        match &value {
            Some(Value::Text(text)) if text.contains("{{resolve:") => Err(Fault::DynamicReference),
            _ => Ok(value),
        }
    }

    /// The value of a node that must be text.
    fn text(&self, node: &Node) -> Result<String, Fault> {
        self.present(node)?.into_text()
    }

    /// The value of a node that must have one.
    pub(super) fn present(&self, node: &Node) -> Result<Value, Fault> {
        self.resolve(node)?.ok_or(Fault::Missing)
    }

    fn call(&self, function: &str, argument: &Node) -> Result<Option<Value>, Fault> {
        match function {
            "Ref" => self.reference(argument.text().ok_or(arguments("Ref", "a name"))?),
            "Fn::GetAtt" => self.get_att(argument).map(Some),
            "Fn::Sub" => self.sub(argument).map(|text| Some(Value::Text(text))),
            "Fn::If" => self.if_else(argument),
            "Fn::Join" => self.join(argument).map(|text| Some(Value::Text(text))),
            "Fn::Select" => self.select(argument).map(Some),
            "Fn::Split" => self.split(argument).map(Some),
            "Fn::FindInMap" => self.find_in_map(argument),
            other => Err(Fault::UnknownFunction(other.to_owned())),
        }
    }

    fn get_att(&self, argument: &Node) -> Result<Value, Fault> {
        let faulty = arguments("Fn::GetAtt", "a resource and an attribute");
        match argument {
            Node::Text(dotted) => {
                let (resource, attribute) = dotted.split_once('.').ok_or(faulty)?;
                self.attribute(resource, attribute)
            }
            Node::List(items) => match items.as_slice() {
                [Node::Text(resource), attribute] => self.attribute(resource, &self.text(attribute)?),
                _ => Err(faulty),
            },
            Node::Null | Node::Map(_) | Node::Call { .. } => Err(faulty),
        }
    }

    /// `${Name}`, `${Name.Attribute}`, and `${!Name}` for the text `${Name}` itself.
    fn sub(&self, argument: &Node) -> Result<String, Fault> {
        let faulty = || arguments("Fn::Sub", "a text with every ${ closed, and perhaps a map of values for it");
        let (template, own) = match argument {
            Node::Text(template) => (template, &[][..]),
            Node::List(items) => match items.as_slice() {
                [Node::Text(template), Node::Map(own)] => (template, own.as_slice()),
                _ => return Err(faulty()),
            },
            Node::Null | Node::Map(_) | Node::Call { .. } => return Err(faulty()),
        };
        let mut text = String::with_capacity(template.len());
        let mut rest = template.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').ok_or_else(faulty)?;
            text.push_str(before);
            match (name.strip_prefix('!'), own.iter().find(|(known, _)| known == name)) {
                (Some(literal), _) => text.extend(["${", literal, "}"]),
                (None, Some((_, node))) => text.push_str(&self.text(node)?),
                (None, None) => text.push_str(&self.variable(name)?),
            }
            rest = after;
        }
        text.push_str(rest);
        Ok(text)
    }

    fn variable(&self, name: &str) -> Result<String, Fault> {
        match name.split_once('.') {
            Some((resource, attribute)) => self.attribute(resource, attribute)?,
            None => self.reference(name)?.ok_or(Fault::Missing)?,
        }
        .into_text()
    }

    fn if_else(&self, argument: &Node) -> Result<Option<Value>, Fault> {
        let Some([Node::Text(condition), then, otherwise]) = argument.items() else {
            return Err(arguments("Fn::If", "a condition's name and two values"));
        };
        self.resolve(if self.condition(condition)? { then } else { otherwise })
    }

    fn join(&self, argument: &Node) -> Result<String, Fault> {
        let Some([Node::Text(delimiter), list]) = argument.items() else {
            return Err(arguments("Fn::Join", "a delimiter and a list of texts"));
        };
        Ok(self.present(list)?.into_texts()?.join(delimiter))
    }

    fn select(&self, argument: &Node) -> Result<Value, Fault> {
        let faulty = || arguments("Fn::Select", "an index and a list that is long enough");
        let Some([index, list]) = argument.items() else { return Err(faulty()) };
        let index = self.text(index)?.parse::<usize>().map_err(|_| faulty())?;
        match self.present(list)? {
            Value::List(items) => items.into_iter().nth(index).ok_or_else(faulty),
            Value::Text(_) | Value::Map(_) => Err(faulty()),
        }
    }

    fn split(&self, argument: &Node) -> Result<Value, Fault> {
        let Some([Node::Text(delimiter), text]) = argument.items() else {
            return Err(arguments("Fn::Split", "a delimiter and a text"));
        };
        let text = self.text(text)?;
        Ok(Value::List(text.split(delimiter.as_str()).map(|piece| Value::Text(piece.to_owned())).collect()))
    }

    fn find_in_map(&self, argument: &Node) -> Result<Option<Value>, Fault> {
        let Some([map, key, entry]) = argument.items() else {
            return Err(arguments("Fn::FindInMap", "a map, a key and a second key"));
        };
        let (map, key, entry) = (self.text(map)?, self.text(key)?, self.text(entry)?);
        // A mapping holds values, no functions.
        match self.mapping([&map, &key, &entry])? {
            Node::Call { function, .. } => Err(Fault::UnknownFunction(function.clone())),
            node @ (Node::Null | Node::Text(_) | Node::List(_) | Node::Map(_)) => self.resolve(node),
        }
    }
}

pub(super) const fn arguments(function: &'static str, takes: &'static str) -> Fault {
    Fault::Arguments { function, takes }
}
