//! Bearer tokens in the `Authorization` header (RFC 6750 §2.1), the only place they are taken from.
//!
//! In a form body or the query a token ends up in logs and histories (RFC 6750 §5.3, RFC 9700 §4.3.2), so it is not read there.

use super::{Authentication, Failure};
use crate::keys::{KeysUnavailable, ReadPublicKeys};
use crate::principal::{CredentialKind, Principal};
use crate::tokens::{VerifiedToken, Verifier, VerifyError};

/// Authenticates by the values of `Authorization`, as many as the request has.
///
/// # Errors
/// [`KeysUnavailable`] if the token could not be checked at all.
pub async fn authenticate(
    authorization: &[String],
    verifier: &Verifier,
    keys: &impl ReadPublicKeys,
) -> Result<Authentication, KeysUnavailable> {
    let token = match presented(authorization) {
        Ok(Some(token)) => token,
        Ok(None) => return Ok(Authentication::NotRequested),
        Err(failure) => return Ok(Authentication::Failed(failure)),
    };
    match verifier.verify(token.as_bytes(), keys).await {
        Ok(token) => Ok(Authentication::Authenticated(principal(&token))),
        Err(VerifyError::Refused(refusal)) => Ok(Authentication::Failed(Failure::Token(refusal))),
        Err(VerifyError::KeysUnavailable(unavailable)) => Err(unavailable),
    }
}

/// The token, if the header has one. The scheme's name is case-insensitive (RFC 9110 §11.1).
fn presented(authorization: &[String]) -> Result<Option<&str>, Failure> {
    let value = match authorization {
        [] => return Ok(None),
        [value] => value,
        [_, _, ..] => return Err(Failure::SeveralCredentials),
    };
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Ok(None);
    }
    let token = token.trim_start_matches(' ');
    if is_b64token(token) { Ok(Some(token)) } else { Err(Failure::MalformedCredential) }
}

/// `b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`. It has no comma, so that two headers that a gateway
/// has joined into one are no token.
fn is_b64token(text: &str) -> bool {
    let unpadded = text.trim_end_matches('=');
    let token_char = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !unpadded.is_empty() && unpadded.bytes().all(token_char)
}

fn principal(token: &VerifiedToken) -> Principal {
    Principal {
        sub: token.sub,
        sid: token.sid,
        client_id: token.client_id.clone(),
        scope: token.scope.clone(),
        roles: token.roles.clone(),
        auth_method: CredentialKind::AccessToken,
        auth_time: token.auth_time,
        tenant: None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(values: &[&str]) -> Result<Option<String>, Failure> {
        let values = values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        presented(&values).map(|token| token.map(str::to_owned))
    }

    #[test]
    fn a_bearer_token_is_read_whatever_the_case_of_its_scheme() {
        for value in ["Bearer aB.c-_~+/==", "bearer aB.c-_~+/==", "BEARER   aB.c-_~+/=="] {
            assert_eq!(read(&[value]), Ok(Some("aB.c-_~+/==".into())), "{value}");
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
            assert_eq!(read(&[value]), Err(Failure::MalformedCredential), "{value}");
        }
        assert_eq!(read(&["Bearer a", "Bearer a"]), Err(Failure::SeveralCredentials));
        assert_eq!(read(&["Basic a", "Bearer b"]), Err(Failure::SeveralCredentials));
    }

    proptest! {
        #[test]
        fn whatever_a_header_holds_there_is_a_token_none_or_a_failure(
            any in any::<String>(),
            almost in "(?i)bearer? {0,2}[a-z=,. -]{0,20}",
        ) {
            for value in [any, almost] {
                if let Ok(Some(token)) = read(&[&value]) {
                    prop_assert!(value.ends_with(&token) && value[..6].eq_ignore_ascii_case("bearer"), "{value:?}");
                    prop_assert!(!token.contains([' ', ',']), "{token:?}");
                }
            }
        }
    }
}
