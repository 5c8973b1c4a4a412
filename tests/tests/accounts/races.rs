//! Many at once: one of them changes something.

use std::sync::Arc;

use serde_json::json;
use vestibule::accounts::ManageAccounts;
use vestibule_tests::{Answer, PASSWORD, Scene};

use crate::stage::{ADA, ask, forget, login, register};

/// Sends all bodies at once, half of them to other instances.
async fn at_once(scene: Arc<Scene>, path: &'static str, bodies: Vec<serde_json::Value>) -> Vec<Answer> {
    let sent = bodies.into_iter().map(|body| {
        let scene = Arc::clone(&scene);
        tokio::spawn(async move { scene.post_json(path, &body).await })
    });
    let mut answers = Vec::new();
    for answer in sent.collect::<Vec<_>>() {
        answers.push(answer.await.unwrap());
    }
    answers
}

/// On a busy machine some of fifty hashes take longer than a request may: those are told 503, and have changed nothing.
fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status().as_u16() == status).count()
}

/// No limit is met here.
async fn stage() -> Arc<Scene> {
    let scene = Scene::builder().parameter("AccountNetworkLimit", "1000/60").parameter("MailLimit", "1000/60");
    Arc::new(scene.begin().await)
}

#[tokio::test]
async fn of_fifty_redemptions_of_one_token_at_once_one_sets_a_password() {
    let scene = stage().await;
    register(&scene, ADA).await;
    forget(&scene, ADA).await.expect(202);
    let token = scene.mailed_token(ADA);
    let password = |number: usize| format!("the password of number {number}");
    let bodies = (0..50).map(|number| json!({ "token": token, "password": password(number) })).collect();
    let answers = at_once(Arc::clone(&scene), "/password/reset", bodies).await;
    // Those that come after the first are guesses at what it set.
    let refused = [400, 429, 503].map(|status| count(&answers, status)).iter().sum::<usize>();
    assert_eq!((count(&answers, 200), refused), (1, 49));
    let winner = answers.iter().position(|answer| answer.status() == 200).unwrap();
    login(&scene, ADA, &password(winner)).await;
    scene.try_login(ADA, &password((winner + 1) % 50)).await.expect(401);
}

#[tokio::test]
async fn of_fifty_registrations_with_one_token_at_once_one_makes_the_account() {
    let scene = stage().await;
    ask(&scene, ADA).await.expect(202);
    let token = scene.mailed_token(ADA);
    let body = |number: usize| json!({ "token": token, "password": format!("the password of number {number}") });
    let answers = at_once(Arc::clone(&scene), "/accounts/verify", (0..50).map(body).collect()).await;
    assert_eq!((count(&answers, 201), count(&answers, 400) + count(&answers, 503)), (1, 49));
    assert_eq!(scene.cloud.table().accounts().await.unwrap().len(), 1);
}

/// Two letters, two tokens, two people in front of one mailbox.
#[tokio::test]
async fn the_same_address_registered_twice_at_once_is_one_account() {
    let scene = stage().await;
    let mut bodies = Vec::new();
    for number in 0..10 {
        ask(&scene, ADA).await.expect(202);
        bodies
            .push(json!({ "token": scene.mailed_token(ADA), "password": format!("the password of number {number}") }));
    }
    let answers = at_once(Arc::clone(&scene), "/accounts/verify", bodies).await;
    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 9));
    assert_eq!(scene.cloud.table().accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn two_people_who_want_one_username_at_once_do_not_both_get_it() {
    let scene = stage().await;
    let mut bodies = Vec::new();
    for number in 0..10 {
        let email = format!("ada{number}@example.com");
        ask(&scene, &email).await.expect(202);
        bodies.push(json!({ "token": scene.mailed_token(&email), "password": PASSWORD, "username": "ada" }));
    }
    let answers = at_once(Arc::clone(&scene), "/accounts/verify", bodies).await;
    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 9));
}
