//! What a provider says is checked to the letter (OpenID Connect Core 1.0 §3.1.3.7): each fault alone, and nobody is signed in.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use vestibule::keys::{Algorithm, KeyPair};

use super::provider::Fault;
use super::stage::Stage;

async fn refused(stage: &Stage, what: &str) {
    let browser = stage.browser();
    let answer = browser.sign_in().await;
    assert_eq!(answer.status(), 400, "{what}: {}", answer.text());
    assert!(answer.header("location").is_none() && browser.cookie("__Host-session").is_none(), "{what}");
}

fn and(changes: Value) -> Value {
    let mut claims = json!({ "sub": "ada-at-the-provider", "email": "ada@example.com", "email_verified": true });
    claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    claims
}

#[tokio::test]
async fn a_token_with_a_wrong_claim_signs_nobody_in() {
    let stage = Stage::new().await;
    let now = stage.scene.clock.now().seconds();
    for changes in [
        json!({ "iss": "https://evil.example" }),
        json!({ "iss": format!("{}/", stage.provider.url) }),
        json!({ "iss": null }),
        json!({ "aud": "another" }),
        json!({ "aud": ["vestibule", "another"] }),
        json!({ "aud": ["vestibule", "another"], "azp": "vestibule" }),
        json!({ "aud": null }),
        json!({ "azp": "another" }),
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "exp": now }),
        json!({ "exp": now - 1 }),
        json!({ "exp": null }),
        json!({ "iat": now + 120 }),
        json!({ "iat": null }),
        json!({ "nbf": now + 120 }),
        json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }),
        json!({ "sub": null }),
        json!({ "sub": "" }),
        json!({ "sub": 7 }),
    ] {
        stage.provider.manners().claims = and(changes.clone());
        refused(&stage, &changes.to_string()).await;
    }
    stage.provider.manners().claims = and(json!({ "aud": ["vestibule"], "azp": "vestibule" }));
    stage.browser().sign_in().await.expect(303);
}

#[tokio::test]
async fn a_token_that_is_unsigned_or_of_another_algorithm_signs_nobody_in() {
    let stage = Stage::new().await;
    for header in [
        json!({ "alg": "none" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "RS256" }),
        json!({ "alg": "ES384" }),
        json!({ "alg": null }),
        json!({ "typ": "at+jwt" }),
        json!({ "kid": "unknown" }),
        json!({ "crit": ["exp"] }),
        json!({ "jku": "https://evil.example/jwks" }),
        json!({ "jwk": { "kty": "EC" } }),
    ] {
        stage.provider.manners().header = header.clone();
        refused(&stage, &header.to_string()).await;
    }
    stage.provider.manners().header = json!({ "alg": "none" });
    stage.provider.manners().signs = false;
    refused(&stage, "unsigned").await;
    stage.provider.manners().header = json!({});
    refused(&stage, "without its signature").await;
}

/// Whoever takes the algorithm from the header checks this token with the provider's public key as the secret (RFC 8725 §2.1).
#[tokio::test]
async fn a_token_that_is_signed_with_the_public_key_as_a_secret_signs_nobody_in() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    let sent = browser.get("/sign-in/with/fake").await.expect(303);
    let address = sent.header("location").unwrap().to_owned();
    let nonce = super::provider::parameters(address.split_once('?').unwrap().1)["nonce"].clone();
    let now = stage.scene.clock.now().seconds();
    let claims = json!({
        "iss": stage.provider.url, "aud": "vestibule", "sub": "eve", "nonce": nonce, "iat": now, "exp": now + 300,
    });
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encoded(&json!({ "alg": "HS256", "kid": "first" })), encoded(&claims));
    let public = stage.provider.manners().key.public().to_json();
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, public.as_bytes()), signed.as_bytes());
    let id_token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac));
    let answer = json!({ "access_token": "a", "token_type": "Bearer", "id_token": id_token }).to_string();
    stage.provider.manners().faults.insert("/token", Fault::Says(200, answer));
    let back = browser.back_from(&address);
    browser.get(&back).await.expect(400);
    assert!(browser.user().await.is_none());
}

#[tokio::test]
async fn a_token_that_was_made_for_another_browser_signs_nobody_in() {
    let stage = Stage::new().await;
    let (attacker, victim) = (stage.browser(), stage.browser());
    let theirs = attacker.goes_and_says_yes("/sign-in/with/fake").await;
    let own = victim.goes_and_says_yes("/sign-in/with/fake").await;
    // The attacker's code in the victim's answer (code injection): its challenge is another's.
    let code = |back: &str| back.split(['?', '&']).find(|pair| pair.starts_with("code=")).unwrap().to_owned();
    victim.get(&own.replace(&code(&own), &code(&theirs))).await.expect(400);
    assert!(victim.user().await.is_none());
}

#[tokio::test]
async fn a_provider_that_changes_its_key_is_followed_and_asked_no_more_often_than_twice_a_minute() {
    let stage = Stage::new().await;
    stage.registered().await;
    stage.scene.wait(31);
    let next = KeyPair::generate(Algorithm::Es256).unwrap();
    stage.provider.manners().key = next;
    stage.provider.manners().kid = "second".to_owned();
    stage.provider.take_asked();
    assert!(stage.registered().await.user().await.is_some());
    let sets = |stage: &Stage| stage.provider.take_asked().iter().filter(|asked| asked.path == "/jwks").count();
    assert_eq!(sets(&stage), 1);
    stage.provider.manners().header = json!({ "kid": "invented" });
    for _ in 0..5 {
        refused(&stage, "an invented kid").await;
    }
    assert_eq!(sets(&stage), 0);
    stage.scene.wait(31);
    refused(&stage, "an invented kid").await;
    assert_eq!(sets(&stage), 1);
}

#[tokio::test]
async fn a_key_of_the_same_name_that_somebody_else_holds_opens_nothing() {
    let stage = Stage::new().await;
    stage.registered().await;
    stage.provider.manners().key = KeyPair::generate(Algorithm::Es256).unwrap();
    refused(&stage, "another key of the same name").await;
}
