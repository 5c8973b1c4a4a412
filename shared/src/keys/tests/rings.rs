//! The life of signing keys: published before they sign, published after (promise 7).

use super::*;

/// A ring whose next key was promoted as early as that is safe, and the moment.
fn promoted() -> (SigningKeyRing, Timestamp) {
    let ring = ring();
    let at = NOW.plus(LONGEST_VERIFIER_CACHE);
    (ring.promote(&next_kid(&ring), at).unwrap(), at)
}

#[test]
fn a_first_ring_signs_and_has_its_next_key_published() {
    for algorithm in Algorithm::ALL {
        let ring = SigningKeyRing::generate(algorithm, NOW).unwrap();
        assert_eq!(ring.active(algorithm).unwrap().state(), KeyState::Active { published_at: NOW, activated_at: NOW });
        assert_eq!(ring.next(algorithm).unwrap().state(), KeyState::Next { published_at: NOW });
        assert_eq!(ring.public_set().unwrap().iter().count(), 2);
    }
}

#[test]
fn a_ring_reads_back_from_its_document_and_signs_with_the_same_keys() {
    for algorithm in Algorithm::ALL {
        let ring = SigningKeyRing::generate(algorithm, NOW).unwrap();
        let read = SigningKeyRing::from_json(ring.to_json().expose()).unwrap();
        assert_eq!(read.to_json().expose(), ring.to_json().expose());
        let public = ring.public_set().unwrap();
        let key = read.active(algorithm).unwrap();
        let signature = key.pair().sign(b"message").unwrap();
        assert!(public.find(key.kid()).unwrap().verification().verifies(b"message", &signature));
    }
}

#[test]
fn a_key_signs_only_once_every_verifier_can_know_it() {
    let ring = ring();
    let kid = next_kid(&ring);
    let early = NOW.plus(LONGEST_VERIFIER_CACHE - SECOND);
    assert_eq!(ring.promote(&kid, early).unwrap_err(), UnsafeStep::TooEarly { kid: kid.clone(), lacking: SECOND });
    assert!(ring.promote(&kid, NOW.minus(LONGEST_VERIFIER_CACHE)).is_err(), "a clock set back makes no key older");

    let old = active_kid(&ring);
    let (ring, at) = (ring.promote(&kid, early.plus(SECOND)).unwrap(), early.plus(SECOND));
    assert_eq!(active_kid(&ring), kid);
    let retired = KeyState::Retired { published_at: NOW, activated_at: NOW, retired_at: at };
    assert_eq!(ring.find(&old).unwrap().state(), retired);
    assert!(ring.public_set().unwrap().find(&old).is_some(), "its tokens are still verified");
}

#[test]
fn a_retired_key_stays_until_its_last_token_has_expired() {
    let (ring, at) = promoted();
    let old = ring.iter().find(|key| matches!(key.state(), KeyState::Retired { .. })).unwrap().kid().to_owned();
    let early = at.plus(RETIRED_KEY_STAYS - SECOND);
    assert_eq!(ring.remove(&old, early).unwrap_err(), UnsafeStep::TooEarly { kid: old.clone(), lacking: SECOND });
    assert!(ring.remove_retired(early).find(&old).is_some());
    assert!(ring.remove(&old, early.plus(SECOND)).unwrap().find(&old).is_none());
    let left = ring.remove_retired(early.plus(SECOND));
    assert!(left.find(&old).is_none());
    assert!(left.active(Algorithm::Es256).is_some());
}

#[test]
fn the_signing_key_cannot_be_removed_and_an_unused_one_can() {
    let ring = ring();
    let (active, next) = (active_kid(&ring), next_kid(&ring));
    assert_eq!(ring.remove(&active, NOW).unwrap_err(), UnsafeStep::Signing { kid: active.clone() });
    assert!(ring.remove(&next, NOW).unwrap().find(&next).is_none());
    assert_eq!(ring.remove("other", NOW).unwrap_err(), UnsafeStep::Unknown { kid: "other".into() });
    assert_eq!(ring.promote(&active, NOW).unwrap_err(), UnsafeStep::NotNext { kid: active });
}

#[test]
fn one_key_of_an_algorithm_is_next_at_a_time() {
    let ring = ring();
    let kid = next_kid(&ring);
    let another = KeyPair::generate(Algorithm::Es256).unwrap();
    assert_eq!(ring.publish_next(another, NOW).unwrap_err(), UnsafeStep::NextExists { kid });
    let other_algorithm = KeyPair::generate(Algorithm::Rs256).unwrap();
    assert!(ring.publish_next(other_algorithm, NOW).unwrap().next(Algorithm::Rs256).is_some());

    let (ring, at) = promoted();
    let same = KeyPair::from_pkcs8(Algorithm::Es256, ring.active(Algorithm::Es256).unwrap().pair().private().clone());
    assert_eq!(ring.publish_next(same.unwrap(), at).unwrap_err(), UnsafeStep::Known { kid: active_kid(&ring) });
    let another = KeyPair::generate(Algorithm::Es256).unwrap();
    assert!(ring.publish_next(another, at).unwrap().next(Algorithm::Es256).is_some());
}

#[test]
fn an_impossible_document_is_refused_by_the_name_of_its_key() {
    let ring = ring();
    let (active, next) = (active_kid(&ring), next_kid(&ring));
    let json = ring.to_json().expose().clone();
    let fault = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        SigningKeyRing::from_json(&json.replacen(from, to, 1)).unwrap_err()
    };
    let [now, next_state] = [r#""published_at":1800000000"#, r#""state":"next","published_at":1800000000"#];
    let active_state = r#""state":"active","published_at":1800000000,"activated_at":1800000000"#;
    assert_eq!(fault(next_state, active_state), RingFault::SecondActive { kid: next.clone() });
    assert_eq!(fault(active_state, next_state), RingFault::SecondNext { kid: next.clone() });
    assert_eq!(fault(now, r#""published_at":1800000001"#), RingFault::Disordered { kid: active.clone() });
    assert_eq!(fault(&active, "other"), RingFault::Misnamed { kid: "other".into() });
    assert_eq!(fault(r#""format":1"#, r#""format":2"#), RingFault::Format(2));
    let pair = |alg| RingFault::Pair { kid: active.clone(), fault: InvalidKeyPair::NotPkcs8(alg) };
    assert_eq!(fault(r#""private":""#, r#""private":"AA"#), pair(Algorithm::Es256));
    assert_eq!(fault(r#""alg":"ES256""#, r#""alg":"RS256""#), pair(Algorithm::Rs256));
    assert!(matches!(fault(r#""alg":"ES256""#, r#""alg":"HS256""#), RingFault::Malformed { .. }));
    assert_eq!(SigningKeyRing::from_json(r#"{"format":1,"keys":[]}"#).unwrap_err(), RingFault::Empty);

    let first = json.split_once("[").unwrap().1.split_once("},{").unwrap().0;
    let twice = format!(r#"{{"format":1,"keys":[{first}}},{first}}}]}}"#);
    assert_eq!(SigningKeyRing::from_json(&twice).unwrap_err(), RingFault::Twice { kid: active });
}

#[test]
fn no_fault_and_no_debug_output_shows_a_private_key() {
    let ring = ring();
    let json = ring.to_json().expose().clone();
    let private = json.split(r#""private":""#).nth(1).unwrap().split('"').next().unwrap();
    let broken = SigningKeyRing::from_json(&json.replace("ES256", "RS256")).unwrap_err();
    for shown in [format!("{ring:?}"), format!("{broken:?} {broken}"), format!("{:?}", ring.to_json())] {
        assert!(!shown.contains(&private[..16]), "{shown}");
    }
}
