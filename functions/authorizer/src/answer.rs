//! The verdict in the words of each dialect.
//!
//! | dialect | nobody authenticated | authenticated, may not | may |
//! |---|---|---|---|
//! | HTTP API 2.0 | `isAuthorized: false`, 403 | `isAuthorized: false`, 403 | `isAuthorized: true` |
//! | HTTP API 1.0 | a policy that denies all, 403 | the policy of the principal, 403 | the same policy |
//! | REST API | the error `Unauthorized`, 401 | the policy of the principal, 403 | the same policy |
//!
//! No dialect can say 429: a key whose limit is used up may not, for so many seconds, which are the context's `retry_after` where a
//! gateway response can read it.
//!
//! An HTTP API cannot say 401 from inside an authorizer: it does so itself where the identity source is missing.

use std::time::Duration;

use serde_json::{Value, json};
use vestibule::clock::Timestamp;
use vestibule::policy::{Caching, Decision, MethodArn, Missing, Rule, Rules};
use vestibule::principal::Principal;

use crate::{Authorizer, Dialect, Event, NoAnswer, Verdict};

/// `principalId` of a policy for nobody; API Gateway refuses an answer without one.
const NOBODY: &str = "anonymous";

pub(crate) fn in_dialect<S>(
    event: &Event<'_>,
    rule: Option<&Rule>,
    verdict: Verdict,
    authorizer: &Authorizer<'_, S>,
) -> Result<Value, NoAnswer> {
    let (rules, now) = (authorizer.rules, authorizer.authenticator.clock.now());
    match (&event.dialect, verdict) {
        (Dialect::HttpApiSimple { .. }, verdict) => Ok(simple(&verdict)),
        (Dialect::HttpApiPolicy { request, .. }, Verdict::Unauthenticated(_)) => Ok(json!({
            "principalId": NOBODY,
            "policyDocument": rules.deny_all(request),
        })),
        (Dialect::RestRequest { .. } | Dialect::RestToken { .. }, Verdict::Unauthenticated(_)) => {
            Err(NoAnswer::Unauthorized)
        }
        (
            Dialect::HttpApiPolicy { request, .. }
            | Dialect::RestRequest { request, .. }
            | Dialect::RestToken { request },
            Verdict::Authenticated { principal, decision },
        ) => Ok(match decision {
            Decision::Forbidden { missing: Missing::Room(wait) } => no_room(rules, request, &principal, wait),
            Decision::Permitted | Decision::Forbidden { .. } => policy(rules, rule, request, &principal, now),
        }),
    }
}

/// Good for this route only, which is why `$context.routeKey` is among the identity sources.
fn simple(verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Authenticated { principal, decision: Decision::Permitted } => {
            json!({ "isAuthorized": true, "context": principal.to_context() })
        }
        Verdict::Authenticated { decision: Decision::Forbidden { .. }, .. } | Verdict::Unauthenticated(_) => {
            json!({ "isAuthorized": false })
        }
    }
}

/// Good for this moment: nobody keeps the answers for routes whose calls are counted.
fn no_room(rules: &Rules, request: &MethodArn, principal: &Principal, wait: Duration) -> Value {
    let mut context = principal.to_context();
    context.insert("retry_after".to_owned(), Value::String(wait.as_secs().to_string()));
    json!({
        "principalId": principal.sub,
        "policyDocument": rules.deny_all(request),
        "context": context,
    })
}

/// Good for the whole API: it says what the principal may call, whichever route they came by. The gateway applies it to the
/// request at hand, so that the decision about that one need not be repeated here; a route without a rule is the exception,
/// because the resource of a declared one may cover it.
fn policy(rules: &Rules, rule: Option<&Rule>, request: &MethodArn, principal: &Principal, now: Timestamp) -> Value {
    let caching = if rule.is_some_and(Rule::is_uncached) { Caching::Never } else { Caching::Possible };
    let mut policy = rules.policy(request, principal, caching, now);
    if rule.is_none() {
        policy.refuse(request);
    }
    json!({
        "principalId": principal.sub,
        "policyDocument": policy,
        "context": principal.to_context(),
    })
}
