//! `vestibule keys` as an operator types it, against a deployment that `vestibule dev` runs.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A running `vestibule dev`, killed when the test ends.
struct Deployment {
    process: Child,
    folder: tempfile::TempDir,
}

impl Drop for Deployment {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn vestibule(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
    command.current_dir(folder).env_remove("VESTIBULE_TABLE").args(arguments).stderr(Stdio::piped());
    command
}

impl Deployment {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = vestibule(folder.path(), &["dev", "--port", "0", "--memory"]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("Ctrl-C stops everything") {
            assert_ne!(lines.read_line(&mut said).unwrap(), 0, "it ended early: {said}");
        }
        // Drained in the background, so that it never blocks on a full pipe.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Self { process, folder }
    }

    fn keys(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = vestibule(self.folder.path(), &["keys"]);
        let mut process = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        process.wait_with_output().unwrap()
    }

    /// The names of the published keys by algorithm and state.
    fn listed(&self) -> BTreeMap<(String, String), String> {
        let output = self.keys(&["list", "--json"], "");
        let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        let word = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
        rows.iter().map(|row| ((word(row, "alg"), word(row, "state")), word(row, "kid"))).collect()
    }
}

fn es256(state: &str) -> (String, String) {
    ("ES256".to_owned(), state.to_owned())
}

/// It was refused, in one sentence after the one that names the deployment.
fn refusal(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let lines: Vec<_> = said.trim_end().lines().collect();
    assert_eq!((lines.len(), lines[0].contains("the dev deployment in ./.vestibule")), (2, true), "{said}");
    lines[1].to_owned()
}

#[test]
fn what_would_refuse_a_valid_token_is_refused_with_its_reason() {
    let deployment = Deployment::start();
    let before = deployment.listed();
    let (active, next) = (&before[&es256("active")], &before[&es256("next")]);
    for (arguments, reason) in [
        (&["rotate"][..], "needs another"),
        (&["promote", next], "needs another"),
        (&["promote", active], "is not next"),
        (&["retire", active], "is signing"),
        (&["retire", "-nobody"], "there is no key -nobody"),
        (&["rotate", "--emergency", "-nobody", "--yes"], "there is no key -nobody"),
    ] {
        let said = refusal(&deployment.keys(arguments, ""));
        assert!(said.contains(reason), "{arguments:?}: {said}");
    }
    assert_eq!(deployment.listed(), before);
}

#[test]
fn an_emergency_says_what_it_costs_asks_and_replaces_the_key_at_once() {
    let deployment = Deployment::start();
    let before = deployment.listed();
    let (leaked, next) = (&before[&es256("active")], &before[&es256("next")]);
    for answer in ["", "no\n", "y\n"] {
        let output = deployment.keys(&["rotate", "--emergency", leaked], answer);
        assert!(refusal(&output).contains("nothing was changed"));
        let said = String::from_utf8(output.stdout).unwrap();
        for cost in ["within 300 s", "must refresh", "refuse new tokens for up to", "for up to 9000 s"] {
            assert!(said.contains(cost), "{cost}: {said}");
        }
        assert_eq!(deployment.listed(), before);
    }
    let output = deployment.keys(&["rotate", "--emergency", leaked], "yes\n");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = deployment.listed();
    assert_eq!(&after[&es256("active")], next);
    assert!(!after.values().any(|kid| kid == leaked));

    let withdrawn = &after[&es256("next")];
    let output = deployment.keys(&["retire", withdrawn], "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_ne!(&deployment.listed()[&es256("next")], withdrawn);

    let output = deployment.keys(&["rotate", "--emergency", next, "--yes"], "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!deployment.listed().values().any(|kid| kid == next));
}
