//! The gateway as its callers see it, without a socket: requests go in, responses come out, and the functions write down
//! the events that they get.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use vestibule::clock::{Clock, ManualClock, Timestamp};

use super::Gateway;
use crate::function::{Function, FunctionError, Invocation};
use crate::template::{Api, ApiKind, ApiRoute, Authorizer, AuthorizerDialect, Cors, Payload};

mod adapter;
mod answers;
mod authorizers;
mod cors;
mod events;
mod failures;
mod golden;
mod limits;
mod paths;

/// 12 March 2020, 19:03:58.
const NOW: Timestamp = Timestamp::from_seconds(1_584_039_838);

const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));

/// A function that answers as it is told and writes its events down.
pub(super) struct Scripted {
    answer: Mutex<Result<Bytes, FunctionError>>,
    events: Mutex<Vec<Value>>,
}

impl Scripted {
    pub(super) fn answering(answer: impl Into<Bytes>) -> Arc<Self> {
        Arc::new(Self { answer: Mutex::new(Ok(answer.into())), events: Mutex::default() })
    }

    fn answer(&self, answer: Result<Bytes, FunctionError>) {
        *self.answer.lock().unwrap() = answer;
    }

    fn events(&self) -> Vec<Value> {
        self.events.lock().unwrap().clone()
    }
}

impl Function for Scripted {
    fn invoke(&self, event: Bytes) -> Invocation<'_> {
        self.events.lock().unwrap().push(serde_json::from_slice(&event).unwrap());
        let answer = self.answer.lock().unwrap().clone();
        Box::pin(async { answer })
    }
}

/// An API in the making.
struct Setup {
    api: Api,
    authorizer: Option<Arc<Authorizer>>,
}

impl Setup {
    fn http(stage: &str) -> Self {
        Self { api: Api { kind: ApiKind::Http, stage: stage.into(), cors: None, routes: Vec::new() }, authorizer: None }
    }

    fn rest(stage: &str) -> Self {
        let mut setup = Self::http(stage);
        setup.api.kind = ApiKind::Rest;
        setup
    }

    fn cors(mut self, cors: Cors) -> Self {
        self.api.cors = Some(cors);
        self
    }

    /// The routes that follow have this authorizer before them.
    fn guarded(mut self, dialect: AuthorizerDialect) -> Self {
        let source = match self.api.kind {
            ApiKind::Http => "$request.header.Authorization",
            ApiKind::Rest => "method.request.header.Authorization",
        };
        self.authorizer = Some(Arc::new(Authorizer {
            id: "Bearer".into(),
            function: "Authorizer".into(),
            dialect,
            identity_sources: vec![source.into()],
            ttl: Duration::ZERO,
        }));
        self
    }

    fn route(mut self, key: &str, payload: Payload) -> Self {
        let authorizer = self.authorizer.clone();
        self.api.routes.push(ApiRoute { key: key.into(), function: "Function".into(), payload, authorizer });
        self
    }

    fn serve(self) -> Served {
        let function = Scripted::answering(r#"{"statusCode":200}"#);
        let authorizer = Scripted::answering(r#"{"isAuthorized":true}"#);
        let functions: [(_, Arc<dyn Function>); 2] =
            [("Function".into(), Arc::clone(&function) as _), ("Authorizer".into(), Arc::clone(&authorizer) as _)];
        let gateway = Gateway::new(self.api, HashMap::from(functions), clock()).unwrap();
        Served { gateway, function, authorizer }
    }
}

fn clock() -> Clock {
    Clock::Manual(ManualClock::starting_at(NOW))
}

/// An API that is served.
struct Served {
    gateway: Gateway,
    function: Arc<Scripted>,
    authorizer: Arc<Scripted>,
}

impl Served {
    async fn call(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.gateway.call(PEER, request).await
    }

    /// `GET /path`, with an example host.
    async fn get(&self, path: &str) -> Response<Bytes> {
        self.call(request(&format!("GET {path}"), &[], "")).await
    }

    /// The only event of the function.
    fn event(&self) -> Value {
        let mut events = self.function.events();
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }
}

/// `request("GET /path?query", headers, body)`, with an example host unless the headers name one.
pub(super) fn request(line: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Request<Bytes> {
    let (method, target) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(target);
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request = request.header("host", "api.example.com:9000");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

fn text(response: &Response<Bytes>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

fn header<'r>(response: &'r Response<Bytes>, name: &str) -> Option<&'r str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

/// Status and body.
fn outcome(response: &Response<Bytes>) -> (u16, &str) {
    (response.status().as_u16(), text(response))
}

/// The standard answers of a function, for tests that are about something else.
fn hello() -> Result<Bytes, FunctionError> {
    Ok(json!({ "statusCode": 200, "body": "hello" }).to_string().into())
}
