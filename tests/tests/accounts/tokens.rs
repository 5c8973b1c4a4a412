//! One-time tokens: once, for one thing, for a while, and nothing that the table holds is one.

use serde_json::json;
use vestibule_tests::{Answer, PASSWORD, Scene};

use crate::stage::{ADA, ANOTHER, ask, forget, login, register, reset, verify};

fn refused(answer: Answer) {
    answer.expect_problem(400, "invalid-one-time-token");
}

#[tokio::test]
async fn a_spent_token_changes_nothing() {
    let scene = Scene::new().await;
    ask(&scene, ADA).await.expect(202);
    let made = scene.mailed_token(ADA);
    verify(&scene, &made, PASSWORD).await.expect(201);
    refused(verify(&scene, &made, "a thief's own long password").await);
    forget(&scene, ADA).await.expect(202);
    let spent = scene.mailed_token(ADA);
    reset(&scene, &spent, ANOTHER).await.expect(200);
    refused(reset(&scene, &spent, "a thief's own long password").await);
    let tokens = login(&scene, ADA, ANOTHER).await;
    let body = json!({ "email": "ada@new.example", "password": ANOTHER });
    scene.post_as("/account/email", &tokens.access, &body).await.expect(202);
    let moved = scene.mailed_token("ada@new.example");
    scene.post_as("/account/email/verify", &tokens.access, &json!({ "token": moved })).await.expect(200);
    refused(scene.post_as("/account/email/verify", &tokens.access, &json!({ "token": moved })).await);
    login(&scene, "ada@new.example", ANOTHER).await;
}

/// DynamoDB deletes expired items days late: the item is there, and good for nothing.
#[tokio::test]
async fn an_expired_token_that_is_still_in_the_table_is_good_for_nothing() {
    let scene = Scene::new().await;
    let token_items = async || {
        let scan = scene.cloud.clients().dynamodb.scan().table_name("vestibule-Table").send().await.unwrap();
        scan.items().iter().filter(|item| item["pk"].as_s().unwrap().starts_with("TOKEN#")).count()
    };
    ask(&scene, ADA).await.expect(202);
    let register = scene.mailed_token(ADA);
    scene.wait(24 * 3600 - 1);
    verify(&scene, &register, "short").await.expect_problem(400, "invalid-request");
    scene.wait(1);
    refused(verify(&scene, &register, PASSWORD).await);
    scene.user("eve@example.com", "", "").await;
    forget(&scene, "eve@example.com").await.expect(202);
    let token = scene.mailed_token("eve@example.com");
    scene.wait(30 * 60);
    refused(reset(&scene, &token, ANOTHER).await);
    assert_eq!(token_items().await, 2);
    login(&scene, "eve@example.com", PASSWORD).await;
}

#[tokio::test]
async fn a_token_is_good_for_what_it_was_mailed_for_and_for_nothing_else() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let tokens = login(&scene, ADA, PASSWORD).await;
    ask(&scene, "new@example.com").await.expect(202);
    let for_an_account = scene.mailed_token("new@example.com");
    forget(&scene, ADA).await.expect(202);
    let for_a_password = scene.mailed_token(ADA);
    let body = json!({ "email": "ada@new.example", "password": PASSWORD });
    scene.post_as("/account/email", &tokens.access, &body).await.expect(202);
    let for_an_address = scene.mailed_token("ada@new.example");
    for token in [&for_a_password, &for_an_address] {
        refused(verify(&scene, token, ANOTHER).await);
    }
    for token in [&for_an_account, &for_an_address] {
        refused(reset(&scene, token, ANOTHER).await);
    }
    for token in [&for_an_account, &for_a_password] {
        refused(scene.post_as("/account/email/verify", &tokens.access, &json!({ "token": token })).await);
    }
    verify(&scene, &for_an_account, ANOTHER).await.expect(201);
    scene.post_as("/account/email/verify", &tokens.access, &json!({ "token": for_an_address })).await.expect(200);
    refused(reset(&scene, &for_a_password, ANOTHER).await);
}

#[tokio::test]
async fn what_was_never_mailed_is_refused_like_what_is_spent() {
    let scene = Scene::new().await;
    let never = format!("vot_{}", "A".repeat(43));
    let hash = "0".repeat(64);
    for token in [never.as_str(), "", "vot_", &hash, "vrt_x", &format!("{never}="), &"A".repeat(8000)] {
        refused(verify(&scene, token, PASSWORD).await);
        refused(reset(&scene, token, PASSWORD).await);
    }
}

/// Promise 8: neither the table nor a key of it is a token.
#[tokio::test]
async fn nothing_to_steal_the_table_holds_no_token_and_no_part_of_one() {
    let scene = Scene::new().await;
    ask(&scene, ADA).await.expect(202);
    let token = scene.mailed_token(ADA);
    let scan = scene.cloud.clients().dynamodb.scan().table_name("vestibule-Table").send().await.unwrap();
    let dump = format!("{:?}", scan.items());
    assert!(dump.contains("TOKEN#") && !dump.contains(&token[4..]), "{dump}");
    for item in scan.items() {
        if let Some(hash) = item["pk"].as_s().unwrap().strip_prefix("TOKEN#") {
            refused(verify(&scene, hash, PASSWORD).await);
            refused(verify(&scene, &format!("vot_{hash}"), PASSWORD).await);
        }
    }
}
