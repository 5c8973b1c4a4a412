//! The `jsonwebtoken` library beside us: it verifies what we mint, we verify what it mints, and what it lets through by
//! default is refused here by name (decision 0001).
//!
//! It reads the machine's clock, so these tests do too; all their moments lie most of a minute or more from any limit.

use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode};

use super::*;
use crate::keys::Jwk;

fn theirs(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
    }
}

fn decoding_key(algorithm: Algorithm) -> DecodingKey {
    match key(algorithm).pair().public() {
        Jwk::Ec { x, y } => {
            let [x, y] = [x, y].map(|number| URL_SAFE_NO_PAD.encode(number));
            DecodingKey::from_ec_components(&x, &y).unwrap()
        }
        Jwk::Rsa { n, e } => DecodingKey::from_rsa_raw_components(n, e),
    }
}

fn encoding_key(algorithm: Algorithm) -> EncodingKey {
    let pkcs8 = key(algorithm).pair().private().expose();
    match algorithm {
        Algorithm::Es256 => EncodingKey::from_ec_der(pkcs8),
        // The library wants PKCS#1; PKCS#8 puts 26 bytes before it (RFC 5958 §2: version, algorithm, length).
        Algorithm::Rs256 => EncodingKey::from_rsa_der(&pkcs8[26..]),
    }
}

/// What a careful user of the library sets, and leaves at its default otherwise.
fn validation(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(theirs(algorithm));
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation
}

/// A good token by the machine's clock.
fn live(algorithm: Algorithm) -> (Timestamp, Draft) {
    let now = Clock::System.now();
    let draft = draft_for(algorithm).claim("iat", now.seconds()).claim("exp", now.plus(LIFETIME).seconds());
    (now, draft.claim("auth_time", now.seconds()))
}

#[test]
fn the_library_verifies_what_we_mint() {
    for algorithm in Algorithm::ALL {
        let now = Clock::System.now();
        let claims = AccessTokenClaims {
            issuer: ISSUER,
            audience: AUDIENCE,
            subject: Subject::User(USER),
            client_id: "first-party",
            scope: &Scopes::parse("orders:read").unwrap(),
            roles: &Roles::default(),
            session: Some(SESSION),
            auth_time: Some(now),
            issued_at: now,
            expires_at: now.plus(LIFETIME),
            id: [7; TOKEN_ID_BYTES],
        };
        let token = mint(&claims, key(algorithm)).unwrap();
        let mut validation = validation(algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let read = decode::<Value>(token.expose(), &decoding_key(algorithm), &validation).unwrap();
        assert_eq!(read.header.kid.as_deref(), Some(key(algorithm).kid()));
        assert_eq!(read.header.typ.as_deref(), Some("at+jwt"));
        assert_eq!(read.claims["sub"], USER.to_string());
        assert_eq!(read.claims["exp"], now.plus(LIFETIME).seconds());
        assert_eq!(read.claims["scope"], "orders:read");
    }
}

#[tokio::test]
async fn we_verify_what_the_library_mints() {
    for algorithm in Algorithm::ALL {
        let (now, draft) = live(algorithm);
        let header =
            Header { typ: Some("at+jwt".into()), kid: Some(draft.key.kid().into()), ..Header::new(theirs(algorithm)) };
        let claims: Value = serde_json::from_str(&draft.claims.to_string()).unwrap();
        let token = encode(&header, &claims, &encoding_key(algorithm)).unwrap();
        let theirs = ResourceServer::at(now).accepts(token).await;
        let ours = ResourceServer::at(now).accepts(draft.signed()).await;
        assert_eq!(theirs, ours);
    }
}

#[tokio::test]
async fn what_the_library_lets_through_by_default_is_refused_by_name() {
    let (now, good) = live(Algorithm::Es256);
    let good = || good.clone();
    let later = |seconds| now.plus(Duration::from_secs(seconds)).seconds();
    let defaults = [
        (good().header("crit", json!(["http://example.com/unknown"])), Refusal::CritPresent),
        (good().header("crit", json!(["b64"])).header("b64", false), Refusal::CritPresent),
        (good().header("b64", false), Refusal::B64Present),
        (good().claim("nbf", later(120)), Refusal::NotYetValid),
        (good().claim("iat", later(120)), Refusal::IatInFuture),
        (good().header("typ", json!("JWT")), Refusal::TypWrong),
        (good().header("typ", json!("logout+jwt")), Refusal::TypWrong),
        (good().without_header("typ"), Refusal::TypMissing),
        (good().without_claim("aud"), Refusal::AudMissing),
        (good().without_claim("iss"), Refusal::IssMissing),
        (good().without_claim("aud").without_claim("iss"), Refusal::IssMissing),
        (good().claim("iss", json!(["https://other.example.com", ISSUER])), Refusal::IssNotAString),
        (good().header("x", json!("x".repeat(1024 * 1024))), Refusal::TooLong),
        (good().claim("exp", later(365 * 24 * 60 * 60)), Refusal::LivesTooLong),
        (good().header("jku", json!("https://keys.example.com")), Refusal::KeyInHeader),
        (good().header("x5u", json!("https://keys.example.com")), Refusal::KeyInHeader),
        (good().second_claim("other", 1).second_claim("other", 2), Refusal::ClaimsDuplicate),
    ];
    let (key, validation) = (decoding_key(Algorithm::Es256), validation(Algorithm::Es256));
    let server = ResourceServer::at(now);
    server.accepts(good().signed()).await;
    for (draft, refusal) in defaults {
        let token = draft.signed();
        // A release that refuses one of these makes a reason for decision 0001 go away: record it there.
        assert!(decode::<Value>(&token, &key, &validation).is_ok(), "the library does not accept {refusal}");
        assert_eq!(server.refusal(token).await, refusal);
    }
}

#[tokio::test]
async fn a_token_that_the_library_takes_for_a_minute_after_it_expired_is_expired_here() {
    let (now, good) = live(Algorithm::Es256);
    let token = good.claim("iat", now.minus(LIFETIME).seconds()).claim("exp", now.minus(SECOND).seconds()).signed();
    let read = decode::<Value>(&token, &decoding_key(Algorithm::Es256), &validation(Algorithm::Es256));
    assert!(read.is_ok(), "its leeway is 60 s unless it is set");
    assert_eq!(ResourceServer::at(now).refusal(token).await, Refusal::Expired);
}

#[tokio::test]
async fn what_the_library_refuses_we_refuse_too() {
    let (now, good) = live(Algorithm::Es256);
    let good = || good.clone();
    let (key, validation) = (decoding_key(Algorithm::Es256), validation(Algorithm::Es256));
    let server = ResourceServer::at(now);
    let text = good().signed();
    let [header, payload, signature] = parts(&text);
    let refused = [
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}.{signature}="),
        good().header("alg", json!("none")).signed(),
        good().header("alg", json!("HS256")).signed(),
        good().header("alg", json!("RS256")).signed(),
        good().without_header("alg").signed(),
        good().without_claim("exp").signed(),
        good().claim("exp", json!("soon")).signed(),
        good().claim("exp", now.minus(LIFETIME).seconds()).signed(),
        good().claim("aud", json!("https://other.example.com")).signed(),
        good().claim("iss", json!("https://other.example.com")).signed(),
        signed("[]", "{}", good().key),
        signed(good().header.to_string(), "[]", good().key),
    ];
    for token in refused {
        assert!(decode::<Value>(&token, &key, &validation).is_err(), "{token}");
        server.refusal(token).await;
    }
}
