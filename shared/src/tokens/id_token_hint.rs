//! An ID token of ours that comes back as a hint of whom a client means (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2).
//!
//! It lets nobody in. Its signature says that we made it, for whom and about whom; it may have expired long ago.

use super::Refusal;
use super::header::ProviderHeader;
use super::members::{Members, NotMembers};
use crate::identity::UserId;

/// Whom a client means, as we once told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdTokenHint {
    /// `sub`.
    pub user: UserId,
    /// `aud`: the client that the token was made for.
    pub client_id: String,
}

/// The name of the key that a hint says it is signed with; it must say that it is an ID token, too.
pub(super) fn kid(header: &ProviderHeader) -> Result<&str, Refusal> {
    match header.typ.as_deref() {
        Some("JWT") => header.kid.as_deref().ok_or(Refusal::KidMissing),
        Some(_) => Err(Refusal::TypWrong),
        None => Err(Refusal::TypMissing),
    }
}

/// What a verified payload says, if it is of `issuer`.
pub(super) fn read(payload: &[u8], issuer: &str) -> Result<IdTokenHint, Refusal> {
    let members = Members::read(payload).map_err(|fault| match fault {
        NotMembers::NotAnObject => Refusal::ClaimsNotAnObject,
        NotMembers::Duplicate => Refusal::ClaimsDuplicate,
    })?;
    let issued_by = members.string("iss").map_err(|_| Refusal::IssNotAString)?.ok_or(Refusal::IssMissing)?;
    if issued_by != issuer {
        return Err(Refusal::IssWrong);
    }
    let audience = members.string("aud").map_err(|_| Refusal::AudNotStrings)?.ok_or(Refusal::AudMissing)?;
    let subject = members.string("sub").map_err(|_| Refusal::SubNotAString)?.ok_or(Refusal::SubMissing)?;
    let user = subject.parse().map_err(|_| Refusal::SubNotASubject)?;
    Ok(IdTokenHint { user, client_id: audience.into_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "usr_01010101010101010101010101010101";

    #[test]
    fn a_hint_is_of_this_issuer_for_one_client_about_one_person() {
        let said = |claims: &str| read(claims.as_bytes(), "https://auth.example.com");
        let good = format!(r#"{{"iss":"https://auth.example.com","aud":"app","sub":"{USER}","exp":1}}"#);
        let hint = IdTokenHint { user: UserId::from_bytes([1; 16]), client_id: "app".to_owned() };
        assert_eq!(said(&good), Ok(hint));
        for (from, to, refusal) in [
            ("auth.example.com", "evil.example", Refusal::IssWrong),
            ("iss", "x", Refusal::IssMissing),
            (r#""app""#, r#"["app"]"#, Refusal::AudNotStrings),
            ("aud", "x", Refusal::AudMissing),
            ("sub", "x", Refusal::SubMissing),
            (USER, "svc_01010101010101010101010101010101", Refusal::SubNotASubject),
            ("exp", "sub", Refusal::ClaimsDuplicate),
        ] {
            assert_eq!(said(&good.replace(from, to)), Err(refusal), "{from} {to}");
        }
    }
}
