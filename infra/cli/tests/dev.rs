//! `vestibule dev` as somebody at a terminal meets it: the program itself, its port, its files, its last words.
//!
//! Needs `sh`, `sed` and `curl`, as the printed commands do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};

const VESTIBULE: &str = env!("CARGO_BIN_EXE_vestibule");
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn vestibule(folder: &Path) -> Command {
    let mut command = Command::new(VESTIBULE);
    command.current_dir(folder).env_remove("VESTIBULE_DEMO_PASSWORD").env_remove("VESTIBULE_TABLE");
    command
}

/// A running `vestibule dev`, killed when the test ends.
struct Dev {
    process: Child,
    /// All that it said until it was ready.
    said: String,
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Dev {
    fn start(folder: &Path, arguments: &[&str], password: Option<&str>) -> Self {
        let mut command = vestibule(folder);
        command.args(["dev", "--port", "0"]).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some(password) = password {
            command.env("VESTIBULE_DEMO_PASSWORD", password);
        }
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("Ctrl-C stops everything") {
            assert_ne!(lines.read_line(&mut said).unwrap(), 0, "it ended early: {said}");
        }
        // Drained in the background, so that it never blocks on a full pipe.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Self { process, said }
    }

    fn url(&self) -> &str {
        self.said.lines().next().unwrap().rsplit(' ').next().unwrap()
    }

    /// The commands to paste: from the first comment to the last line before the good-bye.
    fn story(&self) -> String {
        let from = self.said.find("# sign in").unwrap();
        let to = self.said.find("Ctrl-C stops everything").unwrap();
        self.said[from..to].to_owned()
    }

    fn password(&self, user: &str) -> String {
        let row = self.said.lines().find(|line| line.trim_start().starts_with(user)).unwrap();
        row.split_whitespace().nth(1).unwrap().to_owned()
    }

    #[cfg(unix)]
    fn interrupt(mut self) -> std::process::ExitStatus {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.process.wait().unwrap()
    }
}

fn sh(script: &str) -> String {
    let output = Command::new("sh").args(["-euc", script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = vestibule(folder);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut stdin: ChildStdin = process.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    process.wait_with_output().unwrap()
}

fn text(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

/// It did not start, and says why in one sentence.
fn one_sentence(output: &Output) -> String {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    said
}

#[test]
fn the_printed_story_works_word_by_word() {
    for runtime in ["in-process", "process"] {
        // The functions are built from the checkout.
        let dev = Dev::start(Path::new(ROOT), &["--memory", "--data", &scratch(), "--runtime", runtime], None);
        let told = sh(&dev.story());
        let lines: Vec<_> = told.lines().collect();
        assert!(lines[0].contains(r#""token_type":"Bearer""#), "{told}");
        assert!(lines[1].contains(r#""client_id":"vestibule""#) && lines[1].contains("orders:read"), "{told}");
        assert!(lines[2].contains(r#""orders""#), "{told}");
        assert!(lines[3].contains(r#""refresh_token":"vrt_"#), "{told}");
        assert_eq!(lines[4], "200", "{told}");
        assert!(lines[5].contains("/problems/invalid-refresh-token"), "{told}");
        assert_eq!(lines[6], r#"{"message":"Forbidden"}"#, "{told}");
    }
}

fn scratch() -> String {
    tempfile::tempdir().unwrap().keep().display().to_string()
}

#[test]
fn it_lists_every_route_with_who_may_call_it() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path(), &["--memory"], None);
    for words in ["POST /login Login anybody", "GET /orders Whoami scope orders:read 60 s", "GET /admin Whoami role admin not at all"] {
        let found = dev.said.lines().any(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") == words);
        assert!(found, "{words}: {}", dev.said);
    }
}

#[cfg(unix)]
#[test]
fn a_restart_keeps_users_sessions_and_keys() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path(), &[], None);
    let password = dev.password("demo@example.com");
    let kids = sh(&format!("curl -sS {}/.well-known/jwks.json", dev.url()));
    let login = format!(r#"{{"username":"demo@example.com","password":"{password}"}}"#);
    let json = "-H 'content-type: application/json'";
    let answer = sh(&format!("curl -sS {}/login {json} -d '{login}'", dev.url()));
    let refresh: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert!(dev.interrupt().success());

    let dev = Dev::start(folder.path(), &[], None);
    assert!(dev.said.contains("as printed at the first start"), "{}", dev.said);
    assert!(!dev.said.contains(&password));
    assert_eq!(sh(&format!("curl -sS {}/.well-known/jwks.json", dev.url())), kids);
    let body = serde_json::json!({ "refresh_token": refresh["refresh_token"] });
    let answer = sh(&format!("curl -sS {}/refresh {json} -d '{body}'", dev.url()));
    assert!(answer.contains("access_token"), "{answer}");
    sh(&format!("curl -sSf {}/login {json} -d '{login}'", dev.url()));
}

#[test]
fn the_demo_password_may_be_given() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path(), &["--memory"], Some(r#"it's "mine" \o/"#));
    assert!(sh(&dev.story()).contains("access_token"));
}

#[test]
fn a_taken_port_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = one_sentence(&run(folder.path(), &["dev", "--memory", "--port", &port], ""));
    assert!(said.contains(&port) && said.contains("--port"), "{said}");
}

#[test]
fn a_damaged_data_file_is_one_sentence_and_stays_as_it_is() {
    for file in ["dynamodb.sqlite", "secrets.json"] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".vestibule")).unwrap();
        let path = folder.path().join(".vestibule").join(file);
        std::fs::write(&path, "not what it was").unwrap();
        let said = one_sentence(&run(folder.path(), &["dev", "--port", "0"], ""));
        assert!(said.contains(file), "{said}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "not what it was");
    }
}

#[test]
fn a_malformed_template_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template.yaml");
    let template = std::fs::read_to_string(Path::new(ROOT).join("infra/template.yaml")).unwrap();
    for damaged in ["a: [", "", "Resources: {}", &template.replace("!Ref BearerAuthorizer", "!Ref Nobody"), &template.replace(", $context.routeKey]", "]")] {
        std::fs::write(&path, damaged).unwrap();
        let said = one_sentence(&run(folder.path(), &["dev", "--memory", "--port", "0", "--template", "template.yaml"], ""));
        assert!(said.contains("template"), "{said}");
    }
    for (from, to, named) in [
        ("RouteKey: GET /orders\n", "RouteKey: GET /orders/{id}\n", "no rule in functions/authorizer/routes.toml for GET /orders/{id}"),
        ("AuthorizerId: !Ref StrictBearerAuthorizer", "AuthorizerId: !Ref BearerAuthorizer", "GET /admin is strict"),
    ] {
        std::fs::write(&path, template.replace(from, to)).unwrap();
        let said = one_sentence(&run(folder.path(), &["dev", "--memory", "--port", "0", "--template", "template.yaml"], ""));
        assert!(said.contains(named), "{said}");
    }
    let said = one_sentence(&run(folder.path(), &["dev", "--memory", "--port", "0", "--template", "absent.yaml"], ""));
    assert!(said.contains("absent.yaml"), "{said}");
}

#[test]
fn two_at_once_in_one_folder_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Dev::start(folder.path(), &[], None);
    let said = one_sentence(&run(folder.path(), &["dev", "--port", "0"], ""));
    assert!(said.contains("in use"), "{said}");
}

#[test]
fn the_operators_commands_find_the_deployment_of_their_folder() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path(), &["--memory"], Some("correct horse"));
    let json = |arguments: &[&str]| -> serde_json::Value {
        let output = run(folder.path(), arguments, "");
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let added = run(folder.path(), &["users", "add", "Ada@Example.com", "--username", "ada", "--scope", "orders:read", "--role", "ops"], "battery staple\n");
    assert!(added.status.success() && text(&added.stdout).starts_with("usr_"), "{}", text(&added.stderr));
    let again = run(folder.path(), &["users", "add", "ada@example.com"], "battery staple\n");
    assert!(one_sentence(&again).contains("ada@example.com belongs to another account"));
    let users = json(&["users", "list", "--json"]);
    let names: Vec<_> = users.as_array().unwrap().iter().map(|user| user["names"][0].as_str().unwrap()).collect();
    assert_eq!(names.len(), 3);
    assert!(names.contains(&"ada@example.com"));

    let login = |password: &str| {
        let body = serde_json::json!({ "username": "ADA", "password": password });
        sh(&format!("curl -sS -o /dev/null -w '%{{http_code}}' {}/login -H 'content-type: application/json' -d '{body}'", dev.url()))
    };
    assert_eq!(login("battery staple"), "200");
    let sessions = json(&["sessions", "list", "ada", "--json"]);
    assert_eq!((&sessions[0]["state"], &sessions[0]["scope"]), (&"live".into(), &"orders:read".into()));
    assert_eq!(text(&run(folder.path(), &["sessions", "revoke", "ada"], "").stdout), "1 ended\n");
    assert_eq!(json(&["sessions", "list", "ada", "--json"])[0]["state"], "operator");

    assert!(run(folder.path(), &["users", "set-password", "ada"], "new staple\n").status.success());
    assert_eq!((login("battery staple"), login("new staple")), ("401".into(), "200".into()));
    assert!(text(&run(folder.path(), &["users", "disable", "ada"], "").stdout).contains("1 sessions ended"));
    assert_eq!(login("new staple"), "401");
    assert!(run(folder.path(), &["users", "enable", "ada"], "").status.success());
    assert_eq!(login("new staple"), "200");

    let keys = json(&["keys", "list", "--json"]);
    let states: Vec<_> = keys.as_array().unwrap().iter().map(|key| key["state"].as_str().unwrap()).collect();
    assert_eq!(states.iter().filter(|state| **state == "active").count(), 2);
    assert!(text(&run(folder.path(), &["keys", "init"], "").stdout).contains("there are keys already"));
    assert!(one_sentence(&run(folder.path(), &["users", "disable", "nobody"], "")).contains("nobody is called nobody"));
}

#[test]
fn a_command_without_a_deployment_says_how_to_get_one() {
    let folder = tempfile::tempdir().unwrap();
    let said = one_sentence(&run(folder.path(), &["users", "list"], ""));
    assert!(said.contains("vestibule dev") && said.contains("--table"), "{said}");
}

#[test]
fn a_password_is_no_argument() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [["users", "add", "a@example.com", "secret"], ["users", "set-password", "a@example.com", "secret"]] {
        let output = run(folder.path(), &arguments, "");
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("unexpected argument"));
    }
}
