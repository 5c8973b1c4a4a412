//! What a sign-in and a registration spend their processor time on: argon2 must be nearly all of it, or the money that a refused guess
//! costs an attacker is spent on something else.
//!
//! The functions' own handlers run here, by themselves: the database and the secrets answer from another thread. What Linux counts for the
//! threads that hash is set against what it counts for the one that does all else (`schedstat`, Linux kernel documentation,
//! "Scheduler Statistics").

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "what goes wrong here ends the bench")]

use std::io::Write as _;
use std::sync::{Arc, mpsc};

use accounts::Accounts;
use lambda_http::Request;
use serde_json::{Value, json};
use vestibule::accounts::{Identifier, KeepToken, OneTimeToken, Purpose};
use vestibule::app::App;
use vestibule::clock::Clock;
use vestibule::config::{Config, Need};
use vestibule::mail::{Mail, MailFault, Mailer};
use vestibule::randomness::Randomness;
use vestibule_local::clients::clients;
use vestibule_local::running::Running;
use vestibule_local::template::{Parameters, Stack};
use vestibule_tests::{PASSWORD, Scene};

const ROUNDS: usize = 200;
/// The threads that hash, as Linux knows them.
const HASHING: &str = "hashing";
/// Limits that nobody meets here.
const PARAMETERS: [(&str, &str); 6] = [
    ("Issuer", "https://auth.example.com"),
    ("MailFrom", "no-reply@example.com"),
    ("MailIdentity", "example.com"),
    ("LoginNameLimit", "999999/1"),
    ("LoginNetworkLimit", "999999/1"),
    ("AccountNetworkLimit", "999999/1"),
];

fn main() {
    let running = elsewhere();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().thread_name(HASHING).build();
    runtime.expect("a runtime").block_on(measure(&running));
}

/// A deployment in a thread of its own, for as long as the bench runs.
fn elsewhere() -> Running {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let scene = Scene::new().await;
            scene.demo().await;
            tell.send(scene.cloud.running("https://auth.example.com".to_owned())).expect("somebody listens");
            std::future::pending::<()>().await;
        });
    });
    told.recv().expect("a deployment")
}

async fn measure(running: &Running) {
    let login = app(running, "LoginFunction", login::NEEDS).await;
    let sign_in = |password| json!({ "username": "demo@example.com", "password": password });
    let mut shares = Vec::new();
    for (what, password, status) in [("a sign-in", PASSWORD, 200), ("a refused sign-in", "a wrong password", 401)] {
        let mut spent = Spent::default();
        for round in 0..ROUNDS {
            let request = request("POST /login", &sign_in(password));
            let before = Spent::until_now();
            let answer = login::handle(Arc::clone(&login), request).await;
            assert_eq!(answer.status(), status, "{:?}", answer.body());
            spent.add(round, &before);
        }
        shares.push((what, spent));
    }
    let app = app(running, "AccountsFunction", accounts::NEEDS).await;
    let (world, mut spent) = (Arc::new(Accounts::new(Arc::clone(&app), Nobody)), Spent::default());
    for round in 0..ROUNDS {
        let token = OneTimeToken::draw(&Randomness::System).expect("chance");
        let email = Identifier::parse(&format!("ada{round}@example.com")).expect("an address");
        let granted = Purpose::Register { email }.granted_at(Clock::System.now());
        app.store.keep_token(&token.hash(), &granted).await.expect("kept");
        let request = request("POST /accounts/verify", &json!({ "token": token.expose(), "password": PASSWORD }));
        let before = Spent::until_now();
        let answer = accounts::handle(Arc::clone(&world), request).await;
        assert_eq!(answer.status(), 201, "{:?}", answer.body());
        spent.add(round, &before);
    }
    shares.push(("a registration", spent));
    let mut out = std::io::stdout();
    for (what, Spent { hashing, all_else }) in shares {
        let share = 100.0 * hashing as f64 / (hashing + all_else) as f64;
        let each = |nanoseconds: u64| nanoseconds as f64 / 1e6 / ROUNDS as f64;
        writeln!(out, "{what:<20} {share:.1} % argon2: {:.2} ms, all else {:.2} ms", each(hashing), each(all_else))
            .expect("standard output");
    }
}

/// The function's app, over the other thread's services.
async fn app(running: &Running, function: &str, needs: &[Need]) -> Arc<App> {
    let parameters = PARAMETERS.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let stack = Stack::read(&running.template, "vestibule", &Parameters::from_iter(parameters)).expect("the template");
    let config = Config::read(&stack.functions[function].environment, needs).expect("a configuration");
    let clients = clients(&running.dynamodb, &running.secrets_manager, None).await;
    Arc::new(App::new(config, clients, Clock::System, Randomness::System))
}

/// As API Gateway sends it.
fn request(route: &str, body: &Value) -> Request {
    let mut event: Value = serde_json::from_str(include_str!("../events/function-http-2.0.json")).expect("an event");
    let (method, path) = route.split_once(' ').expect("a route");
    event["routeKey"] = route.into();
    event["rawPath"] = path.into();
    event["rawQueryString"] = "".into();
    event["cookies"] = json!([]);
    event["headers"] = json!({ "content-type": "application/json" });
    event["requestContext"]["routeKey"] = route.into();
    event["requestContext"]["http"]["method"] = method.into();
    event["requestContext"]["http"]["path"] = path.into();
    event["body"] = body.to_string().into();
    event["isBase64Encoded"] = false.into();
    lambda_http::request::from_str(&event.to_string()).expect("a request")
}

/// Processor time in nanoseconds.
#[derive(Clone, Copy, Default)]
struct Spent {
    hashing: u64,
    all_else: u64,
}

impl Spent {
    /// Of the threads of this runtime.
    fn until_now() -> Self {
        let mut spent = Self { all_else: nanoseconds("/proc/thread-self/schedstat").expect("this thread"), hashing: 0 };
        for thread in std::fs::read_dir("/proc/self/task").expect("threads").flatten() {
            let file = |name: &str| thread.path().join(name).to_string_lossy().into_owned();
            let name = std::fs::read_to_string(file("comm")).unwrap_or_default();
            if name.trim() == HASHING {
                spent.hashing += nanoseconds(&file("schedstat")).unwrap_or_default();
            }
        }
        spent
    }

    /// What was spent since `before`; the first rounds warm caches and connections.
    fn add(&mut self, round: usize, before: &Self) {
        let now = Self::until_now();
        if round >= ROUNDS / 10 {
            self.hashing += now.hashing.saturating_sub(before.hashing);
            self.all_else += now.all_else.saturating_sub(before.all_else);
        }
    }
}

fn nanoseconds(file: &str) -> Option<u64> {
    std::fs::read_to_string(file).ok()?.split(' ').next()?.parse().ok()
}

/// Registrations send no letter.
struct Nobody;

impl Mailer for Nobody {
    async fn send(&self, _: Mail) -> Result<(), MailFault> {
        Ok(())
    }
}
