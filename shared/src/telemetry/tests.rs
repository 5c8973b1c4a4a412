//! Lines are JSON for people's queries, and embedded metric format documents for CloudWatch.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use serde_json::{Value, json};
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;
use crate::clock::{ManualClock, Timestamp};

const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Has tracing ask each time whether somebody listens to a line. Of one that is first written while nobody does, and somebody is about
/// to, it may hold that nobody ever does: it asks once and keeps the answer.
fn nobody_is_taken_for_deaf() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let asked_each_time = tracing_subscriber::registry().with(dynamic_filter_fn(|_, _| false));
        tracing::subscriber::set_global_default(asked_each_time).unwrap();
    });
}

/// The lines that come out while `act` is done.
fn logged(levels: Option<&str>, act: impl FnOnce()) -> Vec<Value> {
    let variables: BTreeMap<_, _> =
        levels.map(|levels| ("VESTIBULE_LOG".to_owned(), levels.to_owned())).into_iter().collect();
    nobody_is_taken_for_deaf();
    let log = Log::default();
    let (writer, clock) = (log.clone(), Clock::Manual(ManualClock::starting_at(NOON)));
    tracing::subscriber::with_default(subscriber(&variables, clock, move || writer.clone()), act);
    let lines = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The lines of one request of a function called `login`, in a sandbox that has answered `earlier` ones.
fn request(earlier: usize, act: impl AsyncFn()) -> Vec<Value> {
    logged(None, || {
        let sandbox = Sandbox::new("login");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for _ in 0..earlier {
            runtime.block_on(sandbox.measure(None, async {}));
        }
        runtime.block_on(sandbox.measure(Some("POST /login".to_owned()), act()));
    })
}

fn decision(counts: Metric) -> Line<'static> {
    Line { counts: Some(counts), reason: Some("why"), decision: Some("forbidden"), ..Line::new("decided", Level::Info) }
}

/// The dimensions and the names of the metrics of each directive.
fn metrics(line: &Value) -> Vec<(Value, Value)> {
    let directives = line["_aws"]["CloudWatchMetrics"].as_array().unwrap();
    let names = |metrics: &Value| metrics.as_array().unwrap().iter().map(|metric| metric["Name"].clone()).collect();
    directives.iter().map(|directive| (directive["Dimensions"].clone(), names(&directive["Metrics"]))).collect()
}

fn targets(levels: Option<&str>) -> Vec<String> {
    let lines = logged(levels, || {
        tracing::info!(target: "audit", event = "signed_in");
        tracing::info!(target: "hyper", "connected");
        tracing::warn!(target: "aws_smithy_runtime", "retrying");
    });
    lines.iter().map(|line| line["target"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn our_decisions_and_the_trouble_of_others_are_logged() {
    assert_eq!(targets(None), ["audit", "aws_smithy_runtime"]);
    assert_eq!(targets(Some("hyper=loud")), ["audit", "aws_smithy_runtime"], "an unreadable choice is none");
}

#[test]
fn another_choice_is_a_variable_away() {
    assert_eq!(targets(Some("error,hyper=info")), ["hyper"]);
}

#[test]
fn a_decision_says_what_its_request_cost() {
    let lines = request(0, async || {
        sent();
        sent();
        charged(0.5);
        charged(4.0);
        signed_with_key_of_age(Duration::from_secs(86_400));
        decision(Metric::SignIns).write("XbN4");
    });
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let expected = [
        ("function", Value::from("login")),
        ("route", "POST /login".into()),
        ("request_id", "XbN4".into()),
        ("dynamodb_calls", 2.into()),
        ("capacity_units", 4.5.into()),
        ("cold_start", true.into()),
        ("signing_key_age_s", 86_400.into()),
        ("SignIns", 1.into()),
        ("ColdStarts", 1.into()),
        ("SigningKeyAge", 86_400.into()),
    ];
    for (name, value) in expected {
        assert_eq!(line[name], value, "{name}: {line}");
    }
    assert_eq!(line["Latency"], line["duration_ms"]);
    assert!(line["Latency"].as_f64().unwrap() >= 0.0);
    assert_eq!(line["_aws"]["Timestamp"], NOON.seconds() * 1000, "milliseconds of the clock that was given");
    let named = json!(["SignIns", "Latency", "ColdStarts", "SigningKeyAge"]);
    assert_eq!(metrics(line), [(json!([["function"]]), named)]);
}

#[test]
fn a_warm_request_is_no_cold_start() {
    let lines = request(1, async || decision(Metric::Refreshes).write("-"));
    assert_eq!(lines[0]["cold_start"], false);
    assert_eq!(metrics(&lines[0]), [(json!([["function"]]), json!(["Refreshes", "Latency"]))]);
}

#[test]
fn what_is_told_apart_further_has_a_directive_of_its_own() {
    for (metric, dimensions) in [
        (Metric::Refusals, json!([["function"], ["function", "reason"]])),
        (Metric::Decisions, json!([["function", "decision"]])),
    ] {
        let lines = request(1, async || decision(metric).write("-"));
        let expected = [(dimensions, json!([metric.name()])), (json!([["function"]]), json!(["Latency"]))];
        assert_eq!(metrics(&lines[0]), expected);
    }
}

#[test]
fn a_request_counts_once_however_many_lines_it_has() {
    let lines = request(0, async || {
        Line { decides: false, ..Line::new("remark", Level::Warn) }.write("-");
        decision(Metric::Refusals).write("-");
        decision(Metric::Refusals).write("-");
    });
    let counting: Vec<_> =
        lines.iter().filter(|line| !line["_aws"].is_null()).map(|line| line["event"].clone()).collect();
    assert_eq!((lines.len(), counting), (3, vec![json!("decided")]));
}

#[test]
fn outside_a_request_nothing_is_measured_and_nothing_counted() {
    let lines = logged(None, || {
        sent();
        charged(1.0);
        decision(Metric::RotationFailures).write("-");
        assert!(!decided());
    });
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    for absent in ["_aws", "function", "duration_ms", "RotationFailures"] {
        assert!(line[absent].is_null(), "{absent}: {line}");
    }
    assert_eq!(line["reason"], "why");
}

/// "Specification: Embedded metric format", Amazon CloudWatch User Guide, and `MetricDatum` and `Dimension` of its API Reference.
#[test]
fn every_metric_keeps_the_rules_of_the_embedded_metric_format() {
    let ascii = |name: &str| !name.trim().is_empty() && name.is_ascii() && !name.contains(char::is_control);
    assert!(ascii(NAMESPACE) && NAMESPACE.len() <= 1024 && !NAMESPACE.starts_with("AWS/"));
    for metric in Metric::ALL {
        let lines = request(0, async || {
            signed_with_key_of_age(Duration::ZERO);
            decision(metric).write("-");
        });
        let line = &lines[0];
        assert!(line.to_string().len() <= 256 * 1024);
        assert!(line["_aws"]["Timestamp"].is_u64());
        for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
            assert_eq!(directive["Namespace"], NAMESPACE);
            for set in directive["Dimensions"].as_array().unwrap() {
                let set = set.as_array().unwrap();
                assert!(set.len() <= 30);
                for name in set.iter().map(|name| name.as_str().unwrap()) {
                    assert!(ascii(name) && name.len() <= 250 && !name.starts_with(':'), "{name}");
                    let value = line[name].as_str().unwrap_or_else(|| panic!("{name} is no text member: {line}"));
                    assert!(ascii(value) && value.len() <= 1024, "{value}");
                }
            }
            let definitions = directive["Metrics"].as_array().unwrap();
            assert!((1..=100).contains(&definitions.len()));
            for definition in definitions {
                let name = definition["Name"].as_str().unwrap();
                assert!(ascii(name) && name.len() <= 1024, "{name}");
                assert!(["Count", "Seconds", "Milliseconds"].contains(&definition["Unit"].as_str().unwrap()));
                assert!(line[name].is_number(), "{name}: {line}");
            }
        }
    }
}

#[test]
fn no_two_metrics_share_a_name_and_none_has_that_of_another_member() {
    let mut names = Metric::ALL.map(Metric::name).to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Metric::ALL.len());
    // Other members are in snake case.
    assert!(names.iter().all(|name| name.starts_with(|first: char| first.is_ascii_uppercase())));
}
