//! Plaintext secrets as a type: redacted in every log, wiped from memory, compared in constant time.
//!
//! A [`Secret`] has no `Display`, no `Serialize` and no equality operator, and nothing in [`crate::store`] takes one: storing a
//! plaintext does not compile. It leaves through [`Secret::expose`], which is easy to search for.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A value that must not be logged, stored or compared in variable time: a password, a token, a key.
#[derive(Clone)]
pub struct Secret<T: zeroize::Zeroize>(Zeroizing<T>);

impl<T: zeroize::Zeroize> Secret<T> {
    /// Takes custody of `value`; it is wiped when the last clone is dropped.
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The plaintext. Each caller is a place to review.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: zeroize::Zeroize + AsRef<[u8]>> Secret<T> {
    /// Whether both hold the same bytes, in time that depends on their length alone.
    pub fn matches(&self, other: &[u8]) -> bool {
        self.0.as_ref().ct_eq(other).into()
    }
}

impl<T: zeroize::Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// ```compile_fail
/// // A plaintext never becomes an attribute value.
/// let password = vestibule::secret::Secret::new(String::from("hunter2"));
/// let _ = aws_sdk_dynamodb::types::AttributeValue::S(password.into());
/// ```
/// ```compile_fail
/// // A plaintext is never serialized.
/// let password = vestibule::secret::Secret::new(String::from("hunter2"));
/// let _ = serde_json::to_string(&password);
/// ```
/// ```compile_fail
/// // A plaintext is never printed.
/// let password = vestibule::secret::Secret::new(String::from("hunter2"));
/// let _ = password.to_string();
/// ```
#[cfg(doctest)]
struct APlaintextStaysWhereItIs;

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_is_redacted_in_debug_output() {
        assert_eq!(format!("{:?}", Secret::new(String::from("hunter2"))), "[redacted]");
    }

    #[test]
    fn secrets_match_by_content_and_length() {
        let secret = Secret::new(String::from("hunter2"));
        assert!(secret.matches(b"hunter2"));
        assert!(!secret.matches(b"hunter3"));
        assert!(!secret.matches(b"hunter"));
    }
}
