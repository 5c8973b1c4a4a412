//! One request to another server and its answer, over the HTTP client and the TLS that the SDK has, with an end to the wait and to the
//! answer.
//!
//! Redirections are not followed: what is sent is for the one address alone, and a document that others trust lies where it was said to
//! lie.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};

/// How long an answer may take, from the connection to its last byte, and how long it may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    pub(crate) patience: Duration,
    pub(crate) bytes: usize,
}

/// There is no answer.
#[derive(Clone, Debug)]
pub(crate) enum NoAnswer {
    /// No connection, or it broke before the answer began; and what the client says.
    Unreachable(String),
    /// Not in time.
    Late,
    /// It is longer than it may be, or was cut off.
    Length,
}

/// The way out. It keeps connections.
#[derive(Default)]
pub(crate) struct Connections {
    /// Made when somebody is asked first: TLS reads the system's roots.
    connector: OnceLock<Connector>,
}

impl Connections {
    /// The answer to `request`: its status, its media type, and its body if `reads` wants that of such a status.
    pub(crate) async fn exchange(
        &self,
        request: HttpRequest,
        ends: Ends,
        reads: impl Fn(StatusCode) -> bool,
    ) -> Result<Response<Vec<u8>>, NoAnswer> {
        let connector = self
            .connector
            .get_or_init(|| Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build());
        let answered = async {
            let answer = connector.call(request).await.map_err(unreachable)?;
            let status = StatusCode::from_u16(answer.status().as_u16()).map_err(unreachable)?;
            let media_type = answer.headers().get("content-type").map(HeaderValue::from_str);
            let body = if reads(status) { whole(answer, ends.bytes).await? } else { Vec::new() };
            let mut response = Response::new(body);
            *response.status_mut() = status;
            if let Some(Ok(media_type)) = media_type {
                response.headers_mut().insert(CONTENT_TYPE, media_type);
            }
            Ok(response)
        };
        tokio::time::timeout(ends.patience, answered).await.unwrap_or(Err(NoAnswer::Late))
    }
}

async fn whole(answer: HttpResponse, bytes: usize) -> Result<Vec<u8>, NoAnswer> {
    let body = Limited::new(answer.into_body(), bytes).collect().await.map_err(|_| NoAnswer::Length)?;
    Ok(body.to_bytes().to_vec())
}

fn unreachable(fault: impl fmt::Display) -> NoAnswer {
    NoAnswer::Unreachable(fault.to_string())
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[connections]")
    }
}
