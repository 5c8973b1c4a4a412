//! `vestibule keys mac` and `vestibule keys pepper` as an operator types them. Nobody waits sixteen minutes: what the secret says of the past
//! is moved into it, and the functions start anew.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use vestibule::keys::{KNOWN_TO_ALL, ReadSymmetricKeys, SymmetricKeys};
use vestibule::sessions::refresh_token::RefreshToken;
use vestibule_local::running::Running;

use crate::stage::{Dev, refusal, run, sh, text};

const PASSWORD: &str = "correct horse battery staple";

struct Deployment {
    dev: Option<Dev>,
    folder: tempfile::TempDir,
}

impl Deployment {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { dev: Some(Dev::start(folder.path(), &[], Some(PASSWORD))), folder }
    }

    /// What functions of another minute know. The accounts keep the passwords that they have.
    fn restart(&mut self) {
        drop(self.dev.take());
        self.dev = Some(Dev::start(self.folder.path(), &[], None));
    }

    fn keys(&self, arguments: &[&str]) -> String {
        let output = run(self.folder.path(), &[&["keys"], arguments].concat(), "");
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    fn refused(&self, arguments: &[&str], input: &str) -> String {
        refusal(&run(self.folder.path(), &[&["keys"], arguments].concat(), input))
    }

    /// `number state` of each.
    fn listed(&self, kind: &str) -> Vec<String> {
        let rows: Vec<Value> = serde_json::from_str(&self.keys(&[kind, "list", "--json"])).unwrap();
        rows.iter().map(|row| format!("{} {}", row["number"], row["state"].as_str().unwrap())).collect()
    }

    /// Moves everything that the secret says of its keys' past as far back as any function's memory goes.
    fn sixteen_minutes_later(&self) {
        in_the_secret(self.folder.path(), |document| {
            for kind in ["mac", "pepper"] {
                for key in document[kind]["keys"].as_array_mut().unwrap() {
                    for moment in ["published_at", "retired_at"] {
                        if let Some(at) = key[moment].as_u64() {
                            key[moment] = json!(at - KNOWN_TO_ALL.as_secs());
                        }
                    }
                }
            }
        });
    }

    fn ask(&self, path: &str, body: &Value) -> (String, Value) {
        let url = self.dev.as_ref().unwrap().url();
        let asked =
            format!("curl -sS -w '\\n%{{http_code}}' {url}{path} -H 'content-type: application/json' -d '{body}'");
        let told = sh(&asked);
        let (body, status) = told.rsplit_once('\n').unwrap();
        (status.to_owned(), serde_json::from_str(body).unwrap())
    }

    fn sign_in(&self, name: &str) -> (String, Value) {
        self.ask("/login", &json!({ "username": name, "password": PASSWORD }))
    }

    fn refresh(&self, token: &str) -> (String, Value) {
        self.ask("/refresh", &json!({ "refresh_token": token }))
    }
}

fn in_the_secret(folder: &Path, change: impl Fn(&mut Value)) {
    let announced = fs::read_to_string(folder.join(".vestibule/running.json")).unwrap();
    let running: Running = serde_json::from_str(&announced).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let secrets = running.secrets().await;
        let keys = secrets.read_symmetric_keys().await.unwrap();
        let mut document: Value = serde_json::from_str(keys.to_json().expose()).unwrap();
        change(&mut document);
        let keys = SymmetricKeys::from_json(&document.to_string()).unwrap();
        secrets.write_symmetric_keys(&keys).await.unwrap();
    });
}

fn refresh_token(answer: &(String, Value)) -> String {
    assert_eq!(answer.0, "200", "{answer:?}");
    answer.1["refresh_token"].as_str().unwrap().to_owned()
}

fn number(token: &str) -> Option<u32> {
    RefreshToken::names_mac_key(token)
}

#[test]
fn a_mac_key_rolls_by_two_commands_and_what_the_old_one_sealed_is_good_until_it_leaves() {
    let mut deployment = Deployment::start();
    let (used, idle) = (deployment.sign_in("demo@example.com"), deployment.sign_in("demo@example.com"));
    let (used, idle) = (refresh_token(&used), refresh_token(&idle));
    assert_eq!((number(&used), deployment.listed("mac")), (Some(1), vec!["1 active".to_owned()]));
    let said = deployment.keys(&["mac", "rotate"]);
    assert!(said.contains("published mac-2") && said.contains("in 960 s: give the same command again"), "{said}");
    assert!(deployment.refused(&["mac", "rotate"], "").contains("mac key 2 needs another 9"));
    assert_eq!(deployment.listed("mac"), ["1 active", "2 next"]);
    deployment.sixteen_minutes_later();
    assert_eq!(deployment.keys(&["mac", "rotate"]), "activated mac-2\nretired mac-1\n");
    assert_eq!(deployment.listed("mac"), ["2 active", "1 retired"]);

    deployment.restart();
    let used = refresh_token(&deployment.refresh(&used));
    assert_eq!(number(&used), Some(2));
    let refused = deployment.refused(&["mac", "retire", "1"], "");
    assert!(refused.contains("refused: mac key 1 needs another 315"), "{refused}");
    assert!(deployment.refused(&["mac", "retire", "2"], "").contains("mac key 2 is active: rotate first"));
    assert!(deployment.refused(&["mac", "retire", "1", "--emergency"], "no\n").contains("nothing was changed"));
    assert_eq!(deployment.listed("mac"), ["2 active", "1 retired"]);
    let said = deployment.keys(&["mac", "retire", "1", "--emergency", "--yes"]);
    assert!(said.contains("must sign in again") && said.ends_with("unpublished mac-1\n"), "{said}");

    deployment.restart();
    let refused = deployment.refresh(&idle);
    assert_eq!(refused.0, "401", "{refused:?}");
    refresh_token(&deployment.refresh(&used));
    let trail = run(deployment.folder.path(), &["audit", "keys", "--json"], "");
    let trail: Vec<Value> = serde_json::from_slice(&trail.stdout).unwrap();
    let of_mac: Vec<_> = trail.iter().filter(|row| row["kid"].as_str().unwrap().starts_with("mac-")).collect();
    assert_eq!(of_mac.len(), 4, "{of_mac:?}");
}

#[test]
fn a_pepper_rolls_by_two_commands_and_the_old_one_stays_until_no_password_depends_on_it() {
    let mut deployment = Deployment::start();
    refresh_token(&deployment.sign_in("demo@example.com"));
    deployment.keys(&["pepper", "rotate"]);
    deployment.sixteen_minutes_later();
    assert_eq!(deployment.keys(&["pepper", "rotate"]), "activated pepper-2\nretired pepper-1\n");
    assert_eq!(deployment.listed("mac"), ["1 active"]);
    deployment.restart();
    refresh_token(&deployment.sign_in("demo@example.com"));
    assert!(deployment.refused(&["pepper", "retire", "1"], "").contains("pepper key 1 needs another 9"));
    deployment.sixteen_minutes_later();
    let refused = deployment.refused(&["pepper", "retire", "1"], "");
    assert!(refused.contains("the passwords of 1 accounts depend on pepper 1"), "{refused}");
    assert!(deployment.refused(&["pepper", "retire", "1", "--emergency"], "\n").contains("nothing was changed"));
    let said = deployment.keys(&["pepper", "retire", "1", "--emergency", "--yes"]);
    assert!(said.starts_with("1 accounts lose their password") && said.ends_with("unpublished pepper-1\n"), "{said}");
    assert_eq!(deployment.listed("pepper"), ["2 active"]);

    deployment.restart();
    refresh_token(&deployment.sign_in("demo@example.com"));
    let locked_out = deployment.sign_in("admin@example.com");
    assert_eq!(locked_out.0, "401", "{locked_out:?}");
    let unknown = deployment.sign_in("nobody@example.com");
    assert_eq!(locked_out.1["type"], unknown.1["type"]);
}
