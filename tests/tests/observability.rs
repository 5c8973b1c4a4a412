//! What an operator sees: each request has one line, which says what was decided, why, for whom and at what cost, and which CloudWatch
//! counts (decision 0011).
//!
//! One test, in a program of its own: it captures the log of the whole process, as the functions write it on Lambda.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "what goes wrong here fails a test")]

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Value, json};
use vestibule::clock::Clock;
use vestibule::telemetry;
use vestibule_tests::{DYNAMODB, Fault, Log, PASSWORD, START, Scene, User};

/// The lines of decisions since the last call of this.
fn decisions(log: &Log) -> Vec<Value> {
    let text = log.take();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["target"] == "audit").collect()
}

/// The one line there is.
#[track_caller]
fn one(log: &Log) -> Value {
    let lines = decisions(log);
    let [line] = lines.as_slice() else { panic!("not one line: {lines:#?}") };
    line.clone()
}

/// The names of the metrics that CloudWatch takes from a line, once each was found to be a number there.
fn counted(line: &Value) -> Vec<&str> {
    let directives = line["_aws"]["CloudWatchMetrics"].as_array().unwrap_or_else(|| panic!("no metrics: {line}"));
    let definitions = directives.iter().flat_map(|directive| directive["Metrics"].as_array().unwrap());
    let mut names: Vec<_> = definitions.map(|definition| definition["Name"].as_str().unwrap()).collect();
    assert!(names.iter().all(|name| line[name].is_number()), "{line}");
    assert!(line["_aws"]["Timestamp"].as_u64().unwrap().is_multiple_of(1000));
    names.sort_unstable();
    names
}

/// Fails unless `line` has these members, and the ones that every decision has.
#[track_caller]
fn expect(line: &Value, expected: &Value, metrics: &[&str]) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&line[name], value, "{name}: {line:#}");
    }
    assert!(line["request_id"].as_str().is_some_and(|id| id.len() > 8), "{line:#}");
    assert!(line["duration_ms"].as_f64().is_some_and(|taken| taken >= 0.0), "{line:#}");
    for measured in ["dynamodb_calls", "capacity_units", "cold_start"] {
        assert!(!line[measured].is_null(), "{measured}: {line:#}");
    }
    assert_eq!(counted(line), metrics, "{line:#}");
}

struct Stage {
    scene: Scene,
    log: Log,
}

impl Stage {
    async fn signing_in(&self, demo: &User) {
        let (scene, log) = (&self.scene, &self.log);
        let route = json!({ "function": "login", "route": "POST /login" });
        scene.login(demo).await;
        let line = one(log);
        expect(&line, &route, &["ColdStarts", "Latency", "SignIns", "SigningKeyAge"]);
        expect(
            &line,
            &json!({ "event": "signed_in", "user": demo.id, "dynamodb_calls": 4, "cold_start": true, "level": "INFO" }),
            &["ColdStarts", "Latency", "SignIns", "SigningKeyAge"],
        );
        scene.wait(60);
        scene.login(demo).await;
        let warm = one(log);
        expect(
            &warm,
            &json!({ "cold_start": false, "signing_key_age_s": 60 }),
            &["Latency", "SignIns", "SigningKeyAge"],
        );
        assert_eq!(warm["_aws"]["Timestamp"], (START.seconds() + 60) * 1000, "the clock's, in milliseconds");
        for (name, password, reason, user) in [
            (demo.email.as_str(), "wrong horse", "wrong_password", json!(demo.id)),
            ("nobody@example.com", PASSWORD, "unknown_account", Value::Null),
        ] {
            scene.try_login(name, password).await.expect(401);
            let said = json!({ "event": "sign_in_refused", "reason": reason, "user": user, "dynamodb_calls": 3, "capacity_units": 3.0 });
            expect(&one(log), &said, &["Latency", "Refusals"]);
        }
        while scene.try_login("locked@example.com", PASSWORD).await.status() == 401 {
            one(log);
        }
        let said = json!({ "event": "limited", "reason": "login_name", "user": null, "level": "WARN" });
        expect(&one(log), &said, &["Latency", "Limited"]);
        scene.post("/login", "application/json", "{").await.expect(400);
        let said = json!({ "event": "bad_request", "reason": "bad_request", "dynamodb_calls": 0, "function": "login" });
        expect(&one(log), &said, &["Latency", "Refusals"]);
    }
}

impl Stage {
    async fn refreshing(&self, demo: &User) {
        let (scene, log) = (&self.scene, &self.log);
        let first = scene.login(demo).await;
        let session = one(log)["session"].clone();
        let whose = json!({ "user": demo.id, "session": session, "function": "refresh", "route": "POST /refresh" });
        scene.wire.take_calls();
        let second = scene.refresh(&first.refresh).await;
        let line = one(log);
        expect(&line, &whose, &["ColdStarts", "Latency", "Refreshes", "SigningKeyAge"]);
        expect(
            &line,
            &json!({ "event": "refreshed", "outcome": "rotated", "dynamodb_calls": 1, "capacity_units": 1.0 }),
            &["ColdStarts", "Latency", "Refreshes", "SigningKeyAge"],
        );
        scene.try_refresh(&first.refresh).await.expect(200);
        let said = json!({ "event": "refreshed", "outcome": "retried", "dynamodb_calls": 1 });
        expect(&one(log), &said, &["Latency", "Retries", "SigningKeyAge"]);
        // A call that the SDK repeats is two calls.
        scene.wire.break_next("UpdateItem", Fault::Throttled);
        scene.refresh(&second.refresh).await;
        expect(&one(log), &json!({ "dynamodb_calls": 2 }), &["Latency", "Refreshes", "SigningKeyAge"]);
        scene.wait(61);
        scene.try_refresh(&first.refresh).await.expect(401);
        let said = json!({ "event": "session_ended", "reason": "replay", "level": "WARN", "dynamodb_calls": 2 });
        let line = one(log);
        expect(&line, &said, &["Latency", "Reuse"]);
        expect(&line, &whose, &["Latency", "Reuse"]);
        scene.try_refresh(&second.refresh).await.expect(401);
        let said = json!({ "event": "refresh_refused", "reason": "replay", "dynamodb_calls": 1 });
        let line = one(log);
        expect(&line, &said, &["Latency", "Refusals"]);
        expect(&line, &whose, &["Latency", "Refusals"]);
        scene.try_refresh("vrt_forged").await.expect(401);
        let said = json!({ "event": "refresh_refused", "reason": "malformed", "dynamodb_calls": 0 });
        expect(&one(log), &said, &["Latency", "Refusals"]);
    }

    async fn revoking(&self, demo: &User) {
        let (scene, log) = (&self.scene, &self.log);
        let tokens = scene.login(demo).await;
        let session = one(log)["session"].clone();
        scene.revoke(&tokens.refresh).await.expect(200);
        let said = json!({
            "event": "session_ended", "reason": "revoked", "user": demo.id, "session": session,
            "function": "revoke", "route": "POST /revoke", "dynamodb_calls": 1, "capacity_units": 1.0,
        });
        expect(&one(log), &said, &["ColdStarts", "Latency", "Revocations"]);
        scene.revoke(&tokens.refresh).await.expect(200);
        let said = json!({
            "event": "nothing_to_revoke", "reason": "no_live_session", "user": demo.id, "session": session,
        });
        expect(&one(log), &said, &["Latency"]);
    }

    async fn calling(&self, demo: &User) {
        let (scene, log) = (&self.scene, &self.log);
        let tokens = scene.login(demo).await;
        let session = one(log)["session"].clone();
        scene.get_as("/whoami", &tokens.access).await.expect(200);
        let lines = decisions(log);
        let [decided, answered] = lines.as_slice() else { panic!("{lines:#?}") };
        let said = json!({
            "event": "access_decided", "decision": "permitted", "user": demo.id, "session": session,
            "function": "authorizer", "route": "GET /whoami", "dynamodb_calls": 1, "capacity_units": 0.5,
        });
        expect(decided, &said, &["ColdStarts", "Decisions", "Latency"]);
        let said = json!({ "event": "answered", "status": 200, "function": "whoami", "route": "GET /whoami" });
        expect(answered, &said, &["ColdStarts", "Latency"]);
        scene.get_as("/admin", &tokens.access).await.expect(403);
        let said = json!({ "decision": "forbidden", "reason": "role admin missing", "dynamodb_calls": 1 });
        expect(&one(log), &said, &["Decisions", "Latency"]);
        scene.get_as("/orders", "nonsense").await.expect(403);
        let said =
            json!({ "decision": "unauthenticated", "reason": "not_three_parts", "route": "GET /orders", "user": null });
        expect(&one(log), &said, &["Decisions", "Latency"]);
        scene.get("/.well-known/jwks.json", &[]).await.expect(200);
        let said = json!({ "event": "answered", "status": 200, "function": "discovery", "dynamodb_calls": 1 });
        expect(&one(log), &said, &["ColdStarts", "Latency"]);
    }

    async fn failing(&mut self, demo: &User) {
        let tokens = self.scene.login(demo).await;
        decisions(&self.log);
        self.scene.cold_start();
        let (scene, log) = (&self.scene, &self.log);
        scene.wire.break_always(DYNAMODB, Fault::Throttled);
        scene.try_refresh(&tokens.refresh).await.expect(503);
        let line = one(log);
        let said = json!({ "event": "failed", "level": "ERROR", "function": "refresh", "dynamodb_calls": 3 });
        expect(&line, &said, &["ColdStarts", "Failures", "Latency"]);
        assert!(line["fault"].as_str().unwrap().contains("UpdateItem"), "{line}");
        scene.get_as("/whoami", &tokens.access).await.expect(500);
        let line = one(log);
        let said = json!({ "event": "access_undecided", "decision": "unanswered", "function": "authorizer" });
        expect(&line, &said, &["ColdStarts", "Decisions", "Latency"]);
        assert!(line["fault"].as_str().unwrap().contains("public keys"), "{line}");
        scene.wire.mend();
    }

    async fn rotating(&self) {
        let function = self.scene.cloud.function("RotateKeysFunction").unwrap().unwrap();
        let event =
            json!({ "Step": "noStep", "SecretId": "vestibule-SigningKeys", "ClientRequestToken": "1".repeat(32) });
        let answer = function.invoke(Bytes::from(event.to_string())).await;
        assert!(answer.is_err());
        let line = one(&self.log);
        let said = json!({ "event": "keys_step_refused", "step": "noStep", "reason": "unknown_step", "function": "rotate_keys" });
        expect(&line, &said, &["ColdStarts", "Latency", "RotationFailures"]);
    }
}

#[tokio::test]
async fn every_request_has_one_line_that_says_what_was_decided_and_what_it_cost() {
    let log = Log::default();
    let scene = Scene::new().await;
    let (writer, clock) = (log.clone(), Clock::Manual(scene.clock.clone()));
    let variables = BTreeMap::from([("VESTIBULE_LOG".to_owned(), "error,audit=info".to_owned())]);
    let subscriber = telemetry::subscriber(&variables, clock, move || writer.clone());
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let demo = scene.demo().await;
    let mut stage = Stage { scene, log };
    stage.signing_in(&demo).await;
    stage.refreshing(&demo).await;
    stage.revoking(&demo).await;
    stage.calling(&demo).await;
    stage.failing(&demo).await;
    stage.rotating().await;
}
