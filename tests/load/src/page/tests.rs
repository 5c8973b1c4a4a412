//! The page shows what was measured and nothing else; a target is met or missed by its figure.

use super::*;
use crate::authorizers::{EMPTY, EMPTY_NODE, EMPTY_PYTHON, NODE, PYTHON, Warm};
use crate::checks::{API_KEY, COOKIE, Check};
use crate::gateway::{Burst, REFRESH, STRICT, Soak, SoakPart};
use crate::hashing::HANDLERS;
use crate::oracle::Told;
use crate::scale::Cost;
use crate::servers::Served;
use crate::starts::{Start, WITH, WITHOUT};
use crate::statistics::{Latency, Spread};
use crate::targets::targets;

fn spread(median: f64) -> Spread {
    Spread { median, low: median * 0.9, high: median * 1.1 }
}

fn outcome(rate: f64) -> Outcome {
    let latency = Latency { p50: 800.0, p90: 900.0, p99: 2_000.0, p999: 4_000.0, max: 5_000.0 };
    Outcome { offered: rate, achieved: rate, answered: 1_000, latency, ..Outcome::default() }
}

/// A run in which every target is met.
fn results() -> Results {
    let warm = |case: &str, name: &str, ours: f64| Warm {
        case: case.to_owned(),
        name: name.to_owned(),
        micros: spread(400.0 * ours),
        p99: 900.0,
        busy: 100.0,
        ours: spread(ours),
        resident: 12.0,
    };
    let start = |first_answer: &str, name: &str| Start {
        first_answer: first_answer.to_owned(),
        name: name.to_owned(),
        millis: spread(10.0),
        ratio: spread(1.1),
        resident: spread(9.0),
        size: Some(8.0),
    };
    let cost = |kind: &str, sessions, per_user| Cost {
        kind: kind.to_owned(),
        sessions,
        per_user,
        busy: spread(500.0),
        latency: spread(700.0),
        ratio: spread(1.04),
        resident: 80.0,
    };
    let ladder = Ladder {
        kind: REFRESH.to_owned(),
        processes: false,
        capacity: outcome(1_500.0),
        busy: 0.6,
        steps: vec![outcome(150.0), outcome(1_200.0)],
    };
    let costs = [REFRESH, STRICT].iter().flat_map(|kind| {
        [(1_000, 1), (10_000, 1), (1_000_000, 1), (10_000, 10)]
            .map(|(sessions, per_user)| cost(kind, sessions, per_user))
    });
    let authorizers = CASES.iter().flat_map(|case| {
        [(OURS, 1.0), (NODE, 0.3), (PYTHON, 0.2), (EMPTY, 1.2), (EMPTY_NODE, 0.5), (EMPTY_PYTHON, 0.5)]
            .map(|(name, ours)| warm(case, name, ours))
    });
    Results {
        authorizers: authorizers.collect(),
        starts: [WITH, WITHOUT].map(|first_answer| start(first_answer, OURS)).into(),
        ladders: vec![ladder],
        burst: Some(Burst { outcome: outcome(0.0), seconds: 5.0, peak: 120.0 }),
        soak: Some(Soak {
            seconds: 120.0,
            parts: vec![SoakPart { outcome: outcome(400.0), resident: 90.0, busy: 0.5 }],
        }),
        servers: vec![Served {
            operation: REFRESH.to_owned(),
            name: "OpenAuth".to_owned(),
            rate: spread(900.0),
            p50: spread(5_000.0),
            p99: spread(9_000.0),
            ours: spread(1.5),
            busy: 900.0,
            resident: 80.0,
        }],
        costs: costs.collect(),
        checks: vec![
            Check { credential: COOKIE.to_owned(), median: 9.0, low: 8.9, high: 9.1 },
            Check { credential: API_KEY.to_owned(), median: 8.0, low: 7.9, high: 8.1 },
        ],
        shares: HANDLERS
            .iter()
            .chain([&BARE])
            .map(|what| Share { what: (*what).to_owned(), hashing: 9.8, all_else: 0.2 })
            .collect(),
        told: vec![Told {
            operation: "registration".to_owned(),
            class: "account".to_owned(),
            base: Some("unknown address".to_owned()),
            auc: 0.51,
            half: 0.03,
            median: 2.0,
        }],
        ..Results::default()
    }
}

#[test]
fn every_part_that_was_measured_is_on_the_page_with_its_plots() {
    let folder = tempfile::tempdir().unwrap();
    write(&results(), folder.path()).unwrap();
    let page = std::fs::read_to_string(folder.path().join("benchmarks.md")).unwrap();
    assert_eq!(page.matches("\n## ").count(), 11, "{page}");
    assert_eq!(page.matches("![").count(), 3, "{page}");
    for link in page.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
        let plot = std::fs::read_to_string(folder.path().join(link)).unwrap();
        assert!(plot.contains("<polyline"), "{link} shows nothing");
    }
    assert!(!page.contains("NaN") && !page.contains("inf"), "{page}");
}

#[test]
fn what_was_not_measured_is_not_on_the_page() {
    let folder = tempfile::tempdir().unwrap();
    write(&Results::default(), folder.path()).unwrap();
    let page = std::fs::read_to_string(folder.path().join("benchmarks.md")).unwrap();
    assert_eq!(page.matches("\n## ").count(), 0, "{page}");
}

#[test]
fn what_no_authorizer_can_come_under_is_said_beside_the_targets() {
    let mut results = results();
    for row in &mut results.authorizers {
        row.micros.median = match row.name.as_str() {
            EMPTY => 100.0,
            EMPTY_NODE | EMPTY_PYTHON => 200.0,
            OURS => 140.0,
            NODE => 400.0,
            _ => 270.0,
        };
    }
    let folder = tempfile::tempdir().unwrap();
    write(&results, folder.path()).unwrap();
    let page = std::fs::read_to_string(folder.path().join("benchmarks.md")).unwrap();
    for said in [
        "takes 400 µs, of which 200 are the loop's: ours would have to come to 133, which leaves something to check with. Its checks add 200 µs and ours 40.0, 0.20 of that",
        "takes 270 µs, of which 200 are the loop's: ours would have to come to 90, which is less than the way alone",
    ] {
        assert!(page.contains(said), "{page}");
    }
}

#[test]
fn a_target_is_met_or_missed_by_its_figure() {
    let mut results = results();
    let met = |results: &Results| targets(results).iter().filter(|target| target.met).count();
    let all = targets(&results).len();
    assert_eq!((met(&results), all), (all, 16), "{:#?}", targets(&results));
    results.ladders[0].capacity.achieved = 1_199.0;
    results.ladders[0].steps[1].latency.p99 = 8_001.0;
    results.costs.iter_mut().for_each(|cost| cost.ratio.median = 1.101);
    results.authorizers.iter_mut().for_each(|row| row.ours.median = 1.301);
    results.checks[1].median = 10.01;
    results.shares[2].all_else = 0.32;
    results.told[0].auc = 0.43;
    assert_eq!(met(&results), all - 10, "{:#?}", targets(&results));
}

#[test]
fn a_table_that_is_larger_than_the_target_says_is_told_and_not_judged() {
    let mut results = results();
    let larger = Cost { sessions: 10_000_000, ratio: spread(1.2), ..results.costs[2].clone() };
    results.costs.push(larger);
    let target = targets(&results).into_iter().find(|target| target.what.starts_with("refresh: cost")).unwrap();
    assert_eq!((target.what.as_str(), target.met), ("refresh: cost at 1,000,000 sessions", true));
}
