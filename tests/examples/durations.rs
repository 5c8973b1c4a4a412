//! Measures how long the deployed programs keep a processor busy for each operation, and writes `tests/src/costs/measured.json`, of
//! which `infra/costs.md` is made:
//!
//! ```text
//! cargo lambda build --release --package login --package refresh --package revoke --package authorizer --package discovery --package whoami
//! cargo run -p vestibule-tests --example durations -- target/lambda
//! cargo run -p vestibule-tests --example costs
//! ```
//!
//! What counts is the time of the function's own threads on a processor (`/proc/<pid>/task/*/schedstat`, nanoseconds; Linux only), so that
//! neither other programs nor the local DynamoDB are in it. What a function waits for on AWS cannot be measured without AWS.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "whoever measures wants to see what went wrong")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::{Map, Value, json};
use vestibule::clock::Clock;
use vestibule::randomness::Randomness;
use vestibule::secret::Secret;
use vestibule_local::cloud::{Cloud, Data, Options};
use vestibule_local::demo;
use vestibule_local::functions::Runtime;
use vestibule_local::template::Parameters;
use vestibule_tests::costs::Operation;
use vestibule_tests::{Answer, PASSWORD, Tokens};

const TEMPLATE: &str = include_str!("../../infra/template.yaml");
const MEASURED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/costs/measured.json");
/// A password hash takes tens of milliseconds, and sign-ins are limited.
const SIGN_INS: usize = 8;
/// Everything else takes less than one.
const REFRESHES: usize = 100;

struct Stage {
    cloud: Cloud,
    administrator: String,
}

impl Stage {
    async fn of(binaries: PathBuf) -> Self {
        // Without a grace window a spent token ends its session at once; without a cache each request asks the authorizer.
        let parameters = [("DemoApi", "true"), ("AuthorizerCacheSeconds", "0"), ("RefreshGraceSeconds", "0")];
        let options = Options {
            template: TEMPLATE.to_owned(),
            parameters: Parameters::from_iter(parameters.map(|(name, value)| (name.to_owned(), value.to_owned()))),
            data: Data::Memory,
            runtime: Runtime::Processes(binaries),
            clock: Clock::System,
            randomness: Randomness::System,
            wire: None,
        };
        let cloud = Cloud::start(options).await.unwrap();
        let password = Some(Secret::new(PASSWORD.to_owned()));
        let (table, secrets) = (cloud.table(), cloud.secrets());
        let people = demo::users(&table, &secrets, &Randomness::System, password, Clock::System.now()).await.unwrap();
        Self { cloud, administrator: people[1].email.to_owned() }
    }

    async fn send(&self, request: http::request::Builder, body: String, status: u16) -> Answer {
        let request = request.body(Bytes::from(body)).unwrap();
        let gateway = Arc::clone(self.cloud.gateway());
        Answer::new(gateway.call([203, 0, 113, 7].into(), request).await).expect(status)
    }

    async fn post(&self, path: &str, body: Value, status: u16) -> Answer {
        self.send(Request::post(path).header("content-type", "application/json"), body.to_string(), status).await
    }

    async fn get(&self, path: &str, access: &str) {
        self.send(Request::get(path).header("authorization", format!("Bearer {access}")), String::new(), 200).await;
    }

    async fn sign_in(&self) -> Tokens {
        Tokens::of(self.post("/login", json!({ "username": self.administrator, "password": PASSWORD }), 200).await)
    }

    async fn refresh(&self, token: &str, status: u16) -> Answer {
        self.post("/refresh", json!({ "refresh_token": token }), status).await
    }

    /// Access tokens that no instance has seen, and the session's last tokens.
    async fn fresh(&self, mut tokens: Tokens) -> (Vec<String>, Tokens) {
        let mut fresh = Vec::new();
        for _ in 0..REFRESHES {
            tokens = Tokens::of(self.refresh(&tokens.refresh, 200).await);
            fresh.push(tokens.access.clone());
        }
        (fresh, tokens)
    }
}

/// Milliseconds on a processor since they started, of the processes of the function called `name` that we run.
fn busy_ms(name: &str) -> f64 {
    let nanoseconds = |task: PathBuf| -> Option<f64> {
        std::fs::read_to_string(task.join("schedstat")).ok()?.split(' ').next()?.parse().ok()
    };
    let ours = |process: &PathBuf| {
        let status = std::fs::read_to_string(process.join("status")).unwrap_or_default();
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse::<u32>().ok());
        let program = std::fs::read_link(process.join("exe")).unwrap_or_default();
        parent == Some(std::process::id()) && program.iter().any(|part| part == name)
    };
    let folders = |folder: &str| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let tasks = folders("/proc").filter(ours).flat_map(|process| folders(&process.join("task").to_string_lossy()));
    tasks.filter_map(nanoseconds).sum::<f64>() / 1e6
}

/// What one of `times` took the function `name`.
async fn each<F: Future>(name: &str, times: usize, work: F) -> (f64, F::Output) {
    let before = busy_ms(name);
    let output = work.await;
    ((busy_ms(name) - before) / times as f64, output)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let binaries = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("target/lambda"), PathBuf::from);
    let stage = Stage::of(binaries).await;
    // The first request of each function: reading keys is a cold start's.
    let tokens = stage.sign_in().await;
    stage.get("/whoami", &tokens.access).await;
    stage.get("/.well-known/jwks.json", &tokens.access).await;
    let (_, tokens) = stage.fresh(tokens).await;
    let form = Request::post("/revoke").header("content-type", "application/x-www-form-urlencoded");
    stage.send(form, format!("token={}", stage.sign_in().await.refresh), 200).await;

    let mut measured = Map::new();
    let mut note = |operation: Operation, ms: f64| {
        measured.insert(operation.name().to_owned(), json!((ms * 1000.0).round() / 1000.0));
    };
    let sessions = async {
        let mut sessions = Vec::new();
        for _ in 0..SIGN_INS {
            sessions.push(stage.sign_in().await);
        }
        sessions
    };
    let (ms, sessions) = each("login", SIGN_INS, sessions).await;
    note(Operation::SignIn, ms);
    let wrong = async {
        for _ in 0..SIGN_INS {
            stage.post("/login", json!({ "username": stage.administrator, "password": "wrong" }), 401).await;
        }
    };
    note(Operation::WrongPassword, each("login", SIGN_INS, wrong).await.0);
    let (ms, (fresh, tokens)) = each("refresh", REFRESHES, stage.fresh(tokens)).await;
    note(Operation::Refresh, ms);
    let ask = async |path: &'static str, fresh: &[String]| {
        for access in fresh {
            stage.get(path, access).await;
        }
    };
    note(Operation::Authorize, each("authorizer", REFRESHES, ask("/whoami", &fresh)).await.0);
    let (fresh, tokens) = stage.fresh(tokens).await;
    note(Operation::AuthorizeStrict, each("authorizer", REFRESHES, ask("/admin", &fresh)).await.0);
    note(Operation::Keys, each("discovery", REFRESHES, ask("/.well-known/jwks.json", &fresh)).await.0);
    let (ended, revoked) = sessions.split_at(SIGN_INS / 2);
    for session in ended {
        stage.refresh(&session.refresh, 200).await;
    }
    // Times are whole seconds, and nothing is reuse within the one of the rotation.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let reuse = async {
        for session in ended {
            stage.refresh(&session.refresh, 401).await;
        }
    };
    note(Operation::Reuse, each("refresh", ended.len(), reuse).await.0);
    let revoke = async {
        for token in revoked.iter().chain([&tokens]).map(|session| &session.refresh) {
            let form = Request::post("/revoke").header("content-type", "application/x-www-form-urlencoded");
            stage.send(form, format!("token={token}"), 200).await;
        }
    };
    note(Operation::Revoke, each("revoke", revoked.len() + 1, revoke).await.0);
    stage.cloud.stop().await;

    let page = json!({ "processor": processor(), "milliseconds": measured });
    std::fs::write(MEASURED, format!("{}\n", serde_json::to_string_pretty(&page).unwrap())).unwrap();
}

/// What the processor calls itself.
fn processor() -> String {
    let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.to_owned())
}
