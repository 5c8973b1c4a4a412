//! Which request a sign-in answers (OpenID Connect Core §3.1.2.1): `prompt=login` and `max_age` ask for a sign-in that was made for them.
//!
//! A time in the address could be written by whoever holds the browser, and says only that somebody signed in since. The session knows
//! what it was opened for, and nobody writes to it but a sign-in.

use aws_lc_rs::digest;

/// An authorization request, by the first half of the SHA-256 of its parameters: nobody finds a second one of 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnsweredRequest([u8; ANSWERED_REQUEST_BYTES]);

/// Bytes of its name.
pub const ANSWERED_REQUEST_BYTES: usize = 16;

impl AnsweredRequest {
    /// The request of these parameters in this order. `scope` is none of them: the page that asks for consent narrows it.
    pub fn of<N: AsRef<str>, V: AsRef<str>>(parameters: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for (name, value) in parameters {
            let (name, value) = (name.as_ref(), value.as_ref());
            if name != "scope" {
                for text in [name, value] {
                    context.update(&text.len().to_be_bytes());
                    context.update(text.as_bytes());
                }
            }
        }
        let mut half = [0; ANSWERED_REQUEST_BYTES];
        for (byte, digested) in half.iter_mut().zip(context.finish().as_ref()) {
            *byte = *digested;
        }
        Self(half)
    }

    /// The one that is stored as these bytes.
    pub const fn from_bytes(bytes: [u8; ANSWERED_REQUEST_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub const fn as_bytes(&self) -> &[u8; ANSWERED_REQUEST_BYTES] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_all_of_its_parameters_but_the_scope() {
        let asked = [("client_id", "a"), ("scope", "orders:read"), ("state", "x")];
        let request = AnsweredRequest::of(asked);
        assert_eq!(AnsweredRequest::of([("client_id", "a"), ("state", "x"), ("scope", "")]), request);
        for other in [
            [("client_id", "a"), ("state", "y")],
            [("client_id", "b"), ("state", "x")],
            [("client_id", "as"), ("tate", "x")],
            [("client_id", ""), ("a", "statex")],
        ] {
            assert_ne!(AnsweredRequest::of(other), request, "{other:?}");
        }
        assert_ne!(AnsweredRequest::of([("client_id", "a")]), request);
    }
}
