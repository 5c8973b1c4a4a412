//! Documents of other servers: where they may lie, and one GET over the HTTP client and the TLS that the SDK has, with an end to the
//! wait and to the answer.
//!
//! Redirections are not followed: a document that other servers trust lies where it was said to lie.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use http::Uri;
use http_body_util::{BodyExt as _, Limited};

/// A cold start behind the address takes a second at the worst, and somebody's request waits for the answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Our metadata have 2 KiB and our key set has 3 KiB at most; the largest key sets in public have twenty.
const MAX_DOCUMENT_BYTES: usize = 128 * 1024;

/// An address that nobody on the way reads or changes what is sent to: https, and plain http where the packets never leave the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(String);

/// The text is no [`Address`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be an https URL (http on loopback only) without a user's name and without a fragment")]
pub struct InvalidAddress;

/// There is no document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoDocument {
    /// No connection, or it broke.
    #[error("{address} cannot be reached: {detail}")]
    Unreachable {
        /// Where.
        address: String,
        /// What the client says.
        detail: String,
    },
    /// No answer in time.
    #[error("{address} does not answer within {} s", PATIENCE.as_secs())]
    Late {
        /// Where.
        address: String,
    },
    /// An answer that is none.
    #[error("{address} answers {status}")]
    Status {
        /// Where.
        address: String,
        /// Its status.
        status: u16,
    },
    /// More than any such document has, or cut off.
    #[error("what {address} answers is cut off or longer than {MAX_DOCUMENT_BYTES} bytes")]
    Length {
        /// Where.
        address: String,
    },
}

impl Address {
    /// Reads an absolute URL.
    ///
    /// # Errors
    /// [`InvalidAddress`].
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let uri = text.parse::<Uri>().map_err(|_| InvalidAddress)?;
        let authority = uri.authority().ok_or(InvalidAddress)?.as_str();
        let loopback = matches!(uri.host(), Some("127.0.0.1" | "[::1]" | "localhost"));
        let private = uri.scheme_str() == Some("https") || (uri.scheme_str() == Some("http") && loopback);
        if private && !authority.contains('@') && !text.contains('#') {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidAddress)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Gets documents; it keeps connections.
#[derive(Debug, Default)]
pub struct Documents {
    /// Made when the first document is needed: TLS reads the system's roots.
    connector: OnceLock<Connector>,
}

impl Documents {
    /// The document at `address`.
    ///
    /// # Errors
    /// [`NoDocument`], which names the address.
    pub async fn get(&self, address: &Address) -> Result<Vec<u8>, NoDocument> {
        let late = || NoDocument::Late { address: address.to_string() };
        tokio::time::timeout(PATIENCE, self.ask(address)).await.unwrap_or_else(|_| Err(late()))
    }

    async fn ask(&self, address: &Address) -> Result<Vec<u8>, NoDocument> {
        let unreachable = |fault: &dyn fmt::Display| NoDocument::Unreachable {
            address: address.to_string(),
            detail: fault.to_string(),
        };
        let mut request = HttpRequest::get(address.as_str()).map_err(|fault| unreachable(&fault))?;
        request.headers_mut().insert("accept", "application/json");
        let answer = self.connector().call(request).await.map_err(|fault| unreachable(&fault))?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(NoDocument::Status { address: address.to_string(), status });
        }
        let body = Limited::new(answer.into_body(), MAX_DOCUMENT_BYTES).collect().await;
        let body = body.map_err(|_| NoDocument::Length { address: address.to_string() })?;
        Ok(body.to_bytes().to_vec())
    }

    fn connector(&self) -> &Connector {
        self.connector.get_or_init(|| Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_or_on_this_machine() {
        for taken in [
            "https://a.example",
            "https://a.example/x?y=z",
            "http://127.0.0.1:9000/",
            "http://[::1]:1/",
            "http://localhost",
        ] {
            assert!(Address::parse(taken).is_ok(), "{taken}");
        }
        for refused in [
            "",
            "/x",
            "a.example",
            "ftp://a.example",
            "http://a.example",
            "http://127.0.0.2",
            "http://localhost.a.example",
            "http://localhost@a.example",
            "https://user@a.example",
            "https://a.example#x",
            "https://",
            "https://a example",
        ] {
            assert_eq!(Address::parse(refused), Err(InvalidAddress), "{refused}");
        }
    }
}
