//! What an answer costs while the function is warm, from the event's bytes to the answer's: `cargo bench -p authorizer`.
//!
//! Parsed, decided, logged and written as on Lambda, with the golden events, an API of twelve routes and a store in memory. A token
//! is either one that a client uses again or one that was never seen; on strict routes, for a cookie and for an API key, a call to
//! DynamoDB comes on top. The check of a cookie alone is what of that is ours: reading it, hashing it, comparing it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench that cannot be set up must stop"
)]

use std::collections::BTreeMap;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use authorizer::{Authorizer, handle};
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::Value;
use vestibule::api_keys::{ApiKey, Environment, FindApiKey, IpRanges, KnownLimits, Named, NewSecret, Owner};
use vestibule::authentication::{Authenticator, Behind, Freshness, LiveSession, Origins, Presented};
use vestibule::clock::{Clock, ManualClock, Timestamp};
use vestibule::identity::{ApiKeyId, ServiceId, SessionId, UserId};
use vestibule::keys::{Algorithm, KeysUnavailable, PublicKeySet, ReadPublicKeys, SigningKey, SigningKeyRing};
use vestibule::limits::{Admission, Admit, Key, Limit};
use vestibule::oauth::clients::ClientId;
use vestibule::policy::Rules;
use vestibule::principal::Subject;
use vestibule::randomness::{Randomness, SeededRandomness};
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::cookie::{CookieSessions, SessionCookie};
use vestibule::sessions::rotation::Generation;
use vestibule::sessions::{AuthenticationMethod, Session, State, Transport};
use vestibule::storage::StoreError;
use vestibule::telemetry::Sandbox;
use vestibule::tokens::{AccessTokenClaims, TOKEN_ID_BYTES, Verifier, mint};

const HTTP_2_0: &str = include_str!("../../../tests/events/authorizer-http-2.0.json");
const REST_REQUEST: &str = include_str!("../../../tests/events/authorizer-rest-request.json");

const ISSUER: &str = "https://id.example.com";
const AUDIENCE: &str = "https://api.example.com";
/// The moment of the golden events.
const NOW: Timestamp = Timestamp::from_seconds(1_795_426_013);
const LIFETIME: Duration = Duration::from_secs(300);
/// Twice as many as a verifier remembers: used in turn, each is fresh when it comes round again.
const TOKENS: usize = 2048;

/// The resources of the API, and what one of each is called by; all can be listed, read and changed.
const RESOURCES: [(&str, &str); 4] =
    [("orders", "{orderId}"), ("invoices", "{invoiceId}"), ("customers", "{customerId}"), ("products", "{productId}")];

fn rules() -> Rules {
    let route = |method: &str, path: &str, scope: &str| {
        format!("[[route]]\nroute = \"{method} {path}\"\nscope = \"{scope}\"\n")
    };
    let of_resource = |(resource, id): (&str, &str)| {
        let (all, one) = (format!("/{resource}"), format!("/{resource}/{id}"));
        let [read, write] = [format!("{resource}:read"), format!("{resource}:read {resource}:write")];
        route("GET", &all, &read) + &route("GET", &one, &read) + &route("PUT", &one, &write)
    };
    Rules::parse(&RESOURCES.map(of_resource).concat()).unwrap()
}

/// What the authorizer is asked in.
struct World {
    store: Store,
    clock: Clock,
    environment: Environment,
    origins: Origins,
    key_limits: KnownLimits,
}

impl World {
    fn new(keys: PublicKeySet, session: Session, api_key: ApiKey) -> Self {
        Self {
            store: Store { keys, session, api_key },
            clock: Clock::Manual(ManualClock::starting_at(NOW)),
            environment: Environment::default(),
            origins: Origins::parse("https://app.example.com").unwrap(),
            key_limits: KnownLimits::default(),
        }
    }

    fn verifier(&self) -> Verifier {
        Verifier::new(ISSUER, AUDIENCE, self.clock.clone())
    }

    const fn authenticator<'a>(&'a self, verifier: &'a Verifier) -> Authenticator<'a, Store> {
        let Self { store, clock, environment, origins, .. } = self;
        Authenticator {
            verifier,
            environment,
            store,
            clock,
            idle_lifetime: LIFETIME,
            origins,
            own_client: "first-party",
        }
    }
}

/// The same routes for browsers. Those that change something have answers of their own, which no policy for another holds.
fn web_rules() -> Rules {
    let route = |method: &str, path: &str| {
        format!("[[route]]\nroute = \"{method} {path}\"\nscope = \"orders:read\"\ncredential = \"cookie\"\n")
    };
    let of_resource = |(resource, id): (&str, &str)| {
        let (all, one) = (format!("/{resource}"), format!("/{resource}/{id}"));
        route("GET", &all) + &route("GET", &one) + &route("PUT", &one)
    };
    Rules::parse(&RESOURCES.map(of_resource).concat()).unwrap()
}

/// A store in memory, with one session that a cookie holds and one API key.
struct Store {
    keys: PublicKeySet,
    session: Session,
    api_key: ApiKey,
}

impl ReadPublicKeys for Store {
    async fn read_public_keys(&self) -> Result<PublicKeySet, KeysUnavailable> {
        Ok(self.keys.clone())
    }
}

impl LiveSession for Store {
    async fn is_live(&self, _: UserId, _: SessionId, _: Timestamp) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn behind(&self, _: UserId, _: SessionId, _: &ClientId, _: Timestamp) -> Result<Behind, StoreError> {
        Ok(Behind::LiveSession)
    }
}

impl FindApiKey for Store {
    async fn find_api_key(&self, _: Named) -> Result<(Option<ApiKey>, Option<Owner>), StoreError> {
        let owner = Owner { scopes: self.api_key.scope.clone(), roles: self.api_key.roles.clone(), active: true };
        Ok((Some(self.api_key.clone()), Some(owner)))
    }

    async fn note_use(&self, _: Named, _: Timestamp) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Admit for Store {
    async fn admit(&self, _: &Key, _: Limit, _: Timestamp) -> Result<Admission, StoreError> {
        Ok(Admission::Admitted)
    }
}

impl CookieSessions for Store {
    async fn cookie_session(&self, _: UserId, _: SessionId) -> Result<Option<Session>, StoreError> {
        Ok(Some(self.session.clone()))
    }

    async fn seen(&self, _: &Session, _: Timestamp, _: Timestamp) -> Result<(), StoreError> {
        Ok(())
    }
}

/// The cookie, and the session that it holds.
fn cookie() -> (SessionCookie, Session) {
    let (user, id) = (UserId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]));
    let cookie = SessionCookie::random(user, id, &Randomness::Seeded(SeededRandomness::new(1))).unwrap();
    let session = Session {
        user,
        id,
        client_id: "first-party".to_owned(),
        scope: Scopes::parse("orders:read orders:write invoices:read").unwrap(),
        audience: None,
        roles: Roles::parse("support").unwrap(),
        auth_time: NOW,
        auth_method: AuthenticationMethod::Password,
        signed_in_for: None,
        device: None,
        network: None,
        transport: Transport::Cookie(cookie.hash()),
        generation: Generation::FIRST,
        rotated_at: NOW,
        mac_key: 1,
        idle_expires_at: NOW.plus(LIFETIME),
        expires_at: NOW.plus(LIFETIME),
        state: State::Live,
    };
    (cookie, session)
}

/// The key of a service, used within the last minute, and its text.
fn api_key() -> (String, ApiKey) {
    let named = Named { owner: Subject::Service(ServiceId::from_bytes([3; 16])), id: ApiKeyId::from_bytes([4; 16]) };
    let environment = Environment::default();
    let secret = NewSecret::draw(named, &environment, &Randomness::Seeded(SeededRandomness::new(2))).unwrap();
    let key = ApiKey {
        named,
        environment,
        label: "Nightly export".parse().unwrap(),
        scope: Scopes::parse("orders:read orders:write invoices:read").unwrap(),
        roles: Roles::parse("support").unwrap(),
        ranges: IpRanges::default(),
        secret: secret.hash,
        limit: None,
        predecessors: Vec::new(),
        created_at: NOW,
        expires_at: None,
        last_used_at: Some(NOW),
        version: 1,
    };
    (secret.text.expose().clone(), key)
}

fn bearer(key: &SigningKey, number: usize) -> Value {
    let mut id = [0; TOKEN_ID_BYTES];
    id[..8].copy_from_slice(&number.to_be_bytes());
    let claims = AccessTokenClaims {
        issuer: ISSUER,
        audience: AUDIENCE,
        subject: Subject::User(UserId::from_bytes([1; 16])),
        client_id: "first-party",
        scope: &Scopes::parse("orders:read orders:write invoices:read").unwrap(),
        roles: &Roles::parse("support").unwrap(),
        session: Some(SessionId::from_bytes([2; 16])),
        auth_time: Some(NOW),
        issued_at: NOW,
        expires_at: NOW.plus(LIFETIME),
        id,
    };
    Value::String(format!("Bearer {}", mint(&claims, key).unwrap().expose()))
}

/// The golden event with another token, as API Gateway sends it.
fn event(golden: &str, header: &str, bearer: Value) -> Vec<u8> {
    let mut event: Value = serde_json::from_str(golden).unwrap();
    if let Some(values) = event.get_mut("multiValueHeaders") {
        values[header] = Value::Array(vec![bearer.clone()]);
    }
    event["headers"][header] = bearer;
    serde_json::to_vec(&event).unwrap()
}

/// The golden event with a session cookie and no token.
fn event_with_cookie(golden: &str, cookie: &str) -> Vec<u8> {
    let mut event: Value = serde_json::from_str(golden).unwrap();
    if let Some(values) = event.get_mut("multiValueHeaders") {
        values["Cookie"] = Value::Array(vec![cookie.into()]);
        event["headers"]["Cookie"] = cookie.into();
    } else {
        event["cookies"] = cookie.split("; ").map(Value::from).collect();
    }
    // Both golden events change something.
    event["headers"]["sec-fetch-site"] = "same-origin".into();
    serde_json::to_vec(&event).unwrap()
}

/// The output of a future that has nothing to wait for: no runtime is measured.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

fn answers(c: &mut Criterion) {
    let subscriber = vestibule::telemetry::subscriber(&BTreeMap::<String, String>::new(), Clock::System, io::sink);
    tracing::subscriber::set_global_default(subscriber).unwrap();
    // Every answer has an end, which needs a clock that could ring.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _entered = runtime.enter();

    let ring = SigningKeyRing::generate_all(&Algorithm::ALL, NOW).unwrap();
    let ((cookie, session), (api_key, held)) = (cookie(), api_key());
    let (rules, world) = (rules(), World::new(ring.public_set().unwrap(), session, held));
    let sandbox = Sandbox::new("authorizer");
    let cookie_header = format!("theme=dark; __Host-session={}", cookie.value().expose());
    let web_rules = web_rules();
    for (dialect, golden, header) in
        [("HTTP API 2.0, simple", HTTP_2_0, "authorization"), ("REST API, policy", REST_REQUEST, "Authorization")]
    {
        let mut group = c.benchmark_group(dialect);
        for algorithm in Algorithm::ALL {
            let verifier = world.verifier();
            let authorizer = Authorizer {
                authenticator: world.authenticator(&verifier),
                rules: &rules,
                key_limits: &world.key_limits,
            };
            let answer = |event: &[u8]| {
                let event = serde_json::from_slice(event).unwrap();
                serde_json::to_vec(&ready(sandbox.measure(None, handle(&authorizer, event))).unwrap()).unwrap()
            };
            let key = ring.active(algorithm).unwrap();
            let events: Vec<_> = (0..TOKENS).map(|number| event(golden, header, bearer(key, number))).collect();
            let permitted = String::from_utf8(answer(&events[0])).unwrap();
            assert!(permitted.contains("\"isAuthorized\":true") || permitted.contains("PUT/orders/*"), "{permitted}");

            group.bench_function(format!("repeated {algorithm} token"), |b| b.iter(|| answer(&events[0])));
            let mut turn = events.iter().cycle();
            group.bench_function(format!("fresh {algorithm} token"), |b| b.iter(|| answer(turn.next().unwrap())));
        }
        let verifier = world.verifier();
        let authorizer =
            Authorizer { authenticator: world.authenticator(&verifier), rules: &rules, key_limits: &world.key_limits };
        let answer = |event: &[u8]| {
            let event = serde_json::from_slice(event).unwrap();
            serde_json::to_vec(&ready(sandbox.measure(None, handle(&authorizer, event))).unwrap()).unwrap()
        };
        let with_key = event(golden, header, Value::String(format!("ApiKey {api_key}")));
        let permitted = String::from_utf8(answer(&with_key)).unwrap();
        assert!(permitted.contains("\"isAuthorized\":true") || permitted.contains("PUT/orders/*"), "{permitted}");
        group.bench_function("API key", |b| b.iter(|| answer(&with_key)));

        let verifier = world.verifier();
        let authorizer = Authorizer {
            authenticator: world.authenticator(&verifier),
            rules: &web_rules,
            key_limits: &world.key_limits,
        };
        let answer = |event: &[u8]| {
            let event = serde_json::from_slice(event).unwrap();
            serde_json::to_vec(&ready(sandbox.measure(None, handle(&authorizer, event))).unwrap()).unwrap()
        };
        let event = event_with_cookie(golden, &cookie_header);
        let permitted = String::from_utf8(answer(&event)).unwrap();
        assert!(permitted.contains("\"isAuthorized\":true") || permitted.contains("GET/orders/*"), "{permitted}");
        group.bench_function("cookie", |b| b.iter(|| answer(&event)));
        group.finish();
    }
}

/// What the check of a cookie costs of our own, without the read.
fn cookies(c: &mut Criterion) {
    let ring = SigningKeyRing::generate_all(&Algorithm::ALL, NOW).unwrap();
    let (cookie, session) = cookie();
    let world = World::new(ring.public_set().unwrap(), session, api_key().1);
    let verifier = world.verifier();
    let authenticator = world.authenticator(&verifier);
    let mut presented = Presented::default();
    presented.take("cookie", [format!("theme=dark; __Host-session={}", cookie.value().expose())]);
    presented.take("origin", ["https://app.example.com".to_owned()]);
    presented.provenance.method = Some("POST".to_owned());
    let caller = || ready(authenticator.caller(&presented, Freshness::Live)).unwrap().unwrap();
    assert_eq!(caller().sid, Some(cookie.session));
    c.bench_function("check of a cookie", |b| b.iter(caller));
}

criterion_group!(benches, answers, cookies);
criterion_main!(benches);
