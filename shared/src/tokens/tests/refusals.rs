//! Every reason for a refusal has a token that is refused for it, and for nothing else (RFC 9068 §4, RFC 8725 §3).

use super::*;
use crate::keys::{Jwk, LONGEST_TOKEN_LIFETIME};

#[tokio::test]
async fn every_refusal_has_a_token_that_earns_it() {
    for refusal in Refusal::ALL {
        let server = ResourceServer::new();
        assert_eq!(earned(&server, *refusal).await, *refusal);
        assert!(server.verify(draft().signed()).await.is_ok(), "the same server takes the same token unchanged");
    }
}

#[test]
fn no_two_refusals_share_a_reason_and_each_is_fit_for_a_dashboard() {
    let mut reasons: Vec<_> = Refusal::ALL.iter().map(|refusal| refusal.reason()).collect();
    for (refusal, reason) in Refusal::ALL.iter().zip(&reasons) {
        assert_eq!(refusal.to_string(), **reason);
        assert!(reason.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')), "{reason}");
    }
    reasons.sort_unstable();
    reasons.dedup();
    assert_eq!(reasons.len(), Refusal::ALL.len());
}

/// What the server says to a token that differs from a good one by what `refusal` is about. A new refusal does not
/// compile until it has such a token here.
async fn earned(server: &ResourceServer, refusal: Refusal) -> Refusal {
    let header = draft().header.to_string();
    let good = draft().signed();
    let token = match refusal {
        Refusal::TooLong => draft().claim("padding", json!("x".repeat(MAX_TOKEN_BYTES))).signed(),
        Refusal::NotThreeParts => format!("{good}.{good}"),
        Refusal::EmptyPart => good[..=good.rfind('.').unwrap()].to_owned(),
        Refusal::NotBase64Url => format!("{good}="),

        Refusal::HeaderNotAnObject => signed("[]", draft().claims.to_string(), draft().key),
        Refusal::HeaderDuplicate => draft().second_header("alg", json!("ES256")).signed(),
        Refusal::CritPresent => draft().header("crit", json!(["exp"])).signed(),
        Refusal::B64Present => draft().header("b64", false).signed(),
        Refusal::KeyInHeader => draft().header("jku", json!("https://keys.example.com")).signed(),
        Refusal::AlgMissing => draft().without_header("alg").signed(),
        Refusal::AlgNotAString => draft().header("alg", 256).signed(),
        Refusal::AlgUnsupported => draft().header("alg", json!("HS256")).signed(),
        Refusal::AlgMismatch => draft().header("alg", json!("RS256")).signed(),
        Refusal::TypMissing => draft().without_header("typ").signed(),
        Refusal::TypNotAString => draft().header("typ", "null").signed(),
        Refusal::TypWrong => draft().header("typ", json!("JWT")).signed(),
        Refusal::KidMissing => draft().without_header("kid").signed(),
        Refusal::KidNotAString => draft().header("kid", 1).signed(),
        Refusal::KidLength => draft().header("kid", json!("")).signed(),

        Refusal::KidUnknown => draft().header("kid", json!("another")).signed(),
        Refusal::KeyUnusable => {
            let off_the_curve = Jwk::Ec { x: [1; 32], y: [1; 32] };
            return verify_compact(good.as_bytes(), &off_the_curve).unwrap_err();
        }
        Refusal::SignatureWrong => signed(header, draft().claims.to_string(), RING.next(Algorithm::Es256).unwrap()),

        Refusal::ClaimsNotAnObject => signed(header, "[]", draft().key),
        Refusal::ClaimsDuplicate => draft().second_claim("sub", json!(USER)).signed(),
        Refusal::IssMissing => draft().without_claim("iss").signed(),
        Refusal::IssNotAString => draft().claim("iss", json!([ISSUER])).signed(),
        Refusal::IssWrong => draft().claim("iss", json!("https://other.example.com")).signed(),
        Refusal::AudMissing => draft().without_claim("aud").signed(),
        Refusal::AudNotStrings => draft().claim("aud", json!({ "0": AUDIENCE })).signed(),
        Refusal::AudWrong => draft().claim("aud", json!("https://other.example.com")).signed(),
        Refusal::ExpMissing => draft().without_claim("exp").signed(),
        Refusal::ExpNotANumber => draft().claim("exp", json!("1800000300")).signed(),
        Refusal::ExpOutOfRange => draft().claim("exp", "1800000300.0").signed(),
        Refusal::Expired => draft().claim("exp", NOW.seconds()).signed(),
        Refusal::IatMissing => draft().without_claim("iat").signed(),
        Refusal::IatNotANumber => draft().claim("iat", "null").signed(),
        Refusal::IatOutOfRange => draft().claim("iat", -1).signed(),
        Refusal::IatInFuture => draft().claim("iat", NOW.plus(CLOCK_LEEWAY + SECOND).seconds()).signed(),
        Refusal::LivesTooLong => draft().claim("exp", NOW.plus(LONGEST_TOKEN_LIFETIME + SECOND).seconds()).signed(),
        Refusal::NbfNotANumber => draft().claim("nbf", "[]").signed(),
        Refusal::NbfOutOfRange => draft().claim("nbf", "1e9").signed(),
        Refusal::NotYetValid => draft().claim("nbf", NOW.plus(CLOCK_LEEWAY + SECOND).seconds()).signed(),
        Refusal::SubMissing => draft().without_claim("sub").signed(),
        Refusal::SubNotAString => draft().claim("sub", 1).signed(),
        Refusal::SubNotASubject => draft().claim("sub", json!(SESSION)).signed(),
        Refusal::SidMissing => draft().without_claim("sid").signed(),
        Refusal::SidOfAService => draft().claim("sub", json!(SERVICE)).signed(),
        Refusal::SidNotAString => draft().claim("sid", "{}").signed(),
        Refusal::SidNotASession => draft().claim("sid", json!(USER)).signed(),
        Refusal::ClientIdMissing => draft().without_claim("client_id").signed(),
        Refusal::ClientIdNotAString => draft().claim("client_id", "[]").signed(),
        Refusal::JtiMissing => draft().without_claim("jti").signed(),
        Refusal::JtiNotAString => draft().claim("jti", 1).signed(),
        Refusal::AuthTimeMissing => draft().without_claim("auth_time").signed(),
        Refusal::AuthTimeNotANumber => draft().claim("auth_time", "null").signed(),
        Refusal::AuthTimeOutOfRange => draft().claim("auth_time", 253_402_300_800_u64).signed(),
        Refusal::ScopeNotAString => draft().claim("scope", json!(["orders:read"])).signed(),
        Refusal::ScopeMalformed => draft().claim("scope", json!("orders:read  orders:write")).signed(),
        Refusal::RolesMalformed => draft().claim("roles", json!("admin")).signed(),
    };
    server.refusal(token).await
}
