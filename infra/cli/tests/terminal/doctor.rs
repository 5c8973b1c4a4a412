//! `vestibule doctor` as an operator types it: the shipped template has no fault, and each broken one has exactly its own.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::stage::{self, Dev};

mod account;
mod clients;
mod templates;

use account::Account;

const TEMPLATE: &str = include_str!("../../../template.yaml");

fn vestibule(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = stage::vestibule(folder);
    command.args(arguments).stderr(Stdio::piped());
    command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").env("AWS_REGION", "eu-west-1");
    command
}

/// A deployment that `vestibule dev` runs until the test ends.
struct Running {
    _dev: Dev,
    folder: tempfile::TempDir,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { _dev: Dev::start(folder.path(), &[&["--memory"], arguments].concat(), None), folder }
    }

    fn doctor(&self, arguments: &[&str]) -> Examined {
        Examined::of(vestibule(self.folder.path(), &["doctor", "--json"]).args(arguments).output().unwrap())
    }

    /// Where its services answer.
    fn running(&self) -> Value {
        let file = self.folder.path().join(".vestibule/running.json");
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    }
}

/// What `--json` says, after the shape and the exit code were found to agree.
#[derive(Debug)]
struct Examined(Value);

impl Examined {
    fn of(output: Output) -> Self {
        let (said, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        let json: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}{stderr}"));
        let examined = Self(json);
        for (name, status) in [("ok", "ok"), ("warnings", "warning"), ("faults", "fault"), ("unchecked", "unchecked")] {
            assert_eq!(examined.0[name], examined.with(status).len(), "{name}: {said}");
        }
        for finding in examined.findings() {
            let words = ["check", "subject", "reason"].map(|name| finding[name].as_str().unwrap());
            assert!(words.iter().all(|word| !word.is_empty()), "{finding}");
            let bad = ["warning", "fault"].contains(&finding["status"].as_str().unwrap());
            assert_eq!(finding["mend"].is_string(), bad, "what is wrong has a mend, and nothing else: {finding}");
        }
        let faults = examined.with("fault").len();
        assert_eq!(output.status.code(), Some(i32::from(faults > 0)), "{said}");
        assert_eq!(stderr.lines().count(), usize::from(faults > 0), "{stderr}");
        examined
    }

    fn findings(&self) -> &[Value] {
        self.0["findings"].as_array().unwrap()
    }

    /// `check subject` of all that stand so.
    fn with(&self, status: &str) -> Vec<String> {
        let so = self.findings().iter().filter(|finding| finding["status"] == status);
        so.map(|finding| format!("{} {}", finding["check"].as_str().unwrap(), finding["subject"].as_str().unwrap()))
            .collect()
    }

    fn seconds(&self, check: &str, subject: &str) -> u64 {
        let found = self.findings().iter().find(|finding| finding["check"] == check && finding["subject"] == subject);
        found.unwrap_or_else(|| panic!("{check} {subject}"))["seconds"].as_u64().unwrap()
    }

    fn assert(&self, status: &str, expected: &[&str]) {
        let found: BTreeSet<_> = self.with(status).into_iter().collect();
        assert_eq!(found, expected.iter().map(ToString::to_string).collect(), "{self:#?}");
    }
}

/// Without the route among them, the answer for one is replayed on all others.
const UNTOLD: &str = "[$request.header.Authorization, $context.routeKey, ";
/// The authorizers that keep answers.
const KEPT_TOO_LONG: [&str; 3] =
    ["authorizer-ttl ApiKeyAuthorizer", "authorizer-ttl BearerAuthorizer", "authorizer-ttl CookieAuthorizer"];

#[test]
fn what_runs_on_a_laptop_has_no_fault_and_what_a_laptop_lacks_is_not_called_well() {
    let dev = Running::start(&[]);
    let examined = dev.doctor(&[]);
    examined.assert("fault", &[]);
    examined.assert("warning", &[]);
    examined
        .assert("unchecked", &["point-in-time-recovery Table", "deletion-protection Table", "rotation SigningKeys"]);
    let ok = examined.with("ok");
    for check in ["expiry Table", "secrets SigningKeys", "secrets SymmetricKeys", "issuer API", "clock API"] {
        assert!(ok.iter().any(|found| found == check), "{check}: {ok:?}");
    }
    assert_eq!(ok.iter().filter(|found| found.starts_with("signing-keys ")).count(), 2, "{ok:?}");

    let output = vestibule(dev.folder.path(), &["doctor"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in [
        "ok lock-out GET /admin a revoked session is refused at once: after 0 s",
        "unchecked point-in-time-recovery Table not on a laptop",
    ] {
        assert!(said.lines().any(|said| words(said) == line), "{line}: {said}");
    }
}

#[test]
fn a_laptop_is_examined_as_it_was_started() {
    let dev = Running::start(&["--parameter", "AccessTokenSeconds=30"]);
    dev.doctor(&[]).assert("fault", &KEPT_TOO_LONG);
}

#[test]
fn a_stack_on_aws_without_a_fault_has_none() {
    let dev = Running::start(&[]);
    let account = Account::healthy(&dev.running());
    let examined = dev.doctor(&account.start().arguments());
    examined.assert("fault", &[]);
    examined.assert("warning", &[]);
    examined.assert("unchecked", &[]);
}

#[test]
fn what_only_the_account_knows_is_exactly_its_own_fault() {
    let dev = Running::start(&[]);
    let running = dev.running();
    let both = &["secrets SigningKeys", "secrets SymmetricKeys"][..];
    for (operation, answer, expected) in [
        ("DescribeTimeToLive", r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}}"#, &["expiry Table"][..]),
        (
            "DescribeTimeToLive",
            r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"ttl"}}"#,
            &["expiry Table"],
        ),
        (
            "DescribeContinuousBackups",
            r#"{"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED","PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":"DISABLED"}}}"#,
            &["point-in-time-recovery Table"],
        ),
        ("DescribeTable", r#"{"Table":{"DeletionProtectionEnabled":false}}"#, &["deletion-protection Table"]),
        (
            "DescribeSecret",
            r#"{"RotationEnabled":false,"VersionIdsToStages":{"a":["AWSCURRENT"]}}"#,
            &["rotation SigningKeys"],
        ),
        ("DescribeSecret", r#"{"RotationEnabled":true}"#, both),
        (
            "DescribeSecret",
            r#"{"RotationEnabled":true,"DeletedDate":1800000000,"VersionIdsToStages":{"a":["AWSCURRENT"]}}"#,
            both,
        ),
    ] {
        let account = Account::healthy(&running).answering(operation, 200, answer);
        dev.doctor(&account.start().arguments()).assert("fault", expected);
    }
    let elsewhere = Account::healthy(&running).with_output("Issuer", "https://auth.example.com");
    dev.doctor(&elsewhere.start().arguments()).assert("fault", &["issuer API"]);
    let open = Account::healthy(&running).with_output("Issuer", "http://auth.example.com");
    dev.doctor(&open.start().arguments()).assert("fault", &["issuer API"]);
    let broken = Account::healthy(&running).with_template(TEMPLATE.replace(UNTOLD, "[$request.header.Authorization, "));
    dev.doctor(&broken.start().arguments()).assert("fault", &["authorizer-cache-key BearerAuthorizer"]);
}

#[test]
fn a_rotation_that_died_is_a_warning() {
    let dev = Running::start(&[]);
    let waiting = r#"{"RotationEnabled":true,"VersionIdsToStages":{"a":["AWSCURRENT"],"b":["AWSPENDING"]}}"#;
    let account = Account::healthy(&dev.running()).answering("DescribeSecret", 200, waiting);
    let examined = dev.doctor(&account.start().arguments());
    examined.assert("fault", &[]);
    examined.assert("warning", &["secrets SigningKeys", "secrets SymmetricKeys"]);
}

#[test]
fn what_the_operator_may_not_read_is_not_called_well() {
    let dev = Running::start(&[]);
    let refused = r#"{"__type":"AccessDeniedException","message":"no"}"#;
    for (operation, expected) in [
        ("DescribeContinuousBackups", &["point-in-time-recovery Table"][..]),
        ("Scan", &["token-life access tokens of clients", "refresh-grace clients"]),
    ] {
        let account = Account::healthy(&dev.running()).answering(operation, 400, refused);
        let examined = dev.doctor(&account.start().arguments());
        examined.assert("fault", &[]);
        examined.assert("warning", expected);
    }
}

#[test]
fn a_clock_that_differs_is_a_warning_and_then_a_fault() {
    let dev = Running::start(&[]);
    for (ahead, status) in
        [(0, None), (-30, Some("warning")), (30, Some("warning")), (-90, Some("fault")), (90, Some("fault"))]
    {
        let account = Account::healthy(&dev.running()).ahead_by(ahead).start();
        let api = account.url().to_owned();
        let examined = dev.doctor(&[&account.arguments()[..], &["--api", &api]].concat());
        let found = |looked_for: &str| examined.with(looked_for).contains(&"clock API".to_owned());
        assert_eq!(["warning", "fault"].into_iter().find(|status| found(status)), status, "{ahead}");
    }
}

#[test]
fn a_cookie_that_does_not_arrive_as_it_was_given_is_a_fault() {
    let dev = Running::start(&[]);
    for (cookie, faults) in [
        ("__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0", &[][..]),
        ("__Host-session=; HttpOnly; Max-Age=0; Path=/; SameSite=Lax; Secure", &[]),
        ("__Host-session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0", &["cookie-flags API"]),
        ("__Host-session=; Path=/; Secure; SameSite=Lax; Max-Age=0", &["cookie-flags API"]),
        ("__Host-session=; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=0", &["cookie-flags API"]),
        (
            "__Host-session=; Domain=example.com; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0",
            &["cookie-flags API"],
        ),
        ("session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0", &["cookie-flags API"]),
    ] {
        let account = Account::healthy(&dev.running()).with_cookie(cookie).start();
        let api = account.url().to_owned();
        dev.doctor(&[&account.arguments()[..], &["--api", &api]].concat()).assert("fault", faults);
    }
}

#[test]
fn nothing_to_examine_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("broken.yaml"), "Resources: {}").unwrap();
    let dev = Running::start(&[]);
    let account = Account::healthy(&dev.running()).start();
    let unknown = ["--stack", "nobody", "--endpoint-url", account.url()];
    for (arguments, named) in [
        (&[][..], "vestibule dev"),
        (&["--template", "absent.yaml"], "absent.yaml"),
        (&["--template", "broken.yaml"], "template"),
        (&unknown, "Stack with id nobody does not exist"),
    ] {
        let output = vestibule(folder.path(), &["doctor", "--json"]).args(arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len(), said.lines().count()), (Some(1), 0, 1), "{said}");
        assert!(said.contains(named), "{said}");
    }
}
