//! Keys roll, nobody notices (promise 7): two keys live at once, unknown names cost one read, MAC keys change under a retry.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use http::Request;
use vestibule::keys::{
    Algorithm, KeyPair, LONGEST_VERIFIER_CACHE, Limits, MacKey, MacKeys, PublicKeySet, PublishKeys, Published,
    ReadSigningKeys, ReadSymmetricKeys, SigningKeyRing, SymmetricKeys,
};
use vestibule::secret::Secret;
use vestibule_tests::{Answer, Fault, SECRETS_MANAGER, Scene, Tokens};

/// What the rotation of the signing keys does to the ring: promote the next, publish another one.
async fn roll(scene: &Scene) {
    let (secrets, now) = (scene.cloud.secrets(), scene.clock.now());
    let ring = secrets.read_signing_keys().await.unwrap();
    let next = ring.next(Algorithm::Es256).unwrap().kid().to_owned();
    let ring = ring.promote(&next, now).unwrap();
    let ring = ring.publish_next(KeyPair::generate(Algorithm::Es256).unwrap(), now).unwrap();
    publish(scene, &ring.public_set().unwrap()).await;
    secrets.write_signing_keys(&ring).await.unwrap();
}

async fn publish(scene: &Scene, keys: &PublicKeySet) {
    let table = scene.cloud.table();
    let before = table.published().await.unwrap();
    assert_eq!(table.publish(keys, before.as_ref(), scene.clock.now()).await.unwrap(), Published::Done);
}

#[tokio::test]
async fn keys_roll_and_no_valid_token_is_refused() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    scene.login(&demo).await;
    scene.wait(LONGEST_VERIFIER_CACHE.as_secs());
    let old = scene.login(&demo).await;
    roll(&scene).await;
    scene.get_as("/whoami", &old.access).await.expect(200);
    scene.wait(299);
    scene.get_as("/orders", &old.access).await.expect(200);
    scene.wait(15 * 60);
    let new = scene.login(&demo).await;
    assert_ne!(kid(&old.access), kid(&new.access));
    scene.get_as("/whoami", &new.access).await.expect(200);
    let published = scene.get("/.well-known/jwks.json", &[]).await.json().to_string();
    assert!(published.contains(&kid(&old.access)) && published.contains(&kid(&new.access)));
}

/// The emergency: a leaked key is taken out at once, and its tokens with it.
#[tokio::test]
async fn a_key_that_is_gone_verifies_nothing_within_minutes() {
    let scene = Scene::builder().parameter("AccessTokenSeconds", "3600").begin().await;
    let tokens = scene.login(&scene.demo().await).await;
    scene.get_as("/whoami", &tokens.access).await.expect(200);
    let ring = scene.cloud.secrets().read_signing_keys().await.unwrap();
    let others = ring.public_set().unwrap().iter().filter(|key| key.kid() != kid(&tokens.access)).cloned().collect();
    publish(&scene, &PublicKeySet::new(others).unwrap()).await;
    scene.wait(Limits::DEFAULT.max_age.as_secs() + 60);
    scene.get_as("/whoami", &tokens.access).await.expect(403);
}

/// An instance that thaws after hours, with a ring that has moved on meanwhile.
#[tokio::test]
async fn a_thaw_after_six_hours_meets_the_new_keys_without_a_refusal() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    scene.get_as("/whoami", &tokens.access).await.expect(200);
    scene.wait(6 * 60 * 60);
    roll(&scene).await;
    let next = scene.refresh(&tokens.refresh).await;
    scene.get_as("/whoami", &next.access).await.expect(200);
    assert_ne!(kid(&tokens.access), kid(&next.access));
}

#[tokio::test]
async fn a_thousand_unknown_key_names_cost_one_read() {
    let scene = Scene::new().await;
    let tokens = scene.login(&scene.demo().await).await;
    scene.get_as("/whoami", &tokens.access).await.expect(200);
    scene.wait(31);
    scene.wire.take_calls();
    let (_, rest) = tokens.access.split_once('.').unwrap();
    for number in 0..1000 {
        use base64::Engine;
        let header = format!(r#"{{"alg":"ES256","kid":"k{number}","typ":"at+jwt"}}"#);
        let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(header);
        scene.get_as("/whoami", &format!("{header}.{rest}")).await.expect(403);
    }
    assert_eq!(scene.wire.take_calls(), ["GetItem"]);
    scene.get_as("/orders", &tokens.access).await.expect(200);
}

/// "Could not look" is not "is not there": a revocation that ends nothing is not acknowledged (promise 4), and the gateway keeps no denial
/// of a good token (promise 10).
#[tokio::test]
async fn a_token_whose_key_could_not_be_looked_for_is_503_at_revoke_and_undecided_at_the_authorizer_also_for_the_next_thirty_seconds()
 {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let draft = r#"{"alg":"ES256","kid":"unknown","typ":"at+jwt"}"#;
    let unknown = format!("{}.e30.{}", base64url(draft), base64url(&"s".repeat(64)));
    // Both functions hold the old set, and none but them.
    scene.revoke(&unknown).await.expect(200);
    scene.get_as("/whoami", &unknown).await.expect(403);
    let (secrets, now) = (scene.cloud.secrets(), scene.clock.now());
    let new = SigningKeyRing::generate(Algorithm::Es256, now).unwrap();
    let old = secrets.read_signing_keys().await.unwrap().public_set().unwrap();
    publish(&scene, &PublicKeySet::new(old.iter().chain(new.public_set().unwrap().iter()).cloned().collect()).unwrap())
        .await;
    secrets.write_signing_keys(&new).await.unwrap();
    let tokens = scene.login(&demo).await;

    scene.wait(31);
    scene.wire.break_always("GetItem", Fault::Throttled);
    for later in [0, 1, 28] {
        scene.wait(later);
        assert_eq!(scene.revoke(&tokens.access).await.expect(503).member("error"), "temporarily_unavailable");
        scene.get_as("/whoami", &tokens.access).await.expect(500);
        scene.wire.mend();
    }
    scene.wait(1);
    scene.get_as("/whoami", &tokens.access).await.expect(200);
    scene.revoke(&tokens.access).await.expect(200);
    scene.try_refresh(&tokens.refresh).await.expect(401);
}

#[tokio::test]
async fn a_retry_across_a_rotation_of_the_mac_keys_gets_the_same_token() {
    let mut scene = Scene::builder().parameter("RefreshGraceSeconds", "60").begin().await;
    let tokens = scene.login(&scene.demo().await).await;
    let second = scene.refresh(&tokens.refresh).await;
    let secrets = scene.cloud.secrets();
    let keys = secrets.read_symmetric_keys().await.unwrap();
    secrets.write_symmetric_keys(&sealing_out_of_turn(&keys)).await.unwrap();
    scene.cold_start();
    scene.clock.advance(Duration::from_secs(30));
    assert_eq!(scene.refresh(&tokens.refresh).await.refresh, second.refresh);
    let third = scene.refresh(&second.refresh).await;
    scene.refresh(&third.refresh).await;
}

/// `vestibule keys` never makes a MAC key active before every function knows it; a restored or hand-written secret may.
#[tokio::test]
async fn a_mac_key_put_in_force_out_of_turn_is_learnt_once_and_costs_nobody_their_session() {
    let scene = Scene::new().await;
    let tokens = scene.login(&scene.demo().await).await;
    let warm = scene.refresh(&tokens.refresh).await;
    let secrets = scene.cloud.secrets();
    let keys = secrets.read_symmetric_keys().await.unwrap();
    secrets.write_symmetric_keys(&sealing_out_of_turn(&keys)).await.unwrap();
    let body = serde_json::json!({ "refresh_token": warm.refresh }).to_string();
    let request = Request::post("/refresh").header("content-type", "application/json").body(body.into()).unwrap();
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let made_elsewhere = Tokens::of(Answer::new(scene.second_gateway().call(here, request).await));

    scene.wait(31);
    scene.wire.break_always(SECRETS_MANAGER, Fault::Unreachable);
    scene.try_refresh(&made_elsewhere.refresh).await.expect(503);
    scene.wire.mend();
    scene.wait(29);
    scene.try_refresh(&made_elsewhere.refresh).await.expect(503);
    scene.wait(2);
    scene.wire.take_calls();
    let next = scene.refresh(&made_elsewhere.refresh).await;
    assert_eq!(scene.wire.take_calls(), ["GetSecretValue", "UpdateItem"]);
    scene.refresh(&next.refresh).await;
    assert_eq!(scene.wire.take_calls(), ["UpdateItem"]);
}

#[tokio::test]
async fn invented_mac_keys_are_looked_for_once_in_half_a_minute() {
    let scene = Scene::new().await;
    let tokens = scene.login(&scene.demo().await).await;
    let current = scene.refresh(&tokens.refresh).await.refresh;
    scene.wait(31);
    scene.wire.take_calls();
    for number in 2..100 {
        scene.try_refresh(&naming_mac_key(&current, number)).await.expect(401);
    }
    assert_eq!(scene.wire.take_calls(), ["GetSecretValue"]);
    scene.refresh(&current).await;
}

/// The same keys with a second MAC key, active at once.
fn sealing_out_of_turn(keys: &SymmetricKeys) -> SymmetricKeys {
    let both = keys.mac_keys().iter().cloned().chain([MacKey::new(2, Secret::new([7; 32]))]).collect();
    SymmetricKeys::new(MacKeys::new(2, both).unwrap(), keys.peppers().clone())
}

/// The same token, as if it had been made with another key.
fn naming_mac_key(token: &str, number: u32) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix("vrt_").unwrap()).unwrap();
    bytes[1..5].copy_from_slice(&number.to_be_bytes());
    format!("vrt_{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn base64url(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

fn kid(token: &str) -> String {
    use base64::Engine;
    let header = token.split('.').next().unwrap();
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap();
    serde_json::from_slice::<serde_json::Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}
