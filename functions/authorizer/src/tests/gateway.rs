//! What API Gateway makes of an authorizer's answer: the status that the client gets, or the context that the function gets.

use serde_json::{Map, Value};

use super::events::{Asks, Call};
use crate::NoAnswer;

/// What becomes of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    LetIn {
        context: Map<String, Value>,
    },
    /// 403
    Forbidden,
    /// 401
    Unauthorized,
    /// 500, and nothing is cached.
    Error,
}

impl Asks {
    /// What becomes of `call` by `answer`, which may be one that was cached.
    pub(super) fn outcome(self, call: Call, answer: &Result<Value, NoAnswer>) -> Outcome {
        let answer = match answer {
            Err(no_answer) if self.is_rest() && no_answer.to_string() == "Unauthorized" => {
                return Outcome::Unauthorized;
            }
            Err(_) => return Outcome::Error,
            Ok(answer) => answer,
        };
        let permitted = match self {
            Self::HttpSimple => answer["isAuthorized"].as_bool().unwrap(),
            Self::HttpPolicy | Self::RestRequest | Self::RestToken => {
                assert!(answer["principalId"].is_string(), "no answer without a principal is taken: {answer}");
                permits(&answer["policyDocument"], &self.arn(call))
            }
        };
        if permitted {
            Outcome::LetIn { context: answer["context"].as_object().unwrap().clone() }
        } else {
            Outcome::Forbidden
        }
    }
}

/// Every resource of the policy's statements with this effect.
pub(super) fn resources<'a>(policy: &'a Value, effect: &str) -> Vec<&'a str> {
    let statements = policy["Statement"].as_array().unwrap().iter();
    let of_effect = statements.filter(|statement| {
        assert_eq!(statement["Action"], "execute-api:Invoke", "{policy}");
        statement["Effect"] == effect
    });
    of_effect.flat_map(|statement| statement["Resource"].as_array().unwrap()).map(|it| it.as_str().unwrap()).collect()
}

/// IAM's evaluation: an explicit denial wins, then a permission, then nothing.
pub(super) fn permits(policy: &Value, arn: &str) -> bool {
    assert_eq!(policy["Version"], "2012-10-17", "{policy}");
    let hit = |effect| resources(policy, effect).iter().any(|pattern| matches(pattern.as_bytes(), arn.as_bytes()));
    hit("Allow") && !hit("Deny")
}

/// IAM's wildcards: `*` is any text, slashes too; `?` is one character.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => (0..=text.len()).any(|from| matches(rest, &text[from..])),
        ([b'?', rest @ ..], [_, text @ ..]) => matches(rest, text),
        ([one, rest @ ..], [other, text @ ..]) => one == other && matches(rest, text),
        _ => false,
    }
}
