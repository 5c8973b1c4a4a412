//! What an authorizer answers, and what that means for one request.
//! Sources: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html> ("Lambda
//! authorizer response format"),
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html>
//!
//! An answer is not yet a verdict: a simple one is the same for every request that it is replayed on, a policy says
//! something else of every route.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::policy::PolicyDocument;
use super::{Outcome, Refusal};
use crate::template::AuthorizerDialect;

/// A well-formed answer, as it is kept in the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    verdict: Verdict,
    context: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Allow,
    Deny,
    ByPolicy(PolicyDocument),
}

/// An answer that API Gateway takes for an error of the authorizer's configuration.
#[derive(Debug, thiserror::Error)]
pub(super) enum Malformed {
    /// No JSON, or a field that is missing or of another type.
    #[error(transparent)]
    Shape(#[from] serde_json::Error),
    /// REST APIs: "you cannot set a JSON object or array as a valid value of any key in the context map". Null is refused
    /// with them, since what API Gateway makes of it is not written anywhere.
    #[error("the context's `{0}` is neither a string nor a number nor a boolean, which a REST API refuses")]
    Nested(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SimpleAnswer {
    is_authorized: bool,
    context: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PolicyAnswer {
    principal_id: String,
    policy_document: PolicyDocument,
    context: Option<Map<String, Value>>,
}

impl Answer {
    /// Reads what the function returned.
    pub(super) fn read(dialect: AuthorizerDialect, bytes: &[u8]) -> Result<Self, Malformed> {
        match dialect {
            AuthorizerDialect::HttpSimple => {
                let SimpleAnswer { is_authorized, context } = serde_json::from_slice(bytes)?;
                let verdict = if is_authorized { Verdict::Allow } else { Verdict::Deny };
                Ok(Self { verdict, context: context.unwrap_or_default() })
            }
            // HTTP APIs hand lists and objects of the context on as they are.
            AuthorizerDialect::HttpPolicy => {
                let PolicyAnswer { policy_document, context, .. } = serde_json::from_slice(bytes)?;
                Ok(Self { verdict: Verdict::ByPolicy(policy_document), context: context.unwrap_or_default() })
            }
            AuthorizerDialect::RestRequest | AuthorizerDialect::RestToken => {
                let PolicyAnswer { principal_id, policy_document, context } = serde_json::from_slice(bytes)?;
                let mut context = stringified(context.unwrap_or_default())?;
                context.insert("principalId".to_owned(), Value::String(principal_id));
                Ok(Self { verdict: Verdict::ByPolicy(policy_document), context })
            }
        }
    }

    /// What the answer says of the request that `method_arn` names.
    pub(super) fn outcome(&self, method_arn: &str) -> Outcome {
        let allowed = match &self.verdict {
            Verdict::Allow => true,
            Verdict::Deny => false,
            Verdict::ByPolicy(document) => document.permits(method_arn),
        };
        if allowed { Outcome::Allowed(self.context.clone()) } else { Outcome::Refused(Refusal::Forbidden) }
    }
}

/// On a REST API "the returned values are all stringified".
fn stringified(context: Map<String, Value>) -> Result<Map<String, Value>, Malformed> {
    let stringify = |(key, value)| match value {
        Value::String(text) => Ok((key, Value::String(text))),
        Value::Number(number) => Ok((key, Value::String(number.to_string()))),
        Value::Bool(boolean) => Ok((key, Value::String(boolean.to_string()))),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(Malformed::Nested(key)),
    };
    context.into_iter().map(stringify).collect()
}
