//! What a sign-in and a registration spend their processor time on: argon2 must be nearly all of it, or the money that a refused guess
//! costs an attacker is spent on something else.
//!
//! The functions' own handlers run here, by themselves: the database and the secrets answer from another thread. What Linux counts for the
//! threads that hash is set against what it counts for the one that does all else (`schedstat`, Linux kernel documentation,
//! "Scheduler Statistics").

use std::sync::{Arc, mpsc};

use accounts::Accounts;
use lambda_http::Request;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vestibule::accounts::{Identifier, KeepToken as _, OneTimeToken, Purpose};
use vestibule::app::App;
use vestibule::clock::Clock;
use vestibule::config::{Config, Need};
use vestibule::mail::{Mail, MailFault, Mailer};
use vestibule::passwords::Password;
use vestibule::randomness::Randomness;
use vestibule::secret::Secret;
use vestibule_local::clients::clients;
use vestibule_local::running::Running;
use vestibule_local::template::{Parameters, Stack};
use vestibule_tests::{PASSWORD, Scene, programs};

use crate::Fault;
use crate::population::ISSUER;

/// One hash and one read of the table by the AWS SDK, and nothing of ours.
pub(crate) const BARE: &str = "a hash and one read of the table, alone";
/// What has the target.
pub(crate) const HANDLERS: [&str; 3] = ["sign-in", "refused sign-in", "registration"];
/// The threads that hash, as Linux knows them.
const HASHING: &str = "hashing";
/// Limits that nobody meets here.
const PARAMETERS: [(&str, &str); 6] = [
    ("Issuer", ISSUER),
    ("MailFrom", "no-reply@example.com"),
    ("MailIdentity", "example.com"),
    ("LoginNameLimit", "999999/1"),
    ("LoginNetworkLimit", "999999/1"),
    ("AccountNetworkLimit", "999999/1"),
];

/// What one request took, of processors.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Share {
    pub(crate) what: String,
    /// Milliseconds in argon2.
    pub(crate) hashing: f64,
    /// Milliseconds in all else.
    pub(crate) all_else: f64,
}

impl Share {
    /// Of all, argon2.
    pub(crate) fn percent(&self) -> f64 {
        100.0 * self.hashing / (self.hashing + self.all_else)
    }
}

/// The mean of so many of each.
pub(crate) fn shares(rounds: usize) -> Result<Vec<Share>, Fault> {
    let running = elsewhere()?;
    let measured = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().thread_name(HASHING).build();
        runtime
            .map_err(|fault| fault.to_string())?
            .block_on(measure(&running, rounds))
            .map_err(|fault| fault.to_string())
    });
    Ok(measured.join().map_err(|_| "the handlers' thread ended")??)
}

/// A deployment in a thread of its own, for as long as the report runs.
fn elsewhere() -> Result<Running, Fault> {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            let scene = Scene::new().await;
            scene.demo().await;
            // Whoever does not listen any more is not told.
            let _ = tell.send(scene.cloud.running(ISSUER.to_owned()));
            std::future::pending::<()>().await;
        });
    });
    Ok(told.recv()?)
}

async fn measure(running: &Running, rounds: usize) -> Result<Vec<Share>, Fault> {
    let login = app(running, "LoginFunction", login::NEEDS).await?;
    let mut shares = vec![bare(&login, running, rounds).await?];
    for (what, password, status) in [(HANDLERS[0], PASSWORD, 200), (HANDLERS[1], "a wrong password", 401)] {
        let body = json!({ "username": "demo@example.com", "password": password });
        let mut spent = Spent::default();
        for round in 0..rounds {
            let request = request("POST /login", &body)?;
            let before = Spent::until_now()?;
            let answer = login::handle(Arc::clone(&login), request).await;
            expect(answer.status().as_u16(), status)?;
            spent.add(round, &before)?;
        }
        shares.push(spent.share(what));
    }
    let app = app(running, "AccountsFunction", accounts::NEEDS).await?;
    let (world, mut spent) = (Arc::new(Accounts::new(Arc::clone(&app), Nobody)), Spent::default());
    for round in 0..rounds {
        let token = OneTimeToken::draw(&Randomness::System)?;
        let email = Identifier::parse(&format!("ada{round}@example.com"))?;
        let granted = Purpose::Register { email }.granted_at(Clock::System.now());
        app.store.keep_token(&token.hash(), &granted).await?;
        let request = request("POST /accounts/verify", &json!({ "token": token.expose(), "password": PASSWORD }))?;
        let before = Spent::until_now()?;
        let answer = accounts::handle(Arc::clone(&world), request).await;
        expect(answer.status().as_u16(), 201)?;
        spent.add(round, &before)?;
    }
    shares.push(spent.share(HANDLERS[2]));
    Ok(shares)
}

/// What every sign-in does at least: the share that no handler which reaches the table through this SDK comes over.
async fn bare(app: &App, running: &Running, rounds: usize) -> Result<Share, Fault> {
    let keys = app.symmetric_keys().await?;
    let password = Password::parse(&Secret::new(PASSWORD.to_owned()))?;
    let dynamodb = clients(&running.dynamodb, &running.secrets_manager, None).await.dynamodb;
    let key = |name: &str| aws_sdk_dynamodb::types::AttributeValue::S(format!("nobody#{name}"));
    let mut spent = Spent::default();
    for round in 0..rounds {
        let before = Spent::until_now()?;
        app.hasher.hash(&password, keys.peppers()).await?;
        dynamodb.get_item().table_name(&running.table).key("pk", key("pk")).key("sk", key("sk")).send().await?;
        spent.add(round, &before)?;
    }
    Ok(spent.share(BARE))
}

/// The function's app, over the other thread's services.
async fn app(running: &Running, function: &str, needs: &[Need]) -> Result<Arc<App>, Fault> {
    let parameters = PARAMETERS.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let stack = Stack::read(&running.template, "vestibule", &Parameters::from_iter(parameters))?;
    let environment = &stack.functions.get(function).ok_or_else(|| format!("there is no {function}"))?.environment;
    let config = Config::read(environment, needs)?;
    let clients = clients(&running.dynamodb, &running.secrets_manager, None).await;
    Ok(Arc::new(App::new(config, clients, Clock::System, Randomness::System)))
}

fn request(route: &str, body: &Value) -> Result<Request, Fault> {
    let (method, path) = route.split_once(' ').ok_or("a route has a method")?;
    let event = programs::http_event(method, path, Some(&body.to_string()));
    Ok(lambda_http::request::from_str(std::str::from_utf8(&event)?)?)
}

fn expect(status: u16, expected: u16) -> Result<(), Fault> {
    if status == expected { Ok(()) } else { Err(format!("answered {status} and not {expected}").into()) }
}

/// Processor time in nanoseconds.
#[derive(Clone, Copy, Default)]
struct Spent {
    rounds: u32,
    hashing: u64,
    all_else: u64,
}

impl Spent {
    /// Of this thread and of those that hash.
    fn until_now() -> Result<Self, Fault> {
        let mut spent =
            Self { all_else: nanoseconds("/proc/thread-self/schedstat").ok_or("no schedstat")?, ..Self::default() };
        for thread in std::fs::read_dir("/proc/self/task")?.flatten() {
            let file = |name: &str| thread.path().join(name).to_string_lossy().into_owned();
            // A thread that ended meanwhile has no files any more.
            let name = std::fs::read_to_string(file("comm")).unwrap_or_default();
            if name.trim() == HASHING {
                spent.hashing += nanoseconds(&file("schedstat")).unwrap_or_default();
            }
        }
        Ok(spent)
    }

    /// What was spent since `before`; the first round warms caches and connections.
    fn add(&mut self, round: usize, before: &Self) -> Result<(), Fault> {
        let now = Self::until_now()?;
        if round > 0 {
            self.rounds += 1;
            self.hashing += now.hashing.saturating_sub(before.hashing);
            self.all_else += now.all_else.saturating_sub(before.all_else);
        }
        Ok(())
    }

    fn share(self, what: &str) -> Share {
        #[expect(clippy::cast_precision_loss, reason = "seconds at most")]
        let each = |nanoseconds: u64| nanoseconds as f64 / 1e6 / f64::from(self.rounds);
        Share { what: what.to_owned(), hashing: each(self.hashing), all_else: each(self.all_else) }
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
