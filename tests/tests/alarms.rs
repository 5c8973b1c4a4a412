//! What alarms and the dashboard look at is what the functions write: a metric that is spelled otherwise is watched in vain, and
//! nothing says so.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Dashboard-Body-Structure.html>

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "what goes wrong here fails a test")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use vestibule::clock::Clock;
use vestibule::telemetry::{self, Metric, NAMESPACE};
use vestibule_tests::{DYNAMODB, Fault, Log, Scene};

const TEMPLATE: &str = include_str!("../../infra/template.yaml");

/// The lines of the authorizer, as it writes them on Lambda: one of each decision, through the gateway.
async fn written() -> Vec<Value> {
    let scene = Scene::new().await;
    let (variables, clock) = (BTreeMap::<String, String>::new(), Clock::Manual(scene.clock.clone()));
    let (log, _guard) = Log::of_this_thread(|log| telemetry::subscriber(&variables, clock, move || log.clone()));
    let tokens = scene.login(&scene.demo().await).await;
    scene.get_as("/whoami", &tokens.access).await.expect(200);
    scene.get_as("/admin", &tokens.access).await.expect(403);
    scene.get_as("/whoami", "nonsense").await.expect(403);
    scene.wire.break_always(DYNAMODB, Fault::Throttled);
    scene.get_as("/admin", &tokens.access).await.expect(500);
    let lines = log.text().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>();
    lines.into_iter().filter(|line| line["function"] == "authorizer").collect()
}

/// The decisions that CloudWatch counts.
async fn decisions() -> BTreeSet<String> {
    let lines = written().await;
    lines.iter().filter(|line| line[Metric::Decisions.name()] == 1).map(|line| word(&line["decision"])).collect()
}

/// A metric as somebody looks at it.
#[derive(Debug)]
struct Watched {
    place: String,
    namespace: String,
    name: String,
    dimensions: BTreeMap<String, String>,
}

fn resources(template: &str) -> BTreeMap<String, Value> {
    let template: Value = serde_saphyr::from_str(template).unwrap();
    template["Resources"].as_object().unwrap().clone().into_iter().collect()
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a word: {value}")).to_owned()
}

fn alarms(template: &str) -> Vec<(String, Value)> {
    resources(template).into_iter().filter(|(_, resource)| resource["Type"] == "AWS::CloudWatch::Alarm").collect()
}

/// The text of the dashboard with its alarms, whose `${…}` are words of JSON like any other.
fn dashboard(template: &str) -> Value {
    let body = &resources(template)["Dashboard"]["Properties"]["DashboardBody"];
    let with = |text: String, part: &str| text.replace(&format!("${{{part}}}"), body[1][part][1].as_str().unwrap());
    let text = ["Alarms", "Accounts", "Providers"].into_iter().fold(body[0].as_str().unwrap().to_owned(), with);
    serde_json::from_str(&text).unwrap()
}

fn watched(template: &str) -> Vec<Watched> {
    let of_alarm = |(id, alarm): (String, Value)| {
        let properties = &alarm["Properties"];
        let dimensions = properties["Dimensions"].as_array().unwrap();
        Watched {
            place: id,
            namespace: word(&properties["Namespace"]),
            name: word(&properties["MetricName"]),
            dimensions: dimensions.iter().map(|one| (word(&one["Name"]), word(&one["Value"]))).collect(),
        }
    };
    let mut watched: Vec<_> = alarms(template).into_iter().map(of_alarm).collect();
    for widget in dashboard(template)["widgets"].as_array().unwrap() {
        let title = word(&widget["properties"]["title"]);
        for line in widget["properties"]["metrics"].as_array().into_iter().flatten() {
            let words: Vec<_> = line.as_array().unwrap().iter().map(word).collect();
            let dimensions = words[2..]
                .chunks(2)
                .map(|pair| (pair[0].clone(), pair[1].trim_start_matches("${").trim_end_matches('}').to_owned()));
            let (namespace, name) = (words[0].clone(), words[1].clone());
            watched.push(Watched { place: title.clone(), namespace, name, dimensions: dimensions.collect() });
        }
    }
    watched
}

/// Everything of ours that is looked at and never written, in words.
fn in_vain(template: &str, decisions: &BTreeSet<String>) -> Vec<String> {
    let resources = resources(template);
    let mut found = Vec::new();
    for Watched { place, namespace, name, dimensions } in watched(template) {
        if namespace.starts_with("AWS/") {
            continue;
        }
        let Some(metric) = Metric::ALL.into_iter().find(|metric| metric.name() == name && namespace == NAMESPACE)
        else {
            found.push(format!("{place}: nobody writes {namespace} {name}"));
            continue;
        };
        let names: BTreeSet<_> = dimensions.keys().map(String::as_str).collect();
        if !metric.dimensions().iter().any(|kept| kept.iter().copied().collect::<BTreeSet<_>>() == names) {
            found.push(format!("{place}: {name} is not kept under {names:?}"));
        }
        for (dimension, value) in dimensions {
            let known = match dimension.as_str() {
                "function" => resources.get(&value).is_some_and(|one| one["Type"] == "AWS::Serverless::Function"),
                "decision" => decisions.contains(&value),
                _ => true,
            };
            if !known {
                found.push(format!("{place}: {name} has no {dimension} {value}"));
            }
        }
    }
    found
}

#[tokio::test]
async fn alarms_and_the_dashboard_name_metrics_that_functions_write() {
    assert_eq!(in_vain(TEMPLATE, &decisions().await), [""; 0]);
}

#[tokio::test]
async fn an_unanswered_event_writes_the_very_metric_that_its_alarm_reads() {
    let alarm = &resources(TEMPLATE)["AuthorizerFailedAlarm"]["Properties"];
    let lines = written().await;
    let line = lines.iter().find(|line| line["event"] == "access_undecided").unwrap();
    let name = word(&alarm["MetricName"]);
    let directives = line["_aws"]["CloudWatchMetrics"].as_array().unwrap();
    let counting = directives.iter().find(|directive| {
        directive["Metrics"].as_array().unwrap().iter().any(|metric| metric["Name"].as_str() == Some(&name))
    });
    let counting = counting.unwrap_or_else(|| panic!("the alarm reads {name}: {line:#}"));
    assert_eq!(counting["Namespace"], alarm["Namespace"]);
    assert!(line[&name].as_u64() >= alarm["Threshold"].as_u64(), "{line:#}");
    let dimensions = alarm["Dimensions"].as_array().unwrap();
    let names: Vec<_> = dimensions.iter().map(|dimension| dimension["Name"].clone()).collect();
    assert_eq!(counting["Dimensions"], json!([names]));
    for dimension in dimensions {
        let read = match dimension["Value"].as_str() {
            // Its deployed name, which is `authorizer` here.
            Some("AuthorizerFunction") => &json!("authorizer"),
            _ => &dimension["Value"],
        };
        assert_eq!(&line[dimension["Name"].as_str().unwrap()], read);
    }
}

#[test]
fn every_metric_that_functions_write_is_on_the_dashboard() {
    let seen: BTreeSet<_> = watched(TEMPLATE).into_iter().map(|watched| watched.name).collect();
    for metric in Metric::ALL {
        assert!(seen.contains(metric.name()), "each series is billed, and nobody looks at {}", metric.name());
    }
}

#[tokio::test]
async fn each_misspelling_is_found() {
    let decisions = decisions().await;
    for (from, to, found) in [
        (
            "MetricName: Reuse\n      Dimensions: [{ Name: function, Value: !Ref RefreshFunction",
            "MetricName: Reuses\n      Dimensions: [{ Name: function, Value: !Ref RefreshFunction",
            "nobody writes Vestibule Reuses",
        ),
        (
            "[ \"Vestibule\", \"SignIns\", \"function\", \"${LoginFunction}\"",
            "[ \"vestibule\", \"SignIns\", \"function\", \"${LoginFunction}\"",
            "nobody writes vestibule SignIns",
        ),
        (
            "[ \"Vestibule\", \"Retries\", \"function\"",
            "[ \"Vestibule\", \"Retries\", \"Function\"",
            "is not kept under",
        ),
        ("\"decision\", \"forbidden\"", "\"decision\", \"denied\"", "has no decision denied"),
        (
            "\"Revocations\", \"function\", \"${RevokeFunction}\"",
            "\"Revocations\", \"function\", \"${Revoke}\"",
            "has no function Revoke",
        ),
    ] {
        assert_eq!(TEMPLATE.matches(from).count(), 1, "{from}");
        let reasons = in_vain(&TEMPLATE.replace(from, to), &decisions);
        assert!(reasons.iter().any(|reason| reason.contains(found)), "{to}: {reasons:?}");
    }
}

/// An alarm costs ten cents a month and is worth them where it tells somebody.
#[test]
fn each_alarm_tells_the_topic_is_on_the_dashboard_and_exists_only_with_a_topic() {
    let all = alarms(TEMPLATE);
    let shown = &dashboard(TEMPLATE)["widgets"][0]["properties"]["alarms"];
    let shown: BTreeSet<_> = shown.as_array().unwrap().iter().map(word).collect();
    // The dashboard is one text, which cannot name what is deployed only where letters can be sent, or with providers.
    let sometimes = ["HasMailAndAlarmTopic", "HasProvidersAndAlarmTopic"];
    let (sometimes, always): (Vec<_>, Vec<_>) =
        all.iter().partition(|(_, alarm)| sometimes.iter().any(|condition| alarm["Condition"] == *condition));
    assert_eq!(shown, always.iter().map(|(id, _)| format!("${{{id}.Arn}}")).collect());
    let sometimes: Vec<_> = sometimes.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(sometimes, ["AccountsThrottledAlarm", "SignInWithThrottledAlarm"]);
    for (id, alarm) in always {
        assert_eq!(alarm["Condition"], "HasAlarmTopic", "{id}");
    }
    for (id, alarm) in &all {
        assert_eq!(alarm["Properties"]["AlarmActions"], json!(["AlarmTopic"]), "{id}");
    }
}
