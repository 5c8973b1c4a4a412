//! A Lambda function as a handler of this process: the same adapter and the same JSON as behind Lambda's runtime, without
//! the process in between.
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>, of which this keeps the outcomes

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lambda_http::lambda_runtime::Diagnostic;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Body, Context, LambdaEvent, Request, Response};
use serde::Serialize;
use serde_json::Value;
use tower::{Service, ServiceExt as _};

use crate::function::{Function, FunctionError, Invocation};
use crate::world;

/// Bytes that a function may answer with: the limit of a synchronous invocation. Lambda replaces a longer answer with
/// an error, and so must a laptop, or the function fails only once it is deployed.
const LONGEST_ANSWER: usize = 6 * 1024 * 1024;

type Outcome = Result<Bytes, FunctionError>;
type Handler = dyn Fn(Bytes, Context) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync;

/// A function that runs in this process. Each event is a task of its own: as on Lambda, a caller that hangs up does not
/// stop the function halfway, and a panic is an error of that event and of no other.
#[derive(Clone)]
pub struct InProcess {
    handler: Arc<Handler>,
    timeout: Duration,
}

impl InProcess {
    /// A function that answers HTTP requests, as `lambda_http::run` would run it. An event may take `timeout`.
    pub fn http<S>(service: S, timeout: Duration) -> Self
    where
        S: Service<Request, Response = Response<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
    {
        let adapter = Adapter::from(service);
        Self::new(timeout, move |event, context| {
            let adapter = adapter.clone();
            async move {
                let request = serde_json::from_slice::<LambdaRequest>(&event).map_err(|fault| unread(&fault))?;
                match adapter.oneshot(LambdaEvent::new(request, context)).await {
                    Ok(response) => written(&response),
                    Err(infallible) => match infallible {},
                }
            }
        })
    }

    /// A function that takes and gives plain JSON, as `lambda_runtime::run` would run it. An event may take `timeout`.
    pub fn json<H, F>(handler: H, timeout: Duration) -> Self
    where
        H: Fn(Value) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Value, Diagnostic>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        Self::new(timeout, move |event, _| {
            let handler = Arc::clone(&handler);
            async move {
                let event = serde_json::from_slice(&event).map_err(|fault| unread(&fault))?;
                match handler(event).await {
                    Ok(answer) => written(&answer),
                    Err(error) => Err(unhandled(&error.error_type, error.error_message)),
                }
            }
        })
    }

    fn new<H, F>(timeout: Duration, handler: H) -> Self
    where
        H: Fn(Bytes, Context) -> F + Send + Sync + 'static,
        F: Future<Output = Outcome> + Send + 'static,
    {
        Self { handler: Arc::new(move |event, context| Box::pin(handler(event, context))), timeout }
    }

    fn context(&self) -> Context {
        let deadline = world::since_epoch().saturating_add(self.timeout).as_millis();
        let mut context = Context::default();
        context.request_id = world::fresh_id().to_string();
        context.deadline = u64::try_from(deadline).unwrap_or(u64::MAX);
        context
    }
}

impl Function for InProcess {
    fn invoke(&self, event: Bytes) -> Invocation<'_> {
        let (handler, context, timeout) = (Arc::clone(&self.handler), self.context(), self.timeout);
        let work = tokio::spawn(async move {
            let outcome = tokio::time::timeout(timeout, async move { handler(event, context).await }).await;
            outcome.unwrap_or(Err(FunctionError::TimedOut))
        });
        Box::pin(async move {
            work.await.unwrap_or_else(|ended| match ended.try_into_panic() {
                Ok(panic) => Err(unhandled("Panic", format!("Lambda panicked: {}", message(panic.as_ref())))),
                Err(ended) => Err(FunctionError::Unavailable(ended.to_string())),
            })
        })
    }
}

fn written(answer: &impl Serialize) -> Outcome {
    let answer = serde_json::to_vec(answer).map_err(|fault| unhandled("Runtime.Serialization", fault.to_string()))?;
    if answer.len() > LONGEST_ANSWER {
        let reason = format!("the response exceeds {LONGEST_ANSWER} bytes");
        return Err(unhandled("Function.ResponseSizeTooLarge", reason));
    }
    Ok(answer.into())
}

fn unread(fault: &serde_json::Error) -> FunctionError {
    unhandled("Runtime.Deserialization", fault.to_string())
}

fn unhandled(error_type: &str, error_message: String) -> FunctionError {
    FunctionError::Unhandled { error_type: error_type.to_owned(), error_message }
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let literal = panic.downcast_ref::<&str>().copied();
    literal.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

#[cfg(test)]
mod tests;
