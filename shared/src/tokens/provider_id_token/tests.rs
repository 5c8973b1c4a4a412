//! Every check of §3.1.3.7, each broken by itself.

use serde_json::{Value, json};

use super::*;
use crate::keys::KeyPair;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const ISSUER: &str = "https://id.example.com";
const CLIENT: &str = "vestibule";
const TENANTS: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";
const TENANT_ID: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

fn nonce() -> Secret<String> {
    Secret::new("nonce".to_owned())
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "ada", "aud": CLIENT, "nonce": "nonce", "exp": 1_800_000_300_u64, "iat": 1_800_000_000_u64,
        "email": "ada@example.com", "email_verified": true,
    })
}

fn header(algorithm: Algorithm) -> Value {
    json!({ "alg": algorithm.as_str(), "kid": "k" })
}

fn encode(value: &str) -> String {
    URL_SAFE_NO_PAD.encode(value)
}

fn signed(header: &str, claims: &str, key: &KeyPair) -> String {
    let signed = format!("{}.{}", encode(header), encode(claims));
    let signature = key.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn read(token: &str, key: &KeyPair, issuer: &str) -> Result<ProviderIdToken, IdTokenRefusal> {
    let verification = VerificationKey::new(key.public()).unwrap();
    let expected = ExpectedIdToken { issuer, client_id: CLIENT, nonce: &nonce(), access_token: "access" };
    UnverifiedIdToken::read(token.as_bytes())?.verified(&verification, &expected, NOW)
}

/// What becomes of a token that differs from a good one in these claims; `null` takes one away.
fn with(changes: &Value, issuer: &str) -> Result<ProviderIdToken, IdTokenRefusal> {
    let key = KeyPair::generate(Algorithm::Es256).unwrap();
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value.clone(),
        }
    }
    read(&signed(&header(Algorithm::Es256).to_string(), &claims.to_string(), &key), &key, issuer)
}

#[test]
fn a_good_token_of_either_algorithm_says_who_somebody_is() {
    for algorithm in Algorithm::ALL {
        let key = KeyPair::generate(algorithm).unwrap();
        let token = signed(&header(algorithm).to_string(), &claims().to_string(), &key);
        let unverified = UnverifiedIdToken::read(token.as_bytes()).unwrap();
        assert_eq!((unverified.kid(), unverified.algorithm()), (Some("k"), algorithm));
        let read = read(&token, &key, ISSUER).unwrap();
        assert_eq!((read.issuer.as_str(), read.subject.as_str()), (ISSUER, "ada"));
        assert_eq!((read.email.address.as_deref(), read.email.verified), (Some("ada@example.com"), true));
    }
}

#[test]
fn what_is_not_an_answer_to_this_browser_is_refused_by_its_name() {
    use IdTokenRefusal as Id;
    for (changes, refusal) in [
        (json!({ "iss": "https://evil.example" }), Refusal::IssWrong.into()),
        (json!({ "iss": "https://id.example.com/" }), Refusal::IssWrong.into()),
        (json!({ "iss": "https://ID.example.com" }), Refusal::IssWrong.into()),
        (json!({ "iss": [ISSUER] }), Refusal::IssNotAString.into()),
        (json!({ "iss": null }), Refusal::IssMissing.into()),
        (json!({ "aud": "another" }), Refusal::AudWrong.into()),
        (json!({ "aud": [] }), Refusal::AudWrong.into()),
        (json!({ "aud": null }), Refusal::AudMissing.into()),
        (json!({ "aud": [CLIENT, "another"] }), Id::OtherAudiences),
        (json!({ "aud": [CLIENT, "another"], "azp": CLIENT }), Id::OtherAudiences),
        (json!({ "azp": "another" }), Id::AzpWrong),
        (json!({ "azp": 1 }), Id::AzpWrong),
        (json!({ "exp": 1_800_000_000_u64 }), Refusal::Expired.into()),
        (json!({ "exp": 1_799_999_999_u64 }), Refusal::Expired.into()),
        (json!({ "exp": null }), Refusal::ExpMissing.into()),
        (json!({ "exp": "1800000300" }), Refusal::ExpNotANumber.into()),
        (json!({ "iat": 1_800_000_061_u64 }), Refusal::IatInFuture.into()),
        (json!({ "iat": null }), Refusal::IatMissing.into()),
        (json!({ "nbf": 1_800_000_061_u64 }), Refusal::NotYetValid.into()),
        (json!({ "nonce": "another" }), Id::NonceWrong),
        (json!({ "nonce": "" }), Id::NonceWrong),
        (json!({ "nonce": ["nonce"] }), Id::NonceWrong),
        (json!({ "nonce": null }), Id::NonceWrong),
        (json!({ "at_hash": "another" }), Id::AtHashWrong),
        (json!({ "at_hash": 1 }), Id::AtHashWrong),
        (json!({ "sub": "" }), Id::SubLength),
        (json!({ "sub": "x".repeat(256) }), Id::SubLength),
        (json!({ "sub": null }), Refusal::SubMissing.into()),
        (json!({ "sub": 1 }), Refusal::SubNotAString.into()),
    ] {
        assert_eq!(with(&changes, ISSUER), Err(refusal), "{changes}");
    }
    for taken in [
        json!({ "aud": [CLIENT], "azp": CLIENT }),
        json!({ "iat": 1_800_000_060_u64, "nbf": 1_800_000_060_u64 }),
        json!({ "at_hash": at_hash("access") }),
        json!({ "sub": "x".repeat(255) }),
    ] {
        assert!(with(&taken, ISSUER).is_ok(), "{taken}");
    }
}

#[test]
fn a_token_that_is_unsigned_or_signed_otherwise_is_refused() {
    let (key, other) = (KeyPair::generate(Algorithm::Es256).unwrap(), KeyPair::generate(Algorithm::Es256).unwrap());
    let token = |header: &Value| signed(&header.to_string(), &claims().to_string(), &key);
    let refusal = |token: &str| read(token, &key, ISSUER).unwrap_err();
    for (header, expected) in [
        (json!({ "alg": "none" }), Refusal::AlgUnsupported.into()),
        (json!({ "alg": "HS256" }), Refusal::AlgUnsupported.into()),
        (json!({ "alg": "RS256" }), Refusal::AlgMismatch.into()),
        (json!({ "kid": "k" }), Refusal::AlgMissing.into()),
        (json!({ "alg": "ES256", "crit": ["exp"] }), Refusal::CritPresent.into()),
        (json!({ "alg": "ES256", "jwk": {} }), Refusal::KeyInHeader.into()),
        (json!({ "alg": "ES256", "jku": "https://evil.example" }), Refusal::KeyInHeader.into()),
        (json!({ "alg": "ES256", "typ": "at+jwt" }), IdTokenRefusal::TypWrong),
        (json!({ "alg": "ES256", "typ": "logout+jwt" }), IdTokenRefusal::TypWrong),
        (json!({ "alg": "ES256", "kid": "k".repeat(129) }), Refusal::KidLength.into()),
    ] {
        assert_eq!(refusal(&token(&header)), expected, "{header}");
    }
    // Microsoft's first version sends the hash of its certificate along.
    assert!(read(&token(&json!({ "alg": "ES256", "typ": "JWT", "x5t": "abc" })), &key, ISSUER).is_ok());
    let foreign = signed(&header(Algorithm::Es256).to_string(), &claims().to_string(), &other);
    assert_eq!(refusal(&foreign), Refusal::SignatureWrong.into());
    let unsigned = format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(&claims().to_string()));
    assert_eq!(refusal(&unsigned), Refusal::EmptyPart.into());
    assert_eq!(refusal("not a token"), Refusal::NotThreeParts.into());
    let twice = format!("{{\"nonce\":\"nonce\",{}", claims().to_string().trim_start_matches('{'));
    let twice = signed(&header(Algorithm::Es256).to_string(), &twice, &key);
    assert_eq!(refusal(&twice), Refusal::ClaimsDuplicate.into());
}

#[test]
fn where_a_provider_serves_all_tenants_the_token_names_its_own() {
    let issuer = TENANTS.replace("{tenantid}", TENANT_ID);
    let read = with(&json!({ "iss": issuer, "tid": TENANT_ID }), TENANTS).unwrap();
    assert_eq!(read.issuer, issuer);
    for changes in [
        json!({ "iss": issuer }),
        json!({ "iss": issuer, "tid": "00000000-0000-0000-0000-000000000000" }),
        json!({ "iss": TENANTS, "tid": "{tenantid}" }),
        json!({ "iss": "https://login.microsoftonline.com/x/v2.0", "tid": "x" }),
        json!({ "iss": TENANTS.replace("{tenantid}", "../evil"), "tid": "../evil" }),
        // Of its length, and of its letters: neither is enough.
        json!({ "iss": TENANTS.replace("{tenantid}", &"g".repeat(36)), "tid": "g".repeat(36) }),
        json!({ "iss": TENANTS.replace("{tenantid}", "abc"), "tid": "abc" }),
    ] {
        assert_eq!(with(&changes, TENANTS), Err(Refusal::IssWrong.into()), "{changes}");
    }
}

#[test]
fn an_address_is_verified_by_the_very_words_for_it() {
    let email = |changes: Value| with(&changes, ISSUER).unwrap().email;
    assert!(email(json!({ "email_verified": "true" })).verified, "as Apple says it");
    for no in [json!(false), json!("false"), json!("yes"), json!(1), json!([true])] {
        assert!(!email(json!({ "email_verified": no.clone() })).verified, "{no}");
    }
    assert!(!email(json!({ "email_verified": null })).verified);
    for yes in [json!(true), json!("true"), json!(1), json!("1")] {
        assert!(email(json!({ "xms_edov": yes.clone() })).domain_owner_verified, "{yes}");
    }
    assert_eq!(email(json!({ "hd": "example.com" })).hosted_domain.as_deref(), Some("example.com"));
    assert_eq!(email(json!({ "email": 1 })).address, None);
    let told = |json: &str| EmailClaims::of_user_info(json.as_bytes(), "ada").map(|claims| claims.address);
    assert_eq!(told(r#"{"sub":"ada","email":"a@b.example"}"#), Some(Some("a@b.example".to_owned())));
    for about_another in [
        r#"{"sub":"eve","email":"a@b.example"}"#,
        r#"{"email":"a@b.example"}"#,
        "[]",
        "",
        r#"{"sub":"ada","sub":"ada"}"#,
    ] {
        assert_eq!(told(about_another), None, "{about_another}");
    }
}

#[test]
fn the_log_spells_each_refusal_in_its_own_way() {
    use IdTokenRefusal as Id;
    let own = [Id::TypWrong, Id::OtherAudiences, Id::AzpWrong, Id::NonceWrong, Id::AtHashWrong, Id::SubLength];
    for refusal in own.into_iter().chain([Id::Token(Refusal::Expired)]) {
        assert_eq!(refusal.to_string(), refusal.reason());
    }
    let mut reasons = own.map(IdTokenRefusal::reason).to_vec();
    reasons.sort_unstable();
    reasons.dedup();
    assert_eq!(reasons.len(), own.len());
}
