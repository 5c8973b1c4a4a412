//! The origin of a client's pages, which may read what the client is answered (Fetch §3.2, RFC 6454 §6.2).

use std::fmt;
use std::str::FromStr;

/// Bytes of an origin: a domain name has at most 253 (RFC 1035 §2.3.4).
const MAX_BYTES: usize = 280;

/// Where pages may lie that are not served over TLS: on the developer's own machine.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// An origin as browsers send it, such as `https://app.example.com`; compared as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

/// The text is no origin that a browser would send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be https:// and a domain name in lower case, without a path, such as https://app.example.com, or http://localhost:3000"
)]
pub struct InvalidOrigin;

impl Origin {
    /// The origin as a browser sends it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, authority) = text.split_once("://").ok_or(InvalidOrigin)?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            Some(_) | None => (authority, None),
        };
        let named = !host.is_empty()
            && host.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
            && host.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte));
        let local = LOCAL.contains(&host);
        let (fits, implied) = match scheme {
            "https" => (named || local, "443"),
            "http" => (local, "80"),
            _ => return Err(InvalidOrigin),
        };
        // A browser leaves out the port that goes without saying, and writes no leading zero.
        let plain = port.is_none_or(|port| {
            port != implied
                && !port.starts_with('0')
                && port.bytes().all(|b| b.is_ascii_digit())
                && port.parse::<u16>().is_ok()
        });
        if fits && plain && text.len() <= MAX_BYTES { Ok(Self(text.to_owned())) } else { Err(InvalidOrigin) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends_and_nothing_else() {
        for text in [
            "https://app.example.com",
            "https://app.example.com:8443",
            "http://localhost:3000",
            "http://127.0.0.1",
            "http://[::1]:5173",
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "null",
            "*",
            "https://",
            "https://*.example.com",
            "https://app.example.com/",
            "https://App.example.com",
            "https://app.example.com:443",
            "https://app.example.com:0443",
            "https://app.example.com:+1",
            "https://app.example.com:",
            "https://u@app.example.com",
            "https://app.example.com?x",
            "https://\u{e4}.example.com",
            "https://-a.example.com",
            "https://a..b",
            "http://app.example.com",
            "http://localhost:80",
            "app.example.com",
            "com.example.app://x",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(InvalidOrigin), "{text}");
        }
    }
}
