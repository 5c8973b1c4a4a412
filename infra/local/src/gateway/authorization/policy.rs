//! The IAM policy of an authorizer's answer: may this request pass?
//! Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>,
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html>
//!
//! Whatever is not allowed is denied, and an explicit denial wins over every allowance. What this gateway does not
//! evaluate (`Condition`, `NotAction`, `NotResource`, policy variables) makes the document invalid rather than wider.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The action that every request to an API is.
const INVOKE: &str = "execute-api:Invoke";

/// Characters that a resource may have. API Gateway takes no longer ones in an authorizer's policy, so that a longer one
/// which passed here would fail once it is deployed.
const LONGEST_RESOURCE: usize = 512;

/// Colons that separate the parts of an ARN; further ones belong to its last part.
const PART_SEPARATORS: usize = 5;

/// A `policyDocument`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyDocument {
    #[serde(rename = "Version", default)]
    _version: Version,
    #[serde(rename = "Id", default)]
    _id: Option<String>,
    #[serde(rename = "Statement", deserialize_with = "one_or_many")]
    statements: Vec<Statement>,
}

/// The versions of the language that exist. They differ in policy variables only, of which there are none here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
enum Version {
    #[default]
    #[serde(rename = "2008-10-17")]
    First,
    #[serde(rename = "2012-10-17")]
    Second,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    #[serde(rename = "Sid", default)]
    _sid: Option<String>,
    #[serde(rename = "Effect")]
    effect: Effect,
    #[serde(rename = "Action", deserialize_with = "one_or_many")]
    actions: Vec<String>,
    #[serde(rename = "Resource", deserialize_with = "one_or_many")]
    resources: Vec<Resource>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Effect {
    Allow,
    Deny,
}

/// IAM takes one where it takes a list.
fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    match Value::deserialize(deserializer)? {
        Value::Array(many) => many.into_iter().map(serde_json::from_value).collect(),
        one => serde_json::from_value(one).map(|one| vec![one]),
    }
    .map_err(D::Error::custom)
}

/// An ARN with wildcards, or `*`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct Resource(String);

impl TryFrom<String> for Resource {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.chars().count() > LONGEST_RESOURCE {
            Err("a Resource is longer than 512 characters")
        } else if text.contains("${") {
            Err("a Resource has a policy variable, which is not evaluated here")
        } else {
            Ok(Self(text))
        }
    }
}

impl PolicyDocument {
    /// Whether the request that `method_arn` names may pass.
    pub(super) fn permits(&self, method_arn: &str) -> bool {
        let says =
            |effect| self.statements.iter().any(|statement| statement.effect == effect && statement.covers(method_arn));
        says(Effect::Allow) && !says(Effect::Deny)
    }
}

impl Statement {
    fn covers(&self, method_arn: &str) -> bool {
        // Actions are not case-sensitive, resources are.
        let invoke = INVOKE.to_ascii_lowercase();
        self.actions.iter().any(|action| covers(&action.to_ascii_lowercase(), &invoke))
            && self.resources.iter().any(|Resource(resource)| covers(resource, method_arn))
    }
}

/// Whether `pattern` covers `text`. `?` stands for one character; `*` for any number of them, slashes too, and for the
/// colons between the parts of an ARN only where it ends a part itself.
fn covers(pattern: &str, text: &str) -> bool {
    // What may still be left of the pattern after each character of the text: one for each way to get there.
    let mut left = vec![pattern];
    skip_stars(&mut left);
    let mut colons = 0;
    for character in text.chars() {
        let separator = character == ':' && colons < PART_SEPARATORS;
        colons += usize::from(separator);
        left = left.into_iter().filter_map(|rest| after(rest, character, separator)).collect();
        skip_stars(&mut left);
    }
    left.contains(&"")
}

/// What is left of a pattern once `character` is taken, if the pattern takes it.
fn after(pattern: &str, character: char, separator: bool) -> Option<&str> {
    let mut rest = pattern.chars();
    match rest.next()? {
        '*' => (!separator || matches!(rest.next(), None | Some(':'))).then_some(pattern),
        '?' => (!separator).then_some(rest.as_str()),
        literal => (literal == character).then_some(rest.as_str()),
    }
}

/// A star may also stand for nothing.
fn skip_stars(left: &mut Vec<&str>) {
    let mut skipped = left.clone();
    while !skipped.is_empty() {
        skipped = skipped.into_iter().filter_map(|rest| rest.strip_prefix('*')).collect();
        left.extend_from_slice(&skipped);
    }
    left.sort_unstable_by_key(|rest| rest.len());
    left.dedup_by_key(|rest| rest.len());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:execute-api:us-east-1:000000000000:local/prod/GET/orders/7/lines";

    fn document(statements: Value) -> PolicyDocument {
        serde_json::from_value(json!({ "Version": "2012-10-17", "Statement": statements })).unwrap()
    }

    fn statement(effect: &str, resource: &str) -> Value {
        json!({ "Action": "execute-api:Invoke", "Effect": effect, "Resource": resource })
    }

    #[test]
    fn a_star_stands_for_any_characters_and_a_question_mark_for_one() {
        for (pattern, expected) in [
            ("*", true),
            (ARN, true),
            ("arn:aws:execute-api:us-east-1:000000000000:local/prod/GET/*", true),
            ("arn:aws:execute-api:us-east-1:000000000000:local/prod/GET/orders/7/lines*", true),
            ("arn:aws:execute-api:us-east-1:000000000000:local/*/GET/orders/*/lines", true),
            ("arn:aws:execute-api:us-east-1:000000000000:local/prod/*/lines", true),
            ("arn:aws:execute-api:us-east-1:000000000000:local/prod/GET/orders/?/lines", true),
            ("arn:aws:execute-api:us-east-1:000000000000:local/prod/GET/orders?7/lines", true),
            ("arn:aws:execute-api:us-east-1:000000000000:local/prod/GET/orders/7?/lines", false),
            ("arn:aws:execute-api:us-east-1:000000000000:local/prod/GET/orders/*/lines/*", false),
            ("arn:aws:execute-api:us-east-1:000000000000:local/prod/get/orders/7/lines", false),
            ("arn:aws:execute-api:us-east-1:000000000000:local/prod/GET/orders", false),
            ("arn:aws:execute-api:us-east-1:000000000000:local/prod/POST/*", false),
            ("", false),
        ] {
            assert_eq!(covers(pattern, ARN), expected, "{pattern}");
        }
    }

    #[test]
    fn a_star_crosses_the_colons_of_an_arn_only_at_the_end_of_a_part() {
        for (pattern, expected) in [
            ("arn:aws:execute-api:*", true),
            ("arn:aws:execute-api:*:*:*", true),
            ("arn:aws:execute-api:*:local/prod/GET/*", true),
            ("arn:aws:execute-api:us-*-1:*:local/*", true),
            ("arn:aws:execute-api:us-*lines", false),
            ("arn:aws:execute-api:us-east-1?000000000000:local/*", false),
        ] {
            assert_eq!(covers(pattern, ARN), expected, "{pattern}");
        }
        let colon_in_the_path = "arn:aws:execute-api:us-east-1:000000000000:local/prod/GET/orders/a:b/lines";
        assert!(covers("arn:aws:execute-api:us-east-1:000000000000:local/prod/GET/orders/*lines", colon_in_the_path));
    }

    #[test]
    fn many_stars_cost_no_more_than_pattern_times_text() {
        let pattern = "*a".repeat(250);
        assert!(!covers(&pattern, &("a".repeat(1600) + "b")));
    }

    #[test]
    fn nothing_is_permitted_that_is_not_allowed() {
        assert!(!document(json!([])).permits(ARN));
        assert!(!document(json!([statement("Allow", "arn:aws:execute-api:*:*:local/prod/POST/*")])).permits(ARN));
    }

    #[test]
    fn an_explicit_denial_wins_over_every_allowance_in_any_order() {
        let (allow, deny) = (statement("Allow", "*"), statement("Deny", "arn:aws:execute-api:*:*:*/orders/*"));
        assert!(document(json!([allow])).permits(ARN));
        assert!(!document(json!([allow, deny])).permits(ARN));
        assert!(!document(json!([deny, allow])).permits(ARN));
        assert!(document(json!([allow, deny])).permits("arn:aws:execute-api:us-east-1:000000000000:local/prod/GET/me"));
    }

    #[test]
    fn a_statement_speaks_only_of_its_actions() {
        let permits =
            |action: Value| document(json!([{ "Action": action, "Effect": "Allow", "Resource": "*" }])).permits(ARN);
        for action in [json!("execute-api:Invoke"), json!("execute-api:invoke"), json!("execute-api:*"), json!("*")] {
            assert!(permits(action.clone()), "{action}");
        }
        assert!(permits(json!(["execute-api:ManageConnections", "execute-api:Inv*"])));
        for action in [json!("execute-api:ManageConnections"), json!("lambda:*"), json!([])] {
            assert!(!permits(action.clone()), "{action}");
        }
    }

    #[test]
    fn one_statement_or_resource_may_stand_without_its_list() {
        let one = json!({ "Statement": { "Action": "*", "Effect": "Allow", "Resource": ["x", ARN] } });
        assert!(serde_json::from_value::<PolicyDocument>(one).unwrap().permits(ARN));
    }

    #[test]
    fn what_is_not_evaluated_or_unknown_makes_the_document_invalid() {
        let with = |field: &str, value: Value| {
            let mut statement = statement("Allow", "*");
            statement[field] = value;
            serde_json::from_value::<PolicyDocument>(json!({ "Version": "2012-10-17", "Statement": [statement] }))
        };
        assert!(with("Sid", json!("Everything")).is_ok());
        let error = with("Condition", json!({})).unwrap_err().to_string();
        assert!(error.contains("Condition"), "the log names what is wrong: {error}");
        for (field, value) in [
            ("Condition", json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } })),
            ("NotAction", json!("x")),
            ("NotResource", json!("x")),
            ("Effect", json!("allow")),
            ("Resource", json!("arn:aws:execute-api:*:*:local/prod/GET/${aws:username}")),
            ("Resource", json!("a".repeat(513))),
            ("Resource", json!(7)),
            ("Action", json!(null)),
        ] {
            assert!(with(field, value.clone()).is_err(), "{field}: {value}");
        }
        assert!(with("Resource", json!("a".repeat(512))).is_ok());
        let version = json!({ "Version": "2026-01-01", "Statement": [] });
        assert!(serde_json::from_value::<PolicyDocument>(version).is_err());
    }
}
