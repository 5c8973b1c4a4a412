//! A rotation while people sign in, refresh and call (promise 7).

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use vestibule::clock::Timestamp;
use vestibule::keys::{Algorithm, LONGEST_VERIFIER_CACHE};
use vestibule_local::gateway::Gateway;
use vestibule_tests::{Answer, PASSWORD, Scene, Tokens, User};

use crate::stage::{STEPS, Stage, active, jwks_kids, kid};

/// An hour, the longest that is allowed: the last tokens of a key outlive its retirement by as much.
const TOKEN_SECONDS: u64 = 3600;
/// API Gateway's own JWT authorizer keeps a document for so long.
const DOCUMENT_SECONDS: u64 = 2 * 60 * 60;

struct Crowd {
    stage: Stage,
    user: User,
    /// Instances that serve all the time, and some that are called once in a while and know old keys.
    busy: Arc<Gateway>,
    sleepy: Arc<Gateway>,
    session: String,
    /// Access tokens that have not expired, oldest first.
    live: VecDeque<(Timestamp, String)>,
    /// The documents that verifiers may still hold, oldest first.
    documents: VecDeque<(Timestamp, BTreeSet<String>)>,
    rounds: usize,
}

impl Crowd {
    async fn gather() -> Self {
        let scene = Scene::builder()
            .parameter("LoginNameLimit", "1000/60")
            .parameter("LoginNetworkLimit", "1000/60")
            .parameter("AccessTokenSeconds", "3600")
            .parameter("AuthorizerCacheSeconds", "0")
            .begin()
            .await;
        let stage = Stage::small(scene).await;
        let user = stage.scene.demo().await;
        let first = stage.scene.login(&user).await;
        let (busy, sleepy) = (Arc::clone(stage.scene.cloud.gateway()), stage.scene.second_gateway());
        let live = VecDeque::from([(stage.scene.clock.now(), first.access)]);
        Self { stage, user, busy, sleepy, session: first.refresh, live, documents: VecDeque::new(), rounds: 0 }
    }

    /// Time passes, and then all of this happens at once, beside the step of a rotation if there is one: somebody signs in,
    /// somebody refreshes, everybody's tokens are used, and some verifier fetches the document.
    async fn round(&mut self, seconds: u64, step: Option<(&str, &str)>) {
        self.stage.scene.wait(seconds);
        let now = self.stage.scene.clock.now();
        while self.live.front().is_some_and(|(minted, _)| now.since(*minted).as_secs() >= TOKEN_SECONDS) {
            self.live.pop_front();
        }
        while self.documents.front().is_some_and(|(read, _)| now.since(*read).as_secs() > DOCUMENT_SECONDS) {
            self.documents.pop_front();
        }
        let gateway = if self.rounds.is_multiple_of(9) { &self.sleepy } else { &self.busy };
        let credentials = json!({ "username": self.user.email, "password": PASSWORD });
        let session = json!({ "refresh_token": self.session });
        let requests = async {
            tokio::join!(
                post(gateway, "/login", &credentials),
                post(gateway, "/refresh", &session),
                get(&self.busy, "/.well-known/jwks.json", None),
                self.everybody_calls(&self.busy),
                self.everybody_calls(&self.sleepy),
            )
        };
        let step = async {
            if let Some((step, version)) = step {
                self.stage.step(step, version).await.unwrap();
            }
        };
        let ((login, refresh, document, (), ()), ()) = tokio::join!(requests, step);
        let document = jwks_kids(&document.expect(200).json());
        for (_, access) in &self.live {
            assert!(document.contains(&kid(access)), "a fresh document lacks the key of a live token");
        }
        self.documents.push_back((now, document));
        let (login, refresh) = (Tokens::of(login), Tokens::of(refresh));
        self.session = refresh.refresh;
        for access in [login.access, refresh.access] {
            for (read, document) in &self.documents {
                assert!(document.contains(&kid(&access)), "a document of {read:?} lacks the key of a token of {now:?}");
            }
            get(&self.busy, "/whoami", Some(&access)).await.expect(200);
            self.live.push_back((now, access));
        }
        self.rounds += 1;
    }

    /// The oldest token, the newest and some between.
    async fn everybody_calls(&self, gateway: &Arc<Gateway>) {
        let some = self.live.iter().skip(self.rounds % 10).step_by(10);
        for (_, access) in self.live.front().into_iter().chain(some).chain(self.live.back()) {
            get(gateway, "/whoami", Some(access)).await.expect(200);
        }
    }

    async fn rotate(&mut self, name: &str) {
        let version = self.stage.open(name).await;
        for step in STEPS {
            self.round(30, Some((step, &version))).await;
            self.round(30, None).await;
            self.round(30, None).await;
        }
        assert_eq!(self.stage.in_force().await.version, version);
    }
}

fn post(gateway: &Arc<Gateway>, path: &str, body: &Value) -> impl Future<Output = Answer> + use<> {
    let request = Request::post(path).header("content-type", "application/json");
    send(Arc::clone(gateway), request.body(Bytes::from(body.to_string())).unwrap())
}

fn get(gateway: &Arc<Gateway>, path: &str, access: Option<&str>) -> impl Future<Output = Answer> + use<> {
    let request = match access {
        Some(access) => Request::get(path).header("authorization", format!("Bearer {access}")),
        None => Request::get(path),
    };
    send(Arc::clone(gateway), request.body(Bytes::new()).unwrap())
}

async fn send(gateway: Arc<Gateway>, request: Request<Bytes>) -> Answer {
    let called = tokio::spawn(async move { gateway.call([203, 0, 113, 7].into(), request).await });
    Answer::new(called.await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_roll_under_load_and_no_valid_token_is_refused() {
    let mut crowd = Crowd::gather().await;
    for _ in 0..5 {
        crowd.round(60, None).await;
    }
    let first = active(&crowd.stage.ring().await, Algorithm::Es256);
    crowd.rotate("first").await;
    let second = active(&crowd.stage.ring().await, Algorithm::Es256);
    assert_ne!(first, second);
    // Until the next keys may sign: instances thaw, caches run out, the last tokens of the old key expire.
    for _ in 0..=(LONGEST_VERIFIER_CACHE.as_secs() + 600) / 60 {
        crowd.round(60, None).await;
    }
    assert_eq!(kid(&crowd.live.front().unwrap().1), second, "the old key has not outlived its tokens yet");
    crowd.rotate("second").await;
    for _ in 0..20 {
        crowd.round(60, None).await;
    }
    let (_, document) = crowd.documents.back().unwrap();
    assert!(!document.contains(&first), "the old key is still published");
    assert!(document.contains(&second));
}
