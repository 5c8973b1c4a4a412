//! Where the suite runs: a deployment that the environment names, or one that is started here, on a loopback socket.
//!
//! | variable | what it says |
//! |---|---|
//! | `VESTIBULE_URL` | base URL of a deployment; without it the local gateway is started |
//! | `VESTIBULE_DEMO_USER`, `VESTIBULE_DEMO_PASSWORD` | somebody with the scope `orders:read` and no role |
//! | `VESTIBULE_ADMIN_USER`, `VESTIBULE_ADMIN_PASSWORD` | somebody with the role `admin` too |
//! | `VESTIBULE_ORIGIN` | an origin among the parameter `AllowedOrigins` |
//! | `VESTIBULE_REFRESH_GRACE_SECONDS` | the parameter `RefreshGraceSeconds` |
//! | `VESTIBULE_AUTHORIZER_CACHE_SECONDS` | the parameter `AuthorizerCacheSeconds` |
//! | `VESTIBULE_BINARIES` | without a URL: run the functions of this folder as processes of their own, as `--binaries` does |

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use vestibule::clock::{Clock, ManualClock};
use vestibule::config::{Variables, process_environment};
use vestibule::randomness::Randomness;
use vestibule::secret::Secret;
use vestibule_local::cloud::{Cloud, Data, Options};
use vestibule_local::functions::Runtime;
use vestibule_local::template::Parameters;
use vestibule_local::{demo, gateway};
use vestibule_tests::{Answer, PASSWORD, START, Tokens};

const TEMPLATE: &str = include_str!("../../../infra/template.yaml");
/// An emulator starts a process for the first call of each function; nothing here takes a tenth of this.
const PATIENCE: Duration = Duration::from_secs(60);
/// The template's own values.
const REFRESH_GRACE_SECONDS: u64 = 10;
const AUTHORIZER_CACHE_SECONDS: u64 = 60;

/// Somebody who may sign in.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) password: String,
}

/// A deployment.
#[derive(Clone)]
pub(crate) struct Target {
    url: String,
    connector: SharedHttpConnector,
    pub(crate) demo: Person,
    pub(crate) admin: Person,
    pub(crate) origin: String,
    pub(crate) refresh_grace: u64,
    pub(crate) authorizer_cache: u64,
    /// Its clock, if it can be moved.
    clock: Option<ManualClock>,
    /// What was started here, for as long as it is needed.
    _cloud: Option<Arc<Cloud>>,
}

impl Target {
    /// Finds or starts it.
    pub(crate) async fn reach() -> Self {
        let variables = process_environment();
        match variables.get("VESTIBULE_URL") {
            Some(url) => Self::deployed(url, &variables),
            None => Self::local(variables.get("VESTIBULE_BINARIES").map(PathBuf::from)).await,
        }
    }

    fn deployed(url: String, variables: &impl Variables) -> Self {
        let needed = |name: &str| variables.get(name).unwrap_or_else(|| panic!("with VESTIBULE_URL, set {name} too"));
        let seconds = |name, usual| variables.get(name).map_or(usual, |text| text.parse().unwrap());
        let person = |who: &str| Person {
            name: needed(&format!("VESTIBULE_{who}_USER")),
            password: needed(&format!("VESTIBULE_{who}_PASSWORD")),
        };
        Self {
            url: url.trim_end_matches('/').to_owned(),
            connector: connector(),
            demo: person("DEMO"),
            admin: person("ADMIN"),
            origin: needed("VESTIBULE_ORIGIN"),
            refresh_grace: seconds("VESTIBULE_REFRESH_GRACE_SECONDS", REFRESH_GRACE_SECONDS),
            authorizer_cache: seconds("VESTIBULE_AUTHORIZER_CACHE_SECONDS", AUTHORIZER_CACHE_SECONDS),
            clock: None,
            _cloud: None,
        }
    }

    /// In-process functions live by a clock that the test moves; processes live by the machine's.
    async fn local(binaries: Option<PathBuf>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let origin = "https://app.example.com".to_owned();
        let parameters = [("Issuer", url.as_str()), ("DemoApi", "true"), ("AllowedOrigins", &origin)];
        let (clock, moved, runtime) = match binaries {
            Some(folder) => (Clock::System, None, Runtime::Processes(folder)),
            None => {
                let clock = ManualClock::starting_at(START);
                (Clock::Manual(clock.clone()), Some(clock), Runtime::InProcess)
            }
        };
        let options = Options {
            template: TEMPLATE.to_owned(),
            parameters: Parameters::from_iter(parameters.map(|(name, value)| (name.to_owned(), value.to_owned()))),
            data: Data::Memory,
            runtime,
            clock: clock.clone(),
            randomness: Randomness::System,
            wire: None,
        };
        let cloud = Arc::new(Cloud::start(options).await.unwrap());
        let password = Some(Secret::new(PASSWORD.to_owned()));
        let people =
            demo::users(&cloud.table(), &cloud.secrets(), &Randomness::System, password, clock.now()).await.unwrap();
        let person = |number: usize| Person { name: people[number].email.to_owned(), password: PASSWORD.to_owned() };
        tokio::spawn(gateway::serve(Arc::clone(cloud.gateway()), listener, std::future::pending()));
        Self {
            url,
            connector: connector(),
            demo: person(0),
            admin: person(1),
            origin,
            refresh_grace: REFRESH_GRACE_SECONDS,
            authorizer_cache: AUTHORIZER_CACHE_SECONDS,
            clock: moved,
            _cloud: Some(cloud),
        }
    }

    /// Lets time pass: by moving the clock where there is one to move. A deployment's is the world's, and takes its time.
    pub(crate) async fn wait(&self, seconds: u64) {
        let duration = Duration::from_secs(seconds);
        match &self.clock {
            Some(clock) => clock.advance(duration),
            None => tokio::time::sleep(duration).await,
        }
    }

    /// Sends a request whose URI is a path.
    pub(crate) async fn send(&self, mut request: Request<Bytes>) -> Answer {
        *request.uri_mut() = format!("{}{}", self.url, request.uri()).parse().unwrap();
        let request = HttpRequest::try_from(request.map(SdkBody::from)).unwrap();
        let answer = async {
            let (head, body) = self.connector.call(request).await.unwrap().try_into_http1x().unwrap().into_parts();
            Answer::new(http::Response::from_parts(head, body.collect().await.unwrap().to_bytes()))
        };
        tokio::time::timeout(PATIENCE, answer).await.unwrap()
    }

    /// `GET path`, with these headers.
    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let builder = headers.iter().fold(Request::get(path), |builder, (name, value)| builder.header(*name, *value));
        self.send(builder.body(Bytes::new()).unwrap()).await
    }

    /// `GET path` with an access token.
    pub(crate) async fn get_as(&self, path: &str, access: &str) -> Answer {
        self.get(path, &[("authorization", &format!("Bearer {access}"))]).await
    }

    /// `POST path` with a body of this media type.
    pub(crate) async fn post(&self, path: &str, media_type: &str, body: impl Into<Bytes>) -> Answer {
        self.send(Request::post(path).header("content-type", media_type).body(body.into()).unwrap()).await
    }

    /// `POST path` with JSON.
    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.post(path, "application/json", body.to_string()).await
    }

    /// `POST /login` with these credentials.
    pub(crate) async fn try_login(&self, name: &str, password: &str) -> Answer {
        self.post_json("/login", &json!({ "username": name, "password": password })).await
    }

    /// Signs somebody in.
    pub(crate) async fn login(&self, person: &Person) -> Tokens {
        Tokens::of(self.try_login(&person.name, &person.password).await)
    }

    /// `POST /refresh` with this token.
    pub(crate) async fn try_refresh(&self, token: &str) -> Answer {
        self.post_json("/refresh", &json!({ "refresh_token": token })).await
    }

    /// Refreshes, which must succeed.
    pub(crate) async fn refresh(&self, token: &str) -> Tokens {
        Tokens::of(self.try_refresh(token).await)
    }

    /// `POST /revoke` with this token, as a form.
    pub(crate) async fn revoke(&self, token: &str) -> Answer {
        self.post("/revoke", "application/x-www-form-urlencoded", format!("token={token}")).await
    }
}

/// The SDK's own HTTP client, which has the workspace's one TLS stack for deployments on AWS.
fn connector() -> SharedHttpConnector {
    SharedHttpConnector::new(Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build())
}

/// Part 0 (header) or 1 (claims) of a compact JWS.
pub(crate) fn jwt_part(token: &str, part: usize) -> Value {
    use base64::Engine as _;
    let text = token.split('.').nth(part).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}
