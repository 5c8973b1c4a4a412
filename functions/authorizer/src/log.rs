//! One line for each event: what was decided, why, and for whom, with the request id that the client got. Never a credential.
//! How long it took is in the report that Lambda adds to every invocation.

use serde_json::Value;
use vestibule::policy::{Decision, Rule};

use crate::event::request_id;
use crate::{Dialect, Event, NoAnswer, Verdict};

const ABSENT: &str = "-";

pub(crate) fn decided(event: &Event, rule: Option<&Rule>, verdict: &Verdict) {
    let request_id = event.request_id.as_deref().unwrap_or(ABSENT);
    let route = route(event, rule);
    match verdict {
        Verdict::Unauthenticated(failure) => {
            tracing::info!(target: "authorizer", decision = "unauthenticated", reason = failure.reason(), route, request_id);
        }
        Verdict::Authenticated { principal, decision } => {
            let sub = tracing::field::display(principal.sub);
            let sid = principal.sid.map(tracing::field::display);
            match decision {
                Decision::Permitted => {
                    tracing::info!(target: "authorizer", decision = "permitted", route, sub, sid, request_id);
                }
                Decision::Forbidden { missing } => {
                    tracing::info!(target: "authorizer", decision = "forbidden", reason = %missing, route, sub, sid, request_id);
                }
            }
        }
    }
}

/// Logs why there is no answer, and hands it on.
pub(crate) fn unanswered(event: &Value, no_answer: NoAnswer) -> NoAnswer {
    let request_id = event.as_object().and_then(request_id).unwrap_or_else(|| ABSENT.to_owned());
    tracing::error!(target: "authorizer", decision = "unanswered", reason = %no_answer, request_id);
    no_answer
}

/// The route as declared. Without a rule, a `TOKEN` event knows only the client's spelling, which is not logged.
fn route<'e>(event: &'e Event, rule: Option<&'e Rule>) -> &'e str {
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
