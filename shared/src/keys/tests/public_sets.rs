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
