//! A Lambda function as the gateway sees it: event bytes in, answer bytes out, or one of Lambda's own errors.
//! Source: <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

/// The future of one invocation.
pub type Invocation<'a> = Pin<Box<dyn Future<Output = Result<Bytes, FunctionError>> + Send + 'a>>;

/// Something that answers events: a handler of this process, or a process of its own.
pub trait Function: Send + Sync {
    /// Hands `event`, JSON, to the function and waits for its answer, JSON too.
    fn invoke(&self, event: Bytes) -> Invocation<'_>;
}

/// The function gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FunctionError {
    /// The function reported an error, or its process ended.
    #[error("{error_type}: {error_message}")]
    Unhandled {
        /// As in `errorType`.
        error_type: String,
        /// As in `errorMessage`; an authorizer's `Unauthorized` is read by the gateway.
        error_message: String,
    },
    /// It did not answer in time.
    #[error("the function ran out of time")]
    TimedOut,
    /// It could not be run at all.
    #[error("the function cannot be run: {0}")]
    Unavailable(String),
}
