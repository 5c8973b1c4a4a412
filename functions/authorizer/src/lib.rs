//! The authorizer: one Lambda for every dialect of API Gateway (DESIGN §8).
//!
//! It fails closed. 401 where nobody was authenticated and 403 where somebody was and may not, as far as the dialect can say
//! it; where nothing could be found out it answers with an error, which the gateway turns into 500 and does not cache.

mod answer;
mod counting;
mod event;
mod log;
mod presented;
#[cfg(test)]
mod tests;

use lambda_runtime::Diagnostic;
use serde_json::Value;
use vestibule::api_keys::KnownLimits;
use vestibule::app::App;
use vestibule::authentication::{Authenticator, Failure, FindCaller, Freshness, Undecided};
use vestibule::config::Need;
use vestibule::lambda::LONGEST_REQUEST;
use vestibule::limits::{Admission, Admit};
use vestibule::policy::{Decision, InvalidRules, Missing, Rule, Rules};
use vestibule::principal::Principal;

use event::{Dialect, Event};

/// What this function touches. No secret: the keys it needs are public.
pub const NEEDS: &[Need] = &[Need::Table];

/// What the authorizer needs of the world.
#[derive(Debug)]
pub struct Authorizer<'a, S> {
    /// Finds out who is calling.
    pub authenticator: Authenticator<'a, S>,
    /// What each route asks.
    pub rules: &'a Rules,
    /// The limits of the API keys that were seen before.
    pub key_limits: &'a KnownLimits,
}

impl<'a, S> Authorizer<'a, S> {
    /// The authorizer of `app`, with `rules`.
    pub const fn of(app: &'a App<S>, rules: &'a Rules) -> Self {
        Self { authenticator: app.authenticator(), rules, key_limits: &app.key_limits }
    }
}

/// Instead of an answer. The gateway reads the text: exactly `Unauthorized` is 401, anything else 500.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// REST APIs: nobody was authenticated.
    #[error("Unauthorized")]
    Unauthorized,
    /// The event is not one that API Gateway sends, or its route is none that can have a rule.
    #[error("the event has no valid {0}")]
    Malformed(&'static str),
    /// The route has no rule, and the request presents more than one credential.
    #[error("the route has no rule that says which credential counts")]
    SourceUnknown,
    /// Who is calling could not be found out.
    #[error("the caller cannot be authenticated now: {0}")]
    Undecided(#[from] Undecided),
    /// Nor could it be found out that it cannot be: the storage neither answers nor fails.
    #[error("the caller cannot be authenticated now: out of time")]
    OutOfTime,
}

impl From<NoAnswer> for Diagnostic {
    fn from(no_answer: NoAnswer) -> Self {
        let error_type = match no_answer {
            NoAnswer::Unauthorized => "Unauthorized",
            NoAnswer::Malformed(_) => "MalformedEvent",
            NoAnswer::SourceUnknown => "SourceUnknown",
            NoAnswer::Undecided(_) | NoAnswer::OutOfTime => "Undecided",
        };
        Self { error_type: error_type.to_owned(), error_message: no_answer.to_string() }
    }
}

/// The rules that this authorizer was built with, `routes.toml`.
///
/// # Errors
/// [`InvalidRules`], naming line and field; without rules the function must not start.
pub fn rules() -> Result<Rules, InvalidRules> {
    Rules::parse(include_str!("../routes.toml"))
}

/// Who is calling and whether they may, before it is put into a dialect.
enum Verdict {
    Unauthenticated(Failure),
    Authenticated { principal: Box<Principal>, decision: Decision },
}

/// Answers one authorizer event, in the dialect that asks.
///
/// # Errors
/// [`NoAnswer`], which the gateway takes for an answer too.
pub async fn handle<S: FindCaller + Admit>(authorizer: &Authorizer<'_, S>, event: Value) -> Result<Value, NoAnswer> {
    let parsed = match Event::try_from(&event) {
        Ok(parsed) => parsed,
        Err(fault) => return Err(log::unanswered(&event, fault)),
    };
    let rule = parsed.rule(authorizer.rules);
    let in_time = tokio::time::timeout(LONGEST_REQUEST, decide(authorizer, &parsed, rule)).await;
    match in_time.unwrap_or(Err(NoAnswer::OutOfTime)) {
        Ok(verdict) => {
            log::decided(&parsed, rule, &verdict);
            answer::in_dialect(&parsed, rule, verdict, authorizer)
        }
        Err(no_answer) => Err(log::unanswered(&event, no_answer)),
    }
}

async fn decide<S: FindCaller + Admit>(
    authorizer: &Authorizer<'_, S>,
    event: &Event<'_>,
    rule: Option<&Rule>,
) -> Result<Verdict, NoAnswer> {
    let Authorizer { authenticator, key_limits, .. } = authorizer;
    let freshness = if rule.is_some_and(|rule| rule.strict) { Freshness::Live } else { Freshness::AsMade };
    let presented = presented::presented(event, rule)?;
    // Elsewhere an answer may be kept and given many times, and a key with a limit is not taken.
    let caller = if rule.is_some_and(Rule::is_uncached) {
        counting::caller(authenticator, key_limits, &presented, freshness).await?
    } else {
        let caller = authenticator.caller(&presented, freshness).await?;
        caller.map(|principal| (principal, Admission::Admitted))
    };
    Ok(match caller {
        Err(failure) => Verdict::Unauthenticated(failure),
        Ok((principal, Admission::Refused(refusal))) => {
            let decision = Decision::Forbidden { missing: Missing::Room(refusal.retry_after) };
            Verdict::Authenticated { principal: Box::new(principal), decision }
        }
        Ok((principal, Admission::Admitted)) => {
            let now = authenticator.clock.now();
            let forbidden = Decision::Forbidden { missing: Missing::Rule };
            let decision = rule.map_or(forbidden, |rule| rule.permits(&principal, now));
            Verdict::Authenticated { principal: Box::new(principal), decision }
        }
    })
}
