//! The wire between the SDK and the local AWS: it counts calls and breaks on command.
//!
//! It lies under the SDK, so retries, timeouts and error parsing are the real ones.

mod answers;
mod gates;
mod random;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use answers::{answered, cancelled, charged, garbled, refused};
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
pub use gates::Held;
use gates::{Gate, pass};
use http_body_util::BodyExt as _;
use random::AtRandom;
use vestibule_local::clients::Transport;

use crate::patience::Patience;

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Refused for exceeding the throughput; not carried out.
    Throttled,
    /// The service fails inside; not carried out.
    InternalError,
    /// Carried out and answered, but late.
    Slow,
    /// Carried out, and then nothing is heard.
    AnswerWithheld,
    /// Never arrives.
    Unreachable,
    /// Carried out, but the answer is lost.
    AnswerLost,
    /// Refused: the role may not do it.
    AccessDenied,
    /// Refused: the credentials are none that the region's endpoint knows.
    UnknownCredentials,
    /// Carried out, but the answer cannot be read: a field of it has become of another type.
    AnswerGarbled,
    /// Never answered.
    Hangs,
    /// A write that meets a transaction on its item; not carried out.
    Conflict,
    /// A transaction one of whose items is throttled; not carried out.
    TransactionThrottled,
    /// A transaction whose first attempt is still under way.
    InProgress,
}

#[derive(Debug, Default)]
struct State {
    calls: Vec<String>,
    /// What DynamoDB said that they cost.
    units: Units,
    /// Faults for the next calls, one each.
    next: VecDeque<(&'static str, Fault)>,
    /// A fault for one call alone, after so many.
    nth: Option<(&'static str, usize, Fault)>,
    /// How many calls to a target go through before its lasting fault sets in.
    spared: Option<(&'static str, usize)>,
    /// A fault for all calls of a service until it is lifted.
    always: Vec<(&'static str, Fault)>,
    /// Faults for whichever call is drawn.
    at_random: Option<AtRandom>,
    /// How many were drawn.
    drawn: usize,
    /// A call that waits to be let on.
    held: Option<(&'static str, Arc<Gate>)>,
    /// What the table was sent to write, once somebody wants to know.
    sent: Option<String>,
    /// A call that was carried out and whose answer waits.
    answer_held: Option<(&'static str, Arc<Gate>)>,
}

/// Capacity units, which DynamoDB prices apart.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Units {
    /// Of 4 KiB each.
    pub read: f64,
    /// Of 1 KiB each.
    pub written: f64,
}

/// The wire; clones are the same wire.
#[derive(Clone, Debug)]
pub struct Wire {
    state: Arc<Mutex<State>>,
    patience: Patience,
    inner: SharedHttpClient,
}

/// The service part of `X-Amz-Target` for DynamoDB.
pub const DYNAMODB: &str = "DynamoDB";
/// The service part of `X-Amz-Target` for Secrets Manager.
pub const SECRETS_MANAGER: &str = "secretsmanager";
/// The mail service.
pub const MAIL: &str = "ses";

impl Wire {
    /// A wire that works.
    pub fn new() -> Self {
        Self {
            state: Arc::default(),
            patience: Patience::new(),
            inner: aws_smithy_http_client::Builder::new().build_http(),
        }
    }

    /// What the SDK takes.
    pub fn client(&self) -> Transport {
        Transport { http: SharedHttpClient::new(self.clone()), sleep: SharedAsyncSleep::new(self.patience.clone()) }
    }

    /// The operations that went out since the last call of this, in order: `GetItem`, `UpdateItem`…
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().calls)
    }

    /// From here on, what DynamoDB is sent to write is kept.
    pub fn listen(&self) {
        self.state.lock().unwrap().sent = Some(String::new());
    }

    /// All of it since [`Wire::listen`]: whatever was in the table at any moment is in it.
    pub fn sent(&self) -> String {
        self.state.lock().unwrap().sent.clone().unwrap_or_default()
    }

    fn overhear(&self, target: &str, request: &HttpRequest) {
        if let Some(sent) = &mut self.state.lock().unwrap().sent
            && target.contains(DYNAMODB)
            && !READS.iter().any(|read| target.ends_with(read))
        {
            sent.push_str(&String::from_utf8_lossy(request.body().bytes().unwrap()));
            sent.push('\n');
        }
    }

    /// The capacity units that DynamoDB charged since the last call of this.
    pub fn take_capacity_units(&self) -> f64 {
        let units = self.take_units();
        units.read + units.written
    }

    /// The same, reads and writes apart.
    pub fn take_units(&self) -> Units {
        std::mem::take(&mut self.state.lock().unwrap().units)
    }

    /// Reads what an answer says of the cost of its operation, and hands the answer on.
    async fn charge(&self, target: &str, response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.into_body().collect().await.map_err(ConnectorError::io)?.to_bytes();
        if let Ok(answer) = serde_json::from_slice::<serde_json::Value>(&body) {
            let reads = READS.iter().any(|operation| target.ends_with(operation));
            let units = &mut self.state.lock().unwrap().units;
            *(if reads { &mut units.read } else { &mut units.written }) += charged(&answer["ConsumedCapacity"]);
            // A write that its condition refuses is charged as if it had been made, though the answer does not say so
            // (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html>). No item that is
            // written here on a condition is larger than a unit.
            if answer["__type"].as_str().is_some_and(|kind| kind.ends_with("#ConditionalCheckFailedException")) {
                units.written += 1.0;
            }
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

    /// The next `spared` calls to `target` go through, the one after them meets `fault`, and the rest go through.
    pub fn break_nth(&self, spared: usize, target: &'static str, fault: Fault) {
        self.state.lock().unwrap().nth = Some((target, spared, fault));
    }

    /// The next call to `target` is held on its way until it is let on.
    pub fn hold_next(&self, target: &'static str) -> Held {
        let gate = Arc::new(Gate::closed());
        self.state.lock().unwrap().held = Some((target, Arc::clone(&gate)));
        Held(gate)
    }

    /// The next call to `target` is carried out, and its answer is held on its way.
    pub fn hold_next_answer(&self, target: &'static str) -> Held {
        let gate = Arc::new(Gate::closed());
        self.state.lock().unwrap().answer_held = Some((target, Arc::clone(&gate)));
        Held(gate)
    }

    /// The gates before and after a call.
    fn gates_for(&self, target: &str) -> [Option<Arc<Gate>>; 2] {
        let mut state = self.state.lock().unwrap();
        let State { held, answer_held, .. } = &mut *state;
        [held, answer_held].map(|held| held.take_if(|(which, _)| target.contains(*which)).map(|(_, gate)| gate))
    }

    /// Every call to `target` meets `fault` until [`Wire::mend`].
    pub fn break_always(&self, target: &'static str, fault: Fault) {
        self.state.lock().unwrap().always.push((target, fault));
    }

    /// From here on, of a hundred calls so many meet a fault, one of those that are `possible` for their operation, until [`Wire::mend`]. The
    /// same seed draws the same.
    pub fn break_at_random(&self, seed: u64, percent: u64, possible: fn(&str) -> Vec<Fault>) {
        self.state.lock().unwrap().at_random = Some(AtRandom::new(seed, percent, possible));
    }

    /// How many faults [`Wire::break_at_random`] has drawn.
    pub fn drawn(&self) -> usize {
        self.state.lock().unwrap().drawn
    }

    /// How long the SDK has waited in silence until now, by the clock of its own waits.
    pub fn waited(&self) -> Duration {
        self.patience.waited()
    }

    /// Everything works again.
    pub fn mend(&self) {
        let mut state = self.state.lock().unwrap();
        state.next.clear();
        state.nth = None;
        state.spared = None;
        state.always.clear();
        state.at_random = None;
    }

    fn fault_for(&self, target: &str) -> Option<Fault> {
        let mut state = self.state.lock().unwrap();
        let operation = target.rsplit('.').next().unwrap_or(target).to_owned();
        state.calls.push(operation.clone());
        if let Some(fault) = state.at_random.as_mut().and_then(|at_random| at_random.draw(&operation)) {
            state.drawn += 1;
            return Some(fault);
        }
        match &mut state.nth {
            Some((which, 0, fault)) if target.contains(*which) => {
                let fault = *fault;
                state.nth = None;
                return Some(fault);
            }
            Some((which, left, _)) if target.contains(*which) => *left -= 1,
            Some(_) | None => {}
        }
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
        SharedHttpConnector::new(Connection {
            wire: self.clone(),
            inner: self.inner.http_connector(settings, components),
        })
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
        let target = match request.headers().get("x-amz-target") {
            Some(target) => target.to_owned(),
            // Version 2 of SES names its operations by their paths, and this is the one that is called.
            None => format!("{MAIL}.SendEmail"),
        };
        self.wire.overhear(&target, &request);
        let (patience, under_way) = (self.wire.patience.clone(), self.wire.patience.under_way());
        match self.wire.fault_for(&target) {
            None => {
                let (inner, wire) = (self.inner.clone(), self.wire.clone());
                let [before, after] = self.wire.gates_for(&target);
                HttpConnectorFuture::new(async move {
                    let _under_way = under_way;
                    pass(before).await;
                    let answer = wire.charge(&target, inner.call(request).await?).await;
                    pass(after).await;
                    answer
                })
            }
            Some(Fault::InternalError) => answered(500, "InternalServerError", ""),
            Some(Fault::Slow) => {
                let carried_out = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    let _under_way = under_way;
                    let answer = carried_out.await?;
                    tokio::time::sleep(SLOW).await;
                    Ok(answer)
                })
            }
            Some(Fault::AnswerWithheld) => {
                let carried_out = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    carried_out.await?;
                    drop(under_way);
                    patience.silence().await
                })
            }
            Some(Fault::Throttled) => refused("ProvisionedThroughputExceededException", ""),
            Some(Fault::AccessDenied) => refused("AccessDeniedException", ""),
            Some(Fault::UnknownCredentials) => refused("UnrecognizedClientException", ""),
            Some(Fault::Conflict) if target.ends_with("TransactWriteItems") => cancelled("TransactionConflict"),
            Some(Fault::Conflict) => refused("TransactionConflictException", ""),
            Some(Fault::TransactionThrottled) => cancelled("ThrottlingError"),
            Some(Fault::InProgress) => refused("TransactionInProgressException", ""),
            Some(Fault::Hangs) => HttpConnectorFuture::new(async move {
                drop(under_way);
                patience.silence().await
            }),
            Some(Fault::AnswerGarbled) => {
                let carried_out = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    let _under_way = under_way;
                    garbled(carried_out.await?).await
                })
            }
            Some(Fault::Unreachable) => {
                HttpConnectorFuture::ready(Err(ConnectorError::io("connection refused".into())))
            }
            Some(Fault::AnswerLost) => {
                let carried_out = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    let _under_way = under_way;
                    carried_out.await?;
                    Err(ConnectorError::io("connection reset".into()))
                })
            }
        }
    }
}

/// Operations that write nothing, `BatchGetItem` among them.
const READS: [&str; 3] = ["GetItem", "Query", "Scan"];

/// Later than whatever goes out beside it.
const SLOW: Duration = Duration::from_millis(20);
