//! Thousands of forged access tokens through the gateway: none accepted, no panic, no 5xx (RFC 8725).
//!
//! All but those of [`confusion`] are signed with the deployment's own key: nothing but the change is wrong with them, so that each
//! has to be found by the check that is for it. Which refusal each gets is tested with the verifier.
//!
//! [`confusion`]: Forger::confusions

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use vestibule::store::Table;
use vestibule_tests::Scene;

use crate::forger::{Forger, decoded};

/// The deployment's own audience is its issuer.
const AUDIENCE: &str = "https://auth.example.com";

async fn staged() -> (Scene, Table, String, Forger) {
    let scene = Scene::new().await;
    let admin = scene.user("demo@example.com", "orders:read", "admin").await;
    let access = scene.login(&admin).await.access;
    let forger = Forger::at(&scene, &access).await;
    let table = scene.cloud.table();
    (scene, table, access, forger)
}

/// Refused as somebody whom the authorizer knows not, on the strict route too; what a header cannot carry is the gateway's.
async fn refused_everywhere(scene: &Scene, forged: &[String]) {
    for token in forged {
        let answer = scene.get_as("/admin", token).await;
        assert_eq!(answer.status(), 403, "{token}: {}", answer.text());
    }
}

#[tokio::test]
async fn two_thousand_forged_tokens_are_refused_without_a_fault() {
    let (scene, _, access, forger) = staged().await;
    // The forger's own key and form are good: it is the change that is refused.
    for (algorithm, header, claims) in &forger.good {
        let honest = forger.sign(*algorithm, &header.to_string(), &claims.to_string());
        scene.get_as("/admin", &honest).await.expect(200);
    }
    let forged: BTreeSet<_> = forger.changed().into_iter().chain(forger.respelled()).collect();
    println!("{} forged tokens", forged.len());
    assert!(forged.len() >= 2000, "{}", forged.len());
    refused_everywhere(&scene, &forged.into_iter().collect::<Vec<_>>()).await;
    scene.get_as("/admin", &access).await.expect(200);
}

#[tokio::test]
async fn algorithm_confusion_in_a_hundred_variants_opens_nothing() {
    let (scene, _, _, forger) = staged().await;
    let forged = forger.confusions();
    println!("{} confusions", forged.len());
    assert!(forged.len() >= 100, "{}", forged.len());
    refused_everywhere(&scene, &forged).await;
}

/// The same at the endpoints that take a token to end it: nothing to revoke, and no fault. One for another resource is no forgery there:
/// whoever signs it is the issuer, and what ends is the session.
#[tokio::test]
async fn a_forged_token_ends_nobodys_session() {
    let (scene, table, access, forger) = staged().await;
    let forged: Vec<_> = forger.confusions().into_iter().chain(forger.changed().into_iter().step_by(9)).collect();
    let forged: Vec<_> = forged.iter().filter(|token| !is_for_another_resource(token)).collect();
    assert!(forged.len() >= 200, "{}", forged.len());
    for token in &forged {
        let body = json!({ "token": token });
        scene.post_json("/revoke", &body).await.expect(200);
        scene.try_refresh(token).await.expect_problem(401, "invalid-refresh-token");
    }
    let user = decoded(access.split('.').nth(1).unwrap())["sub"].as_str().unwrap().parse().unwrap();
    let sessions = vestibule::sessions::end::ListSessions::sessions(&table, user).await.unwrap();
    assert!(sessions.iter().all(|session| session.as_ref().unwrap().state == vestibule::sessions::State::Live));
    scene.get_as("/admin", &access).await.expect(200);
}

/// Whether the token has the algorithm of its key, and an audience that is one, if not this one (RFC 7519 §4.1.3).
fn is_for_another_resource(token: &str) -> bool {
    let Some(claims) = token.split('.').nth(1).and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok()) else {
        return false;
    };
    let Ok(claims) = serde_json::from_slice::<serde_json::Value>(&claims) else { return false };
    match &claims["aud"] {
        serde_json::Value::String(one) => one != AUDIENCE,
        serde_json::Value::Array(several) => {
            !several.is_empty() && several.iter().all(|one| one.is_string() && one != AUDIENCE)
        }
        _ => false,
    }
}
