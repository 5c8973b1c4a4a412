//! `vestibule clients` as an operator types it, against a deployment that `vestibule dev` runs.

use std::process::Output;

use serde_json::Value;

use crate::stage::{Dev, refusal, run, text};

const KEYS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

struct Deployment {
    _dev: Dev,
    folder: tempfile::TempDir,
}

impl Deployment {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { _dev: Dev::start(folder.path(), &["--memory"], None), folder }
    }

    fn clients(&self, arguments: &[&str]) -> Output {
        run(self.folder.path(), &[&["clients"], arguments].concat(), "")
    }

    fn said(&self, arguments: &[&str]) -> String {
        let output = self.clients(arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).trim_end().to_owned()
    }

    fn shown(&self, client: &str) -> Value {
        serde_json::from_str(&self.said(&["show", client])).unwrap()
    }
}

#[test]
fn a_client_is_registered_listed_shown_closed_and_opened_and_its_secret_is_shown_once() {
    let deployment = Deployment::start();
    let secret = deployment.said(&["add", "worker", "--grant", "client_credentials", "--scope", "orders:read"]);
    assert!(secret.starts_with("vcs_") && secret.len() == 47, "a program reads nothing but the secret");
    let shown = deployment.shown("worker");
    assert_eq!((&shown["authentication"], &shown["retry"]), (&"client_secret_basic".into(), &"until_used".into()));
    assert!(shown["service"].as_str().unwrap().starts_with("svc_"), "the subject of its own tokens");
    assert!(!deployment.said(&["list"]).contains("vcs_") && !shown.to_string().contains("vcs_"));

    let next = deployment.said(&["rotate-secret", "worker"]);
    assert!(next.starts_with("vcs_") && next != secret);
    assert!(deployment.shown("worker")["earlier_secrets_until"][0].is_u64());

    assert_eq!(deployment.said(&["disable", "worker"]), "disabled");
    let listed: Value = serde_json::from_str(&deployment.said(&["list", "--json"])).unwrap();
    let standing = |listed: &Value| {
        let rows = listed.as_array().unwrap();
        rows.iter().find(|row| row["client"] == "worker").unwrap()["standing"].clone()
    };
    assert_eq!(standing(&listed), "disabled");
    assert_eq!(deployment.said(&["enable", "worker"]), "enabled");
    assert_eq!(deployment.shown("worker")["standing"], "active");
}

#[test]
fn a_public_client_and_one_that_signs_have_no_secret() {
    let deployment = Deployment::start();
    let app = ["add", "app", "--public", "--grant", "authorization_code", "--grant", "refresh_token"];
    let app =
        [&app[..], &["--redirect-uri", "https://app.example.com/callback", "--scope", "openid orders:read"]].concat();
    assert_eq!(deployment.said(&app), "app");
    assert_eq!(deployment.shown("app")["retry"], "10");
    assert!(refusal(&deployment.clients(&["rotate-secret", "app"])).contains("app proves who it is without a secret"));

    std::fs::write(deployment.folder.path().join("keys.json"), KEYS).unwrap();
    let signer = ["add", "signer", "--jwks", "keys.json", "--grant", "client_credentials"];
    assert_eq!(deployment.said(&signer), "signer");
    assert_eq!(deployment.shown("signer")["jwks"]["keys"][0]["kty"], "EC");
    assert!(refusal(&deployment.clients(&signer)).contains("registered already"));
}

#[test]
fn a_registration_that_contradicts_itself_is_refused_with_its_reason() {
    let deployment = Deployment::start();
    std::fs::write(deployment.folder.path().join("keys.json"), KEYS.replace("\"x\"", "\"d\":\"AQ\",\"x\"")).unwrap();
    for (arguments, reason) in [
        (&["--grant", "authorization_code"][..], "redirect URI go together"),
        (&["--redirect-uri", "https://app.example.com/"], "redirect URI go together"),
        (&["--public", "--grant", "client_credentials"], "clients that prove who they are"),
        (&["--grant", "refresh_token"], "needs the authorization_code grant"),
        (&["--public"], "needs a grant"),
        (&["--name", ""], "1 to 80 characters"),
        (&["--jwks", "keys.json"], "private key"),
        (&["--jwks", "nowhere.json"], "cannot be read"),
    ] {
        let said = refusal(&deployment.clients(&[&["add", "x"], arguments].concat()));
        assert!(said.contains(reason), "{arguments:?}: {said}");
    }
    for arguments in [&["--redirect-uri", "http://localhost/cb"][..], &["--grant", "password"], &["--retry", "61"]] {
        let output = deployment.clients(&[&["add", "x"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    for command in ["show", "disable", "enable", "rotate-secret"] {
        assert_eq!(deployment.clients(&[command, "nobody"]).status.code(), Some(1), "{command}");
    }
}
