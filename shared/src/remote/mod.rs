//! Documents of other servers: where they may lie, and one GET with an end to the wait and to the answer.

mod exchange;

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
pub(crate) use exchange::{Connections, Ends, NoAnswer};
use http::{StatusCode, Uri};

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

    /// The address that a document of this one names. Nobody on the network names an address on this machine or beside it: a function has
    /// an API of its runtime there, and a server its neighbours.
    ///
    /// # Errors
    /// [`InvalidAddress`].
    pub fn names(&self, text: &str) -> Result<Self, InvalidAddress> {
        let named = Self::parse(text)?;
        if named.is_near() && !self.is_near() { Err(InvalidAddress) } else { Ok(named) }
    }

    /// Whether it lies on this machine or on the link that it is connected to.
    fn is_near(&self) -> bool {
        let host =
            self.0.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_ascii_lowercase)).unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
        match host.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(IpAddr::V4(v4)) => v4.is_loopback() || v4.is_link_local() || v4.is_unspecified(),
            Ok(IpAddr::V6(v6)) => v6.is_loopback() || v6.is_unicast_link_local() || v6.is_unspecified(),
            // No domain ends in a number; resolvers take `127.1` and `0x7f.1` for addresses.
            Err(_) => {
                let last = host.rsplit('.').next().unwrap_or_default();
                last == "localhost" || last.starts_with(|c: char| c.is_ascii_digit())
            }
        }
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
    connections: Connections,
}

impl Documents {
    /// The document at `address`.
    ///
    /// # Errors
    /// [`NoDocument`], which names the address.
    pub async fn get(&self, address: &Address) -> Result<Vec<u8>, NoDocument> {
        const ENDS: Ends = Ends { patience: PATIENCE, bytes: MAX_DOCUMENT_BYTES };
        let none = |fault| NoDocument::of(address, fault);
        let mut request =
            HttpRequest::get(address.as_str()).map_err(|fault| none(NoAnswer::Unreachable(fault.to_string())))?;
        request.headers_mut().insert("accept", "application/json");
        let answer = self.connections.exchange(request, ENDS, |status| status == StatusCode::OK).await.map_err(none)?;
        match answer.status() {
            StatusCode::OK => Ok(answer.into_body()),
            other => Err(NoDocument::Status { address: address.to_string(), status: other.as_u16() }),
        }
    }
}

impl NoDocument {
    fn of(address: &Address, fault: NoAnswer) -> Self {
        let address = address.to_string();
        match fault {
            NoAnswer::Unreachable(detail) => Self::Unreachable { address, detail },
            NoAnswer::Late => Self::Late { address },
            NoAnswer::Length => Self::Length { address },
        }
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
