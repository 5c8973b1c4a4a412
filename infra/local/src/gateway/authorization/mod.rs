//! Lambda authorizers: API Gateway's part of the decision who may pass.
//! Sources: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html>,
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html>
//!
//! The identity sources are looked up, the cache is asked, then the function. All else is the function's business.
//!
//! | | HTTP API | REST API |
//! |---|---|---|
//! | an identity source is missing or empty | 401, nobody is asked | 401, nobody is asked |
//! | the function denies | 403 | 403 |
//! | it fails with exactly `Unauthorized` | 500 | 401 |
//! | it fails otherwise, is late or answers nonsense | 500 | 500 |
//!
//! Allowances and denials are cached, 401 and 500 never.

mod answer;
mod cache;
mod event;
mod identity;
mod policy;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};
use vestibule::clock::Clock;

use super::exchange::Exchange;
use crate::function::{Function, FunctionError};
use crate::template::{Api, Authorizer, AuthorizerDialect};
use answer::{Answer, Malformed};
use cache::{Answers, Key};
use identity::NoIdentity;

/// How long an authorizer may take. HTTP APIs: "Timeout for Lambda authorizer response, 10000 ms", not adjustable
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>). Nothing is written of REST
/// APIs; a function that serves both is held to the shorter time.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The authorizers of one API, with the answers that are kept for them.
#[derive(Debug)]
pub(super) struct Authorization {
    answers: Answers,
}

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Outcome {
    /// It goes on to its function, with the authorizer's context.
    Allowed(Map<String, Value>),
    /// It ends here.
    Refused(Refusal),
}

/// Why a request ends at the authorizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// 401: an identity source is missing, or a REST API's authorizer said so.
    Unauthorized,
    /// 403: the authorizer denied.
    Forbidden,
    /// 500: there is no answer, or none that means anything.
    Broken,
}

/// There is no answer from the authorizer.
#[derive(Debug, thiserror::Error)]
enum NoAnswer {
    #[error(transparent)]
    Failed(#[from] FunctionError),
    #[error("it took longer than {} s", TIMEOUT.as_secs())]
    Late,
    #[error("it answered what it must not: {0}")]
    Malformed(#[from] Malformed),
}

impl Authorization {
    /// No answer is kept yet; `clock` says how old one is later.
    pub(super) fn new(clock: Clock) -> Self {
        Self { answers: Answers::new(clock) }
    }

    /// Decides about one request, asking `function` unless the cache knows its answer.
    pub(super) async fn decide(
        &self,
        api: &Api,
        authorizer: &Authorizer,
        function: &dyn Function,
        exchange: &Exchange,
    ) -> Outcome {
        let identity = match identity::values(api, authorizer, exchange) {
            Ok(identity) => identity,
            Err(NoIdentity::Missing) => return Outcome::Refused(Refusal::Unauthorized),
            Err(NoIdentity::Unknown(unknown)) => return broken(authorizer, exchange, &unknown),
        };
        let method_arn = event::method_arn(api, exchange);
        let key = key(authorizer, &identity);
        if let Some(answer) = key.as_ref().and_then(|key| self.answers.find(key)) {
            return answer.outcome(&method_arn);
        }
        let event = event::bytes(api, authorizer, exchange, &identity);
        match ask(authorizer.dialect, function, event).await {
            Ok(answer) => {
                let outcome = answer.outcome(&method_arn);
                if let Some(key) = key {
                    self.answers.keep(key, Arc::new(answer), authorizer.ttl);
                }
                outcome
            }
            Err(no_answer) if says_unauthorized(authorizer.dialect, &no_answer) => {
                Outcome::Refused(Refusal::Unauthorized)
            }
            Err(no_answer) => broken(authorizer, exchange, &no_answer),
        }
    }
}

/// What the answer is kept under. Without identity sources nothing tells callers apart, so nothing is kept.
fn key(authorizer: &Authorizer, identity: &[String]) -> Option<Key> {
    let cached = !authorizer.ttl.is_zero() && !identity.is_empty();
    cached.then(|| Key { authorizer: authorizer.id.clone(), identity: identity.to_vec() })
}

async fn ask(dialect: AuthorizerDialect, function: &dyn Function, event: Bytes) -> Result<Answer, NoAnswer> {
    let returned = tokio::time::timeout(TIMEOUT, function.invoke(event)).await.map_err(|_| NoAnswer::Late)??;
    Ok(Answer::read(dialect, &returned)?)
}

/// REST APIs read the text of an error: exactly `Unauthorized` is 401. HTTP APIs do not.
fn says_unauthorized(dialect: AuthorizerDialect, no_answer: &NoAnswer) -> bool {
    let reads_errors = match dialect {
        AuthorizerDialect::RestRequest | AuthorizerDialect::RestToken => true,
        AuthorizerDialect::HttpSimple | AuthorizerDialect::HttpPolicy => false,
    };
    let NoAnswer::Failed(FunctionError::Unhandled { error_message, .. }) = no_answer else { return false };
    reads_errors && error_message == "Unauthorized"
}

/// The caller learns nothing but 500, the developer why.
fn broken(authorizer: &Authorizer, exchange: &Exchange, reason: &dyn std::error::Error) -> Outcome {
    let (authorizer, request_id) = (authorizer.id.as_str(), exchange.request_id.as_str());
    tracing::error!(target: "gateway", authorizer, request_id, %reason, "the authorizer decided nothing");
    Outcome::Refused(Refusal::Broken)
}

#[cfg(test)]
mod tests;
