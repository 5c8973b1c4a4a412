//! How often: letters to one address, requests from one network, guesses at a password that is asked for again.

use serde_json::json;
use vestibule_tests::{PASSWORD, Scene};

use crate::stage::{ADA, ask, forget, login, register, verify};

#[tokio::test]
async fn nobodys_mailbox_is_flooded_whoever_asks_and_for_whatever() {
    let scene = Scene::new().await;
    for number in 0..5 {
        let asked = if number % 2 == 0 { ask(&scene, ADA).await } else { forget(&scene, "ADA@example.com").await };
        asked.expect(202);
    }
    let refused = ask(&scene, ADA).await.expect_problem(429, "too-many-requests");
    assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() <= 3600);
    forget(&scene, ADA).await.expect(429);
    assert_eq!(scene.cloud.outbox().letters().len(), 5);
    scene.wait(3600);
    ask(&scene, ADA).await.expect(202);
}

#[tokio::test]
async fn one_network_asks_for_so_many_accounts_and_tries_so_many_tokens() {
    let scene = Scene::new().await;
    let never = format!("vot_{}", "A".repeat(43));
    for number in 0..30 {
        ask(&scene, &format!("ada{number}@example.com")).await.expect(202);
        verify(&scene, &never, PASSWORD).await.expect(400);
    }
    ask(&scene, "eve@example.com").await.expect(429);
    verify(&scene, &never, PASSWORD).await.expect(429);
    scene.user("demo@example.com", "", "").await;
    login(&scene, "demo@example.com", PASSWORD).await;
}

/// Whoever has taken over a session does not learn the password by trying.
#[tokio::test]
async fn a_password_that_is_asked_for_again_is_not_guessed_at_without_end() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let tokens = login(&scene, ADA, PASSWORD).await;
    // A change of the password compares both that it is sent.
    for number in 0..15 {
        let (path, body) = match number % 3 {
            0 => (
                "/account/password",
                json!({ "current_password": "a wrong password", "new_password": "a new password of mine" }),
            ),
            1 => ("/account/email", json!({ "email": "a@b.example", "password": "a wrong password" })),
            _ => ("/account/delete", json!({ "password": "a wrong password" })),
        };
        scene.post_as(path, &tokens.access, &body).await.expect_problem(403, "wrong-password");
    }
    let body = json!({ "password": PASSWORD });
    scene.post_as("/account/delete", &tokens.access, &body).await.expect_problem(429, "too-many-requests");
    login(&scene, ADA, PASSWORD).await;
    scene.wait(180);
    let tokens = login(&scene, ADA, PASSWORD).await;
    scene.post_as("/account/delete", &tokens.access, &body).await.expect(200);
}
