//! What tokens, sessions and keys cost: `cargo bench -p vestibule --bench tokens`.
//!
//! The budgets are two: `fresh ES256 token/vestibule` takes at most 1.3 times `fresh ES256 token/aws-lc alone`, which checks the
//! same signatures over the same bytes with a key parsed once and does nothing else; `repeated token` takes at most 15 µs.
//! `jsonwebtoken` stands beside them for decision 0001.
//!
//! Rows of one group compare, machines do not. Where others work on the machine too, take the smallest of several runs.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench that cannot be set up must stop")]

use std::hint::black_box;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jsonwebtoken::{DecodingKey, Validation};
use serde::Deserialize;
use vestibule::clock::{Clock, Timestamp};
use vestibule::identity::{SessionId, UserId};
use vestibule::keys::{
    Algorithm, Jwk, KeysUnavailable, MacKey, MacKeys, PublicKeySet, ReadPublicKeys, SigningKey, SigningKeyRing,
};
use vestibule::principal::Subject;
use vestibule::scope::{Roles, Scopes};
use vestibule::secret::Secret;
use vestibule::sessions::refresh::{Audience, Rotate, Rotation, current_token, refresh};
use vestibule::sessions::refresh_token::RefreshToken;
use vestibule::sessions::rotation::{DEFAULT_RETRY_WINDOW, Decision, Generation, RetryPolicy, decide};
use vestibule::sessions::{AuthenticationMethod, Client, Session, State, Transport};
use vestibule::storage::StoreError;
use vestibule::tokens::{AccessTokenClaims, TOKEN_ID_BYTES, Verifier, mint};

const ISSUER: &str = "https://auth.example.com";
const AUDIENCE: &str = "https://api.example.com";
/// Twice as many as a verifier remembers: used in turn, each is fresh when it comes round again.
const TOKENS: usize = 2048;
/// The bench ends before they expire.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// What the published keys are read from.
struct Published(PublicKeySet);

impl ReadPublicKeys for Published {
    async fn read_public_keys(&self) -> Result<PublicKeySet, KeysUnavailable> {
        Ok(self.0.clone())
    }
}

/// The output of a future that has nothing to wait for: no runtime is measured.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

struct Issuer {
    ring: SigningKeyRing,
    scope: Scopes,
    roles: Roles,
    now: Timestamp,
}

impl Issuer {
    fn new() -> Self {
        let now = Clock::System.now();
        Self {
            ring: SigningKeyRing::generate_all(&Algorithm::ALL, now).unwrap(),
            scope: Scopes::parse("orders:read orders:write").unwrap(),
            roles: Roles::parse("admin").unwrap(),
            now,
        }
    }

    fn key(&self, algorithm: Algorithm) -> &SigningKey {
        self.ring.active(algorithm).unwrap()
    }

    fn mint(&self, algorithm: Algorithm, number: usize) -> String {
        let mut id = [0; TOKEN_ID_BYTES];
        id[..8].copy_from_slice(&number.to_be_bytes());
        let claims = AccessTokenClaims {
            issuer: ISSUER,
            audience: AUDIENCE,
            subject: Subject::User(UserId::from_bytes([1; 16])),
            client_id: "first-party",
            scope: &self.scope,
            roles: &self.roles,
            session: Some(SessionId::from_bytes([2; 16])),
            auth_time: Some(self.now),
            issued_at: self.now,
            expires_at: self.now.plus(LIFETIME),
            id,
        };
        mint(&claims, self.key(algorithm)).unwrap().expose().clone()
    }

    fn published(&self) -> Published {
        Published(self.ring.public_set().unwrap())
    }
}

fn minting(c: &mut Criterion) {
    let issuer = Issuer::new();
    let mut group = c.benchmark_group("mint");
    for algorithm in Algorithm::ALL {
        group.bench_function(algorithm.as_str(), |b| b.iter(|| issuer.mint(algorithm, black_box(7))));
    }
    group.finish();
}

/// What the library reads a token into: typed, as a careful user of it would.
#[derive(Deserialize)]
#[expect(dead_code, reason = "reading is what is measured")]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    client_id: String,
    scope: String,
    roles: Vec<String>,
    auth_time: u64,
    iat: u64,
    exp: u64,
    jti: String,
}

fn library(issuer: &Issuer, algorithm: Algorithm) -> (DecodingKey, Validation) {
    let text = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
    let (key, theirs) = match issuer.key(algorithm).pair().public() {
        Jwk::Ec { x, y } => (DecodingKey::from_ec_components(&text(x), &text(y)), jsonwebtoken::Algorithm::ES256),
        Jwk::Rsa { n, e } => (DecodingKey::from_rsa_components(&text(n), &text(e)), jsonwebtoken::Algorithm::RS256),
    };
    let mut validation = Validation::new(theirs);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    (key.unwrap(), validation)
}

fn fresh(c: &mut Criterion) {
    let issuer = Issuer::new();
    for algorithm in Algorithm::ALL {
        let tokens: Vec<String> = (0..TOKENS).map(|number| issuer.mint(algorithm, number)).collect();
        let mut group = c.benchmark_group(format!("fresh {algorithm} token"));

        let published = issuer.published();
        let key = published.0.find(issuer.key(algorithm).kid()).unwrap().verification();
        let signed = |token: &'_ String| {
            let (signed, signature) = token.rsplit_once('.').unwrap();
            (signed.to_owned(), URL_SAFE_NO_PAD.decode(signature).unwrap())
        };
        let parts: Vec<(String, Vec<u8>)> = tokens.iter().map(signed).collect();
        let mut turn = parts.iter().cycle();
        group.bench_function("aws-lc alone", |b| {
            b.iter(|| {
                let (signed, signature) = turn.next().unwrap();
                assert!(key.verifies(signed.as_bytes(), signature));
            });
        });

        let verifier = Verifier::new(ISSUER, AUDIENCE, Clock::System);
        let mut turn = tokens.iter().cycle();
        group.bench_function("vestibule", |b| {
            b.iter(|| ready(verifier.verify(turn.next().unwrap().as_bytes(), &published)).unwrap());
        });

        let (key, validation) = library(&issuer, algorithm);
        let mut turn = tokens.iter().cycle();
        group.bench_function("jsonwebtoken", |b| {
            b.iter(|| jsonwebtoken::decode::<Claims>(turn.next().unwrap(), &key, &validation).unwrap());
        });
        group.finish();
    }
}

fn repeated(c: &mut Criterion) {
    let issuer = Issuer::new();
    let published = issuer.published();
    let mut group = c.benchmark_group("repeated token");
    for algorithm in Algorithm::ALL {
        let verifier = Verifier::new(ISSUER, AUDIENCE, Clock::System);
        let token = issuer.mint(algorithm, 0);
        group.bench_function(algorithm.as_str(), |b| {
            b.iter(|| ready(verifier.verify(black_box(token.as_bytes()), &published)).unwrap());
        });
    }
    group.finish();
}

fn session(now: Timestamp) -> Session {
    Session {
        user: UserId::from_bytes([1; 16]),
        id: SessionId::from_bytes([2; 16]),
        client_id: "first-party".into(),
        scope: Scopes::parse("orders:read orders:write").unwrap(),
        audience: None,
        roles: Roles::default(),
        auth_time: now,
        auth_method: AuthenticationMethod::Password,
        signed_in_for: None,
        device: None,
        network: None,
        transport: Transport::Tokens,
        generation: Generation::from_number(7),
        rotated_at: now,
        mac_key: 1,
        idle_expires_at: now.plus(LIFETIME),
        expires_at: now.plus(LIFETIME),
        state: State::Live,
    }
}

fn client() -> Client {
    let retry = RetryPolicy::Window(DEFAULT_RETRY_WINDOW);
    Client { id: "first-party".into(), retry, idle_lifetime: LIFETIME, absolute_lifetime: LIFETIME }
}

fn mac_keys() -> MacKeys {
    MacKeys::new(1, vec![MacKey::new(1, Secret::new([1; 32])), MacKey::new(2, Secret::new([2; 32]))]).unwrap()
}

/// Storage that answers at once: what is left of a refresh is what we do ourselves.
struct OneSession(Mutex<Session>);

impl Rotate for OneSession {
    async fn rotate(
        &self,
        token: &RefreshToken,
        client: &Client,
        _: Audience<'_>,
        mac_key: u32,
        now: Timestamp,
    ) -> Result<Rotation, StoreError> {
        let session = self.0.lock().unwrap();
        match decide(&session, token.generation, client.retry, now) {
            Decision::Rotate => {
                Ok(Rotation::Rotated(Session { generation: session.generation.next(), mac_key, ..session.clone() }))
            }
            other => panic!("{other:?}"),
        }
    }
}

fn refreshing(c: &mut Criterion) {
    let (keys, client, now) = (mac_keys(), client(), Clock::System.now());
    let session = session(now);
    let token = RefreshToken { user: session.user, session: session.id, generation: session.generation };
    let sealed = token.seal(keys.active());
    let mut group = c.benchmark_group("refresh token");
    group.bench_function("seal", |b| b.iter(|| black_box(token).seal(keys.active())));
    group.bench_function("open", |b| b.iter(|| RefreshToken::open(black_box(sealed.expose()), &keys).unwrap()));
    group.bench_function("decide", |b| {
        let mut presented = [5, 6, 7, 8].map(Generation::from_number).into_iter().cycle();
        b.iter(|| decide(black_box(&session), presented.next().unwrap(), client.retry, now));
    });
    let (presented, store) = (current_token(&session, &keys), OneSession(Mutex::new(session)));
    group.bench_function("rotate, without storage", |b| {
        b.iter(|| ready(refresh(&store, &keys, black_box(&presented), &client, Audience::OfTheSession, now)).unwrap());
    });
    group.finish();
}

/// The one read that an authorizer's cold start makes, as the table has it: both algorithms, two keys each.
fn public_keys(c: &mut Criterion) {
    let json = Issuer::new().ring.public_set().unwrap().to_json();
    let mut group = c.benchmark_group("public keys");
    group.throughput(Throughput::Bytes(json.len() as u64));
    group.bench_function("read", |b| b.iter(|| PublicKeySet::from_json(black_box(&json)).unwrap()));
    group.finish();
}

criterion_group!(benches, minting, fresh, repeated, refreshing, public_keys);
criterion_main!(benches);
