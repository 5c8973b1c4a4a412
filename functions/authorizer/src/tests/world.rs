//! What the authorizer is asked in: a clock that the test moves, real keys and tokens, and a store that can be down.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, Once};
use std::time::Duration;

use serde_json::Value;
use vestibule::api_keys::{ApiKey, Environment, FindApiKey, KnownLimits, Named, Owner};
use vestibule::authentication::{Authenticator, Behind, LiveSession, Origins};
use vestibule::clock::{Clock, ManualClock, Timestamp};
use vestibule::identity::{SessionId, UserId};
use vestibule::keys::{Algorithm, KeysUnavailable, PublicKeySet, ReadPublicKeys, SigningKeyRing};
use vestibule::limits::{self, Admission, Admit, Arrival, Key, Limit};
use vestibule::oauth::clients::ClientId;
use vestibule::policy::Rules;
use vestibule::randomness::{Randomness, SeededRandomness};
use vestibule::scope::{Roles, Scopes};
use vestibule::sessions::cookie::{CookieSessions, SessionCookie};
use vestibule::sessions::rotation::Generation;
use vestibule::sessions::{AuthenticationMethod, Session, State, Transport};
use vestibule::storage::StoreError;
use vestibule::telemetry::{self, Level, Line};
use vestibule::tokens::Verifier;

use super::says::Says;
use crate::{Authorizer, NoAnswer, handle};

/// The moment of the golden events.
pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_795_426_013);
pub(super) const SIGNED_IN: Timestamp = Timestamp::from_seconds(1_795_424_753);
pub(super) const LIFETIME: Duration = Duration::from_secs(300);
/// How long a session that a cookie holds lives unused.
pub(super) const IDLE: Duration = Duration::from_secs(3600);

pub(super) const ISSUER: &str = "https://id.example.com";
pub(super) const AUDIENCE: &str = "https://api.example.com";

/// One rule of each kind; `GET /orders/{orderId}/notes`, `PATCH /{proxy+}` and `$default` have none.
pub(super) const RULES: &str = r#"
    [[route]]
    route = "GET /whoami"
    any = true
    [[route]]
    route = "GET /orders"
    scope = "orders:read"
    [[route]]
    route = "GET /orders/{orderId}"
    scope = "orders:read"
    [[route]]
    route = "GET /orders/{orderId}/audit"
    scope = "orders:read"
    role = "auditor"
    [[route]]
    route = "PUT /orders/{orderId}"
    scope = "orders:read orders:write"
    [[route]]
    route = "ANY /files/{path+}"
    scope = "files"
    [[route]]
    route = "GET /admin"
    role = "admin"
    strict = true
    [[route]]
    route = "DELETE /accounts/{accountId}"
    role = "admin"
    strict = true
    [[route]]
    route = "GET /web/whoami"
    any = true
    credential = "cookie"
    [[route]]
    route = "GET /web/orders/{orderId}"
    scope = "orders:read"
    credential = "cookie"
    [[route]]
    route = "PUT /web/orders/{orderId}"
    scope = "orders:read orders:write"
    credential = "cookie"
    [[route]]
    route = "ANY /web/files/{path+}"
    scope = "files"
    credential = "cookie"
    [[route]]
    route = "GET /web/admin"
    role = "admin"
    credential = "cookie"
    strict = true
    [[route]]
    route = "GET /web/balance"
    any = true
    credential = "cookie"
    max_age = 300
"#;

/// Those of the golden events.
pub(super) fn user() -> UserId {
    "usr_0b7d3f1e9c5a48628e4d7a1f36c2905b".parse().unwrap()
}

pub(super) fn session() -> SessionId {
    "ses_d41c6e80a25f4b93b7e0c8125f9d3a6e".parse().unwrap()
}

/// A table that holds the published keys and the sessions that live.
pub(super) struct Store {
    keys: PublicKeySet,
    sessions: Mutex<HashSet<(UserId, SessionId)>>,
    pub(super) api_keys: Mutex<Vec<ApiKey>>,
    pub(super) owner: Mutex<Owner>,
    pub(super) uses_noted: AtomicUsize,
    arrivals: Mutex<HashMap<Key, Arrival>>,
    cookies: Mutex<HashMap<SessionId, Session>>,
    down: AtomicBool,
    silent: AtomicBool,
    writes_fail: AtomicBool,
    session_reads: AtomicUsize,
    notes: AtomicUsize,
}

impl Store {
    /// Changes the session that a cookie holds.
    pub(super) fn change(&self, change: impl Fn(&mut Session)) {
        self.cookies.lock().unwrap().values_mut().for_each(change);
    }

    pub(super) fn fail_writes(&self) {
        self.writes_fail.store(true, Ordering::SeqCst);
    }

    pub(super) fn notes(&self) -> usize {
        self.notes.load(Ordering::SeqCst)
    }

    pub(super) fn end_sessions(&self) {
        self.sessions.lock().unwrap().clear();
    }

    pub(super) fn fail(&self) {
        self.down.store(true, Ordering::SeqCst);
    }

    /// It neither answers nor fails.
    pub(super) fn fall_silent(&self) {
        self.silent.store(true, Ordering::SeqCst);
    }

    pub(super) fn session_reads(&self) -> usize {
        self.session_reads.load(Ordering::SeqCst)
    }
}

impl ReadPublicKeys for Store {
    async fn read_public_keys(&self) -> Result<PublicKeySet, KeysUnavailable> {
        if self.silent.load(Ordering::SeqCst) {
            return std::future::pending().await;
        }
        if self.down.load(Ordering::SeqCst) {
            return Err(KeysUnavailable::new("public keys", "the table does not answer"));
        }
        Ok(self.keys.clone())
    }
}

impl LiveSession for Store {
    async fn is_live(&self, user: UserId, session: SessionId, _now: Timestamp) -> Result<bool, StoreError> {
        self.session_reads.fetch_add(1, Ordering::SeqCst);
        if self.down.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable { operation: "GetItem", detail: "the table does not answer".into() });
        }
        Ok(self.sessions.lock().unwrap().contains(&(user, session)))
    }

    async fn behind(
        &self,
        user: UserId,
        session: SessionId,
        _: &ClientId,
        now: Timestamp,
    ) -> Result<Behind, StoreError> {
        Ok(if self.is_live(user, session, now).await? { Behind::LiveSession } else { Behind::NoSession })
    }
}

impl FindApiKey for Store {
    async fn find_api_key(&self, named: Named) -> Result<(Option<ApiKey>, Option<Owner>), StoreError> {
        if self.down.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable {
                operation: "BatchGetItem",
                detail: "the table does not answer".into(),
            });
        }
        let found = self.api_keys.lock().unwrap().iter().find(|key| key.named == named).cloned();
        Ok((found, Some(self.owner.lock().unwrap().clone())))
    }

    async fn note_use(&self, _: Named, _: Timestamp) -> Result<(), StoreError> {
        self.uses_noted.fetch_add(1, Ordering::SeqCst);
        Err(StoreError::Unavailable { operation: "UpdateItem", detail: "the table does not answer".into() })
    }
}

impl Admit for Store {
    async fn admit(&self, key: &Key, limit: Limit, now: Timestamp) -> Result<Admission, StoreError> {
        if self.writes_fail.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable { operation: "UpdateItem", detail: "throttled".into() });
        }
        let mut arrivals = self.arrivals.lock().unwrap();
        Ok(match limits::decide(limit, arrivals.get(key).copied(), now) {
            limits::Decision::Admitted(next) => {
                arrivals.insert(key.clone(), next);
                Admission::Admitted
            }
            limits::Decision::Refused { retry_after } => {
                Admission::Refused(limits::Refusal { class: key.class(), limit, retry_after })
            }
        })
    }
}

impl CookieSessions for Store {
    async fn cookie_session(&self, _user: UserId, session: SessionId) -> Result<Option<Session>, StoreError> {
        self.session_reads.fetch_add(1, Ordering::SeqCst);
        if self.down.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable { operation: "GetItem", detail: "the table does not answer".into() });
        }
        Ok(self.cookies.lock().unwrap().get(&session).cloned())
    }

    async fn seen(&self, session: &Session, idle_expires_at: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        self.notes.fetch_add(1, Ordering::SeqCst);
        if self.writes_fail.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable { operation: "UpdateItem", detail: "throttled".into() });
        }
        if let Some(session) = self.cookies.lock().unwrap().get_mut(&session.id) {
            session.rotated_at = now;
            session.idle_expires_at = idle_expires_at;
        }
        Ok(())
    }
}

pub(super) struct World {
    randomness: Randomness,
    origins: Origins,
    pub(super) clock: ManualClock,
    pub(super) store: Store,
    pub(super) rules: Rules,
    pub(super) ring: SigningKeyRing,
    verifier: Verifier,
    key_limits: KnownLimits,
}

/// Makes the log's lines known before any test writes one. Where a line is written for the first time without a subscriber, while another
/// thread is about to have one, tracing may hold that nobody listens: it asks once and keeps the answer.
fn lines_are_known() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = telemetry::subscriber(&BTreeMap::new(), Clock::System, std::io::sink);
        tracing::subscriber::with_default(subscriber, || {
            for level in [Level::Info, Level::Warn, Level::Error] {
                Line::new("known", level).write("-");
            }
        });
    });
}

impl World {
    pub(super) fn new() -> Self {
        Self::with_rules(Rules::parse(RULES).unwrap())
    }

    pub(super) fn with_rules(rules: Rules) -> Self {
        lines_are_known();
        let clock = ManualClock::starting_at(NOW);
        let ring = SigningKeyRing::generate(Algorithm::Es256, NOW).unwrap();
        let store = Store {
            keys: ring.public_set().unwrap(),
            sessions: Mutex::new(HashSet::from([(user(), session())])),
            api_keys: Mutex::default(),
            owner: Mutex::new(Owner {
                scopes: Scopes::parse("orders:read orders:write").unwrap(),
                roles: Roles::parse("admin clerk").unwrap(),
                active: true,
            }),
            uses_noted: AtomicUsize::new(0),
            arrivals: Mutex::default(),
            cookies: Mutex::default(),
            down: AtomicBool::new(false),
            silent: AtomicBool::new(false),
            writes_fail: AtomicBool::new(false),
            session_reads: AtomicUsize::new(0),
            notes: AtomicUsize::new(0),
        };
        let verifier = Verifier::new(ISSUER, AUDIENCE, Clock::Manual(clock.clone()));
        let randomness = Randomness::Seeded(SeededRandomness::new(1));
        let origins = Origins::parse("https://app.example.com").unwrap();
        Self { randomness, origins, clock, store, rules, ring, verifier, key_limits: KnownLimits::default() }
    }

    /// `Authorization` with a token that says `says`.
    pub(super) fn bearer(&self, says: &Says) -> String {
        format!("Bearer {}", says.minted_by(&self.ring))
    }

    /// A session with these rights, and the cookie that holds it.
    pub(super) fn cookie(&self, says: &Says) -> SessionCookie {
        let id = SessionId::random(&self.randomness).unwrap();
        let cookie = SessionCookie::random(user(), id, &self.randomness).unwrap();
        let session = Session {
            user: user(),
            id,
            client_id: "vestibule".into(),
            scope: Scopes::parse(says.scope).unwrap(),
            audience: None,
            roles: Roles::parse(says.roles).unwrap(),
            auth_time: SIGNED_IN,
            auth_method: AuthenticationMethod::Password,
            signed_in_for: None,
            device: None,
            network: None,
            transport: Transport::Cookie(cookie.hash()),
            generation: Generation::FIRST,
            rotated_at: NOW,
            mac_key: 1,
            idle_expires_at: NOW.plus(IDLE),
            expires_at: NOW.plus(10 * IDLE),
            state: State::Live,
        };
        self.store.cookies.lock().unwrap().insert(id, session);
        cookie
    }

    pub(super) async fn ask(&self, event: Value) -> Result<Value, NoAnswer> {
        let clock = Clock::Manual(self.clock.clone());
        let authenticator = Authenticator {
            verifier: &self.verifier,
            environment: &Environment::default(),
            store: &self.store,
            clock: &clock,
            idle_lifetime: IDLE,
            origins: &self.origins,
            own_client: "vestibule",
        };
        let authorizer = Authorizer { authenticator, rules: &self.rules, key_limits: &self.key_limits };
        handle(&authorizer, event).await
    }
}

/// For tests that are no async functions themselves.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}
