//! The programs: built as they are deployed, or ready in a folder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Fault;
use crate::first_event::{BASELINES, FUNCTIONS};

/// Where the programs are.
pub(crate) enum Binaries {
    /// In one folder, as cargo or cargo-lambda lays them out.
    Ready(PathBuf),
    /// Wherever cargo said that it put them.
    Built(HashMap<String, PathBuf>),
}

impl Binaries {
    /// Builds them all, the functions on their own: together with the tests, cargo would give them the tests' features too.
    pub(crate) fn build() -> Result<Self, Fault> {
        let functions = FUNCTIONS.iter().flat_map(|name| ["--package", *name]);
        let mut built = build(functions)?;
        let examples = BASELINES.iter().flat_map(|name| ["--example", *name]);
        built.extend(build(["--package", "vestibule-tests"].into_iter().chain(examples))?);
        Ok(Self::Built(built))
    }

    /// The program called `name`.
    pub(crate) fn find(&self, name: &str) -> Result<PathBuf, Fault> {
        let missing = || format!("there is no program {name}: build it, or leave --binaries out");
        match self {
            Self::Built(built) => Ok(built.get(name).ok_or_else(missing)?.clone()),
            Self::Ready(folder) => {
                let layouts = [folder.join(name).join("bootstrap"), folder.join(name)];
                let found = layouts.into_iter().find(|path| path.is_file()).ok_or_else(missing)?;
                Ok(found.canonicalize()?)
            }
        }
    }
}

fn build<'a>(what: impl IntoIterator<Item = &'a str>) -> Result<HashMap<String, PathBuf>, Fault> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--message-format", "json-render-diagnostics"]).args(what);
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).stderr(Stdio::inherit());
    let output = cargo.output()?;
    if !output.status.success() {
        return Err(format!("the binaries could not be built: cargo ended with {}", output.status).into());
    }
    let messages = output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
    Ok(messages.filter_map(|message: Value| executable(&message)).collect())
}

/// Name and path, where cargo's message is about a finished program.
fn executable(message: &Value) -> Option<(String, PathBuf)> {
    let path = message.get("executable")?.as_str()?;
    Some((message.get("target")?.get("name")?.as_str()?.to_owned(), path.into()))
}
