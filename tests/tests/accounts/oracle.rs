//! Promise 5: nothing that anybody can see tells whether an account exists.

use vestibule::accounts::{ManageAccounts, Standing};
use vestibule_tests::{Answer, Scene};

use crate::stage::{ask, forget};

/// Three addresses of one length: known, closed, and nobody's.
async fn people(scene: &Scene) -> [&'static str; 3] {
    scene.named(&["one@example.com", "one"], "orders:read", "admin").await;
    let closed = scene.user("two@example.com", "", "").await;
    let now = scene.clock.now();
    scene.cloud.table().set_standing(closed.id, Standing::Disabled { at: now }, now).await.unwrap();
    ["one@example.com", "two@example.com", "six@example.com"]
}

fn same(answers: &[Answer]) {
    for answer in answers {
        assert_eq!(answer.status(), answers[0].status());
        assert_eq!(answer.text(), answers[0].text());
        assert_eq!(answer.lasting_headers(), answers[0].lasting_headers());
    }
}

#[tokio::test]
async fn no_oracle_registration_and_recovery_answer_and_work_the_same_for_every_address() {
    let scene = Scene::new().await;
    let people = people(&scene).await;
    ask(&scene, "warm-up@example.com").await.expect(202);
    for forgotten in [false, true] {
        let (mut answers, mut work) = (Vec::new(), Vec::new());
        for email in people {
            scene.wire.take_calls();
            scene.wire.take_units();
            let letters = scene.cloud.outbox().letters().len();
            answers.push(if forgotten { forget(&scene, email).await } else { ask(&scene, email).await });
            let sent = scene.cloud.outbox().letters().len() - letters;
            let mut calls = scene.wire.take_calls();
            calls.sort();
            work.push((calls, sent, scene.cloud.outbox().letters()[0].to.clone() == email));
        }
        same(&answers);
        assert_eq!(answers[0].status(), 202);
        assert_eq!(
            work[0],
            (["GetItem", "PutItem", "SendEmail", "UpdateItem", "UpdateItem"].map(str::to_owned).into(), 1, true)
        );
        assert!(work.iter().all(|one| *one == work[0]), "{work:?}");
    }
}

#[tokio::test]
async fn no_oracle_faults_and_limits_answer_the_same_for_every_address() {
    use vestibule_tests::{DYNAMODB, Fault, MAIL};
    for (target, fault) in [(MAIL, Fault::Unreachable), (DYNAMODB, Fault::Throttled), ("PutItem", Fault::Throttled)] {
        let scene = Scene::new().await;
        let people = people(&scene).await;
        ask(&scene, "warm-up@example.com").await.expect(202);
        scene.wire.break_always(target, fault);
        let mut answers = Vec::new();
        for email in people {
            answers.push(ask(&scene, email).await.expect(503));
            answers.push(forget(&scene, email).await.expect(503));
        }
        same(&answers);
    }
    let scene = Scene::new().await;
    let people = people(&scene).await;
    let mut answers = Vec::new();
    for email in people {
        for _ in 0..5 {
            ask(&scene, email).await.expect(202);
        }
        answers.push(forget(&scene, email).await.expect_problem(429, "too-many-requests"));
    }
    same(&answers);
}

/// The address that an account is to move to: only its own mailbox hears whether it has one.
#[tokio::test]
async fn no_oracle_another_address_answers_and_works_the_same_whether_or_not_it_is_taken() {
    use serde_json::json;
    let scene = Scene::new().await;
    let people = people(&scene).await;
    let ada = scene.user("ada@example.com", "", "").await;
    let tokens = scene.login(&ada).await;
    scene.get_as("/account", &tokens.access).await.expect(200);
    let (mut answers, mut work) = (Vec::new(), Vec::new());
    for email in ["new@example.com"].into_iter().chain(people) {
        let letters = scene.cloud.outbox().letters().len();
        let body = json!({ "email": email, "password": vestibule_tests::PASSWORD });
        scene.wire.take_calls();
        answers.push(scene.post_as("/account/email", &tokens.access, &body).await.expect(202));
        let mut calls = scene.wire.take_calls();
        calls.retain(|call| call != "GetSecretValue");
        work.push((calls, scene.cloud.outbox().letters().len() - letters));
    }
    same(&answers);
    assert_eq!(work[0].1, 2);
    work.iter().for_each(|one| assert_eq!(*one, work[0]));
}
