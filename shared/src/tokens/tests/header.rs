//! What a token may say of itself before its key is known (RFC 7515 §4, RFC 8725 §3, RFC 9068 §2.1).

use aws_lc_rs::hmac;

use super::*;
use crate::keys::{Jwk, KeyPair};

#[tokio::test]
async fn alg_none_is_refused_in_every_spelling() {
    let server = ResourceServer::new();
    for none in ["none", "None", "NONE", "nOnE", "none ", "\u{feff}none", ""] {
        let draft = draft().header("alg", json!(none));
        let token = draft.signed();
        assert_eq!(server.refusal(&token).await, Refusal::AlgUnsupported, "{none:?}");
        let [header, payload, _] = parts(&token);
        assert_eq!(server.refusal(format!("{header}.{payload}.")).await, Refusal::EmptyPart, "{none:?}");
        assert_eq!(server.refusal(format!("{header}.{payload}.AA")).await, Refusal::AlgUnsupported, "{none:?}");
    }
}

#[tokio::test]
async fn an_algorithm_is_ours_letter_by_letter_or_refused() {
    let server = ResourceServer::new();
    let others = [
        "es256",
        "Es256",
        "rs256",
        "RS256 ",
        " ES256",
        "ES256\0",
        "ES256K",
        "ES384",
        "ES512",
        "PS256",
        "RS384",
        "RS512",
        "HS256",
        "HS384",
        "HS512",
        "EdDSA",
        "Ed25519",
        "ML-DSA-44",
        "RSA-OAEP",
        "dir",
    ];
    for other in others {
        let token = draft().header("alg", json!(other)).signed();
        assert_eq!(server.refusal(token).await, Refusal::AlgUnsupported, "{other:?}");
    }
    for value in other_types("string") {
        assert_eq!(server.refusal(draft().header("alg", value).signed()).await, Refusal::AlgNotAString, "{value}");
    }
}

#[tokio::test]
async fn a_public_key_is_never_taken_for_an_hmac_secret() {
    let server = ResourceServer::new();
    for algorithm in Algorithm::ALL {
        let draft = draft_for(algorithm).header("alg", json!("HS256"));
        let unsigned = draft.signed().rsplit_once('.').unwrap().0.to_owned();
        for secret in spellings_of(key(algorithm).pair().public()) {
            let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), unsigned.as_bytes());
            let token = format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(mac));
            assert_eq!(server.refusal(&token).await, Refusal::AlgUnsupported);
            assert_eq!(verify_compact(token.as_bytes(), key(algorithm).pair().public()), Err(Refusal::AlgUnsupported));
        }
    }
}

/// A public key as the bytes that others have used as an HMAC secret: its numbers, its JWK, the whole JWKS document.
fn spellings_of(public: &Jwk) -> Vec<Vec<u8>> {
    let numbers = match public {
        Jwk::Ec { x, y } => [&[4][..], x, y].concat(),
        Jwk::Rsa { n, e } => [&n[..], e].concat(),
    };
    let jwks = RING.public_set().unwrap().jwks_json();
    let Value::Array(keys) = serde_json::from_str::<Value>(&jwks).unwrap()["keys"].take() else { panic!("{jwks}") };
    let jwk = keys.iter().find(|key| key["kid"] == public.thumbprint()).unwrap().to_string();
    vec![numbers, jwk.into_bytes(), jwks.into_bytes(), Vec::new()]
}

#[tokio::test]
async fn a_key_verifies_its_own_algorithm_only() {
    let server = ResourceServer::new();
    for (named, other) in [(Algorithm::Es256, Algorithm::Rs256), (Algorithm::Rs256, Algorithm::Es256)] {
        // The header is of the other algorithm and names this one's key; either key may have signed it.
        for signer in [named, other] {
            let draft = Draft { key: key(signer), ..draft_for(named).header("alg", json!(other)) };
            assert_eq!(server.refusal(draft.signed()).await, Refusal::AlgMismatch, "{other} on a key for {named}");
            let public = key(named).pair().public();
            assert_eq!(verify_compact(draft.signed().as_bytes(), public), Err(Refusal::AlgMismatch));
        }
    }
}

#[tokio::test]
async fn a_key_that_a_token_brings_or_points_at_is_refused() {
    let server = ResourceServer::new();
    let url = json!("https://keys.example.com/jwks.json").to_string();
    for name in ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256"] {
        for value in ["null", "{}", "[]", &url] {
            let token = draft().header(name, value).signed();
            assert_eq!(server.refusal(&token).await, Refusal::KeyInHeader, "{name}: {value}");
            let public = key(Algorithm::Es256).pair().public();
            assert_eq!(verify_compact(token.as_bytes(), public), Err(Refusal::KeyInHeader), "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn an_attackers_key_does_not_become_ours_by_standing_in_the_token() {
    let server = ResourceServer::new();
    let own = KeyPair::generate(Algorithm::Es256).unwrap();
    let Jwk::Ec { x, y } = own.public() else { panic!("not on a curve") };
    let [x, y] = [x, y].map(|number| URL_SAFE_NO_PAD.encode(number));
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y });
    let unsigned = draft().header("jwk", jwk).signed().rsplit_once('.').unwrap().0.to_owned();
    let signature = URL_SAFE_NO_PAD.encode(own.sign(unsigned.as_bytes()).unwrap());
    assert_eq!(server.refusal(format!("{unsigned}.{signature}")).await, Refusal::KeyInHeader);
}

#[tokio::test]
async fn every_crit_is_refused_because_no_extension_is_understood() {
    let server = ResourceServer::new();
    for value in [r#"["exp"]"#, r#"["b64"]"#, r#"["http://example.com/unknown"]"#, "[]", "null", "{}", r#""exp""#] {
        let draft = draft().header("crit", value);
        assert_eq!(server.refusal(draft.signed()).await, Refusal::CritPresent, "{value}");
        assert_eq!(server.refusal(draft.header("b64", false).signed()).await, Refusal::CritPresent, "{value}");
    }
    for value in ["false", "true", "null"] {
        assert_eq!(server.refusal(draft().header("b64", value).signed()).await, Refusal::B64Present, "{value}");
    }
}

#[tokio::test]
async fn only_an_access_token_is_taken_for_one() {
    let server = ResourceServer::new();
    for kind in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+JWT"] {
        server.accepts(draft().header("typ", json!(kind)).signed()).await;
    }
    let others = [
        "JWT",
        "jwt",
        "",
        "at",
        "at+jwt ",
        "id+jwt",
        "dpop+jwt",
        "logout+jwt",
        "secevent+jwt",
        "application/jwt",
        "application/",
    ];
    for kind in others {
        assert_eq!(server.refusal(draft().header("typ", json!(kind)).signed()).await, Refusal::TypWrong, "{kind:?}");
    }
    assert_eq!(server.refusal(draft().without_header("typ").signed()).await, Refusal::TypMissing);
    for value in other_types("string") {
        assert_eq!(server.refusal(draft().header("typ", value).signed()).await, Refusal::TypNotAString, "{value}");
    }
}

#[tokio::test]
async fn a_kid_is_a_name_of_bounded_length() {
    let server = ResourceServer::new();
    for value in other_types("string") {
        assert_eq!(server.refusal(draft().header("kid", value).signed()).await, Refusal::KidNotAString, "{value}");
    }
    for character in ["x", "\u{1d11e}"] {
        let [longest, longer] = [MAX_KID_CHARS, MAX_KID_CHARS + 1].map(|length| json!(character.repeat(length)));
        assert_eq!(server.refusal(draft().header("kid", longest).signed()).await, Refusal::KidUnknown);
        assert_eq!(server.refusal(draft().header("kid", longer).signed()).await, Refusal::KidLength);
    }
    assert_eq!(server.refusal(draft().header("kid", json!("")).signed()).await, Refusal::KidLength);
}

#[tokio::test]
async fn parameters_that_mean_nothing_here_are_ignored() {
    let server = ResourceServer::new();
    let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    for value in ["null", r#"{"alg":"none","alg":"none"}"#, r#""\ud800""#, "1e999", &deep] {
        server.accepts(draft().header("x-other", value).header("cty", value).signed()).await;
    }
}

#[tokio::test]
async fn a_parameter_that_stands_twice_is_refused_however_it_is_spelled() {
    let server = ResourceServer::new();
    for (name, again) in [("alg", "alg"), ("alg", "\\u0061lg"), ("kid", "ki\\u0064"), ("typ", "\\u0074\\u0079\\u0070")]
    {
        let same = draft().header.0.iter().find(|(known, _)| known == name).unwrap().1.clone();
        let token = draft().second_header(again, same).signed();
        assert_eq!(server.refusal(token).await, Refusal::HeaderDuplicate, "{again}");
    }
    let token = draft().second_header("x", 1).second_header("\\u0078", 2).signed();
    assert_eq!(server.refusal(token).await, Refusal::HeaderDuplicate, "unknown ones too");
}

#[tokio::test]
async fn a_forbidden_parameter_is_found_in_every_spelling() {
    let server = ResourceServer::new();
    for (name, refusal) in
        [("cri\\u0074", Refusal::CritPresent), ("b6\\u0034", Refusal::B64Present), ("jw\\u006B", Refusal::KeyInHeader)]
    {
        let token = draft().without_header("alg").second_header(name, "null").signed();
        assert_eq!(server.refusal(token).await, refusal, "{name}");
    }
}

#[tokio::test]
async fn a_header_is_one_json_object() {
    let server = ResourceServer::new();
    let good = draft().header.to_string();
    let mut wrong: Vec<_> = other_types("object").map(str::to_owned).collect();
    wrong.extend([
        format!("{good}{good}"),
        format!("{good},"),
        format!("\u{feff}{good}"),
        good.replace('}', ",}"),
        good.replace('"', "'"),
        format!("{good}//"),
        good[..good.len() - 1].to_owned(),
        "{".repeat(500),
        "[".repeat(5000),
    ]);
    for header in wrong {
        let token = signed(&header, draft().claims.to_string(), draft().key);
        assert_eq!(server.refusal(token).await, Refusal::HeaderNotAnObject, "{header}");
    }
    let mut not_utf8 = good.into_bytes();
    not_utf8.splice(1..1, *b"\"\xff\":1,");
    let token = signed(not_utf8, draft().claims.to_string(), draft().key);
    assert_eq!(server.refusal(token).await, Refusal::HeaderNotAnObject);
}
