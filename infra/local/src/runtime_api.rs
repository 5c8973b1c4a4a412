//! The Lambda Runtime API: what a bootstrap polls for events and where it posts its answers.
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
//!
//! One of these serves one process, which handles one event at a time. Response streaming is not served, since API
//! Gateway's proxy integrations do not use it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::loopback::Loopback;
use crate::storage::StartError;

mod exchange;

/// Bytes that a function may answer with: the limit of a synchronous invocation. Lambda replaces a longer answer with
/// an error, and so must a laptop, or the function fails only once it is deployed.
const LONGEST_ANSWER: usize = 6 * 1024 * 1024;

/// An event on its way to the process.
pub(crate) struct Invocation {
    pub(crate) request_id: String,
    pub(crate) function_arn: String,
    pub(crate) event: Bytes,
    /// From the moment when the process takes the event.
    pub(crate) timeout: Duration,
    /// Told when the process takes the event.
    pub(crate) taken: oneshot::Sender<()>,
    /// Told what the process answers.
    pub(crate) answer: oneshot::Sender<Answer>,
}

/// What the process posted.
pub(crate) type Answer = Result<Bytes, ReportedError>;

/// An error as the process reported it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReportedError {
    pub(crate) error_type: String,
    pub(crate) error_message: String,
}

/// The Runtime API of one process.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    server: Loopback,
    events: mpsc::Sender<Invocation>,
}

/// What the endpoints share: the events that wait, and the one that the process works on.
struct Desk {
    waiting: tokio::sync::Mutex<mpsc::Receiver<Invocation>>,
    in_hand: Mutex<Option<InHand>>,
}

struct InHand {
    request_id: String,
    answer: oneshot::Sender<Answer>,
}

impl RuntimeApi {
    pub(crate) async fn start() -> Result<Self, StartError> {
        let (events, waiting) = mpsc::channel(1);
        let desk = Arc::new(Desk { waiting: tokio::sync::Mutex::new(waiting), in_hand: Mutex::new(None) });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(exchange::next))
            .route("/2018-06-01/runtime/invocation/{request_id}/response", post(exchange::response))
            .route("/2018-06-01/runtime/invocation/{request_id}/error", post(exchange::error))
            .route("/2018-06-01/runtime/init/error", post(exchange::init_error))
            .layer(DefaultBodyLimit::max(LONGEST_ANSWER))
            .with_state(desk);
        Ok(Self { server: Loopback::serve(router).await?, events })
    }

    /// The value of `AWS_LAMBDA_RUNTIME_API`: host and port, no scheme.
    pub(crate) fn host(&self) -> String {
        self.server.address().to_string()
    }

    /// Lays an event out for the process. When it cannot be taken any more, its senders are dropped, which tells the
    /// one who waits.
    pub(crate) async fn send(&self, invocation: Invocation) {
        if self.events.send(invocation).await.is_err() {
            tracing::debug!("an event came after the Runtime API had stopped");
        }
    }
}

impl Desk {
    /// Waits for the next event; losing interest while waiting loses no event.
    async fn next(&self) -> Option<Invocation> {
        self.waiting.lock().await.recv().await
    }

    fn hold(&self, in_hand: InHand) {
        *self.in_hand.lock().unwrap_or_else(PoisonError::into_inner) = Some(in_hand);
    }

    /// Passes the answer on if it is the answer to the event in hand.
    fn settle(&self, request_id: &str, answer: Answer) -> bool {
        let mut in_hand = self.in_hand.lock().unwrap_or_else(PoisonError::into_inner);
        match in_hand.take_if(|in_hand| in_hand.request_id == request_id) {
            // Nobody waits any more when the time ran out in this very moment.
            Some(in_hand) => in_hand.answer.send(answer).is_ok(),
            None => false,
        }
    }

    /// Fails the event that waits for a process which cannot start.
    fn refuse_waiting(&self, error: ReportedError) {
        if let Ok(mut waiting) = self.waiting.try_lock()
            && let Ok(invocation) = waiting.try_recv()
        {
            // Nobody waits any more when the time ran out in this very moment.
            let _ = invocation.answer.send(Err(error));
        }
    }
}
