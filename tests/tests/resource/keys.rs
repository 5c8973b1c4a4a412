//! Where the keys come from, how often they are asked for, and what stays when they cannot be had.

use super::issuer::Manners;
use super::*;
use vestibule::keys::Limits;

/// A well-formed token with a key that nobody has published.
fn with_unknown_key(stage: &Stage) -> String {
    let ring = SigningKeyRing::generate(Algorithm::Es256, NOW).unwrap();
    stage.token_for(AUDIENCE, "orders:read", ring.active(Algorithm::Es256).unwrap())
}

#[tokio::test]
async fn the_issuer_is_asked_once_however_many_tokens_come_at_once() {
    let stage = Stage::begin().await;
    assert_eq!(stage.issuer.asked(), (0, 0), "nothing is read before the first token");
    stage.ask(&[]).await;
    stage.ask(&["Bearer x"]).await;
    assert_eq!(stage.issuer.asked(), (0, 0), "nor for what cannot be one");
    let token = stage.token("orders:read");
    let heard = futures_util::future::join_all((0..50).map(|_| stage.ask_with(&token))).await;
    assert!(heard.iter().all(|heard| heard.status == StatusCode::OK));
    assert_eq!(stage.issuer.asked(), (1, 1));
}

#[tokio::test]
async fn unknown_keys_are_looked_for_once_an_interval_however_many_there_are() {
    let stage = Stage::begin().await;
    assert_eq!(stage.ask_with(&stage.token("orders:read")).await.status, StatusCode::OK);
    for _ in 0..20 {
        assert_eq!(stage.ask_with(&with_unknown_key(&stage)).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(stage.issuer.asked(), (1, 1), "the keys were read just now");
    stage.clock.advance(Limits::DEFAULT.refetch_interval);
    for _ in 0..20 {
        assert_eq!(stage.ask_with(&with_unknown_key(&stage)).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(stage.issuer.asked(), (1, 2));
}

#[tokio::test]
async fn a_key_that_was_published_since_is_found_and_one_that_is_gone_verifies_no_more() {
    let stage = Stage::begin().await;
    let old = stage.token("orders:read");
    assert_eq!(stage.ask_with(&old).await.status, StatusCode::OK);
    stage.issuer.publish(SigningKeyRing::generate(Algorithm::Es256, NOW).unwrap());
    stage.clock.advance(Limits::DEFAULT.refetch_interval);
    assert_eq!(stage.ask_with(&stage.token("orders:read")).await.status, StatusCode::OK);
    assert_eq!(stage.ask_with(&old).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_issuer_that_is_down_costs_nobody_anything_who_had_its_keys() {
    for manners in [Manners::Broken, Manners::Keys("{}".into()), Manners::Redirected] {
        let stage = Stage::begin().await;
        assert_eq!(stage.ask_with(&stage.token("orders:read")).await.status, StatusCode::OK);
        stage.issuer.behave(manners.clone());
        for age in [Limits::DEFAULT.max_age, Limits::DEFAULT.hard_limit, Duration::from_secs(24 * 60 * 60)] {
            stage.clock.advance(age);
            assert_eq!(stage.ask_with(&stage.token("orders:read")).await.status, StatusCode::OK, "{manners:?} {age:?}");
        }
        let (_, asked) = stage.issuer.asked();
        for _ in 0..20 {
            stage.ask_with(&stage.token("orders:read")).await;
        }
        assert_eq!(stage.issuer.asked().1, asked, "{manners:?}: it is not asked again within the interval");
    }
}

#[tokio::test]
async fn without_keys_nobody_is_let_in_and_everybody_may_try_again() {
    let long = format!(r#"{{"keys":[],"more":"{}"}}"#, "x".repeat(1 << 20));
    for manners in [
        Manners::Broken,
        Manners::Redirected,
        Manners::Keys(String::new()),
        Manners::Keys(r#"{"keys":[]}"#.into()),
        Manners::Keys(long.clone()),
        Manners::Metadata("no".into()),
        Manners::Metadata(long),
    ] {
        let stage = Stage::begin().await;
        stage.issuer.behave(manners.clone());
        let token = stage.token("orders:read");
        let heard = stage.ask_with(&token).await;
        assert_eq!(heard.status, StatusCode::SERVICE_UNAVAILABLE, "{manners:?}");
        assert!(heard.retry_after && heard.challenge.is_none(), "{heard:?}");
        stage.issuer.behave(Manners::Right);
        stage.clock.advance(Limits::DEFAULT.first_load_pause);
        assert_eq!(stage.ask_with(&token).await.status, StatusCode::OK, "{manners:?}");
    }
}

/// RFC 8414 §3.3 and §6: else whoever can answer in the issuer's place, or on the way to its keys, signs tokens.
#[tokio::test]
async fn metadata_of_another_issuer_and_keys_that_travel_in_the_open_are_not_believed() {
    let stage = Stage::begin().await;
    let url = stage.issuer.url().to_owned();
    for (issuer, keys) in [
        ("https://auth.example.com", format!("{url}/keys")),
        (&format!("{url}/"), format!("{url}/keys")),
        (&url, "http://auth.example.com/keys".to_owned()),
        (&url, "/keys".to_owned()),
        (&url, "file:///etc/keys".to_owned()),
    ] {
        let metadata = serde_json::json!({ "issuer": issuer, "jwks_uri": keys });
        stage.issuer.behave(Manners::Metadata(metadata.to_string()));
        stage.clock.advance(Limits::DEFAULT.first_load_pause);
        assert_eq!(
            stage.ask_with(&stage.token("orders:read")).await.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "{metadata}"
        );
    }
    assert_eq!(stage.issuer.asked().1, 0, "no key was asked for");
}

/// The one test here that takes its time: the wait is for a socket, and no clock of ours ends it.
#[tokio::test]
async fn an_issuer_that_never_answers_is_waited_for_a_few_seconds_and_no_longer() {
    let stage = Stage::begin().await;
    stage.issuer.behave(Manners::Silent);
    let began = tokio::time::Instant::now();
    assert_eq!(stage.ask_with(&stage.token("orders:read")).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(began.elapsed() <= Duration::from_secs(4), "{:?}", began.elapsed());
}

#[tokio::test]
async fn keys_that_have_moved_are_found_by_the_metadata() {
    let stage = Stage::begin().await;
    assert_eq!(stage.ask_with(&stage.token("orders:read")).await.status, StatusCode::OK);
    stage.issuer.behave(Manners::Moved);
    stage.issuer.publish(SigningKeyRing::generate(Algorithm::Es256, NOW).unwrap());
    // Where they were, nobody can look: that is no key that does not exist.
    for expected in [StatusCode::SERVICE_UNAVAILABLE, StatusCode::OK] {
        stage.clock.advance(Limits::DEFAULT.refetch_interval);
        assert_eq!(stage.ask_with(&stage.token("orders:read")).await.status, expected);
    }
}

/// RFC 7517 §5: an issuer may publish more than an older verifier knows.
#[tokio::test]
async fn keys_of_kinds_that_are_not_known_are_passed_over() {
    let stage = Stage::begin().await;
    let mut keys: serde_json::Value = serde_json::from_str(&stage.issuer.jwks()).unwrap();
    let known = keys["keys"].as_array_mut().unwrap();
    known.insert(0, serde_json::json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AA" }));
    known.insert(0, serde_json::json!({ "kty": "oct", "k": "AA" }));
    known.insert(0, serde_json::json!("no key"));
    stage.issuer.behave(Manners::Keys(keys.to_string()));
    assert_eq!(stage.ask_with(&stage.token("orders:read")).await.status, StatusCode::OK);
}
