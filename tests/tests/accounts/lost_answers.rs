//! What nobody heard of: a change that was carried out, or cut off, without an answer leaves nobody else in, and the same request
//! finishes it (promises 4 and 9).

use serde_json::json;
use vestibule_tests::{Fault, PASSWORD, Scene};

use crate::stage::{ADA, ANOTHER, forget, login, register, reset};

/// Whoever holds this refresh token is out.
async fn is_out(scene: &Scene, refresh: &str) {
    scene.try_refresh(refresh).await.expect_problem(401, "invalid-refresh-token");
}

#[tokio::test]
async fn a_password_change_whose_answer_was_lost_is_finished_by_the_same_request() {
    // The transaction, its answer, or the end of the sessions after it.
    for (spared, broken, fault) in [
        (0, "TransactWriteItems", Fault::Throttled),
        (0, "TransactWriteItems", Fault::AnswerLost),
        (3, "Query", Fault::Throttled),
    ] {
        let scene = Scene::new().await;
        register(&scene, ADA).await;
        let (here, thief) = (login(&scene, ADA, PASSWORD).await, login(&scene, ADA, PASSWORD).await);
        let body = json!({ "current_password": PASSWORD, "new_password": ANOTHER });
        scene.wire.break_after(spared, broken, fault);
        scene.post_as("/account/password", &here.access, &body).await.expect_problem(503, "temporarily-unavailable");
        scene.wire.mend();
        is_out(&scene, &thief.refresh).await;
        let done = scene.cloud.outbox().letters().len();
        scene.post_as("/account/password", &here.access, &body).await.expect(200);
        assert_eq!(scene.cloud.outbox().letters().len(), done + 1, "{broken}: and its owner is told");
        scene.post_as("/account/password", &here.access, &body).await.expect(200);
        scene.try_login(ADA, PASSWORD).await.expect(401);
        login(&scene, ADA, ANOTHER).await;
        scene.refresh(&here.refresh).await;
    }
}

/// A sign-in that came between the first end of the sessions and the change is there until somebody ends it.
#[tokio::test]
async fn committed_defence_whoever_came_in_while_the_password_was_changed_is_out_when_the_request_is_repeated() {
    let scene = std::sync::Arc::new(Scene::new().await);
    register(&scene, ADA).await;
    let here = login(&scene, ADA, PASSWORD).await;
    let body = json!({ "current_password": PASSWORD, "new_password": ANOTHER });
    let held = scene.wire.hold_next("TransactWriteItems");
    let change = {
        let (scene, access, body) = (std::sync::Arc::clone(&scene), here.access.clone(), body.clone());
        tokio::spawn(async move { scene.post_as("/account/password", &access, &body).await })
    };
    held.arrived().await;
    let thief = login(&scene, ADA, PASSWORD).await;
    scene.wire.break_always("Query", Fault::Throttled);
    held.let_on();
    change.await.unwrap().expect_problem(503, "temporarily-unavailable");
    scene.wire.mend();
    let thief = scene.refresh(&thief.refresh).await;
    scene.post_as("/account/password", &here.access, &body).await.expect(200);
    is_out(&scene, &thief.refresh).await;
}

#[tokio::test]
async fn a_repeated_change_proves_the_new_password_and_nothing_less() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let tokens = login(&scene, ADA, PASSWORD).await;
    for (number, guess) in ["a wrong guess at it", "another wrong guess"].into_iter().cycle().take(10).enumerate() {
        let body = json!({ "current_password": format!("a wrong password {number}"), "new_password": guess });
        scene.post_as("/account/password", &tokens.access, &body).await.expect_problem(403, "wrong-password");
    }
    // Two passwords in a request are two guesses.
    let body = json!({ "current_password": PASSWORD, "new_password": ANOTHER });
    scene.post_as("/account/password", &tokens.access, &body).await.expect_problem(429, "too-many-requests");
    login(&scene, ADA, PASSWORD).await;
}

#[tokio::test]
async fn after_a_reset_whose_answer_was_lost_no_earlier_session_refreshes() {
    for (spared, broken, fault) in [
        (0, "TransactWriteItems", Fault::Throttled),
        (0, "TransactWriteItems", Fault::AnswerLost),
        (3, "Query", Fault::Throttled),
    ] {
        let scene = Scene::new().await;
        register(&scene, ADA).await;
        let thief = login(&scene, ADA, PASSWORD).await;
        forget(&scene, ADA).await.expect(202);
        let token = scene.mailed_token(ADA);
        scene.wire.break_after(spared, broken, fault);
        reset(&scene, &token, ANOTHER).await.expect_problem(503, "temporarily-unavailable");
        scene.wire.mend();
        is_out(&scene, &thief.refresh).await;
        reset(&scene, &token, ANOTHER).await.expect(200);
        scene.try_login(ADA, PASSWORD).await.expect(401);
        login(&scene, ADA, ANOTHER).await;
    }
}

/// The letter of a reset that is done says once more that it is done, to whoever knows what was set, and for as long as it was good.
#[tokio::test]
async fn a_spent_reset_token_sets_nothing_and_does_not_tell_the_password() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    forget(&scene, ADA).await.expect(202);
    let token = scene.mailed_token(ADA);
    reset(&scene, &token, ANOTHER).await.expect(200);
    for _ in 0..20 {
        let guess = "a thief's own long password";
        reset(&scene, &token, guess).await.expect_problem(400, "invalid-one-time-token");
    }
    reset(&scene, &token, ANOTHER).await.expect_problem(429, "too-many-requests");
    scene.wait(180);
    let earlier = login(&scene, ADA, ANOTHER).await;
    reset(&scene, &token, ANOTHER).await.expect(200);
    is_out(&scene, &earlier.refresh).await;
    scene.wait(30 * 60);
    reset(&scene, &token, ANOTHER).await.expect_problem(400, "invalid-one-time-token");
}

/// It repeats what it did, and not what somebody has done since.
#[tokio::test]
async fn a_spent_reset_token_is_void_once_the_account_has_changed_again() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    forget(&scene, ADA).await.expect(202);
    let token = scene.mailed_token(ADA);
    reset(&scene, &token, ANOTHER).await.expect(200);
    let here = login(&scene, ADA, ANOTHER).await;
    let body = json!({ "current_password": ANOTHER, "new_password": ANOTHER });
    scene.post_as("/account/password", &here.access, &body).await.expect(200);
    reset(&scene, &token, ANOTHER).await.expect_problem(400, "invalid-one-time-token");
    scene.refresh(&here.refresh).await;
}

#[tokio::test]
async fn a_deletion_that_was_cut_off_has_ended_every_other_session_already() {
    for broken in ["Query", "BatchWriteItem", "TransactWriteItems"] {
        for fault in [Fault::Throttled, Fault::AnswerLost] {
            let scene = Scene::new().await;
            register(&scene, ADA).await;
            let (here, thief) = (login(&scene, ADA, PASSWORD).await, login(&scene, ADA, PASSWORD).await);
            // The first query ends the sessions; the second asks for all that is left.
            scene.wire.break_after(usize::from(broken == "Query"), broken, fault);
            let body = json!({ "password": PASSWORD });
            scene.post_as("/account/delete", &here.access, &body).await.expect(503);
            scene.wire.mend();
            is_out(&scene, &thief.refresh).await;
        }
    }
}

/// It committed before the account went, and after the others were ended.
#[tokio::test]
async fn a_session_that_was_opened_while_its_account_was_being_deleted_goes_with_the_first_batch() {
    let scene = std::sync::Arc::new(Scene::new().await);
    register(&scene, ADA).await;
    let here = login(&scene, ADA, PASSWORD).await;
    for number in 0..30 {
        let body = json!({ "name": format!("key {number}"), "scope": "orders:read" });
        scene.post_as("/api-keys", &here.access, &body).await.expect(201);
    }
    let held = scene.wire.hold_next("TransactWriteItems");
    let deletion = {
        let (scene, access) = (std::sync::Arc::clone(&scene), here.access.clone());
        tokio::spawn(async move { scene.post_as("/account/delete", &access, &json!({ "password": PASSWORD })).await })
    };
    held.arrived().await;
    let thief = login(&scene, ADA, PASSWORD).await;
    // One batch of twenty-five goes through.
    scene.wire.break_after(1, "BatchWriteItem", Fault::Throttled);
    held.let_on();
    deletion.await.unwrap().expect(503);
    scene.wire.mend();
    is_out(&scene, &thief.refresh).await;
}
