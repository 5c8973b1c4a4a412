//! What the world may know of the keys, and nothing more (RFC 7517 §5).

use proptest::prelude::*;
use serde_json::Value;

use super::*;

#[test]
fn the_jwks_document_has_what_rfc_7517_asks_and_nothing_private() {
    for algorithm in Algorithm::ALL {
        let ring = SigningKeyRing::generate(algorithm, NOW).unwrap();
        let jwks: Value = serde_json::from_str(&ring.public_set().unwrap().jwks_json()).unwrap();
        let keys = jwks["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 2);
        for (key, signing) in keys.iter().zip(ring.iter()) {
            let mut members: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
            members.sort_unstable();
            let expected: &[_] = match algorithm {
                Algorithm::Es256 => &["alg", "crv", "kid", "kty", "use", "x", "y"],
                Algorithm::Rs256 => &["alg", "e", "kid", "kty", "n", "use"],
            };
            assert_eq!(members, expected);
            assert_eq!(key["alg"], algorithm.as_str());
            assert_eq!(key["use"], "sig");
            assert_eq!(key["kid"], signing.kid());
            assert_eq!(Jwk::from_json(&key.to_string()).unwrap(), *signing.pair().public());
        }
    }
}

#[test]
fn a_set_reads_back_from_its_document_without_a_private_key_in_it() {
    let ring = ring().publish_next(KeyPair::generate(Algorithm::Rs256).unwrap(), NOW).unwrap();
    let set = ring.public_set().unwrap();
    let json = set.to_json();
    let read = PublicKeySet::from_json(&json).unwrap();
    assert_eq!(read.to_json(), json);
    assert_eq!(read.jwks_json(), set.jwks_json());
    assert_eq!(read.find(&active_kid(&ring)).unwrap().state().as_str(), "active");
    assert!(!json.contains("private"));
}

#[test]
fn an_impossible_set_is_refused_by_the_name_of_its_key() {
    let ring = ring();
    let kid = active_kid(&ring);
    let json = ring.public_set().unwrap().to_json();
    let fault = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        PublicKeySet::from_json(&json.replacen(from, to, 1)).unwrap_err()
    };
    assert_eq!(fault(&kid, "other"), RingFault::Misnamed { kid: "other".into() });
    assert_eq!(fault("P-256", "P-384"), RingFault::Jwk { kid: kid.clone(), fault: InvalidJwk::Purpose });
    assert_eq!(fault(r#""crv""#, r#""d":"AQ","crv""#), RingFault::Jwk { kid, fault: InvalidJwk::Private });
    assert_eq!(fault(r#""format":1"#, r#""format":9"#), RingFault::Format(9));
    assert!(matches!(fault(r#""x":""#, r#""x":1,"z":""#), RingFault::Jwk { .. }));
    assert_eq!(PublicKeySet::from_json(r#"{"format":1,"keys":[]}"#).unwrap_err(), RingFault::Empty);
}

/// What a server that has only the network knows of the keys (RFC 7517 §5).
#[test]
fn a_jwks_document_reads_back_as_the_keys_that_it_publishes() {
    let ring = ring().publish_next(KeyPair::generate(Algorithm::Rs256).unwrap(), NOW).unwrap();
    let set = ring.public_set().unwrap();
    let read = PublicKeySet::from_jwks(set.jwks_json().as_bytes(), NOW.plus(SECOND)).unwrap();
    assert_eq!(read.jwks_json(), set.jwks_json());
    for key in set.iter() {
        let read = read.find(key.kid()).unwrap();
        assert_eq!((read.kid(), read.jwk()), (key.kid(), key.jwk()));
        assert_eq!(read.state(), KeyState::Next { published_at: NOW.plus(SECOND) }, "it says that they are published");
    }
}

#[test]
fn keys_that_this_release_does_not_know_are_passed_over() {
    let set = ring().public_set().unwrap();
    let mut jwks: Value = serde_json::from_str(&set.jwks_json()).unwrap();
    let read = |jwks: &Value| PublicKeySet::from_jwks(jwks.to_string().as_bytes(), NOW);
    let keys = jwks["keys"].as_array_mut().unwrap();
    // Named otherwise than by its thumbprint, which is what it is known by here.
    keys[0]["kid"] = "another".into();
    let off_the_curve = serde_json::json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "x": "AQ", "y": "AQ" });
    for unknown in [serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "x": "AQ" }), off_the_curve, Value::Null] {
        keys.insert(0, unknown);
    }
    let read_back = read(&jwks).unwrap();
    assert_eq!(read_back.jwks_json(), set.jwks_json());

    let keys = jwks["keys"].as_array().unwrap();
    let unknown = Value::Array(keys[..3].to_vec());
    assert_eq!(read(&serde_json::json!({ "keys": unknown })).unwrap_err(), RingFault::Empty);
    // A document as long as somebody likes costs the check of so many keys and no more.
    let endless = [vec![keys[0].clone(); 64], vec![keys[3].clone()]].concat();
    assert_eq!(read(&serde_json::json!({ "keys": endless })).unwrap_err(), RingFault::Empty);
    let full = [vec![keys[0].clone(); 63], vec![keys[3].clone()]].concat();
    assert_eq!(read(&serde_json::json!({ "keys": full })).unwrap().iter().count(), 1);
    for not_jwks in ["", "[]", "{}", r#"{"keys":{}}"#] {
        let fault = PublicKeySet::from_jwks(not_jwks.as_bytes(), NOW).unwrap_err();
        assert!(matches!(fault, RingFault::Malformed { line: 0 | 1, .. }), "{not_jwks}: {fault}");
    }
}

#[test]
fn a_key_stands_in_a_set_once() {
    let set = ring().public_set().unwrap();
    let key = set.iter().next().unwrap().clone();
    let kid = key.kid().to_owned();
    assert_eq!(PublicKeySet::new(vec![key.clone(), key]).unwrap_err(), RingFault::Twice { kid });
}

#[test]
fn a_key_that_nothing_can_be_verified_with_is_none() {
    let off_the_curve = Jwk::Ec { x: [1; 32], y: [1; 32] };
    let kid = off_the_curve.thumbprint();
    let fault = PublicKey::new(off_the_curve, KeyState::Next { published_at: NOW }).unwrap_err();
    assert_eq!(fault, RingFault::Unusable { kid, fault: UnusableKey::Invalid });
}

proptest! {
    #[test]
    fn whatever_stands_where_a_key_should_it_is_a_key_or_refused(
        member in proptest::sample::select(vec!["kty", "crv", "x", "y", "n", "e", "d", "alg", "use"]),
        text in any::<String>(),
        number in "[-_A-Za-z0-9]{0,50}",
        json in "[\\[\\]{}:,\"a-c0-1 .-]{0,40}",
    ) {
        let _ = (Jwk::from_json(&json), PublicKeySet::from_json(&json), SigningKeyRing::from_json(&json));
        let ring = ring();
        let set: Value = serde_json::from_str(&ring.public_set().unwrap().to_json()).unwrap();
        for value in [text, number] {
            let mut changed = set.clone();
            changed["keys"][0]["jwk"][member] = value.into();
            if let Ok(read) = PublicKeySet::from_json(&changed.to_string()) {
                // Members that mean nothing for a key of its type are ignored; what means something names the key.
                prop_assert!(read.find(&active_kid(&ring)).is_some(), "{changed}");
            }
        }
    }
}
