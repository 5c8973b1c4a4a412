//! The end of an account: nothing that signs in is left, and its trail stays.

use serde_json::json;
use vestibule::accounts::ManageAccounts;
use vestibule::audit::trail::{AccountChange, ReadTrail};
use vestibule::identity::UserId;
use vestibule_tests::{Fault, PASSWORD, Scene};

use crate::stage::{ADA, forget, login, register};

/// The sort keys of all that lies under the account.
async fn left(scene: &Scene, user: UserId) -> Vec<String> {
    let scan = scene.cloud.clients().dynamodb.scan().table_name("vestibule-Table").send().await.unwrap();
    let under = scan.items().iter().filter(|item| item["pk"].as_s().unwrap() == &format!("USER#{user}"));
    under.map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

#[tokio::test]
async fn a_deleted_account_leaves_its_trail_and_nothing_else() {
    let scene = Scene::new().await;
    let user = scene.named(&[ADA, "ada"], "orders:read", "").await;
    let (here, there) = (login(&scene, ADA, PASSWORD).await, login(&scene, "ada", PASSWORD).await);
    for _ in 0..60 {
        login(&scene, ADA, PASSWORD).await;
        scene.wait(300);
    }
    let here = scene.refresh(&here.refresh).await;
    forget(&scene, ADA).await.expect(202);
    let reset = scene.mailed_token(ADA);
    scene.post_as("/account/delete", &here.access, &json!({ "password": PASSWORD })).await.expect(200);
    for name in [ADA, "ada"] {
        scene.try_login(name, PASSWORD).await.expect_problem(401, "invalid-credentials");
    }
    for token in [&here.refresh, &there.refresh] {
        scene.try_refresh(token).await.expect_problem(401, "invalid-refresh-token");
    }
    scene.get_as("/account", &here.access).await.expect_problem(401, "invalid-token");
    crate::stage::reset(&scene, &reset, "a thief's own long password").await.expect(400);
    let keys = left(&scene, user.id).await;
    assert!(keys.len() == 2 && keys.iter().all(|key| key.starts_with("AUDIT#")), "{keys:?}");
    let trail = scene.cloud.table().trail(user.id, scene.clock.now()).await.unwrap();
    assert_eq!(
        trail.iter().map(|entry| entry.change).collect::<Vec<_>>(),
        [AccountChange::Registered, AccountChange::Deleted]
    );
    assert!(scene.cloud.table().accounts().await.unwrap().is_empty());
    assert!(scene.cloud.outbox().letters()[0].text.contains("deleted"));
}

#[tokio::test]
async fn the_names_of_a_deleted_account_are_free_for_an_account_that_knows_nothing_of_it() {
    let scene = Scene::new().await;
    let first = register(&scene, ADA).await;
    let tokens = login(&scene, ADA, PASSWORD).await;
    scene.post_as("/account/delete", &tokens.access, &json!({ "password": PASSWORD })).await.expect(200);
    let second = register(&scene, ADA).await;
    assert_ne!(first["user"], second["user"]);
    scene.get_as("/account", &tokens.access).await.expect(401);
}

/// Cut off anywhere, the same request goes on from there; in between nobody signs in.
#[tokio::test]
async fn a_deletion_that_was_cut_off_is_finished_by_the_same_request() {
    // The first query is for the sessions, and while that fails nothing is deleted.
    for (spared, broken) in [(0, "TransactWriteItems"), (1, "Query"), (0, "BatchWriteItem"), (1, "BatchWriteItem")] {
        for fault in [Fault::Throttled, Fault::AnswerLost] {
            let scene = Scene::new().await;
            let user = scene.user(ADA, "", "").await;
            let tokens = login(&scene, ADA, PASSWORD).await;
            login(&scene, ADA, PASSWORD).await;
            scene.wire.break_after(spared, broken, fault);
            let body = json!({ "password": PASSWORD });
            let answer = scene.post_as("/account/delete", &tokens.access, &body).await;
            scene.wire.mend();
            if answer.status() == 503 && broken != "TransactWriteItems" {
                scene.try_login(ADA, PASSWORD).await.expect(401);
            }
            let again = scene.post_as("/account/delete", &tokens.access, &body).await;
            // What was lost may have been the answer to the last step.
            assert!([200, 401].contains(&again.status().as_u16()), "{broken} {fault:?}: {}", again.text());
            let keys = left(&scene, user.id).await;
            assert!(keys.iter().all(|key| key.starts_with("AUDIT#")), "{broken} {fault:?}: {keys:?}");
            scene.try_login(ADA, PASSWORD).await.expect(401);
        }
    }
}
