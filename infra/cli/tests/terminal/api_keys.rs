//! `vestibule services` and `vestibule api-keys` as an operator types them, and the key as its program uses it.

use std::process::Output;

use serde_json::Value;

use crate::stage::{Dev, refusal, run, sh, text};

struct Deployment {
    dev: Dev,
    folder: tempfile::TempDir,
}

impl Deployment {
    /// Without a cache in the gateway: what was changed holds for the next call.
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let parameters =
            ["--memory", "--parameter", "AuthorizerCacheSeconds=0", "--parameter", "ApiKeyEnvironment=stage"];
        Self { dev: Dev::start(folder.path(), &parameters, None), folder }
    }

    fn typed(&self, arguments: &[&str]) -> Output {
        run(self.folder.path(), arguments, "")
    }

    fn said(&self, arguments: &[&str]) -> String {
        let output = self.typed(arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).trim_end().to_owned()
    }

    fn listed(&self, arguments: &[&str]) -> Vec<Value> {
        serde_json::from_str(&self.said(&[arguments, &["--json"]].concat())).unwrap()
    }

    fn refused(&self, arguments: &[&str]) -> String {
        refusal(&self.typed(arguments))
    }

    /// The status and the body of `GET /export` with the key.
    fn export(&self, key: &str) -> String {
        sh(&format!("curl -sS {}/export -H 'x-api-key: {key}' -w ' %{{http_code}}'", self.dev.url()))
    }
}

#[test]
fn a_service_is_added_gets_a_key_calls_is_disabled_and_enabled_and_loses_its_key() {
    let deployment = Deployment::start();
    let service = deployment.said(&["services", "add", "Warehouse", "--scope", "orders:read files"]);
    assert!(service.starts_with("svc_"), "{service}");
    let create = ["api-keys", "create", "--service", &service, "--name", "Nightly export", "--scopes", "orders:read"];
    let key = deployment.said(&create);
    assert!(key.starts_with("vk_stage_s") && key.lines().count() == 1, "a program reads nothing but the key");
    let answer = deployment.export(&key);
    assert!(answer.contains(&format!(r#""sub":"{service}""#)) && answer.ends_with(" 200"), "{answer}");

    assert_eq!(deployment.said(&["services", "disable", &service]), "disabled");
    assert_eq!(deployment.listed(&["services", "list"])[0]["standing"], "disabled");
    assert!(deployment.export(&key).ends_with(" 403"));
    assert!(deployment.refused(&create).contains("is disabled"));
    assert_eq!(deployment.said(&["services", "enable", &service]), "enabled");
    assert!(deployment.export(&key).ends_with(" 200"));

    let list = ["api-keys", "list", "--service", &service];
    let listed = deployment.listed(&list);
    let [row] = &listed[..] else { panic!("{listed:?}") };
    assert_eq!((&row["name"], &row["state"]), (&"Nightly export".into(), &"live".into()));
    assert_eq!((&row["scope"], &row["roles"]), (&"orders:read".into(), &Value::Array(vec![])));
    assert!(row["used"].is_u64() && row["expires"].is_null(), "{row}");
    let secret = key.rsplit('_').nth(1).unwrap();
    assert!(!deployment.said(&list).contains(secret) && !row.to_string().contains(secret));

    let revoke = ["api-keys", "revoke", "--service", &service, row["key"].as_str().unwrap()];
    assert_eq!(deployment.said(&revoke), "revoked");
    assert!(deployment.export(&key).ends_with(" 403"));
    assert!(deployment.refused(&revoke).contains("has no key"));
    assert!(deployment.listed(&list).is_empty());
    // What happened in one second is in no order.
    let mut past: Vec<_> = deployment
        .listed(&["audit", "list", &service])
        .iter()
        .map(|row| row["change"].as_str().unwrap().to_owned())
        .collect();
    past.sort_unstable();
    assert_eq!(past, ["api_key_created", "api_key_revoked_by_operator", "disabled", "enabled", "registered"]);
}

/// A key of the demo user.
fn create<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["api-keys", "create", "--user", "demo@example.com", "--name", "a"], more].concat()
}

#[test]
fn a_users_key_has_what_was_asked_for_and_no_more_than_its_owner() {
    let deployment = Deployment::start();
    let key = deployment.said(&create(&["--ip", "127.0.0.0/8", "--ip", "::1", "--expires-in", "3600"]));
    assert!(deployment.export(&key).ends_with(" 200"));
    let elsewhere = deployment.said(&create(&["--ip", "203.0.113.0/24"]));
    assert!(deployment.export(&elsewhere).ends_with(" 403"));
    let rows = deployment.listed(&["api-keys", "list", "--user", "demo@example.com"]);
    let row = rows.iter().find(|row| row["expires"].is_u64()).unwrap();
    assert_eq!(row["ip_ranges"], serde_json::json!(["127.0.0.0/8", "::1/128"]));
    assert_eq!(row["expires"].as_u64().unwrap() - row["created"].as_u64().unwrap(), 3600);

    for (more, reason) in [
        (&["--scope", "orders:write"][..], "at most what its owner has"),
        (&["--role", "admin"], "at most what its owner has"),
        (&["--ip", "warehouse"], "--ip: number 1"),
    ] {
        let said = deployment.refused(&create(more));
        assert!(said.contains(reason), "{more:?}: {said}");
    }
    let nobody = "svc_00000000000000000000000000000000";
    assert!(deployment.refused(&["api-keys", "create", "--service", nobody, "--name", "a"]).contains("there is no"));
    assert!(deployment.refused(&["services", "disable", nobody]).contains("there is no service"));
    for arguments in [
        &["api-keys", "list"][..],
        &["api-keys", "list", "--user", "demo@example.com", "--service", nobody],
        &create(&["--expires-in", "0"]),
        &create(&["--environment", "Stage"]),
        &["services", "add", " "],
    ] {
        assert_eq!(deployment.typed(arguments).status.code(), Some(2), "{arguments:?}");
    }
}
