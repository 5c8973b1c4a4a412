//! Faults of AWS: a clear answer, nothing half-made, and the same request may be sent again (promise 9).

use std::time::Duration;

use serde_json::json;
use vestibule::accounts::ManageAccounts;
use vestibule_tests::{Answer, DYNAMODB, Fault, MAIL, PASSWORD, Scene};

use crate::stage::{ADA, ANOTHER, ask, forget, login, register, reset, verify};

const FAULTS: [Fault; 3] = [Fault::Throttled, Fault::Unreachable, Fault::AnswerLost];

fn expect_unavailable(answer: Answer) {
    let answer = answer.expect_problem(503, "temporarily-unavailable");
    assert_eq!((answer.header("retry-after"), answer.header("cache-control")), (Some("1"), Some("no-store")));
}

#[tokio::test]
async fn closed_by_default_with_the_mail_service_down_nothing_is_half_registered_and_asking_again_works() {
    for fault in FAULTS {
        let scene = Scene::new().await;
        scene.user("known@example.com", "", "").await;
        scene.wire.break_always(MAIL, fault);
        for email in [ADA, "known@example.com"] {
            expect_unavailable(ask(&scene, email).await);
            expect_unavailable(forget(&scene, email).await);
        }
        assert_eq!(scene.cloud.table().accounts().await.unwrap().len(), 1);
        scene.wire.mend();
        register(&scene, ADA).await;
        login(&scene, ADA, PASSWORD).await;
    }
}

/// What is done stays done when the letter that tells of it cannot be sent.
#[tokio::test]
async fn a_notice_that_cannot_be_sent_undoes_nothing_and_an_announcement_that_cannot_stops_the_change() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let tokens = login(&scene, ADA, PASSWORD).await;
    scene.wire.break_always(MAIL, Fault::Unreachable);
    let moving = json!({ "email": "ada@new.example", "password": PASSWORD });
    expect_unavailable(scene.post_as("/account/email", &tokens.access, &moving).await);
    assert!(scene.cloud.outbox().letters().iter().all(|letter| letter.to == ADA));
    let changing = json!({ "current_password": PASSWORD, "new_password": ANOTHER });
    scene.post_as("/account/password", &tokens.access, &changing).await.expect(200);
    login(&scene, ADA, ANOTHER).await;
    scene.post_as("/account/delete", &tokens.access, &json!({ "password": ANOTHER })).await.expect(200);
}

/// The first letter is all that a mail service which answers nothing is waited for: what it would announce is not asked for.
#[tokio::test]
async fn a_slow_mail_service_announces_no_change_of_address_that_it_does_not_ask_for() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let tokens = login(&scene, ADA, PASSWORD).await;
    let letters = scene.cloud.outbox().letters().len();
    scene.wire.break_always(MAIL, Fault::Hangs);
    let moving = json!({ "email": "ada@new.example", "password": PASSWORD });
    let before = scene.wire.waited();
    expect_unavailable(scene.post_as("/account/email", &tokens.access, &moving).await);
    assert_eq!(scene.cloud.outbox().letters().len(), letters);
    assert!(scene.wire.waited() - before <= Duration::from_secs(3), "{:?}", scene.wire.waited() - before);
    // One that stops after the first letter leaves the rest of the five seconds for the second.
    scene.wire.mend();
    scene.wire.break_after(1, MAIL, Fault::Hangs);
    let before = scene.wire.waited();
    expect_unavailable(scene.post_as("/account/email", &tokens.access, &moving).await);
    assert!(scene.wire.waited() - before <= Duration::from_secs(4), "{:?}", scene.wire.waited() - before);
}

#[tokio::test]
async fn an_address_that_the_mail_service_refuses_is_the_clients_fault() {
    let scene = Scene::builder().parameter("MailFrom", "nobody").begin().await;
    // The local SES refuses the sender as SES refuses a recipient.
    ask(&scene, ADA).await.expect_problem(400, "invalid-request");
}

/// Every call of every endpoint fails once, in turn: the SDK asks again and nobody notices.
#[tokio::test]
async fn closed_by_default_a_single_fault_of_any_call_costs_nobody_their_account() {
    for fault in FAULTS {
        let mut scene = Scene::new().await;
        for call in ["GetSecretValue", "UpdateItem", "GetItem", "PutItem", "SendEmail"] {
            scene.cold_start();
            scene.wire.break_next(call, fault);
            ask(&scene, ADA).await.expect(202);
            scene.wait(3600);
        }
        for (number, call) in ["GetSecretValue", "GetItem", "TransactWriteItems"].into_iter().enumerate() {
            let email = format!("ada{number}@example.com");
            ask(&scene, &email).await.expect(202);
            scene.cold_start();
            scene.wire.break_next(call, fault);
            verify(&scene, &scene.mailed_token(&email), PASSWORD).await.expect(201);
            login(&scene, &email, PASSWORD).await;
        }
        let email = "ada0@example.com";
        for call in ["GetItem", "TransactWriteItems", "Query", "UpdateItem", "SendEmail"] {
            forget(&scene, email).await.expect(202);
            let token = scene.mailed_token(email);
            let before = login(&scene, email, PASSWORD).await;
            scene.wire.break_next(call, fault);
            reset(&scene, &token, PASSWORD).await.expect(200);
            scene.try_refresh(&before.refresh).await.expect(401);
            scene.wait(3600);
        }
        for call in ["GetItem", "TransactWriteItems", "Query"] {
            let tokens = login(&scene, email, PASSWORD).await;
            let body = json!({ "current_password": PASSWORD, "new_password": PASSWORD });
            scene.wire.break_next(call, fault);
            scene.post_as("/account/password", &tokens.access, &body).await.expect(200);
            scene.wait(3600);
        }
    }
}

/// Every call of every endpoint fails for good, in turn: 503, and afterwards the same request does what it should have done.
#[tokio::test]
async fn closed_by_default_whichever_call_fails_for_good_the_same_request_works_afterwards() {
    for fault in [Fault::Throttled, Fault::AccessDenied] {
        for call in ["GetItem", "TransactWriteItems", "UpdateItem"] {
            let scene = Scene::new().await;
            ask(&scene, ADA).await.expect(202);
            let token = scene.mailed_token(ADA);
            // Nothing is counted of a letter that is good.
            if call != "UpdateItem" {
                scene.wire.break_always(call, fault);
                expect_unavailable(verify(&scene, &token, PASSWORD).await);
                scene.wire.mend();
                scene.wait(1);
            }
            verify(&scene, &token, PASSWORD).await.expect(201);
            let tokens = login(&scene, ADA, PASSWORD).await;
            let body = json!({ "current_password": PASSWORD, "new_password": ANOTHER });
            scene.wire.break_always(call, fault);
            expect_unavailable(scene.post_as("/account/password", &tokens.access, &body).await);
            scene.wire.mend();
            scene.wait(1);
            scene.post_as("/account/password", &tokens.access, &body).await.expect(200);
            forget(&scene, ADA).await.expect(202);
            let token = scene.mailed_token(ADA);
            scene.wire.break_always(call, fault);
            expect_unavailable(reset(&scene, &token, PASSWORD).await);
            scene.wire.mend();
            scene.wait(1);
            reset(&scene, &token, PASSWORD).await.expect(200);
            login(&scene, ADA, PASSWORD).await;
        }
    }
}

/// Nobody heard that the account was made: the token is spent, and the password works.
#[tokio::test]
async fn a_registration_whose_answer_was_lost_is_an_account_that_can_be_signed_in_to() {
    let scene = Scene::new().await;
    ask(&scene, ADA).await.expect(202);
    let token = scene.mailed_token(ADA);
    scene.wire.break_always("TransactWriteItems", Fault::AnswerLost);
    expect_unavailable(verify(&scene, &token, PASSWORD).await);
    scene.wire.mend();
    let answer = verify(&scene, &token, PASSWORD).await.expect_problem(400, "invalid-one-time-token");
    assert!(answer.member("detail").contains("sign in with it"), "{}", answer.text());
    login(&scene, ADA, PASSWORD).await;
}

/// The password is changed before the sessions end, so that whoever is told 503 is not told 200 of a thief who is still in.
#[tokio::test]
async fn a_reset_that_cannot_end_every_session_says_so_and_the_next_one_does() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let thief = login(&scene, ADA, PASSWORD).await;
    forget(&scene, ADA).await.expect(202);
    let token = scene.mailed_token(ADA);
    // Two queries count what else opens the account, one ends the sessions before the change, and this one those opened until then.
    scene.wire.break_after(3, "Query", Fault::Throttled);
    let answer = reset(&scene, &token, ANOTHER).await.expect_problem(503, "temporarily-unavailable");
    assert!(answer.member("detail").contains("not every device"), "{}", answer.text());
    scene.wire.mend();
    forget(&scene, ADA).await.expect(202);
    reset(&scene, &scene.mailed_token(ADA), ANOTHER).await.expect(200);
    scene.try_refresh(&thief.refresh).await.expect_problem(401, "invalid-refresh-token");
}

#[tokio::test]
async fn with_everything_down_every_endpoint_says_503_and_changes_nothing() {
    let mut scene = Scene::new().await;
    register(&scene, ADA).await;
    let tokens = login(&scene, ADA, PASSWORD).await;
    forget(&scene, ADA).await.expect(202);
    let token = scene.mailed_token(ADA);
    for cold in [false, true] {
        if cold {
            scene.cold_start();
        }
        scene.wire.break_always(DYNAMODB, Fault::Unreachable);
        expect_unavailable(ask(&scene, ADA).await);
        expect_unavailable(forget(&scene, ADA).await);
        expect_unavailable(verify(&scene, &token, PASSWORD).await);
        expect_unavailable(reset(&scene, &token, PASSWORD).await);
        expect_unavailable(scene.get_as("/account", &tokens.access).await);
        for (path, body) in [
            ("/account/password", json!({ "current_password": PASSWORD, "new_password": ANOTHER })),
            ("/account/email", json!({ "email": "a@b.example", "password": PASSWORD })),
            ("/account/email/verify", json!({ "token": token })),
            ("/account/delete", json!({ "password": PASSWORD })),
        ] {
            expect_unavailable(scene.post_as(path, &tokens.access, &body).await);
        }
        scene.wire.mend();
        login(&scene, ADA, PASSWORD).await;
    }
    reset(&scene, &token, ANOTHER).await.expect(200);
}
