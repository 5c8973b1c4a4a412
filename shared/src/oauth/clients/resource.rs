//! A resource that a client may ask tokens for: their audience (RFC 8707 §2).

use std::fmt;
use std::str::FromStr;

/// Bytes of a resource: it is copied into every token for it.
const MAX_BYTES: usize = 256;

/// An absolute URI without a fragment, such as `https://orders.example.com`; compared as text, never normalized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource(String);

/// The text names no resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be an absolute URI of at most {MAX_BYTES} characters without a fragment, such as https://api.example.com"
)]
pub struct InvalidResource;

impl Resource {
    /// The resource as a token's `aud` has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Resource {
    type Err = InvalidResource;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, rest) = text.split_once(':').ok_or(InvalidResource)?;
        let scheme_char = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte);
        let named = scheme.bytes().next().is_some_and(|first| first.is_ascii_lowercase());
        let uri_char = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte);
        let well = named && scheme.bytes().all(scheme_char) && !rest.is_empty() && rest.bytes().all(uri_char);
        if well && text.len() <= MAX_BYTES { Ok(Self(text.to_owned())) } else { Err(InvalidResource) }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_an_absolute_uri_without_a_fragment() {
        for uri in ["https://api.example.com", "https://api.example.com/v1?x=y", "urn:example:orders"] {
            assert_eq!(uri.parse::<Resource>().unwrap().as_str(), uri);
        }
        for text in ["", "api", "/orders", "https:", ":x", "1a:x", "https://a#b", "https://a b", "https://ä", "a:\\b"]
        {
            assert_eq!(text.parse::<Resource>(), Err(InvalidResource), "{text:?}");
        }
    }
}
