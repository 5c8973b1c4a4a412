//! AWS Secrets Manager on a laptop: secrets with versions and staging labels, behind the AWS JSON 1.1 protocol on a
//! loopback port, reached by the ordinary SDK client.
//! Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html>
//!
//! CreateSecret, GetSecretValue, PutSecretValue, UpdateSecretVersionStage, DescribeSecret, ListSecretVersionIds, and of
//! RotateSecret what precedes the rotation function: its steps are taken by whoever opened the rotation. A parameter that is
//! not served is refused by name, never ignored. A request must be signed, but the signature is not
//! checked: whoever reaches the loopback port with the right headers is let in.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use crate::loopback::Loopback;
use crate::storage::{StartError, Storage};

mod operations;
mod refusal;
mod secret;
mod vault;

use refusal::Refusal;
use vault::Vault;

/// Names the service and the operation, joined by a dot.
const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// A running Secrets Manager. Dropping it stops it; after [`LocalSecretsManager::stop`] the file may be opened again.
#[derive(Debug)]
pub struct LocalSecretsManager {
    server: Loopback,
}

impl LocalSecretsManager {
    /// Starts with no secret, with the file's secrets, or with a new file on the first write. A file that is damaged,
    /// foreign or in use is refused and left as it was.
    pub async fn start(storage: Storage) -> Result<Self, StartError> {
        let vault = tokio::task::spawn_blocking(move || Vault::open(storage)).await;
        let vault = vault.map_err(|error| StartError::Engine(error.to_string()))??;
        let router = axum::Router::new().route("/", post(serve)).with_state(Arc::new(vault));
        Ok(Self { server: Loopback::serve(router).await? })
    }

    /// Where the SDK finds it: `http://127.0.0.1:<port>`.
    pub fn endpoint_url(&self) -> String {
        self.server.url()
    }

    /// Answers the requests under way and lets go of the file.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

async fn serve(State(vault): State<Arc<Vault>>, headers: HeaderMap, body: Bytes) -> Response {
    let operation = match admit(&headers) {
        Ok(operation) => operation.to_owned(),
        Err(refusal) => return refusal.into_response(),
    };
    // A write waits for the disk, which must not hold up the async threads.
    let answer = tokio::task::spawn_blocking(move || operations::answer(&vault, &operation, &body)).await;
    match answer.unwrap_or_else(|error| Err(Refusal::Internal(error.to_string()))) {
        Ok(answer) => {
            (StatusCode::OK, [(CONTENT_TYPE, "application/x-amz-json-1.1")], answer.to_string()).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// The operation's name, for a signed request that was meant for this machine. A web page that had its own name point
/// to 127.0.0.1 would send that name as the host.
fn admit(headers: &HeaderMap) -> Result<&str, Refusal> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = text(HOST);
    if !matches!(host.split(':').next(), Some("127.0.0.1" | "localhost")) {
        return Err(Refusal::InvalidRequest(format!("the local Secrets Manager does not answer for {host}")));
    }
    if !text(AUTHORIZATION).starts_with("AWS4-HMAC-SHA256 ") {
        return Err(Refusal::Unsigned);
    }
    text(TARGET).strip_prefix("secretsmanager.").ok_or(Refusal::UnknownOperation)
}

#[cfg(test)]
mod tests;
