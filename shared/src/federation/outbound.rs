//! The call to a provider: over the HTTP client and the TLS that the SDK has, with an end to the wait and to the answer, and nowhere but
//! to the address that was asked for.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider as Tls, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, Limited};
use oauth2::http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use oauth2::http::{HeaderValue, StatusCode, Uri};
use oauth2::{HttpRequest, HttpResponse};

use crate::keys::KeysUnavailable;
use crate::secret::Secret;

/// One call: providers answer within a second, and a sign-in makes at most four calls, of which two are from memory but at the first.
/// All of them together have less than the request.
const PATIENCE: Duration = Duration::from_secs(3);
/// Bytes of an answer. The longest honest one is a set of keys with its certificates, of some 20 KiB.
const MAX_ANSWER_BYTES: usize = 128 * 1024;

/// A provider did not do its part. Nobody is signed in, and whoever tries again may be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFault {
    /// It cannot be reached.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// It did not answer in time.
    #[error("the provider did not answer within {} s", PATIENCE.as_secs())]
    Late,
    /// It answered with another status than the one that has an answer; a redirect is none.
    #[error("the provider answered with the status {0}")]
    Status(u16),
    /// Its answer has more bytes than any honest one, or broke off.
    #[error("the provider's answer is longer than {MAX_ANSWER_BYTES} bytes, or broke off")]
    TooLong,
    /// Its answer is not what the standard has there.
    #[error("the provider's answer is not of the form that it must have: {0}")]
    Malformed(&'static str),
    /// It does not know us: the client id or the secret is wrong, or there is no secret.
    #[error("the provider does not take our client id and secret, or the secret is missing or no key")]
    Credentials,
    /// What it says of itself, or the secrets, were never read and cannot be now.
    #[error(transparent)]
    Unread(#[from] KeysUnavailable),
}

/// The way out.
pub struct Outbound {
    /// Made when the first person goes to a provider: TLS reads the system's roots. It keeps connections.
    connector: OnceLock<Connector>,
}

impl Outbound {
    /// Nothing is connected before the first call.
    pub const fn new() -> Self {
        Self { connector: OnceLock::new() }
    }

    /// The answer to a GET, which must be 200.
    ///
    /// # Errors
    /// [`ProviderFault`].
    pub(super) async fn get(&self, address: &str, bearer: Option<&str>) -> Result<Vec<u8>, ProviderFault> {
        let mut request = HttpRequest::new(Vec::new());
        *request.uri_mut() = address.parse::<Uri>().map_err(|_| ProviderFault::Malformed("an address"))?;
        if let Some(token) = bearer {
            let value = Secret::new(format!("Bearer {token}"));
            let mut value =
                HeaderValue::from_str(value.expose()).map_err(|_| ProviderFault::Malformed("an access token"))?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        let answer = self.send(request).await?;
        match answer.status() {
            StatusCode::OK => Ok(answer.into_body()),
            other => Err(ProviderFault::Status(other.as_u16())),
        }
    }

    /// The answer, whatever its status. No redirect is followed: what is sent is for the one address alone.
    ///
    /// # Errors
    /// [`ProviderFault`] if there is none.
    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ProviderFault> {
        let request = outgoing(request)?;
        let answered = async {
            let answer = self.connector().call(request).await;
            let answer = answer.map_err(|fault| ProviderFault::Unreachable(fault.to_string()))?;
            incoming(answer).await
        };
        tokio::time::timeout(PATIENCE, answered).await.unwrap_or(Err(ProviderFault::Late))
    }

    fn connector(&self) -> &Connector {
        self.connector.get_or_init(|| Connector::builder().tls_provider(Tls::Rustls(CryptoMode::AwsLc)).build())
    }
}

/// GitHub takes nothing from clients that do not say what they are.
fn outgoing(request: HttpRequest) -> Result<orchestrator::HttpRequest, ProviderFault> {
    let unsendable = |fault: &dyn fmt::Display| ProviderFault::Unreachable(fault.to_string());
    let (mut parts, body) = request.into_parts();
    parts.headers.insert(USER_AGENT, HeaderValue::from_static("vestibule"));
    parts.headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
    if !body.is_empty() {
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    let mut outgoing = orchestrator::HttpRequest::new(SdkBody::from(body));
    outgoing.set_method(parts.method.as_str()).map_err(|fault| unsendable(&fault))?;
    outgoing.set_uri(parts.uri.to_string()).map_err(|fault| unsendable(&fault))?;
    for (name, value) in &parts.headers {
        let value = value.to_str().map_err(|fault| unsendable(&fault))?.to_owned();
        outgoing.headers_mut().insert(name.as_str().to_owned(), value);
    }
    Ok(outgoing)
}

async fn incoming(answer: orchestrator::HttpResponse) -> Result<HttpResponse, ProviderFault> {
    let status = answer.status().as_u16();
    let media_type = answer.headers().get("content-type").map(str::to_owned);
    let body = Limited::new(answer.into_body(), MAX_ANSWER_BYTES).collect().await;
    let body = body.map_err(|_| ProviderFault::TooLong)?.to_bytes().to_vec();
    let mut response = HttpResponse::new(body);
    *response.status_mut() = StatusCode::from_u16(status).map_err(|_| ProviderFault::Malformed("a status"))?;
    if let Some(Ok(value)) = media_type.map(HeaderValue::try_from) {
        response.headers_mut().insert(CONTENT_TYPE, value);
    }
    Ok(response)
}

impl Default for Outbound {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[outbound]")
    }
}
