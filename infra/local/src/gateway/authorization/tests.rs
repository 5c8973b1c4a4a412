//! Authorizers as API Gateway asks them, against a function that says what the test wants and writes down what it is asked.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};
use vestibule::clock::{Clock, ManualClock, Timestamp};

use super::{Authorization, Outcome, Refusal};
use crate::function::{Function, FunctionError, Invocation};
use crate::gateway::Exchange;
use crate::template::AuthorizerDialect::{HttpPolicy, HttpSimple, RestRequest, RestToken};
use crate::template::{Api, ApiKind, Authorizer, AuthorizerDialect};

mod answers;
mod caching;
mod events;
mod identity;

const DIALECTS: [AuthorizerDialect; 4] = [HttpSimple, HttpPolicy, RestRequest, RestToken];

/// 4 March 2020, 19:03:58.
const NOW: Timestamp = Timestamp::from_seconds(1_583_348_638);

const UNAUTHORIZED: Outcome = Outcome::Refused(Refusal::Unauthorized);
const FORBIDDEN: Outcome = Outcome::Refused(Refusal::Forbidden);
const BROKEN: Outcome = Outcome::Refused(Refusal::Broken);

/// An API with one authorizer.
struct Gate {
    authorization: Authorization,
    clock: ManualClock,
    api: Api,
    authorizer: Authorizer,
    function: Scripted,
}

impl Gate {
    /// Reads `Authorization`, caches nothing, and is allowed everything.
    fn of(dialect: AuthorizerDialect) -> Self {
        let clock = ManualClock::starting_at(NOW);
        let kind = match dialect {
            HttpSimple | HttpPolicy => ApiKind::Http,
            RestRequest | RestToken => ApiKind::Rest,
        };
        Self {
            authorization: Authorization::new(Clock::Manual(clock.clone())),
            clock,
            api: Api { kind, stage: "prod".into(), cors: None, routes: Vec::new() },
            authorizer: Authorizer {
                id: "BearerAuthorizer".into(),
                function: "AuthorizerFunction".into(),
                dialect,
                identity_sources: vec![header(dialect, "Authorization")],
                ttl: Duration::ZERO,
            },
            function: Scripted::new(Ok(allowing(dialect))),
        }
    }

    fn reading<const N: usize>(mut self, identity_sources: [&str; N]) -> Self {
        self.authorizer.identity_sources = identity_sources.map(str::to_owned).into();
        self
    }

    fn caching(mut self, ttl: u64) -> Self {
        self.authorizer.ttl = Duration::from_secs(ttl);
        self
    }

    fn answering(self, answer: Value) -> Self {
        self.function.answer(Ok(answer));
        self
    }

    async fn decide(&self, exchange: &Exchange) -> Outcome {
        self.authorization.decide(&self.api, &self.authorizer, &self.function, exchange).await
    }
}

/// The expression for a header.
fn header(dialect: AuthorizerDialect, name: &str) -> String {
    match dialect {
        HttpSimple | HttpPolicy => format!("$request.header.{name}"),
        RestRequest | RestToken => format!("method.request.header.{name}"),
    }
}

/// Allows every route.
fn allowing(dialect: AuthorizerDialect) -> Value {
    match dialect {
        HttpSimple => json!({ "isAuthorized": true, "context": { "sub": "ada" } }),
        HttpPolicy | RestRequest | RestToken => policy("Allow", "*"),
    }
}

/// Denies every route.
fn denying(dialect: AuthorizerDialect) -> Value {
    match dialect {
        HttpSimple => json!({ "isAuthorized": false }),
        HttpPolicy | RestRequest | RestToken => policy("Deny", "*"),
    }
}

fn policy(effect: &str, resource: &str) -> Value {
    json!({
        "principalId": "ada",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{ "Action": "execute-api:Invoke", "Effect": effect, "Resource": resource }],
        },
        "context": { "sub": "ada" },
    })
}

fn is_allowed(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Allowed(_))
}

/// `GET /orders/7` on the route `GET /orders/{id}`.
fn bare_request() -> Exchange {
    Exchange {
        request_id: "request-1".into(),
        received_at: NOW,
        source_ip: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)),
        method: Method::GET,
        raw_path: "/prod/orders/7".into(),
        raw_query: String::new(),
        headers: HeaderMap::new(),
        body: Bytes::from_static(b"never shown to an authorizer"),
        path: "/orders/7".into(),
        route_key: "GET /orders/{id}".into(),
        path_parameters: vec![("id".into(), "7".into())],
    }
}

/// The same with a credential.
fn request() -> Exchange {
    with(bare_request(), "authorization", "Bearer one")
}

/// The same with a credential, on another route.
fn request_to(path: &str) -> Exchange {
    Exchange {
        raw_path: format!("/prod{path}"),
        path: path.into(),
        route_key: format!("GET {path}"),
        path_parameters: Vec::new(),
        ..request()
    }
}

/// One more value of a header.
fn with(mut exchange: Exchange, name: &'static str, value: &str) -> Exchange {
    exchange.headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    exchange
}

/// A function that answers the same every time.
struct Scripted {
    answer: Mutex<Option<Result<Bytes, FunctionError>>>,
    events: Mutex<Vec<Value>>,
}

impl Scripted {
    fn new(answer: Result<Value, FunctionError>) -> Self {
        let scripted = Self { answer: Mutex::default(), events: Mutex::default() };
        scripted.answer(answer);
        scripted
    }

    fn answer(&self, answer: Result<Value, FunctionError>) {
        self.answer_bytes(answer.map(|answer| answer.to_string().into()));
    }

    fn answer_bytes(&self, answer: Result<Bytes, FunctionError>) {
        *self.answer.lock().unwrap() = Some(answer);
    }

    /// Takes events and never answers.
    fn fall_silent(&self) {
        *self.answer.lock().unwrap() = None;
    }

    fn fail(&self, error_message: &str) {
        self.answer(Err(FunctionError::Unhandled { error_type: "Error".into(), error_message: error_message.into() }));
    }

    fn events(&self) -> Vec<Value> {
        self.events.lock().unwrap().clone()
    }

    fn times_asked(&self) -> usize {
        self.events.lock().unwrap().len()
    }
}

impl Function for Scripted {
    fn invoke(&self, event: Bytes) -> Invocation<'_> {
        self.events.lock().unwrap().push(serde_json::from_slice(&event).unwrap());
        let answer = self.answer.lock().unwrap().clone();
        Box::pin(async move {
            match answer {
                Some(answer) => answer,
                None => std::future::pending().await,
            }
        })
    }
}
