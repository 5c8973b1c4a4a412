//! Another secret for a client, while the one in use works on.

use serde_json::json;
use vestibule::audit::client_trail::ClientEvent;

use crate::stage::{Stage, worker};

#[tokio::test]
async fn another_secret_works_at_once_and_the_one_before_for_as_long_as_was_said() {
    let mut stage = Stage::new().await;
    let old = stage.register(&worker()).await.expect(201).member("client_secret");
    stage.token("worker", &old).await.expect(200);
    stage.scene.wait(5);
    let made = stage.post("worker", "secret", Some(&json!({ "overlap_seconds": 300 }))).await.expect(200);
    let until = stage.scene.clock.now().seconds() + 300;
    assert_eq!(made.json()["earlier_secrets_until"], json!([until]));
    let new = made.member("client_secret");
    for secret in [&new, &old] {
        stage.token("worker", secret).await.expect(200);
    }
    stage.scene.wait(300);
    stage.token("worker", &new).await.expect(200);
    stage.token("worker", &old).await.expect(401);
    stage.sign_in_again().await;
    assert_eq!(stage.show("worker").await.expect(200).json().get("earlier_secrets_until"), None);
    assert_eq!(stage.trail("worker").await.last().unwrap(), &(ClientEvent::SecretRotated, Some(stage.admin)));
}

/// Its answer may be lost: the secret that a program holds is never ended by asking again.
#[tokio::test]
async fn a_rotation_that_is_asked_for_again_leaves_the_secret_in_use_working() {
    let stage = Stage::new().await;
    let used = stage.register(&worker()).await.expect(201).member("client_secret");
    let lost = stage.post("worker", "secret", None).await.expect(200).member("client_secret");
    let held = stage.post("worker", "secret", None).await.expect(200).member("client_secret");
    stage.scene.wait(5);
    for secret in [&used, &lost, &held] {
        stage.token("worker", secret).await.expect(200);
    }
    let third = stage.post("worker", "secret", None).await.expect_problem(409, "conflict");
    assert!(third.member("detail").contains("Two earlier secrets"), "{}", third.text());
    let only = stage.post("worker", "secret", Some(&json!({ "overlap_seconds": 0 }))).await.expect(200);
    stage.scene.wait(60);
    stage.token("worker", &only.member("client_secret")).await.expect(200);
    for secret in [&used, &lost, &held] {
        stage.token("worker", secret).await.expect(401);
    }
}

#[tokio::test]
async fn an_overlap_that_cannot_be_is_refused() {
    let stage = Stage::new().await;
    stage.register(&worker()).await.expect(201);
    for (body, member) in [
        (json!({ "overlap_seconds": 30 * 24 * 60 * 60 + 1 }), "overlap_seconds"),
        (json!({ "overlap_seconds": -1 }), "overlap_seconds"),
        (json!({ "overlap_seconds": "1" }), "overlap_seconds"),
        (json!({ "secret": "mine" }), "secret"),
    ] {
        let answer = stage.post("worker", "secret", Some(&body)).await.expect_problem(400, "invalid-request");
        assert!(answer.member("detail").contains(&format!("\"{member}\"")), "{}", answer.text());
    }
    assert_eq!(stage.trail("worker").await.len(), 1);
}
