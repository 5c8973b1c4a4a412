//! Every storage call of every flow meets every fault, once and lastingly: the exact answer, nothing lost that was acknowledged,
//! nothing open (promise 9). An ordinary run draws from them; with `VESTIBULE_FAULTS=all` all are met.
//!
//! A route without a flow fails a test, and so does a flow that makes another call than its line says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use vestibule::config::{Variables, process_environment};
use vestibule_tests::Fault;

use crate::flows::{FLOWS, Flow};
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

impl Flow {
    /// Its row of the matrix, with the number of each of its calls among those of the same name.
    async fn meets_faults(self, numbers: Vec<usize>) -> Vec<(Fault, Lasts)> {
        let mut stage = Stage::new().await;
        stage.again().await;
        (self.before)(&stage).await;
        stage.cold_start();
        let answer = (self.act)(&stage).await.expect(self.good);
        let mut calls = stage.scene.wire.take_calls();
        let mut expected = self.calls.to_vec();
        calls.sort();
        expected.sort();
        assert_eq!(calls, expected, "{}: its line says otherwise", self.route);
        (self.afterwards)(&stage, Some(answer)).await;
        let mut met = Vec::new();
        for (at, (call, number)) in self.calls.iter().zip(numbers).enumerate() {
            for (fault, lasts) in faults_of(number, call) {
                self.meets_one(&mut stage, fault, at, lasts).await;
                met.push((fault, lasts));
            }
        }
        met
    }

    async fn meets_one(self, stage: &mut Stage, fault: Fault, at: usize, lasts: Lasts) {
        let call = self.calls[at];
        let before = self.calls[..at].iter().filter(|other| **other == call).count();
        let faulty = if at < self.authorizer { 500 } else { self.faulty };
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
        let spoiled = fault != Fault::AnswerGarbled || answer.status() == faulty;
        let well = is_answered_well(fault, lasts) || !spoiled || self.idle.contains(&call);
        let expected = if well { self.good } else { faulty };
        assert_eq!(answer.status().as_u16(), expected, "{cell}: {}", answer.text());
        if expected == 503 {
            assert_eq!(answer.header("retry-after"), Some("1"), "{cell}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{cell}");
        }
        // An authorizer's keys are asked for again after a second at the earliest.
        stage.scene.wait(1);
        (self.afterwards)(stage, well.then_some(answer)).await;
    }
}

/// Rows at the same time, each in a deployment of its own: as many as there are cores at least.
const AT_A_TIME: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_by_default_every_storage_call_of_every_flow_meets_every_fault() {
    let (turn, mut rows) = (Arc::new(Semaphore::new(AT_A_TIME)), JoinSet::new());
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    for flow in FLOWS {
        let turn = Arc::clone(&turn);
        // By name, so that each operation meets all that can happen to it, whatever other calls there are.
        let numbers = flow.calls.iter().map(|call| {
            let number = named.entry(*call).or_default();
            *number += 1;
            *number - 1
        });
        let numbers = numbers.collect();
        rows.spawn(async move {
            let _turn = turn.acquire().await.unwrap();
            flow.meets_faults(numbers).await
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

/// Routes that the matrix does not have yet, and the tests of their faults: of some calls and some faults, not of all.
const ELSEWHERE: &[(&str, &str)] = &[
    ("GET /oauth/authorize", "authorize/faults.rs"),
    ("POST /oauth/authorize", "authorize/faults.rs"),
    ("POST /oauth/consent", "authorize/faults.rs"),
    ("GET /oauth/logout", "authorize/faults.rs"),
    ("POST /oauth/logout", "authorize/faults.rs"),
    ("POST /oauth/logout/confirm", "authorize/faults.rs"),
    ("POST /oauth/revoke", "oauth/revocation.rs"),
    ("GET /userinfo", "oauth/userinfo.rs"),
    // It makes the calls of `GET /userinfo`.
    ("POST /userinfo", "oauth/userinfo.rs"),
    // They make no call.
    ("OPTIONS /oauth/token", "oauth/cross_origin.rs"),
    ("OPTIONS /oauth/revoke", "oauth/cross_origin.rs"),
    ("OPTIONS /userinfo", "oauth/cross_origin.rs"),
    ("GET /consents", "authorize/faults.rs"),
    ("DELETE /consents/{client}", "authorize/faults.rs"),
    ("GET /sign-in", "pages/faults.rs"),
    ("GET /signed-out", "pages/faults.rs"),
    ("GET /register", "pages/faults.rs"),
    ("GET /verify", "pages/faults.rs"),
    ("GET /forgot", "pages/faults.rs"),
    ("GET /reset", "pages/faults.rs"),
    ("GET /account/email", "pages/faults.rs"),
    ("POST /sign-in", "pages/faults.rs"),
    ("POST /sign-out", "pages/faults.rs"),
    ("POST /register", "pages/faults.rs"),
    ("POST /verify", "pages/faults.rs"),
    ("POST /forgot", "pages/faults.rs"),
    ("POST /reset", "pages/faults.rs"),
    ("POST /account/email/confirm", "pages/faults.rs"),
    ("GET /account/consents", "pages/faults.rs"),
    ("POST /account/consents", "pages/faults.rs"),
    ("GET /account/devices", "pages/faults.rs"),
    ("POST /account/devices", "pages/faults.rs"),
    ("GET /account/keys", "pages/faults.rs"),
    ("POST /account/keys", "pages/faults.rs"),
    ("DELETE /identities/{id}", "federation/faults.rs"),
    ("GET /account/identities", "federation/faults.rs"),
    ("GET /identities", "federation/faults.rs"),
    ("GET /sign-in/with/{provider}", "federation/faults.rs"),
    ("GET /sign-in/with/{provider}/callback", "federation/faults.rs"),
    ("POST /account/identities", "federation/faults.rs"),
    ("POST /sign-in/with/{provider}", "federation/faults.rs"),
    ("POST /sign-in/with/{provider}/callback", "federation/faults.rs"),
    ("GET /reports", "api_keys/limits.rs"),
];

/// Whoever adds a route adds its line.
#[test]
fn every_route_has_a_flow_in_the_matrix_or_faults_of_its_own() {
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
    let tests = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"));
    for (route, file) in ELSEWHERE {
        assert!(tests.join(file).exists(), "{route}: there is no {file}");
    }
    let covered = FLOWS.iter().map(|flow| flow.route).chain(ELSEWHERE.iter().map(|(route, _)| *route)).collect();
    assert_eq!(routes, covered);
}
