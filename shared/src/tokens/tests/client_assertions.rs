//! What proves that a client is who it says: one check after another, each broken by itself (RFC 7523 §3, RFC 7521 §5.2).

use aws_lc_rs::digest;

use super::*;
use crate::keys::Jwk;

const CLIENT: &str = "client";

fn assertion() -> Draft {
    assertion_for(Algorithm::Es256)
}

fn assertion_for(algorithm: Algorithm) -> Draft {
    let claims = json!({
        "iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "exp": NOW.plus(LIFETIME), "iat": NOW, "nbf": NOW, "jti": "once",
    });
    Draft { header: Object::of(&json!({ "alg": algorithm })), claims: Object::of(&claims), key: key(algorithm) }
}

fn jwk(algorithm: Algorithm) -> &'static Jwk {
    key(algorithm).pair().public()
}

fn verify_with(keys: &[&Jwk], draft: &Draft) -> Result<ClientAssertion, AssertionRefusal> {
    verify_client_assertion(draft.signed().as_bytes(), keys.iter().copied(), CLIENT, ISSUER, NOW)
}

fn verify(draft: &Draft) -> Result<ClientAssertion, AssertionRefusal> {
    verify_with(&[jwk(draft.key.algorithm())], draft)
}

#[test]
fn an_assertion_is_known_by_the_hash_of_its_jti_until_it_expires() {
    let hash = |jti: &str| URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, jti.as_bytes()));
    for algorithm in Algorithm::ALL {
        let expected = ClientAssertion { id: hash("once"), expires_at: NOW.plus(LIFETIME) };
        assert_eq!(verify(&assertion_for(algorithm)), Ok(expected));
    }
    assert_eq!(verify(&assertion().claim("jti", json!("another"))).unwrap().id, hash("another"));
}

#[test]
fn any_of_the_keys_of_a_client_may_have_signed_it_and_no_other() {
    let other = RING.next(Algorithm::Es256).unwrap().pair().public();
    let (own, of_rsa) = (jwk(Algorithm::Es256), jwk(Algorithm::Rs256));
    for keys in [&[own, other, of_rsa][..], &[other, own, of_rsa], &[of_rsa, other, own]] {
        assert!(verify_with(keys, &assertion()).is_ok());
    }
    for (keys, refusal) in [
        (&[][..], Refusal::KidUnknown),
        (&[other], Refusal::SignatureWrong),
        (&[of_rsa], Refusal::AlgMismatch),
        (&[other, of_rsa], Refusal::AlgMismatch),
    ] {
        assert_eq!(verify_with(keys, &assertion()), Err(refusal.into()));
    }
}

#[test]
fn what_is_no_assertion_of_this_client_for_this_issuer_is_refused_by_its_name() {
    use AssertionRefusal::{JtiLength, OtherClient};
    let of_jti = |length| json!("x".repeat(length));
    for (name, value, refusal) in [
        ("iss", json!("another"), OtherClient),
        ("sub", json!("another"), OtherClient),
        ("iss", json!("CLIENT"), OtherClient),
        ("iss", json!([CLIENT]), Refusal::IssNotAString.into()),
        ("sub", json!(1), Refusal::SubNotAString.into()),
        // Made for the token endpoint of somebody, or for several who could pass it on.
        ("aud", json!(format!("{ISSUER}/oauth2/token")), Refusal::AudWrong.into()),
        ("aud", json!("https://other.example.com"), Refusal::AudWrong.into()),
        ("aud", json!([ISSUER, "https://other.example.com"]), Refusal::AudWrong.into()),
        ("aud", json!([]), Refusal::AudWrong.into()),
        ("aud", json!({}), Refusal::AudNotStrings.into()),
        ("exp", json!("1800000300"), Refusal::ExpNotANumber.into()),
        ("exp", json!(1_800_000_300.5), Refusal::ExpOutOfRange.into()),
        ("iat", json!("1800000000"), Refusal::IatNotANumber.into()),
        ("iat", json!(-1), Refusal::IatOutOfRange.into()),
        ("nbf", json!(true), Refusal::NbfNotANumber.into()),
        ("nbf", json!(1e300), Refusal::NbfOutOfRange.into()),
        ("jti", json!(1), Refusal::JtiNotAString.into()),
        ("jti", of_jti(0), JtiLength),
        ("jti", of_jti(257), JtiLength),
    ] {
        assert_eq!(verify(&assertion().claim(name, &value)), Err(refusal), "{name}: {value}");
    }
    assert!(verify(&assertion().claim("jti", of_jti(256))).is_ok());
    assert!(verify(&assertion().claim("aud", json!([ISSUER]))).is_ok(), "one, as an array");
    for (name, refusal) in [
        ("iss", Refusal::IssMissing),
        ("sub", Refusal::SubMissing),
        ("aud", Refusal::AudMissing),
        ("exp", Refusal::ExpMissing),
        ("jti", Refusal::JtiMissing),
    ] {
        assert_eq!(verify(&assertion().without_claim(name)), Err(refusal.into()), "{name}");
    }
    for optional in ["iat", "nbf"] {
        assert!(verify(&assertion().without_claim(optional)).is_ok(), "{optional}");
    }
    let twice = assertion().second_claim("sub", json!(CLIENT));
    assert_eq!(verify(&twice), Err(Refusal::ClaimsDuplicate.into()));
    let token = signed(assertion().header.to_string(), "[]", assertion().key);
    let read = verify_client_assertion(token.as_bytes(), [jwk(Algorithm::Es256)].into_iter(), CLIENT, ISSUER, NOW);
    assert_eq!(read, Err(Refusal::ClaimsNotAnObject.into()));
}

#[test]
fn an_assertion_is_good_for_minutes_to_the_second() {
    let latest = NOW.plus(CLOCK_LEEWAY);
    for (name, last_good, first_bad, refusal) in [
        ("exp", NOW.plus(SECOND), NOW, Refusal::Expired.into()),
        (
            "exp",
            latest.plus(LONGEST_ASSERTION),
            latest.plus(LONGEST_ASSERTION + SECOND),
            AssertionRefusal::LivesTooLong,
        ),
        ("nbf", latest, latest.plus(SECOND), Refusal::NotYetValid.into()),
        ("iat", latest, latest.plus(SECOND), Refusal::IatInFuture.into()),
    ] {
        assert!(verify(&assertion().claim(name, json!(last_good))).is_ok(), "{name}");
        assert_eq!(verify(&assertion().claim(name, json!(first_bad))), Err(refusal), "{name}");
    }
    let long_ago = NOW.minus(LIFETIME * 100);
    assert!(verify(&assertion().claim("iat", json!(long_ago))).is_ok(), "how old it is says nothing");
}

#[test]
fn whom_an_assertion_is_from_is_read_before_anything_is_verified() {
    let said = |token: &str| asserted_client(token.as_bytes());
    let token = assertion().signed();
    let [header, payload, _] = parts(&token);
    assert_eq!(said(&token).as_deref(), Some(CLIENT));
    assert_eq!(said(&format!("{header}.{payload}.AAAA")).as_deref(), Some(CLIENT));
    assert_eq!(said(&assertion().claim("sub", json!(1)).signed()), None);
    assert_eq!(said(&assertion().without_claim("sub").signed()), None);
    assert_eq!(said(&assertion().second_claim("sub", json!(CLIENT)).signed()), None);
    for garbage in ["", "a.b", "a.b.c", &format!("{header}.{payload}"), &format!("{header}.{header}.AAAA")] {
        assert_eq!(said(garbage), None, "{garbage}");
    }
}

#[test]
fn the_log_spells_each_refusal_of_an_assertion_in_its_own_way() {
    let own = [AssertionRefusal::OtherClient, AssertionRefusal::LivesTooLong, AssertionRefusal::JtiLength];
    let of_a_token = Refusal::ALL.iter().map(|refusal| AssertionRefusal::Token(*refusal));
    let mut reasons: Vec<_> = own.into_iter().chain(of_a_token).collect();
    for refusal in &reasons {
        assert_eq!(refusal.to_string(), refusal.reason());
    }
    reasons.sort_by_key(|refusal| refusal.reason());
    reasons.dedup_by_key(|refusal| refusal.reason());
    assert_eq!(reasons.len(), Refusal::ALL.len() + own.len());
}
