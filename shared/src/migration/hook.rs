//! The call: one POST, with an end to the wait and to the answer.

use std::fmt;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

use super::question::Question;
use super::{HookFault, answer};
use crate::accounts::Identifier;
use crate::clock::Timestamp;
use crate::keys::MacKey;
use crate::passwords::Password;
use crate::randomness::Randomness;
use crate::remote::{Connections, Ends, NoAnswer};

/// A hook that starts cold and asks Cognito takes two or three seconds. The request as a whole is answered after nine.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// The agreed answer has some sixty bytes.
const MAX_ANSWER_BYTES: usize = 4096;

/// The hook of a deployment.
pub struct MigrationHook {
    url: String,
    connections: Connections,
}

impl MigrationHook {
    /// The hook at `url`.
    pub fn new(url: String) -> Self {
        Self { url, connections: Connections::default() }
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
        const ENDS: Ends = Ends { patience: PATIENCE, bytes: MAX_ANSWER_BYTES };
        let answer = self.connections.exchange(request, ENDS, |_| true).await?;
        answer::read(answer.status().as_u16(), answer.body(), &question.id)
    }
}

impl From<NoAnswer> for HookFault {
    fn from(fault: NoAnswer) -> Self {
        match fault {
            NoAnswer::Unreachable(detail) => Self::Unreachable(detail),
            NoAnswer::Late => Self::Late,
            NoAnswer::Length => Self::Malformed,
        }
    }
}

impl fmt::Debug for MigrationHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address may hold a token of the operator's.
        f.write_str("[migration hook]")
    }
}
