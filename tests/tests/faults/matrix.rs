//! Every storage call of every flow meets every fault, once and lastingly: the exact answer, nothing lost that was acknowledged,
//! nothing open (promise 9). An ordinary run takes some of them, in turn; with `VESTIBULE_FAULTS=all` all are met.
//!
//! A route without a flow fails a test, and so does a flow that makes another call than its line says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use vestibule::config::{Variables, process_environment};
use vestibule_tests::{Answer, Fault};

use crate::flows::{Flow, every};
use crate::stage::Stage;

/// How long a fault lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lasts {
    OneCall,
    UntilMended,
}

/// What a fault comes to. A new one does not compile until it is said here.
const fn is_answered_well(fault: Fault, lasts: Lasts) -> bool {
    match fault {
        Fault::Slow => true,
        // Asking again helps, and the SDK or we do.
        Fault::Throttled
        | Fault::InternalError
        | Fault::Unreachable
        | Fault::AnswerLost
        | Fault::Hangs
        | Fault::AnswerWithheld
        | Fault::Conflict
        | Fault::TransactionThrottled
        | Fault::InProgress => matches!(lasts, Lasts::OneCall),
        // It does not.
        Fault::AccessDenied | Fault::UnknownCredentials | Fault::AnswerGarbled => false,
    }
}

/// All faults, those beside each other that the SDK and we treat alike.
const KINDS: [&[Fault]; 6] = [
    &[
        Fault::Throttled,
        Fault::InternalError,
        Fault::Unreachable,
        Fault::Conflict,
        Fault::TransactionThrottled,
        Fault::InProgress,
    ],
    &[Fault::AnswerLost, Fault::AnswerWithheld],
    &[Fault::Hangs],
    &[Fault::AccessDenied, Fault::UnknownCredentials],
    &[Fault::AnswerGarbled],
    &[Fault::Slow],
];

/// Whether every call meets every fault, once and lastingly. In an ordinary run it meets one of each kind, once or lastingly, and
/// the next call the next.
fn is_complete() -> bool {
    process_environment().get("VESTIBULE_FAULTS").is_some_and(|which| which == "all")
}

/// What a call meets of which there were so many before it.
fn faults_of(number: usize, call: &str) -> Vec<(Fault, Lasts)> {
    const BOTH: [Lasts; 2] = [Lasts::OneCall, Lasts::UntilMended];
    let of_a_kind = |(at, kind): (usize, &[Fault])| -> Vec<(Fault, Lasts)> {
        let possible: Vec<_> = kind.iter().copied().filter(|fault| can_happen(*fault, call)).collect();
        if is_complete() {
            return possible.into_iter().flat_map(|fault| BOTH.map(|lasts| (fault, lasts))).collect();
        }
        vec![(possible[number % possible.len()], BOTH[(number / possible.len() + at) % BOTH.len()])]
    };
    KINDS.into_iter().enumerate().flat_map(of_a_kind).collect()
}

/// Whether the service ever does that to such a call.
fn can_happen(fault: Fault, call: &str) -> bool {
    match fault {
        Fault::Conflict => matches!(call, "UpdateItem" | "TransactWriteItems"),
        Fault::TransactionThrottled | Fault::InProgress => call == "TransactWriteItems",
        _ => true,
    }
}

/// All that can happen to such a call.
pub(crate) fn possible(call: &str) -> Vec<Fault> {
    KINDS.concat().into_iter().filter(|fault| can_happen(*fault, call)).collect()
}

impl Flow {
    /// Its row of the matrix, with the number of each of its calls among those of the same name.
    async fn meets_faults(self, stage: &mut Stage, numbers: Vec<usize>) -> Vec<(Fault, Lasts)> {
        stage.leave_everything().await;
        stage.again().await;
        (self.before)(stage).await;
        stage.cold_start();
        let answer = (self.act)(stage).await.expect(self.good);
        assert!(says(&answer, self.says), "{}: {answer:?}", self.route);
        let mut calls = stage.scene.wire.take_calls();
        let mut expected = self.calls.to_vec();
        calls.sort();
        expected.sort();
        assert_eq!(calls, expected, "{}: its line says otherwise", self.route);
        (self.afterwards)(stage, Some(answer)).await;
        let mut met = Vec::new();
        for (at, (call, number)) in self.calls.iter().zip(numbers).enumerate() {
            for (fault, lasts) in faults_of(number, call) {
                self.meets_one(stage, fault, at, lasts).await;
                met.push((fault, lasts));
            }
        }
        met
    }

    async fn meets_one(self, stage: &mut Stage, fault: Fault, at: usize, lasts: Lasts) {
        let call = self.calls[at];
        let before = self.calls[..at].iter().filter(|other| **other == call).count();
        let (faulty, refuses) = self.refusal(at);
        if self.spares && stage.is_signed_in() {
            stage.scene.wait(1);
        } else {
            stage.again().await;
        }
        (self.before)(stage).await;
        stage.cold_start();
        match lasts {
            Lasts::OneCall => stage.scene.wire.break_nth(before, call, fault),
            Lasts::UntilMended => stage.scene.wire.break_after(before, call, fault),
        }
        let answer = (self.act)(stage).await;
        stage.scene.wire.mend();
        let cell = format!("{} {fault:?} at {call} after {before} of them, {lasts:?}", self.route);
        // An answer that holds no number to spoil is read as ever.
        let spoiled = fault != Fault::AnswerGarbled || (answer.status() == faulty && says(&answer, refuses));
        let carried_out = matches!(fault, Fault::AnswerLost | Fault::AnswerWithheld | Fault::AnswerGarbled);
        let found = carried_out && self.sure_of.contains(&call);
        let hasty = fault == Fault::Hangs && self.hasty.contains(&call);
        let well = (is_answered_well(fault, lasts) && !hasty) || !spoiled || found || self.idle.contains(&call);
        let expected = match self.already.filter(|_| carried_out && well && call == "UpdateItem") {
            Some(already) => (already, ""),
            None if well => (self.good, self.says),
            None => (faulty, refuses),
        };
        assert_eq!(answer.status().as_u16(), expected.0, "{cell}: {}", answer.text());
        assert!(says(&answer, expected.1), "{cell}: {answer:?}");
        if expected.0 == 503 {
            assert_eq!(answer.header("retry-after"), Some("1"), "{cell}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{cell}");
            let media_type = answer.header("content-type").unwrap_or_default();
            assert_eq!(media_type.starts_with("text/html"), self.page, "{cell}: {media_type}");
        }
        if !well {
            let opens =
                |cookie: &&str| cookie.starts_with("__Host-session=") && !cookie.starts_with("__Host-session=;");
            assert!(!answer.set_cookies().iter().any(opens), "{cell}: a refusal with a session");
        }
        // An authorizer's keys are asked for again after a second at the earliest.
        stage.scene.wait(1);
        (self.afterwards)(stage, well.then_some(answer)).await;
    }
}

/// What a text or an address of an answer holds.
fn says(answer: &Answer, what: &str) -> bool {
    answer.text().contains(what) || answer.header("location").is_some_and(|location| location.contains(what))
}

/// Deployments at the same time: as many as there are cores at least.
const AT_A_TIME: usize = 2;
/// Rows that meet one deployment, one after the other: to begin one takes as long as some cells.
const OF_ONE_DEPLOYMENT: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_by_default_every_storage_call_of_every_flow_meets_every_fault() {
    let (turn, mut rows) = (Arc::new(Semaphore::new(AT_A_TIME)), JoinSet::new());
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    let mut number = |call: &&'static str| {
        // By name, so that each operation meets all that can happen to it, whatever other calls there are.
        let number = named.entry(*call).or_default();
        *number += 1;
        *number - 1
    };
    let numbered: Vec<(Flow, Vec<usize>)> =
        every().map(|flow| (flow, flow.calls.iter().map(&mut number).collect())).collect();
    for together in numbered.chunks(OF_ONE_DEPLOYMENT) {
        let (turn, together) = (Arc::clone(&turn), together.to_vec());
        rows.spawn(async move {
            let _turn = turn.acquire().await.unwrap();
            let (mut stage, mut met) = (Stage::new().await, Vec::new());
            for (flow, numbers) in together {
                met.extend(flow.meets_faults(&mut stage, numbers).await);
            }
            met
        });
    }
    let calls: usize = named.values().sum();
    let (mut met, mut failed) = (Vec::new(), 0);
    while let Some(row) = rows.join_next().await {
        // It has said itself what was wrong.
        row.map_or_else(|_| failed += 1, |cells| met.extend(cells));
    }
    println!("{} cells of {calls} calls", met.len());
    assert_eq!(failed, 0, "rows");
    assert!(met.len() >= calls * KINDS.len(), "{} cells for {calls} calls", met.len());
    for fault in KINDS.concat() {
        for lasts in [Lasts::OneCall, Lasts::UntilMended] {
            assert!(met.contains(&(fault, lasts)), "nothing met {fault:?}, {lasts:?}");
        }
    }
}

/// Whoever adds a route adds its line. That of a route that calls nothing has no calls, and shows it.
#[test]
fn every_route_has_a_flow_in_the_matrix() {
    let template = include_str!("../../../infra/template.yaml");
    let routes: BTreeSet<_> = template
        .split("RouteKey: ")
        .skip(1)
        .map(|rest| match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap(),
            None => rest.split([',', '\n']).next().unwrap().trim().trim_end_matches(" }"),
        })
        .filter(|route| route.contains(" /"))
        .collect();
    assert_eq!(routes, every().map(|flow| flow.route).collect());
}
