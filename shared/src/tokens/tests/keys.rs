//! Which keys a token is checked with, and what happens when there are none (DESIGN §7, promise 7).

use super::*;
use crate::keys::{KeyPair, KeyState, LONGEST_VERIFIER_CACHE, Limits};

/// `draft`, as if `key` were the one to sign with.
fn signed_by(key: &SigningKey) -> String {
    let header = draft().header("kid", json!(key.kid())).header.to_string();
    signed(header, draft().claims.to_string(), key)
}

#[tokio::test]
async fn a_token_of_every_published_key_is_valid_whatever_the_keys_state() {
    let later = NOW.plus(LONGEST_VERIFIER_CACHE);
    let next = RING.next(Algorithm::Es256).unwrap();
    let ring = RING.promote(next.kid(), later).unwrap();
    let ring = ring.publish_next(KeyPair::generate(Algorithm::Es256).unwrap(), later).unwrap();
    let server = ResourceServer::new();
    server.source.publish(&ring);
    let of_curve: Vec<_> = ring.iter().filter(|key| key.algorithm() == Algorithm::Es256).collect();
    let states: Vec<_> = of_curve.iter().map(|key| key.state().as_str()).collect();
    assert_eq!(states, ["retired", "active", "next"]);
    for key in of_curve {
        assert_eq!(server.accepts(signed_by(key)).await.kid, key.kid());
    }
}

#[tokio::test]
async fn through_a_whole_rotation_no_token_is_refused() {
    let server = ResourceServer::new();
    let next = RING.next(Algorithm::Es256).unwrap();
    let old = signed_by(key(Algorithm::Es256));
    server.accepts(&old).await;
    // The ring moves on, and this server does not read it yet: both keys were published before.
    server.source.publish(&RING.promote(next.kid(), NOW.plus(LONGEST_VERIFIER_CACHE)).unwrap());
    server.accepts(signed_by(next)).await;
    server.accepts(draft().claim("jti", json!("another")).signed()).await;
    assert_eq!(server.source.reads(), 1);
}

#[tokio::test]
async fn the_keys_are_read_once_for_many_tokens() {
    let server = ResourceServer::new();
    for number in 0..100 {
        server.accepts(draft().claim("jti", json!(number.to_string())).signed()).await;
    }
    assert_eq!(server.source.reads(), 1);
}

#[tokio::test]
async fn a_kid_that_is_not_published_is_asked_for_once_per_interval() {
    let server = ResourceServer::new();
    server.accepts(draft().signed()).await;
    assert_eq!(server.source.reads(), 1);
    for interval in 0..3 {
        server.clock.advance(Limits::DEFAULT.refetch_interval);
        for number in 0..100 {
            let token = draft().header("kid", json!(format!("unknown-{interval}-{number}"))).signed();
            assert_eq!(server.refusal(token).await, Refusal::KidUnknown);
        }
        assert_eq!(server.source.reads(), 2 + interval);
    }
}

#[tokio::test]
async fn a_kid_is_a_name_and_nothing_that_is_looked_up_elsewhere() {
    let server = ResourceServer::new();
    for kid in ["../../etc/passwd", "' OR 1=1 --", "https://keys.example.com", "0", " "] {
        assert_eq!(server.refusal(draft().header("kid", json!(kid)).signed()).await, Refusal::KidUnknown, "{kid}");
    }
    let kid = key(Algorithm::Es256).kid();
    for other in [format!("{kid} "), kid.to_lowercase(), format!("{kid}\0"), kid[..42].to_owned()] {
        assert_eq!(server.refusal(draft().header("kid", json!(other)).signed()).await, Refusal::KidUnknown, "{other}");
    }
}

#[tokio::test]
async fn a_key_published_out_of_turn_is_learnt_after_the_interval() {
    let server = ResourceServer::new();
    server.accepts(draft().signed()).await;
    let other = SigningKeyRing::generate(Algorithm::Es256, NOW).unwrap();
    let token = signed_by(other.active(Algorithm::Es256).unwrap());
    assert_eq!(server.refusal(&token).await, Refusal::KidUnknown);
    server.source.publish(&other);
    assert_eq!(server.refusal(&token).await, Refusal::KidUnknown, "it is too soon to look again");
    server.clock.advance(Limits::DEFAULT.refetch_interval);
    server.accepts(token).await;
}

#[tokio::test]
async fn keys_that_cannot_be_read_are_no_refusal() {
    let server = ResourceServer::new();
    server.source.fail();
    for token in [draft().signed(), draft().header("kid", json!("unknown")).signed()] {
        let error = server.verify(token).await.unwrap_err();
        assert!(matches!(error, VerifyError::KeysUnavailable(_)), "{error}");
    }
    assert_eq!(server.verifier.tokens_held(), 0);
    assert!(server.verifier.public_keys(&server.source).await.is_err());
    server.source.publish(&RING);
    server.clock.advance(Limits::DEFAULT.first_load_pause);
    server.accepts(draft().signed()).await;
    assert_eq!(server.source.reads(), 2);
}

#[tokio::test]
async fn a_source_that_goes_down_later_refuses_no_valid_token() {
    let server = ResourceServer::new();
    let first = draft().signed();
    server.accepts(&first).await;
    server.source.fail();
    for age in [Limits::DEFAULT.max_age, Limits::DEFAULT.hard_limit, Duration::from_secs(24 * 60 * 60)] {
        server.clock.set(NOW.plus(age));
        let now = server.clock.now();
        let fresh = draft().claim("iat", now.seconds()).claim("exp", now.plus(LIFETIME).seconds()).signed();
        server.accepts(&fresh).await;
        server.accepts(&fresh).await;
    }
    let unknown = server.verify(draft().header("kid", json!("unknown")).signed()).await.unwrap_err();
    assert!(matches!(unknown, VerifyError::KeysUnavailable(_)), "whether it exists is not known: {unknown}");
}

#[tokio::test]
async fn the_jwks_document_comes_from_the_keys_that_tokens_are_checked_with() {
    let server = ResourceServer::new();
    server.accepts(draft().signed()).await;
    let set = server.verifier.public_keys(&server.source).await.unwrap();
    assert_eq!(set.jwks_json(), RING.public_set().unwrap().jwks_json());
    assert!(matches!(set.find(draft().key.kid()).unwrap().state(), KeyState::Active { .. }));
    assert_eq!(server.source.reads(), 1);
}
