//! A page says no more than the API of whether somebody has an account (promise 5).

use vestibule::accounts::{ManageAccounts, Standing};
use vestibule_tests::{Answer, Scene};

use super::{OURS, send, sign_in};

/// Known, closed and nobody's, all of one length.
async fn people(scene: &Scene) -> [&'static str; 3] {
    scene.named(&["one@example.com", "one"], "orders:read", "admin").await;
    let closed = scene.user("two@example.com", "", "").await;
    let now = scene.clock.now();
    scene.cloud.table().set_standing(closed.id, Standing::Disabled { at: now }, now).await.unwrap();
    ["one@example.com", "two@example.com", "six@example.com"]
}

/// But for the address that was typed, and that the page shows again.
fn same(answers: &[(&str, Answer)]) {
    let (first, page) = &answers[0];
    for (email, other) in answers {
        assert_eq!(other.status(), page.status());
        assert_eq!(other.text().replace(email, first), page.text());
        assert_eq!(other.lasting_headers(), page.lasting_headers());
    }
}

#[tokio::test]
async fn no_oracle_a_refused_sign_in_is_one_page_whether_or_not_the_account_exists() {
    let scene = Scene::new().await;
    let mut answers = Vec::new();
    for email in people(&scene).await {
        answers.push((email, sign_in(&scene, email, "not the password of anybody").await.expect(401)));
    }
    same(&answers);
}

#[tokio::test]
async fn no_oracle_a_page_that_sends_a_letter_says_and_does_the_same_for_every_address() {
    let scene = Scene::new().await;
    let people = people(&scene).await;
    send(&scene, "/register", &[("email", "warm-up@example.com")], OURS).await.expect(200);
    for path in ["/register", "/forgot"] {
        let (mut answers, mut work) = (Vec::new(), Vec::new());
        for email in people {
            scene.wire.take_calls();
            answers.push((email, send(&scene, path, &[("email", email)], OURS).await.expect(200)));
            let mut calls = scene.wire.take_calls();
            calls.sort();
            work.push((calls, scene.cloud.outbox().letters()[0].to.clone() == email));
        }
        same(&answers);
        assert!(work.iter().all(|one| one.1 && *one == work[0]), "{work:?}");
    }
}
