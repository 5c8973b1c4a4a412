//! The wire between the SDK and the local AWS: it counts calls and breaks on command.
//!
//! It lies under the SDK, so retries, timeouts and error parsing are the real ones.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt as _;

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Refused for exceeding the throughput; not carried out.
    Throttled,
    /// Never arrives.
    Unreachable,
    /// Carried out, but the answer is lost.
    AnswerLost,
}

#[derive(Debug, Default)]
struct State {
    calls: Vec<String>,
    /// What DynamoDB said that they cost.
    capacity_units: f64,
    /// Faults for the next calls, one each.
    next: VecDeque<(&'static str, Fault)>,
    /// How many calls to a target go through before its lasting fault sets in.
    spared: Option<(&'static str, usize)>,
    /// A fault for all calls of a service until it is lifted.
    always: Vec<(&'static str, Fault)>,
}

/// The wire; clones are the same wire.
#[derive(Clone, Debug)]
pub struct Wire {
    state: Arc<Mutex<State>>,
    inner: SharedHttpClient,
}

/// The service part of `X-Amz-Target` for DynamoDB.
pub const DYNAMODB: &str = "DynamoDB";
/// The service part of `X-Amz-Target` for Secrets Manager.
pub const SECRETS_MANAGER: &str = "secretsmanager";

impl Wire {
    /// A wire that works.
    pub fn new() -> Self {
        Self { state: Arc::default(), inner: aws_smithy_http_client::Builder::new().build_http() }
    }

    /// What the SDK takes.
    pub fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// The operations that went out since the last call of this, in order: `GetItem`, `UpdateItem`…
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().calls)
    }

    /// The capacity units that DynamoDB charged since the last call of this.
    pub fn take_capacity_units(&self) -> f64 {
        std::mem::take(&mut self.state.lock().unwrap().capacity_units)
    }

    /// Reads what an answer says of its cost, and hands the answer on.
    async fn charge(&self, response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.into_body().collect().await.map_err(|error| ConnectorError::io(error.into()))?.to_bytes();
        if let Ok(answer) = serde_json::from_slice::<serde_json::Value>(&body) {
            self.state.lock().unwrap().capacity_units += charged(&answer["ConsumedCapacity"]);
        }
        let mut response = HttpResponse::new(status, SdkBody::from(body));
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// The next call to `target`, a service or an operation, meets `fault`; several add up.
    pub fn break_next(&self, target: &'static str, fault: Fault) {
        self.state.lock().unwrap().next.push_back((target, fault));
    }

    /// The next `spared` calls to `target` go through; then every one meets `fault` until [`Wire::mend`].
    pub fn break_after(&self, spared: usize, target: &'static str, fault: Fault) {
        let mut state = self.state.lock().unwrap();
        state.spared = Some((target, spared));
        state.always.push((target, fault));
    }

    /// Every call to `target` meets `fault` until [`Wire::mend`].
    pub fn break_always(&self, target: &'static str, fault: Fault) {
        self.state.lock().unwrap().always.push((target, fault));
    }

    /// Everything works again.
    pub fn mend(&self) {
        let mut state = self.state.lock().unwrap();
        state.next.clear();
        state.spared = None;
        state.always.clear();
    }

    fn fault_for(&self, target: &str) -> Option<Fault> {
        let mut state = self.state.lock().unwrap();
        let operation = target.rsplit('.').next().unwrap_or(target).to_owned();
        state.calls.push(operation);
        if let Some(at) = state.next.iter().position(|(which, _)| target.contains(which)) {
            return state.next.remove(at).map(|(_, fault)| fault);
        }
        if let Some((which, left @ 1..)) = &mut state.spared
            && target.contains(*which)
        {
            *left -= 1;
            return None;
        }
        state.always.iter().find(|(which, _)| target.contains(which)).map(|(_, fault)| *fault)
    }
}

impl Default for Wire {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Connection { wire: self.clone(), inner: self.inner.http_connector(settings, components) })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.inner.connector_metadata()
    }
}

#[derive(Debug)]
struct Connection {
    wire: Wire,
    inner: SharedHttpConnector,
}

impl HttpConnector for Connection {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        match self.wire.fault_for(&target) {
            None => {
                let (carried_out, wire) = (self.inner.call(request), self.wire.clone());
                HttpConnectorFuture::new(async move { wire.charge(carried_out.await?).await })
            }
            Some(Fault::Throttled) => HttpConnectorFuture::ready(Ok(throttled())),
            Some(Fault::Unreachable) => {
                HttpConnectorFuture::ready(Err(ConnectorError::io("connection refused".into())))
            }
            Some(Fault::AnswerLost) => {
                let carried_out = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    carried_out.await?;
                    Err(ConnectorError::io("connection reset".into()))
                })
            }
        }
    }
}

/// A transaction is charged table by table.
fn charged(consumed: &serde_json::Value) -> f64 {
    match consumed {
        serde_json::Value::Array(tables) => tables.iter().map(charged).sum(),
        consumed => consumed["CapacityUnits"].as_f64().unwrap_or_default(),
    }
}

fn throttled() -> HttpResponse {
    let body = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}"#;
    let status = StatusCode::try_from(400).unwrap();
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}
