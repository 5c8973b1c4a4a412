//! Every storage call of every flow meets every fault, once and lastingly: the exact answer, nothing lost that was acknowledged,
//! nothing open (promise 9).
//!
//! A route without a flow fails a test, and so does a flow that makes another call than its line says.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use vestibule_tests::{Answer, Fault};

use crate::stage::Stage;

type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One line for each thing that somebody does.
#[derive(Clone, Copy)]
struct Flow {
    route: &'static str,
    /// The storage calls of cold instances. Some go out beside each other, so that their order says nothing.
    calls: &'static [&'static str],
    /// The status without a fault, and with one that nothing helps against.
    good: u16,
    faulty: u16,
    act: for<'a> fn(&'a Stage) -> Doing<'a, Answer>,
    /// What must be so afterwards, when all works again; the answer, if it was the good one.
    afterwards: for<'a> fn(&'a Stage, Option<Answer>) -> Doing<'a, ()>,
}

const SYMMETRIC: &str = "GetSecretValue";
const SIGNING: &str = "GetSecretValue";
const LIMIT: &str = "UpdateItem";
const KEYS: &str = "GetItem";
const SESSION: &str = "GetItem";

#[rustfmt::skip]
const FLOWS: [Flow; 22] = [
    Flow { route: "POST /login", calls: &[SYMMETRIC, LIMIT, LIMIT, "GetItem", SIGNING, "TransactWriteItems"], good: 200, faulty: 503, act: |s| Box::pin(s.sign_in()), afterwards: |s, answer| Box::pin(s.can_sign_in(answer)) },
    Flow { route: "POST /login", calls: &[SYMMETRIC, LIMIT, LIMIT, "GetItem"], good: 401, faulty: 503, act: |s| Box::pin(s.guess()), afterwards: |s, _| Box::pin(s.can_sign_in(None)) },
    Flow { route: "POST /refresh", calls: &[SYMMETRIC, SIGNING, "UpdateItem"], good: 200, faulty: 503, act: |s| Box::pin(s.refresh()), afterwards: |s, answer| Box::pin(s.can_refresh(answer)) },
    Flow { route: "POST /refresh", calls: &[SYMMETRIC, SIGNING, "UpdateItem", "UpdateItem"], good: 401, faulty: 503, act: |s| Box::pin(s.reuse()), afterwards: |s, answer| Box::pin(s.is_ended(answer)) },
    Flow { route: "POST /revoke", calls: &[SYMMETRIC, "UpdateItem"], good: 200, faulty: 503, act: |s| Box::pin(s.revoke()), afterwards: |s, answer| Box::pin(s.is_revoked(answer)) },
    Flow { route: "POST /revoke", calls: &[KEYS, "UpdateItem"], good: 200, faulty: 503, act: |s| Box::pin(s.revoke_by_access_token()), afterwards: |s, answer| Box::pin(s.is_revoked(answer)) },
    Flow { route: "GET /whoami", calls: &[KEYS], good: 200, faulty: 500, act: |s| Box::pin(s.call("/whoami")), afterwards: |s, answer| Box::pin(s.can_call(answer)) },
    Flow { route: "GET /orders", calls: &[KEYS], good: 200, faulty: 500, act: |s| Box::pin(s.call("/orders")), afterwards: |s, answer| Box::pin(s.can_call(answer)) },
    Flow { route: "GET /orders/{id}", calls: &[KEYS], good: 404, faulty: 500, act: |s| Box::pin(s.call("/orders/7")), afterwards: |s, answer| Box::pin(s.can_call(answer)) },
    Flow { route: "GET /admin", calls: &[KEYS, SESSION], good: 200, faulty: 500, act: |s| Box::pin(s.call("/admin")), afterwards: |s, answer| Box::pin(s.can_call(answer)) },
    Flow { route: "GET /admin", calls: &[KEYS, SESSION], good: 403, faulty: 500, act: |s| Box::pin(s.call_with_an_ended_session()), afterwards: |s, answer| Box::pin(s.cannot_call(answer)) },
    Flow { route: "GET /.well-known/jwks.json", calls: &[KEYS], good: 200, faulty: 503, act: |s| Box::pin(s.call("/.well-known/jwks.json")), afterwards: |s, answer| Box::pin(s.can_call(answer)) },
    Flow { route: "GET /.well-known/oauth-authorization-server", calls: &[], good: 200, faulty: 200, act: |s| Box::pin(s.call("/.well-known/oauth-authorization-server")), afterwards: |s, answer| Box::pin(s.can_call(answer)) },
    Flow { route: "GET /.well-known/openid-configuration", calls: &[], good: 200, faulty: 200, act: |s| Box::pin(s.call("/.well-known/openid-configuration")), afterwards: |s, answer| Box::pin(s.can_call(answer)) },
    Flow { route: "GET /openapi.json", calls: &[], good: 200, faulty: 200, act: |s| Box::pin(s.call("/openapi.json")), afterwards: |s, answer| Box::pin(s.can_call(answer)) },
    Flow { route: "POST /logout", calls: &[KEYS, SESSION, "UpdateItem"], good: 204, faulty: 503, act: |s| Box::pin(s.sign_out()), afterwards: |s, answer| Box::pin(s.is_revoked(answer)) },
    Flow { route: "GET /sessions", calls: &[KEYS, SESSION, "Query"], good: 200, faulty: 503, act: |s| Box::pin(s.call("/sessions")), afterwards: |s, answer| Box::pin(s.can_call(answer)) },
    Flow { route: "DELETE /sessions", calls: &[KEYS, SESSION, "Query", "UpdateItem"], good: 200, faulty: 503, act: |s| Box::pin(s.end_sessions("")), afterwards: |s, answer| Box::pin(s.can_call(answer)) },
    Flow { route: "DELETE /sessions/{id}", calls: &[KEYS, SESSION, "UpdateItem"], good: 404, faulty: 503, act: |s| Box::pin(s.end_sessions("/ses_00000000000000000000000000000000")), afterwards: |s, answer| Box::pin(s.can_call(answer)) },
    Flow { route: "GET /web/whoami", calls: &[SESSION], good: 200, faulty: 500, act: |s| Box::pin(s.browse("GET", "/web/whoami")), afterwards: |s, answer| Box::pin(s.can_browse(answer)) },
    Flow { route: "POST /web/orders", calls: &[SESSION], good: 200, faulty: 500, act: |s| Box::pin(s.browse("POST", "/web/orders")), afterwards: |s, answer| Box::pin(s.can_browse(answer)) },
    Flow { route: "POST /web/payments", calls: &[SESSION], good: 200, faulty: 500, act: |s| Box::pin(s.browse("POST", "/web/payments")), afterwards: |s, answer| Box::pin(s.can_browse(answer)) },
];

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

const FAULTS: [Fault; 13] = [
    Fault::Throttled,
    Fault::InternalError,
    Fault::Unreachable,
    Fault::AnswerLost,
    Fault::Slow,
    Fault::AccessDenied,
    Fault::UnknownCredentials,
    Fault::AnswerGarbled,
    Fault::Conflict,
    Fault::TransactionThrottled,
    Fault::InProgress,
    Fault::Hangs,
    Fault::AnswerWithheld,
];

/// Whether the service ever does that to such a call.
fn can_happen(fault: Fault, call: &str) -> bool {
    match fault {
        Fault::Conflict => matches!(call, "UpdateItem" | "TransactWriteItems"),
        Fault::TransactionThrottled | Fault::InProgress => call == "TransactWriteItems",
        _ => true,
    }
}

impl Flow {
    /// Its row of the matrix, for these faults.
    async fn meets(self, faults: &[Fault]) -> usize {
        let mut stage = Stage::new().await;
        stage.again().await;
        self.prepare(&stage).await;
        let answer = (self.act)(&stage).await.expect(self.good);
        let mut calls = stage.scene.wire.take_calls();
        let mut expected = self.calls.to_vec();
        calls.sort();
        expected.sort();
        assert_eq!(calls, expected, "{}: its line says otherwise", self.route);
        (self.afterwards)(&stage, Some(answer)).await;
        let mut met = 0;
        for fault in faults {
            for (at, call) in self.calls.iter().enumerate().filter(|(_, call)| can_happen(*fault, call)) {
                let before = self.calls.iter().take(at).filter(|other| *other == call).count();
                for lasts in [Lasts::OneCall, Lasts::UntilMended] {
                    self.meets_one(&mut stage, *fault, before, call, lasts).await;
                    met += 1;
                }
            }
        }
        met
    }

    async fn meets_one(self, stage: &mut Stage, fault: Fault, before: usize, call: &'static str, lasts: Lasts) {
        stage.again().await;
        self.prepare(stage).await;
        match lasts {
            Lasts::OneCall => stage.scene.wire.break_nth(before, call, fault),
            Lasts::UntilMended => stage.scene.wire.break_after(before, call, fault),
        }
        let answer = (self.act)(stage).await;
        stage.scene.wire.mend();
        let cell = format!("{} {fault:?} at {call} after {before} of them, {lasts:?}", self.route);
        // An answer that holds no number to spoil is read as ever.
        let spoiled = fault != Fault::AnswerGarbled || answer.status() == self.faulty;
        let well = is_answered_well(fault, lasts) || !spoiled;
        let expected = if well { self.good } else { self.faulty };
        assert_eq!(answer.status().as_u16(), expected, "{cell}: {}", answer.text());
        if expected == 503 {
            assert_eq!(answer.header("retry-after"), Some("1"), "{cell}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{cell}");
        }
        // An authorizer's keys are asked for again after a second at the earliest.
        stage.scene.wait(1);
        (self.afterwards)(stage, well.then_some(answer)).await;
    }

    async fn prepare(self, stage: &Stage) {
        if self.good == 403 {
            stage.scene.revoke(&stage.spent.refresh).await.expect(200);
            stage.scene.wire.take_calls();
        }
        if self.route.contains(" /web/") {
            stage.sign_in_by_cookie().await;
            stage.scene.wire.take_calls();
        }
    }
}

/// A row mostly waits, but deployments that start all at once starve each other past the SDK's timeouts.
const AT_A_TIME: usize = 2;

/// Rows at the same time, each in a deployment of its own; faults that wait for a timeout apart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_by_default_every_storage_call_of_every_flow_meets_every_fault() {
    let (slow, quick): (Vec<_>, Vec<_>) =
        FAULTS.into_iter().partition(|fault| matches!(fault, Fault::Hangs | Fault::AnswerWithheld));
    let (turn, mut rows) = (Arc::new(Semaphore::new(AT_A_TIME)), JoinSet::new());
    for flow in FLOWS {
        let waiting = slow.iter().filter(|_| !flow.calls.is_empty()).map(|fault| vec![*fault]);
        for part in waiting.chain([quick.clone()]) {
            let turn = Arc::clone(&turn);
            rows.spawn(async move {
                let _turn = turn.acquire().await.unwrap();
                flow.meets(&part).await
            });
        }
    }
    let mut met = 0;
    while let Some(row) = rows.join_next().await {
        met += row.unwrap();
    }
    println!("{met} cells");
    let calls: usize = FLOWS.iter().map(|flow| flow.calls.len()).sum();
    assert!(met >= 2 * calls * (FAULTS.len() - 3), "{met} cells for {calls} calls");
}

/// Routes that the matrix does not have yet, and the tests of their faults: of some calls and some faults, not of all.
const ELSEWHERE: [(&str, &str); 56] = [
    ("GET /admin/users/{id}", "rights/administrators.rs"),
    ("PUT /admin/users/{id}/rights", "rights/changes.rs"),
    ("POST /admin/users/{id}/disable", "rights/changes.rs"),
    ("POST /admin/users/{id}/enable", "rights/changes.rs"),
    ("DELETE /admin/users/{id}/sessions", "rights/changes.rs"),
    // It makes the calls of `GET /orders`, above.
    ("GET /orders/{id}", "faults/matrix.rs"),
    ("POST /accounts", "accounts/faults.rs"),
    ("POST /accounts/verify", "accounts/faults.rs"),
    ("POST /password/forgot", "accounts/faults.rs"),
    ("POST /password/reset", "accounts/faults.rs"),
    ("GET /account", "accounts/faults.rs"),
    ("POST /account/password", "accounts/faults.rs"),
    ("POST /account/email", "accounts/faults.rs"),
    ("POST /account/email/verify", "accounts/faults.rs"),
    ("POST /account/delete", "accounts/faults.rs"),
    ("POST /oauth/token", "oauth/faults.rs"),
    ("POST /oauth/introspect", "oauth/faults.rs"),
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
    ("POST /api-keys", "api_keys/faults.rs"),
    ("GET /api-keys", "api_keys/faults.rs"),
    ("PATCH /api-keys/{id}", "api_keys/faults.rs"),
    ("POST /api-keys/{id}/rotate", "api_keys/faults.rs"),
    ("DELETE /api-keys/{id}", "api_keys/faults.rs"),
    ("POST /api-keys/report", "api_keys/faults.rs"),
    ("GET /export", "api_keys/faults.rs"),
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
    ("GET /account/devices", "pages/faults.rs"),
    ("POST /account/devices", "pages/faults.rs"),
    ("GET /account/keys", "pages/faults.rs"),
    ("POST /account/keys", "pages/faults.rs"),
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
    let covered = FLOWS.iter().map(|flow| flow.route).chain(ELSEWHERE.into_iter().map(|(route, _)| route)).collect();
    assert_eq!(routes, covered);
}
