//! The functions' programs and those that they are measured against, as cargo builds them.

use std::collections::HashMap;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

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
