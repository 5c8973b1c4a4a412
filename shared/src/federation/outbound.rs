//! The call to a provider: with an end to the wait and to the answer, and nowhere but to the address that was asked for.

use std::fmt;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator;
use aws_smithy_types::body::SdkBody;
use oauth2::http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, USER_AGENT};
use oauth2::http::{HeaderValue, StatusCode, Uri};
use oauth2::{HttpRequest, HttpResponse};

use crate::keys::KeysUnavailable;
use crate::remote::{Connections, Ends, NoAnswer};
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
#[derive(Debug, Default)]
pub struct Outbound {
    connections: Connections,
}

impl Outbound {
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
        const ENDS: Ends = Ends { patience: PATIENCE, bytes: MAX_ANSWER_BYTES };
        Ok(self.connections.exchange(outgoing(request)?, ENDS, |_| true).await?)
    }
}

impl From<NoAnswer> for ProviderFault {
    fn from(fault: NoAnswer) -> Self {
        match fault {
            NoAnswer::Unreachable(detail) => Self::Unreachable(detail),
            NoAnswer::Late => Self::Late,
            NoAnswer::Length => Self::TooLong,
        }
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
