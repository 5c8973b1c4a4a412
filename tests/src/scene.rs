//! A deployment with people in it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::json;
use tokio::sync::OnceCell;
use vestibule::accounts::administration::Actor;
use vestibule::accounts::register::{Register, Registration};
use vestibule::accounts::{Account, Identifier, Standing};
use vestibule::clock::{Clock, ManualClock, Timestamp};
use vestibule::identity::UserId;
use vestibule::keys::ReadSymmetricKeys;
use vestibule::oauth::clients;
use vestibule::oauth::clients::manage::{Intervened, Intervention, ManageClients as _};
use vestibule::passwords::{Cost, Hasher, Password};
use vestibule::randomness::{Randomness, SeededRandomness};
use vestibule::scope::{Roles, Scopes};
use vestibule::secret::Secret;
use vestibule::store::Table;
use vestibule_local::clients::clients as aws_clients;
use vestibule_local::cloud::{Cloud, Data, Options};
use vestibule_local::functions::Runtime;
use vestibule_local::gateway::Gateway;
use vestibule_local::template::Parameters;

use crate::{Answer, Wire};

/// When every scene begins: 2027-01-15T08:00:00Z.
pub const START: Timestamp = Timestamp::from_seconds(1_800_000_000);
/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery staple";

const TEMPLATE: &str = include_str!("../../infra/template.yaml");
/// The issuer; no socket is opened.
const ISSUER: &str = "https://auth.example.com";

/// A deployment in memory.
pub struct Scene {
    /// The deployment.
    pub cloud: Cloud,
    /// Its clock.
    pub clock: ManualClock,
    /// What its functions reach AWS through.
    pub wire: Wire,
    randomness: Randomness,
    gateway: Arc<Gateway>,
    heard: Mutex<Option<Vec<Heard>>>,
    hash: OnceCell<vestibule::passwords::PasswordHash>,
}

/// One answer, as whoever asked has it.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Method and path of what was asked.
    pub request: String,
    /// All that was asked, as it came and without percent signs.
    pub asked: String,
    /// Headers and body.
    pub answer: String,
}

/// A scene before it begins.
#[derive(Debug)]
pub struct SceneBuilder {
    parameters: Vec<(String, String)>,
    template: String,
}

/// Somebody who may sign in.
#[derive(Debug, Clone)]
pub struct User {
    /// Their `sub`.
    pub id: UserId,
    /// Their e-mail address.
    pub email: String,
}

/// What a sign-in or a refresh gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
}

impl Tokens {
    /// Reads them out of a granted answer.
    #[track_caller]
    pub fn of(answer: Answer) -> Self {
        let answer = answer.expect(200);
        Self { access: answer.member("access_token"), refresh: answer.member("refresh_token") }
    }
}

impl SceneBuilder {
    /// Sets a parameter of the template.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Changes the template's text; the test fails if there is nothing to change.
    #[must_use]
    pub fn edit(mut self, from: &str, to: &str) -> Self {
        assert!(self.template.contains(from), "the template has no {from:?}");
        self.template = self.template.replace(from, to);
        self
    }

    /// Begins.
    pub async fn begin(self) -> Scene {
        let clock = ManualClock::starting_at(START);
        let wire = Wire::new();
        let randomness = Randomness::Seeded(SeededRandomness::new(1));
        let cloud = Cloud::start(Options {
            template: self.template,
            parameters: Parameters::from_iter(self.parameters),
            data: Data::Memory,
            runtime: Runtime::InProcess,
            clock: Clock::Manual(clock.clone()),
            randomness: randomness.clone(),
            wire: Some(wire.client()),
        })
        .await
        .unwrap();
        let gateway = Arc::clone(cloud.gateway());
        Scene { cloud, clock, wire, randomness, gateway, heard: Mutex::default(), hash: OnceCell::new() }
    }
}

impl Scene {
    /// A scene of the shipped template with the demo API.
    pub fn builder() -> SceneBuilder {
        let mail =
            [("MailFrom", "no-reply@example.com"), ("MailIdentity", "example.com"), ("AccountScope", "orders:read")];
        let parameters = [("Issuer", ISSUER), ("DemoApi", "true")]
            .into_iter()
            .chain(mail)
            .map(|(n, v)| (n.to_owned(), v.to_owned()));
        SceneBuilder { parameters: parameters.collect(), template: TEMPLATE.to_owned() }
    }

    /// The same, begun.
    pub async fn new() -> Self {
        Self::builder().begin().await
    }

    /// From here on, requests meet fresh instances of every function: keys are unread and caches are empty.
    pub fn cold_start(&mut self) {
        self.gateway = self.cloud.fresh_gateway().unwrap();
    }

    /// The present instances.
    pub const fn gateway(&self) -> &Arc<Gateway> {
        &self.gateway
    }

    /// Another set of instances beside the present one.
    pub fn second_gateway(&self) -> Arc<Gateway> {
        self.cloud.fresh_gateway().unwrap()
    }

    /// The table as an operator's command reaches it, over the wire. [`Cloud::table`] passes none.
    pub async fn operator_table(&self) -> Table {
        let running = self.cloud.running(ISSUER.to_owned());
        let clients = aws_clients(&running.dynamodb, &running.secrets_manager, Some(self.wire.client())).await;
        Table::new(clients.dynamodb, running.table)
    }

    /// Moves the clock.
    pub fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Somebody with this e-mail address, these scopes and roles, and [`PASSWORD`].
    pub async fn user(&self, email: &str, scopes: &str, roles: &str) -> User {
        self.named(&[email], scopes, roles).await
    }

    /// Somebody with these names, the first of which is an e-mail address.
    pub async fn named(&self, names: &[&str], scopes: &str, roles: &str) -> User {
        let hash = self.hash.get_or_init(|| self.hash(PASSWORD)).await;
        self.register(names, scopes, roles, hash).await
    }

    /// Somebody with this e-mail address and no rights, of whose password the table holds `hash`.
    pub async fn with_password(&self, email: &str, hash: &vestibule::passwords::PasswordHash) -> User {
        self.register(&[email], "", "", hash).await
    }

    async fn register(
        &self,
        names: &[&str],
        scopes: &str,
        roles: &str,
        hash: &vestibule::passwords::PasswordHash,
    ) -> User {
        let id = UserId::random(&self.randomness).unwrap();
        let account = Account {
            user: id,
            identifiers: names.iter().map(|name| Identifier::parse(name).unwrap()).collect(),
            scopes: Scopes::parse(scopes).unwrap(),
            roles: Roles::parse(roles).unwrap(),
            standing: Standing::Active,
            created_at: self.clock.now(),
            version: 1,
        };
        assert_eq!(self.cloud.table().register(&account, hash).await.unwrap(), Registration::Registered);
        User { id, email: names[0].to_owned() }
    }

    /// A hash of `password` by the deployment's pepper.
    pub async fn hash(&self, password: &str) -> vestibule::passwords::PasswordHash {
        let keys = self.cloud.secrets().read_symmetric_keys().await.unwrap();
        let hasher = Hasher::new(Cost::DEFAULT, u32::MAX, self.randomness.clone());
        hasher.hash(&Password::parse(&Secret::new(password.to_owned())).unwrap(), keys.peppers()).await.unwrap()
    }

    /// The usual person: demo@example.com, who may read orders.
    pub async fn demo(&self) -> User {
        self.user("demo@example.com", "orders:read", "").await
    }

    /// An operator changes the client of this name.
    pub async fn change_client(&self, client: &str, intervention: Intervention) {
        let (table, id, now) = (self.cloud.table(), client.parse().unwrap(), self.clock.now());
        let changed = table.change_client(&id, &intervention, Actor::Operator, now).await.unwrap();
        assert!(matches!(changed, Intervened::Changed(_)), "{changed:?}");
    }

    /// An operator closes the client of this name.
    pub async fn disable_client(&self, client: &str) {
        let closed = clients::Standing::Disabled { at: self.clock.now() };
        self.change_client(client, Intervention::Standing(closed)).await;
    }

    /// An operator opens the client of this name again.
    pub async fn enable_client(&self, client: &str) {
        self.change_client(client, Intervention::Standing(clients::Standing::Active)).await;
    }

    /// Sends a request from 203.0.113.7.
    pub async fn send(&self, request: Request<Bytes>) -> Answer {
        self.send_from(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)), request).await
    }

    /// Sends a request from this address.
    pub async fn send_from(&self, address: IpAddr, request: Request<Bytes>) -> Answer {
        let path = format!("{} {}", request.method(), request.uri().path());
        let said = format!("{} {:?} {}", request.uri(), request.headers(), String::from_utf8_lossy(request.body()));
        let answer = Answer::new(self.gateway.call(address, request).await);
        if let Some(heard) = &mut *self.heard.lock().unwrap() {
            let answer = format!("{:?}\n{}", answer.lasting_headers(), answer.text());
            heard.push(Heard { request: path, asked: format!("{said} {}", decoded(&said)), answer });
        }
        answer
    }

    /// From here on every answer is kept, and all that the table is sent.
    pub fn listen(&self) {
        self.wire.listen();
        *self.heard.lock().unwrap() = Some(Vec::new());
    }

    /// Every answer since [`Scene::listen`].
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone().unwrap_or_default()
    }

    /// `GET path`, with these headers.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let builder = headers.iter().fold(Request::get(path), |builder, (name, value)| builder.header(*name, *value));
        self.send(builder.body(Bytes::new()).unwrap()).await
    }

    /// `GET path` with an access token.
    pub async fn get_as(&self, path: &str, access: &str) -> Answer {
        self.get(path, &[("authorization", &format!("Bearer {access}"))]).await
    }

    /// `POST path` with a body of this media type.
    pub async fn post(&self, path: &str, media_type: &str, body: impl Into<Bytes>) -> Answer {
        let request = Request::post(path).header("content-type", media_type).body(body.into()).unwrap();
        self.send(request).await
    }

    /// `POST path` with JSON.
    pub async fn post_json(&self, path: &str, body: &serde_json::Value) -> Answer {
        self.post(path, "application/json", body.to_string()).await
    }

    /// `POST path` with JSON and an access token.
    pub async fn post_as(&self, path: &str, access: &str, body: &serde_json::Value) -> Answer {
        let request = Request::post(path)
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {access}"))
            .body(Bytes::from(body.to_string()))
            .unwrap();
        self.send(request).await
    }

    /// The one-time token of the newest letter to this address; the test fails if there is none in it.
    pub fn mailed_token(&self, email: &str) -> String {
        let letters = self.cloud.outbox().letters();
        let letter = letters.iter().find(|letter| letter.to == email).unwrap_or_else(|| panic!("no letter to {email}"));
        let token = letter.text.split_whitespace().find_map(|word| word.find("vot_").map(|at| word[at..].to_owned()));
        token.unwrap_or_else(|| panic!("no token in the letter to {email}: {}", letter.text))
    }

    /// `POST /login` with these credentials.
    pub async fn try_login(&self, username: &str, password: &str) -> Answer {
        self.post_json("/login", &json!({ "username": username, "password": password })).await
    }

    /// Signs `user` in.
    pub async fn login(&self, user: &User) -> Tokens {
        Tokens::of(self.try_login(&user.email, PASSWORD).await)
    }

    /// `POST /refresh` with this token.
    pub async fn try_refresh(&self, token: &str) -> Answer {
        self.post_json("/refresh", &json!({ "refresh_token": token })).await
    }

    /// Refreshes, which must succeed.
    pub async fn refresh(&self, token: &str) -> Tokens {
        Tokens::of(self.try_refresh(token).await)
    }

    /// `POST /revoke` with this token, as a form.
    pub async fn revoke(&self, token: &str) -> Answer {
        self.post("/revoke", "application/x-www-form-urlencoded", format!("token={token}")).await
    }
}

/// Without percent signs.
fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => decoded.push_str(&format!("{}{}", char::from(byte), &part[2..])),
            None => decoded.push_str(part),
        }
    }
    decoded
}
