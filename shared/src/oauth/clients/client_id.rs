//! The name of a client (RFC 6749 §2.2): chosen by the operator, public, and part of every token.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Characters of a client's name: room for `team.product-environment`, and little to copy around in tokens and logs.
const MAX_CHARS: usize = 64;

/// The name of a client, such as `billing-worker`: it needs no escaping in a URL, a header, a log or a shell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

/// The text is no client's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must begin with a letter or a digit and go on with at most {} of a-z 0-9 . _ -", MAX_CHARS - 1)]
pub struct InvalidClientId;

impl ClientId {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientId {
    type Err = InvalidClientId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let first = text.bytes().next().is_some_and(alphanumeric);
        let all = text.bytes().all(|byte| alphanumeric(byte) || b"._-".contains(&byte));
        if first && all && text.len() <= MAX_CHARS { Ok(Self(text.to_owned())) } else { Err(InvalidClientId) }
    }
}

impl TryFrom<String> for ClientId {
    type Error = InvalidClientId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ClientId> for String {
    fn from(id: ClientId) -> Self {
        id.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_clients_name_needs_no_escaping_anywhere() {
        for name in ["a", "7", "billing-worker", "team.product_1-staging", &"x".repeat(64)] {
            assert_eq!(name.parse::<ClientId>().unwrap().as_str(), name);
        }
        for name in ["", "-a", ".a", "_a", "A", "a b", "a/b", "a:b", "a#b", "ä", "a\0", "a%20b", &"x".repeat(65)] {
            assert_eq!(name.parse::<ClientId>(), Err(InvalidClientId), "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_taken_for_a_name_is_taken_as_it_is(text in any::<String>()) {
            if let Ok(id) = text.parse::<ClientId>() {
                prop_assert_eq!(id.as_str(), text);
            }
        }
    }
}
