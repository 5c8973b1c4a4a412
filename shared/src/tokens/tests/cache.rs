//! A repeated token costs a hash, and is refused all the same once it should be.

use super::*;
use crate::keys::Limits;

/// As many as are held at once.
const CAPACITY: usize = 1024;

fn numbered(number: usize) -> String {
    draft().claim("jti", json!(number.to_string())).signed()
}

#[tokio::test]
async fn a_repeated_token_is_not_verified_again() {
    let server = ResourceServer::new();
    let token = draft().signed();
    let first = server.accepts(&token).await;
    assert!(Arc::ptr_eq(&first, &server.accepts(&token).await));
    let unkept = server.verifier.verify_fresh(token.as_bytes(), &server.source).await.unwrap();
    assert_eq!(unkept, *first, "seen for the first time or not, it says the same");
    assert_eq!(server.verifier.tokens_held(), 1);
}

#[tokio::test]
async fn a_repeated_token_expires() {
    let server = ResourceServer::new();
    let token = draft().signed();
    server.accepts(&token).await;
    server.clock.advance(LIFETIME - SECOND);
    server.accepts(&token).await;
    server.clock.advance(SECOND);
    assert_eq!(server.refusal(&token).await, Refusal::Expired);
    assert_eq!(server.verifier.tokens_held(), 0, "nor is it kept any longer");
}

#[tokio::test]
async fn a_repeated_token_whose_key_is_gone_is_refused() {
    let server = ResourceServer::new();
    let token = draft().claim("exp", NOW.plus(Limits::DEFAULT.max_age + LIFETIME).seconds()).signed();
    server.accepts(&token).await;
    server.source.publish(&SigningKeyRing::generate(Algorithm::Es256, NOW).unwrap());
    server.accepts(&token).await;
    server.clock.advance(Limits::DEFAULT.max_age);
    assert_eq!(server.refusal(&token).await, Refusal::KidUnknown);
    assert_eq!(server.verifier.tokens_held(), 0);
    server.source.publish(&RING);
    server.clock.advance(Limits::DEFAULT.refetch_interval);
    server.accepts(&token).await;
}

#[tokio::test]
async fn a_repeated_token_is_refused_while_the_clock_says_that_it_is_not_issued_yet() {
    let server = ResourceServer::new();
    let tokens =
        [draft().signed(), draft().claim("iat", NOW.minus(LIFETIME).seconds()).claim("nbf", NOW.seconds()).signed()];
    for (token, refusal) in tokens.into_iter().zip([Refusal::IatInFuture, Refusal::NotYetValid]) {
        server.clock.set(NOW);
        server.accepts(&token).await;
        server.clock.set(NOW.minus(CLOCK_LEEWAY + SECOND));
        assert_eq!(server.refusal(&token).await, refusal);
    }
}

#[tokio::test]
async fn a_token_that_differs_in_its_signature_alone_is_another_token() {
    let server = ResourceServer::new();
    let token = draft().signed();
    let again = draft().signed();
    assert_ne!(token, again, "an ECDSA signature is never the same twice");
    let first = server.accepts(&token).await;
    let second = server.accepts(&again).await;
    assert!(!Arc::ptr_eq(&first, &second));
    let [header, payload, _] = parts(&token);
    assert_eq!(server.refusal(format!("{header}.{payload}.AAAA")).await, Refusal::SignatureWrong);
}

#[tokio::test]
async fn a_stream_of_bad_tokens_pushes_no_good_one_out() {
    let server = ResourceServer::new();
    let token = draft().signed();
    let first = server.accepts(&token).await;
    let [header, payload, _] = parts(&token);
    for number in 0..2 * CAPACITY as u64 {
        let forged = URL_SAFE_NO_PAD.encode([&number.to_be_bytes()[..], &[7; 56]].concat());
        assert!(server.verify(format!("{header}.{payload}.{forged}")).await.is_err());
    }
    assert_eq!(server.verifier.tokens_held(), 1);
    assert!(Arc::ptr_eq(&first, &server.accepts(&token).await));
}

#[tokio::test]
async fn a_bounded_number_of_tokens_is_held_and_the_one_unused_for_longest_goes_first() {
    let server = ResourceServer::new();
    let (used, unused) = (numbered(0), numbered(1));
    let (used_first, unused_first) = (server.accepts(&used).await, server.accepts(&unused).await);
    for number in 2..CAPACITY {
        server.accepts(numbered(number)).await;
    }
    assert_eq!(server.verifier.tokens_held(), CAPACITY);
    assert!(Arc::ptr_eq(&used_first, &server.accepts(&used).await));
    server.accepts(numbered(CAPACITY)).await;
    assert_eq!(server.verifier.tokens_held(), CAPACITY);
    assert!(Arc::ptr_eq(&used_first, &server.accepts(&used).await));
    assert!(!Arc::ptr_eq(&unused_first, &server.accepts(&unused).await), "it is verified anew");
}

#[tokio::test]
async fn what_is_held_yields_no_token() {
    let server = ResourceServer::new();
    let token = draft().signed();
    let held = server.accepts(&token).await;
    let shown = format!("{:?} {held:?}", server.verifier);
    for part in parts(&token) {
        assert!(!shown.contains(part), "{shown}");
    }
}
