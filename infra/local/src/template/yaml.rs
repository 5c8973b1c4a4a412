//! A template's text as a tree in which intrinsic functions stand out, in whichever of their spellings.
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>
//!
//! A JSON template is YAML too. Scalars are text, as CloudFormation compares and passes them: `128` and `"128"` are the
//! same. Of plain words only `true` and `false` are normalized; `yes`, `on` and `N` stay what they are.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{MessageFormatter as _, Tagged, UserMessageFormatter};

use super::fault::{Fault, TemplateFault};

/// A node of the tree. Its depth is bounded by the parser (64), so that walking it by recursion is safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
    /// An intrinsic function by its long name: `Ref`, `Condition`, `Fn::Sub`. An unknown tag is a call too, which fails when
    /// it is evaluated.
    Call {
        function: String,
        argument: Box<Node>,
    },
}

impl Node {
    /// The entry of a map.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        self.entries()?.iter().find_map(|(key, node)| (key == name).then_some(node))
    }

    /// The entries of a map, in their order.
    pub(super) fn entries(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Map(entries) => Some(entries),
            Self::Null | Self::Text(_) | Self::List(_) | Self::Call { .. } => None,
        }
    }

    /// Text that is not the result of a function.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::List(_) | Self::Map(_) | Self::Call { .. } => None,
        }
    }

    /// The members of a list.
    pub(super) fn items(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            Self::Null | Self::Text(_) | Self::Map(_) | Self::Call { .. } => None,
        }
    }

    fn tagged(self, tag: Option<&str>) -> Self {
        let function = match tag.and_then(|tag| tag.strip_prefix('!')) {
            // No tag, or one of YAML's own types.
            None | Some("") => return self,
            Some(name @ ("Ref" | "Condition")) => name.to_owned(),
            Some(name) => format!("Fn::{name}"),
        };
        Self::Call { function, argument: Box::new(self) }
    }

    fn of_entries(mut entries: Vec<(String, Self)>) -> Self {
        match entries.pop() {
            Some((function, argument)) if entries.is_empty() && (function == "Ref" || function.starts_with("Fn::")) => {
                Self::Call { function, argument: Box::new(argument) }
            }
            last => {
                entries.extend(last);
                Self::Map(entries)
            }
        }
    }
}

/// Reads a template's text. Duplicate keys, several documents and more nesting than any template has are refused.
pub(super) fn parse(text: &str) -> Result<Node, TemplateFault> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let message =
            UserMessageFormatter.format_message(error.without_snippet()).lines().collect::<Vec<_>>().join(" ");
        let place = match error.location().filter(|location| location.line() > 0) {
            Some(location) => format!("line {}, column {}", location.line(), location.column()),
            None => "line 1".to_owned(),
        };
        Fault::Syntax(message).at(place)
    })
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Tagged(Untagged(node), tag) = Tagged::deserialize(deserializer)?;
        Ok(node.tagged(tag.as_deref()))
    }
}

/// A node whose own tag is still to be looked at.
struct Untagged(Node);

impl<'de> Deserialize<'de> for Untagged {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor).map(Self)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of a template")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        // With its fraction, as in JSON: a payload format version is 2.0, not 2.
        Ok(Node::Text(format!("{value:?}")))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = entries.next_key::<Node>()? {
            let Node::Text(key) = key else { return Err(A::Error::custom("a key must be text")) };
            map.push((key, entries.next_value()?));
        }
        Ok(Node::of_entries(map))
    }
}
