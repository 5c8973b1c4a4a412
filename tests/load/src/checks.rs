//! What the authorizer's own work costs while nothing has to be read: the figures of its bench, which calls the function's code without a
//! runtime around it.

use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::peers::{ROOT, workshop};

/// A credential whose check has a target.
pub(crate) const COOKIE: &str = "cookie";
/// Another.
pub(crate) const API_KEY: &str = "API key";
/// What is asked for: group and name of the bench, and the credential.
const BENCHES: [(&str, &str, &str); 4] = [
    ("HTTP API 2.0, simple", "cookie", COOKIE),
    ("HTTP API 2.0, simple", "API key", API_KEY),
    ("HTTP API 2.0, simple", "repeated ES256 token", "ES256 token that is known"),
    ("HTTP API 2.0, simple", "fresh ES256 token", "ES256 token, fresh"),
];

/// From an event's bytes to those of its answer, with the log line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Check {
    pub(crate) credential: String,
    /// Microseconds: the median and its 95 % confidence interval.
    pub(crate) median: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// Runs the bench, in little for a quick run, and reads what criterion found.
pub(crate) fn checks(quick: bool) -> Result<Vec<Check>, Fault> {
    let folder = workshop().join("criterion");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["bench", "--quiet", "--package", "authorizer", "--bench", "answer"]);
    if quick {
        cargo.args(["--profile", "dev"]);
    }
    cargo.args(["--", "--noplot", "^HTTP API 2.0, simple/"]);
    if quick {
        cargo.arg("--quick");
    }
    let status = cargo.current_dir(ROOT).env("CRITERION_HOME", &folder).stdout(std::process::Stdio::null()).status()?;
    if !status.success() {
        return Err(format!("the authorizer's bench ended with {status}").into());
    }
    BENCHES.iter().map(|(group, name, credential)| check(&folder.join(group).join(name), credential)).collect()
}

/// The part of criterion's `estimates.json` that is read, in nanoseconds.
#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
    confidence_interval: Interval,
}

#[derive(Deserialize)]
struct Interval {
    lower_bound: f64,
    upper_bound: f64,
}

fn check(folder: &Path, credential: &str) -> Result<Check, Fault> {
    let file = folder.join("new/estimates.json");
    let text = std::fs::read(&file).map_err(|fault| format!("{}: {fault}", file.display()))?;
    let Estimates { median: Estimate { point_estimate, confidence_interval } } = serde_json::from_slice(&text)?;
    Ok(Check {
        credential: credential.to_owned(),
        median: point_estimate / 1e3,
        low: confidence_interval.lower_bound / 1e3,
        high: confidence_interval.upper_bound / 1e3,
    })
}
