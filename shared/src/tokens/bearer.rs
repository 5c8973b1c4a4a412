//! Bearer tokens in the `Authorization` header (RFC 6750 §2.1), the only place they are taken from.
//!
//! In a form body or the query a token ends up in logs and histories (RFC 6750 §5.3, RFC 9700 §4.3.2), so it is not read there.

/// The header is there and is not one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOneToken {
    /// More than one value where RFC 9110 §11.6.2 has one: which of them counts must not be a matter of taste.
    #[error("there is more than one Authorization header")]
    Several,
    /// Not of the form of RFC 6750 §2.1.
    #[error("the Authorization header holds no bearer token")]
    Malformed,
}

/// The token, if the values of `Authorization`, as many as the request has, present one. The scheme's name is case-insensitive
/// (RFC 9110 §11.1), and another scheme presents nothing to this one.
///
/// # Errors
/// [`NotOneToken`].
pub fn presented_token<V: AsRef<str>>(authorization: &[V]) -> Result<Option<&str>, NotOneToken> {
    let value = match authorization {
        [] => return Ok(None),
        [value] => value.as_ref(),
        [_, _, ..] => return Err(NotOneToken::Several),
    };
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Ok(None);
    }
    let token = token.trim_start_matches(' ');
    if is_b64token(token) { Ok(Some(token)) } else { Err(NotOneToken::Malformed) }
}

/// `b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`. It has no comma, so that two headers that a gateway
/// has joined into one are no token.
fn is_b64token(text: &str) -> bool {
    let unpadded = text.trim_end_matches('=');
    let token_char = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !unpadded.is_empty() && unpadded.bytes().all(token_char)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read<'a>(values: &'a [&str]) -> Result<Option<&'a str>, NotOneToken> {
        presented_token(values)
    }

    #[test]
    fn a_bearer_token_is_read_whatever_the_case_of_its_scheme() {
        for value in ["Bearer aB.c-_~+/==", "bearer aB.c-_~+/==", "BEARER   aB.c-_~+/=="] {
            assert_eq!(read(&[value]), Ok(Some("aB.c-_~+/==")), "{value}");
        }
    }

    #[test]
    fn another_scheme_asks_nothing_of_this_one() {
        for values in [&[][..], &[""], &["Basic dTpw"], &["Bearerx"], &["token"], &[" Bearer x"]] {
            assert_eq!(read(values), Ok(None), "{values:?}");
        }
    }

    #[test]
    fn what_is_not_exactly_one_token_fails() {
        for value in [
            "Bearer",
            "Bearer ",
            "Bearer a b",
            "Bearer a,Bearer b",
            "Bearer a, b",
            "Bearer a=b",
            "Bearer =",
            "Bearer ä",
            "Bearer a\0",
        ] {
            assert_eq!(read(&[value]), Err(NotOneToken::Malformed), "{value}");
        }
        assert_eq!(read(&["Bearer a", "Bearer a"]), Err(NotOneToken::Several));
        assert_eq!(read(&["Basic a", "Bearer b"]), Err(NotOneToken::Several));
    }

    proptest! {
        #[test]
        fn whatever_a_header_holds_there_is_a_token_none_or_a_failure(
            any in any::<String>(),
            almost in "(?i)bearer? {0,2}[a-z=,. -]{0,20}",
        ) {
            for value in [any, almost] {
                if let Ok(Some(token)) = read(&[&value]) {
                    prop_assert!(value.ends_with(token) && value[..6].eq_ignore_ascii_case("bearer"), "{value:?}");
                    prop_assert!(!token.contains([' ', ',']), "{token:?}");
                }
            }
        }
    }
}
