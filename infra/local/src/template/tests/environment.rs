//! The variables of each function, all together: AWS Lambda has 4 KB for them.

use crate::template::yaml::{self, Node};
use crate::template::{FunctionResource, Parameters, Stack};

const TEMPLATE: &str = include_str!("../../../../template.yaml");

/// The longest values of parameters that have a pattern of their own.
const PATTERNED: [(&str, &str); 4] = [
    ("m=[1-9][0-9]{3,6},t=[1-9][0-9]?,p=[1-9][0-9]?", "m=9999999,t=99,p=99"),
    ("^(#[0-9A-Fa-f]{6})?$", "#123456"),
    ("^[1-9][0-9]{0,5}/[1-9][0-9]{0,4}$", "999999/99999"),
    ("^[a-z0-9]{1,12}$", "abcdefghijkl"),
];

/// The longest value that a parameter takes; `None` where nothing bounds it.
fn longest(name: &str, declared: &Node) -> Option<String> {
    let attribute = |name| declared.get(name).and_then(Node::text);
    if name == "DemoApi" {
        return Some("true".to_owned());
    }
    // As many origins as the description promises.
    if name == "AllowedOrigins" {
        return Some(["o".repeat(64), "p".repeat(64), "q".repeat(64), "r".repeat(64)].join(","));
    }
    if let Some(values) = declared.get("AllowedValues").and_then(Node::items) {
        return values.iter().filter_map(Node::text).max_by_key(|value| value.len()).map(str::to_owned);
    }
    if let Some(length) = attribute("MaxLength") {
        return Some("x".repeat(length.parse().unwrap()));
    }
    if let Some(most) = attribute("MaxValue") {
        return Some(most.to_owned());
    }
    PATTERNED
        .iter()
        .find(|(pattern, _)| attribute("AllowedPattern") == Some(pattern))
        .map(|(_, value)| (*value).to_owned())
}

#[test]
fn the_variables_of_every_function_fit_into_4_kb_whatever_the_parameters_are() {
    let root = yaml::parse(TEMPLATE).unwrap();
    let declared = root.get("Parameters").and_then(Node::entries).unwrap();
    let all: Vec<_> = declared.iter().filter_map(|(name, node)| Some((name.clone(), longest(name, node)?))).collect();
    let identity = ("MailIdentity".to_owned(), "example.com".to_owned());
    let parameters = Parameters::from_iter(all.into_iter().chain([identity]));
    // The longest name that a stack has, and with it the names of table and secrets.
    let stack = Stack::read(TEMPLATE, &"s".repeat(128), &parameters).unwrap();
    assert_eq!(stack.functions.len(), 16);
    for (id, function) in &stack.functions {
        let bytes = function.environment_bytes();
        assert!(bytes <= FunctionResource::ENVIRONMENT_BYTES, "{id}: {bytes}");
    }
    // What nothing bounds becomes no variable.
    let unbounded: Vec<_> = declared.iter().filter(|(name, node)| longest(name, node).is_none()).collect();
    let names: Vec<_> = unbounded.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["MailIdentity", "AlarmTopic", "ReuseAlarmCount", "KeyAgeAlarmSeconds"],
        "give the parameter a MaxLength"
    );
}
