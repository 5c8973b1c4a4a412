//! Who and which: the identifiers of users, services, sessions and API keys.
//!
//! 128 random bits each, written as lower-case hexadecimal behind a prefix, so that a log line or a support ticket
//! says what it names: `usr_…` is the `sub` of a token (RFC 7519 §4.1.2), `ses_…` its `sid`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::randomness::{NoRandomness, Randomness};

/// Bytes of an identifier: at 2^128 values a collision needs more users than there are people, by far.
pub const IDENTIFIER_BYTES: usize = 16;

/// The text was not an identifier of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of the form {prefix}_ and 32 lower-case hexadecimal digits")]
pub struct NotAnIdentifier {
    prefix: &'static str,
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; IDENTIFIER_BYTES]);

        impl $name {
            /// A fresh identifier.
            ///
            /// # Errors
            /// [`NoRandomness`] if the operating system gives none.
            pub fn random(randomness: &Randomness) -> Result<Self, NoRandomness> {
                randomness.bytes().map(Self)
            }

            /// The identifier made of these bytes.
            pub const fn from_bytes(bytes: [u8; IDENTIFIER_BYTES]) -> Self {
                Self(bytes)
            }

            /// The bytes that make the identifier.
            pub const fn as_bytes(&self) -> &[u8; IDENTIFIER_BYTES] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!($prefix, "_"))?;
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnIdentifier;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(from_hex)
                    .map(Self)
                    .ok_or(NotAnIdentifier { prefix: $prefix })
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnIdentifier;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

identifier!(
    /// A user: the `sub` of their tokens. Never reused, never derived from an e-mail address.
    UserId,
    "usr"
);
identifier!(
    /// A service: the `sub` of what it presents. Never reused.
    ServiceId,
    "svc"
);
identifier!(
    /// A session: the `sid` of its tokens. One sign-in on one device.
    SessionId,
    "ses"
);
identifier!(
    /// An API key, without what proves that one holds it: the `client_id` of its calls.
    ApiKeyId,
    "key"
);

fn from_hex(text: &str) -> Option<[u8; IDENTIFIER_BYTES]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * IDENTIFIER_BYTES {
        return None;
    }
    let mut bytes = [0; IDENTIFIER_BYTES];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = (nibble(*high)? << 4) | nibble(*low)?;
    }
    Some(bytes)
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_identifier_reads_back_as_it_was_written() {
        let id = UserId::from_bytes([0xab; 16]);
        assert_eq!(id.to_string(), format!("usr_{}", "ab".repeat(16)));
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn only_the_one_spelling_of_an_identifier_is_read() {
        let hex = "ab".repeat(16);
        for text in [
            format!("ses_{hex}"),
            format!("usr_{}", hex.to_uppercase()),
            format!("usr_{hex}0"),
            hex.clone(),
            "usr_".into(),
        ] {
            assert!(text.parse::<UserId>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_as_an_identifier_is_written_the_same(any in any::<String>(), almost in "(usr|ses)_[0-9a-fA-F]{30,34}") {
            for text in [any, almost] {
                if let Ok(id) = text.parse::<UserId>() {
                    prop_assert_eq!(id.to_string(), text);
                }
            }
        }
    }
}
