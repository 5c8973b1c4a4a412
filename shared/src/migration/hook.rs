//! The call: one POST, over the HTTP client and the TLS that the SDK has, with an end to the wait and to the answer.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, Limited};

use super::question::Question;
use super::{HookFault, answer};
use crate::accounts::Identifier;
use crate::clock::Timestamp;
use crate::keys::MacKey;
use crate::passwords::Password;
use crate::randomness::Randomness;

/// A hook that starts cold and asks Cognito takes two or three seconds. The request as a whole is answered after nine.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// The agreed answer has some sixty bytes.
const MAX_ANSWER_BYTES: usize = 4096;

/// The hook of a deployment.
pub struct MigrationHook {
    url: String,
    /// Made when the first account needs it: TLS reads the system's roots. It keeps connections.
    connector: OnceLock<Connector>,
}

impl MigrationHook {
    /// The hook at `url`.
    pub const fn new(url: String) -> Self {
        Self { url, connector: OnceLock::new() }
    }

    /// Whether `password` is that of the account with these names. Asked once: behind the hook, a repetition would count as another
    /// guess.
    ///
    /// # Errors
    /// [`HookFault`]: nothing is decided.
    pub async fn ask(
        &self,
        names: &[Identifier],
        password: &Password,
        mac_key: &MacKey,
        randomness: &Randomness,
        now: Timestamp,
    ) -> Result<bool, HookFault> {
        let unreachable = |fault: &dyn fmt::Display| HookFault::Unreachable(fault.to_string());
        let question = Question::new(names, password, mac_key, randomness, now).map_err(|fault| unreachable(&fault))?;
        let mut request = HttpRequest::new(SdkBody::from(question.body.as_slice()));
        request.set_method("POST").map_err(|fault| unreachable(&fault))?;
        request.set_uri(self.url.as_str()).map_err(|fault| unreachable(&fault))?;
        let headers = request.headers_mut();
        headers.insert("content-type", "application/json");
        headers.insert("content-length", question.body.len().to_string());
        headers.insert("vestibule-signature", question.signature);
        let answered = async {
            let answer = self.connector().call(request).await.map_err(|fault| unreachable(&fault))?;
            let (status, body) = collected(answer).await?;
            answer::read(status, &body, &question.id)
        };
        tokio::time::timeout(PATIENCE, answered).await.unwrap_or(Err(HookFault::Late))
    }

    fn connector(&self) -> &Connector {
        self.connector.get_or_init(|| Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build())
    }
}

async fn collected(answer: HttpResponse) -> Result<(u16, Vec<u8>), HookFault> {
    let status = answer.status().as_u16();
    let body = Limited::new(answer.into_body(), MAX_ANSWER_BYTES).collect().await.map_err(|_| HookFault::Malformed)?;
    Ok((status, body.to_bytes().to_vec()))
}

impl fmt::Debug for MigrationHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address may hold a token of the operator's.
        f.write_str("[migration hook]")
    }
}
