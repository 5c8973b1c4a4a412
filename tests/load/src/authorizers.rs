//! Authorizers side by side: the same event, through the same Lambda Runtime API, to processes on the same core.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vestibule_local::function::Function as _;
use vestibule_local::process_function::{ProcessFunction, ProcessSettings};

use crate::Fault;
use crate::process::{self, ASKING, SERVED, keep_on};
use crate::stage::Stage;
use crate::statistics::{Spread, quantile};

/// Who answers.
pub(crate) const OURS: &str = "Vestibule";
pub(crate) const NODE: &str = "Node.js, aws-jwt-verify";
pub(crate) const PYTHON: &str = "Python, PyJWT";
/// Lets everybody in: what the Runtime API and Rust's runtime client take.
pub(crate) const EMPTY: &str = "empty authorizer in Rust";
/// The same in the loops of the others.
pub(crate) const EMPTY_NODE: &str = "empty authorizer in Node.js";
pub(crate) const EMPTY_PYTHON: &str = "empty authorizer in Python";

/// What is asked.
pub(crate) const CASES: [&str; 3] = ["ES256, a fresh token", "RS256, a fresh token", "ES256, the same token again"];

/// A program that authorizes.
#[derive(Clone, Debug)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
    pub(crate) variables: Vec<(String, String)>,
}

impl Contender {
    pub(crate) fn function(&self) -> Result<ProcessFunction, Fault> {
        Ok(ProcessFunction::spawn(ProcessSettings {
            env: self.variables.clone(),
            concurrency: 1,
            timeout: Duration::from_secs(10),
            // Short, as it is part of the name of the function that a log line has.
            ..ProcessSettings::new("measured", &self.program)
        })?)
    }

    /// Whether `answer` lets the caller in, which all tokens deserve.
    pub(crate) fn check(&self, answer: &Bytes) -> Result<(), Fault> {
        let answer: Value = serde_json::from_slice(answer)?;
        match answer.get("isAuthorized") == Some(&Value::Bool(true)) {
            true => Ok(()),
            false => Err(format!("{} answered {answer}", self.name).into()),
        }
    }
}

/// What an authorizer took for one case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Warm {
    pub(crate) case: String,
    pub(crate) name: String,
    /// Microseconds from the event to its answer, by the medians of rounds.
    pub(crate) micros: Spread,
    /// 99 % of all answers came within.
    pub(crate) p99: f64,
    /// Microseconds on a processor for each event.
    pub(crate) busy: f64,
    /// How many times ours takes as long, round by round.
    pub(crate) ours: Spread,
    /// MiB in memory afterwards.
    pub(crate) resident: f64,
}

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) rounds: usize,
    pub(crate) events: usize,
}

/// Rounds in which each contender answers some events of each case, in another order each time.
pub(crate) async fn warm(stage: &Stage, contenders: &[Contender], extent: Extent) -> Result<Vec<Warm>, Fault> {
    let functions = contenders.iter().map(Contender::function).collect::<Result<Vec<_>, _>>()?;
    // The first answer is a cold start's. A process begins on the core of whoever starts it.
    keep_on(std::process::id(), SERVED);
    for (contender, function) in contenders.iter().zip(&functions) {
        for _ in 0..extent.events {
            contender.check(&function.invoke(event(&stage.token(0)?)).await?)?;
        }
    }
    keep_on(std::process::id(), ASKING);
    let mut took: HashMap<(usize, usize), Vec<Vec<f64>>> = HashMap::new();
    let mut busy: HashMap<(usize, usize), f64> = HashMap::new();
    for round in 0..extent.rounds {
        for case in 0..CASES.len() {
            let fresh = (0..extent.events).map(|_| stage.token(case)).collect::<Result<Vec<_>, _>>()?;
            for turn in 0..contenders.len() {
                let place = (round + turn) % contenders.len();
                let (Some(contender), Some(function)) = (contenders.get(place), functions.get(place)) else { continue };
                let before = busy_of(function);
                let mut times = Vec::with_capacity(extent.events);
                for token in &fresh {
                    let event = event(token);
                    let asked = Instant::now();
                    let answer = function.invoke(event).await?;
                    times.push(asked.elapsed().as_secs_f64() * 1e6);
                    contender.check(&answer)?;
                }
                *busy.entry((case, place)).or_default() += busy_of(function) - before;
                times.sort_by(f64::total_cmp);
                took.entry((case, place)).or_default().push(times);
            }
        }
    }
    let mut rows = Vec::new();
    for (case, label) in CASES.iter().enumerate() {
        let medians = |place: usize| -> Vec<f64> {
            took.get(&(case, place)).into_iter().flatten().map(|times| quantile(times, 0.5)).collect()
        };
        let ours = contenders.iter().position(|contender| contender.name == OURS).ok_or("we are not among them")?;
        for (place, (contender, function)) in contenders.iter().zip(&functions).enumerate() {
            let mut all: Vec<f64> = took.get(&(case, place)).into_iter().flatten().flatten().copied().collect();
            all.sort_by(f64::total_cmp);
            let ratios = medians(ours).into_iter().zip(medians(place)).map(|(ours, theirs)| ours / theirs);
            rows.push(Warm {
                case: (*label).to_owned(),
                name: contender.name.to_owned(),
                micros: Spread::of(medians(place)),
                p99: quantile(&all, 0.99),
                busy: busy.get(&(case, place)).copied().unwrap_or_default() / all.len() as f64,
                ours: Spread::of(ratios),
                resident: resident_mib(function),
            });
        }
    }
    for function in functions {
        function.stop().await;
    }
    process::roam();
    Ok(rows)
}

/// Microseconds on a processor so far.
fn busy_of(function: &ProcessFunction) -> f64 {
    function.idle_processes().into_iter().map(process::busy_nanoseconds).sum::<f64>() / 1e3
}

pub(crate) fn resident_mib(function: &ProcessFunction) -> f64 {
    function.idle_processes().into_iter().find_map(process::resident_kib).unwrap_or_default() / 1024.0
}

/// An authorizer's event of an HTTP API, payload 2.0 with simple responses, with the headers that a browser sends.
pub(crate) fn event(token: &str) -> Bytes {
    let credential = format!("Bearer {token}");
    let event = json!({
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/$default/GET/whoami",
        "identitySource": [credential],
        "routeKey": "GET /whoami",
        "rawPath": "/whoami",
        "rawQueryString": "",
        "headers": {
            "accept": "application/json", "accept-encoding": "gzip, deflate, br", "authorization": credential,
            "content-length": "0", "host": "abcdef1234.execute-api.eu-west-1.amazonaws.com", "user-agent": "report",
            "x-amzn-trace-id": "Root=1-65a5a5a5-0123456789abcdef01234567", "x-forwarded-for": "203.0.113.7",
            "x-forwarded-port": "443", "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "123456789012", "apiId": "abcdef1234", "domainName": "abcdef1234.execute-api.eu-west-1.amazonaws.com",
            "domainPrefix": "abcdef1234",
            "http": { "method": "GET", "path": "/whoami", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "report" },
            "requestId": "JKJaXmPLvHcESHA=", "routeKey": "GET /whoami", "stage": "$default",
            "time": "15/Jan/2027:08:00:00 +0000", "timeEpoch": 1_800_000_000_000_u64,
        },
    });
    event.to_string().into()
}
