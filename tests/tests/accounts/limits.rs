//! How often: letters to one address, requests from one network, guesses at a password that is asked for again.

use serde_json::json;
use vestibule_tests::{PASSWORD, Scene};

use crate::stage::{ADA, ANOTHER, ask, forget, login, register, reset, verify};

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

/// What was never mailed, is spent or is no token at all.
fn never() -> String {
    format!("vot_{}", "A".repeat(43))
}

#[tokio::test]
async fn one_network_asks_for_so_many_letters_and_tries_so_many_tokens_that_are_none() {
    let scene = Scene::new().await;
    for number in 0..60 {
        ask(&scene, &format!("ada{number}@example.com")).await.expect(202);
        verify(&scene, &never(), PASSWORD).await.expect(400);
    }
    ask(&scene, "eve@example.com").await.expect(429);
    for token in [never().as_str(), "vot_", ""] {
        verify(&scene, token, PASSWORD).await.expect_problem(429, "too-many-requests");
        reset(&scene, token, PASSWORD).await.expect(429);
    }
    scene.user("demo@example.com", "", "").await;
    login(&scene, "demo@example.com", PASSWORD).await;
}

/// A whole office is behind one address.
#[tokio::test]
async fn a_neighbour_who_tries_tokens_does_not_stop_whoever_holds_a_letter() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let tokens = login(&scene, ADA, PASSWORD).await;
    let moving = json!({ "email": "ada@new.example", "password": PASSWORD });
    scene.post_as("/account/email", &tokens.access, &moving).await.expect(202);
    ask(&scene, "eve@example.com").await.expect(202);
    for _ in 0..60 {
        reset(&scene, &never(), PASSWORD).await.expect(400);
    }
    reset(&scene, &never(), PASSWORD).await.expect(429);
    let moved = json!({ "token": scene.mailed_token("ada@new.example") });
    scene.post_as("/account/email/verify", &tokens.access, &moved).await.expect(200);
    verify(&scene, &scene.mailed_token("eve@example.com"), PASSWORD).await.expect(201);
    forget(&scene, "ada@new.example").await.expect(202);
    let token = scene.mailed_token("ada@new.example");
    reset(&scene, &token, ANOTHER).await.expect(200);
    // Spent, it is a guess like any other.
    verify(&scene, &scene.mailed_token("eve@example.com"), PASSWORD).await.expect(429);
}

/// Usernames are public, and whether one is taken is said at the registration; a list of them is not to be had for a letter.
#[tokio::test]
async fn one_letter_tries_ten_usernames_and_no_more() {
    let scene = Scene::new().await;
    scene.named(&["eve@example.com", "eve"], "", "").await;
    ask(&scene, ADA).await.expect(202);
    let token = scene.mailed_token(ADA);
    let with = |name: &str| json!({ "token": token, "password": PASSWORD, "username": name });
    for _ in 0..10 {
        scene.post_json("/accounts/verify", &with("eve")).await.expect_problem(409, "name-taken");
    }
    for name in ["eve", "free"] {
        scene.post_json("/accounts/verify", &with(name)).await.expect_problem(429, "too-many-requests");
    }
    // Without one the letter is as good as ever.
    verify(&scene, &token, PASSWORD).await.expect(201);
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
