//! The functions' programs and those that they are measured against, as cargo builds them.

use std::collections::HashMap;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bytes::Bytes;
use serde_json::{Value, json};

/// How a program is optimized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// As it is deployed.
    Release,
    /// As tests have it: to see whether something works, never how fast.
    Dev,
}

/// The package of the programs that functions are measured against: `empty`, and `linked`, which links the AWS crates that they do.
const BASELINES: &str = "vestibule-baselines";

/// Builds these functions and what they are measured against; where each program is, by its name. Nothing else is built with them: cargo
/// would give them its features, too.
///
/// # Errors
/// Cargo is not there, or does not like what it builds.
pub fn build(functions: &[&str], profile: Profile) -> Result<HashMap<String, PathBuf>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--message-format", "json-render-diagnostics"]);
    cargo.args(functions.iter().chain([&BASELINES]).flat_map(|name| ["--package", *name]));
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).stderr(Stdio::inherit());
    let output = cargo.output()?;
    if !output.status.success() {
        return Err(Error::other(format!("the binaries could not be built: cargo ended with {}", output.status)));
    }
    let messages = output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
    Ok(messages.filter_map(|message: Value| executable(&message)).collect())
}

/// Name and path, where cargo's message is about a finished program.
fn executable(message: &Value) -> Option<(String, PathBuf)> {
    let path = message.get("executable")?.as_str()?;
    Some((message.get("target")?.get("name")?.as_str()?.to_owned(), path.into()))
}

/// The event of an HTTP API, payload 2.0, for a request without a principal and without a credential.
pub fn http_event(method: &str, path: &str, body: Option<&str>) -> Bytes {
    let route_key = format!("{method} {path}");
    let event = json!({
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": path,
        "rawQueryString": "",
        "headers": { "host": "127.0.0.1:9000", "content-type": "application/json" },
        "requestContext": {
            "accountId": "000000000000", "apiId": "local", "stage": "$default", "requestId": "measured",
            "domainName": "127.0.0.1", "domainPrefix": "127", "routeKey": route_key,
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "" },
            "time": "01/Jan/2026:00:00:00 +0000", "timeEpoch": 1_767_225_600_000_u64,
        },
        "body": body,
        "isBase64Encoded": false,
    });
    event.to_string().into()
}
