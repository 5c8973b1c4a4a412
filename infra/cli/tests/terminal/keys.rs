//! `vestibule keys` as an operator types it, against a deployment that `vestibule dev` runs.

use std::collections::BTreeMap;
use std::process::Output;

use serde_json::Value;

use crate::stage::{Dev, refusal, run};

/// A deployment that `vestibule dev` runs until the test ends.
struct Deployment {
    _dev: Dev,
    folder: tempfile::TempDir,
}

impl Deployment {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { _dev: Dev::start(folder.path(), &["--memory"], None), folder }
    }

    fn keys(&self, arguments: &[&str], input: &str) -> Output {
        run(self.folder.path(), &[&["keys"], arguments].concat(), input)
    }

    /// `change kid` of every entry of the trail.
    fn trail(&self) -> Vec<String> {
        let output = run(self.folder.path(), &["audit", "keys", "--json"], "");
        let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        assert!(rows.iter().all(|row| row["at"].is_u64()), "{rows:?}");
        rows.iter().map(|row| format!("{} {}", row["change"].as_str().unwrap(), row["kid"].as_str().unwrap())).collect()
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
    let trail = deployment.trail();
    assert_eq!(trail.iter().position(|entry| *entry == format!("unpublished {leaked}")), Some(6), "{trail:?}");
    assert!(trail[..6].contains(&format!("activated {leaked}")) && trail[7..].contains(&format!("activated {next}")));

    let withdrawn = &after[&es256("next")];
    let output = deployment.keys(&["retire", withdrawn], "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_ne!(&deployment.listed()[&es256("next")], withdrawn);

    let output = deployment.keys(&["rotate", "--emergency", next, "--yes"], "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!deployment.listed().values().any(|kid| kid == next));
}
