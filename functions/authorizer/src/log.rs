//! One line for each event: what was decided, why, and for whom, with the request id that the client got and what it cost. Never a
//! credential.

use serde_json::Value;
use vestibule::authentication::{Failure, RefusedKey};
use vestibule::policy::{Decision, Rule};
use vestibule::telemetry::{Level, Line, Metric};

use crate::event::{ABSENT, request_id};
use crate::{Dialect, Event, NoAnswer, Verdict};

pub(crate) fn decided(event: &Event<'_>, rule: Option<&Rule>, verdict: &Verdict) {
    let decided = Line { route: Some(route(event, rule)), ..line("access_decided", Level::Info) };
    let request_id = event.request_id();
    match verdict {
        Verdict::Unauthenticated(failure) => {
            let named = match failure {
                Failure::ApiKey(RefusedKey { named, .. }) => *named,
                _ => None,
            };
            let decided = Line {
                user: named.and_then(|named| named.owner.user()),
                service: named.and_then(|named| named.owner.service()),
                api_key: named.map(|named| named.id),
                ..decided
            };
            Line { decision: Some("unauthenticated"), reason: Some(failure.reason()), ..decided }.write(request_id);
        }
        Verdict::Authenticated { principal, decision } => {
            let decided = Line {
                user: principal.sub.user(),
                service: principal.sub.service(),
                api_key: principal.api_key(),
                session: principal.sid,
                ..decided
            };
            match decision {
                Decision::Permitted => Line { decision: Some("permitted"), ..decided }.write(request_id),
                Decision::Forbidden { missing } => {
                    let reason = missing.to_string();
                    Line { decision: Some("forbidden"), reason: Some(&reason), ..decided }.write(request_id);
                }
            }
        }
    }
}

/// Logs why there is no answer, and hands it on.
pub(crate) fn unanswered(event: &Value, no_answer: NoAnswer) -> NoAnswer {
    let request_id = event.as_object().and_then(request_id).unwrap_or_else(|| ABSENT.to_owned());
    let unanswered = line("access_undecided", Level::Error);
    Line { decision: Some("unanswered"), fault: Some(&no_answer), ..unanswered }.write(&request_id);
    no_answer
}

/// Every event counts as a decision, by which one: the alarm looks at those that got none.
const fn line(event: &'static str, level: Level) -> Line<'static> {
    Line { counts: Some(Metric::Decisions), ..Line::new(event, level) }
}

/// The route as declared. Without a rule, a `TOKEN` event knows only the client's spelling, which is not logged.
fn route<'e>(event: &'e Event<'_>, rule: Option<&'e Rule>) -> &'e str {
    match (rule, &event.dialect) {
        (Some(rule), _) => rule.route.key(),
        (
            None,
            Dialect::HttpApiSimple { route_key }
            | Dialect::HttpApiPolicy { route_key, .. }
            | Dialect::RestRequest { route_key, .. },
        ) => route_key,
        (None, Dialect::RestToken { .. }) => ABSENT,
    }
}
