//! An account without a password: nothing signs in by one, a recent sign-in stands where a password is asked for again, and one can be
//! set; when the account goes, so do its identities.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::{Value, json};
use vestibule_tests::Answer;

use super::stage::{Browser, Stage};

const PASSWORD: &str = "correct horse battery staple";

async fn post(stage: &Stage, browser: &Browser<'_>, path: &str, body: &Value) -> Answer {
    let cookie = format!("__Host-session={}", browser.cookie("__Host-session").unwrap());
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("content-type", "application/json")
        .header("cookie", cookie)
        .header("sec-fetch-site", "same-origin");
    let answer = stage.scene.send(request.body(Bytes::from(body.to_string())).unwrap()).await;
    browser.keep(&answer);
    answer
}

#[tokio::test]
async fn no_password_signs_in_to_an_account_that_has_none_and_the_answer_is_that_to_any_other() {
    let stage = Stage::new().await;
    stage.registered().await;
    let answers = [
        stage.scene.try_login("ada@example.com", PASSWORD).await,
        stage.scene.try_login("ada@example.com", "$none").await,
        stage.scene.try_login("nobody@example.com", PASSWORD).await,
    ];
    for answer in &answers {
        assert_eq!((answer.status().as_u16(), answer.problem().as_str()), (401, "invalid-credentials"));
        assert_eq!(answer.text(), answers[0].text());
    }
}

#[tokio::test]
async fn whoever_reads_the_mailbox_may_set_a_password() {
    let stage = Stage::new().await;
    stage.registered().await;
    stage.scene.post_json("/password/forgot", &json!({ "email": "ada@example.com" })).await.expect(202);
    let token = stage.scene.mailed_token("ada@example.com");
    let body = json!({ "token": token, "password": PASSWORD });
    stage.scene.post_json("/password/reset", &body).await.expect(200);
    stage.scene.try_login("ada@example.com", PASSWORD).await.expect(200);
    stage.browser().sign_in().await.expect(303);
}

#[tokio::test]
async fn a_recent_sign_in_stands_for_the_password_that_there_is_none_of() {
    let stage = Stage::new().await;
    let browser = stage.registered().await;
    stage.scene.wait(601);
    let first = json!({ "new_password": PASSWORD });
    post(&stage, &browser, "/account/password", &first).await.expect_problem(401, "sign-in-again");
    post(&stage, &browser, "/account/email", &json!({ "email": "b@example.com" }))
        .await
        .expect_problem(401, "sign-in-again");
    post(&stage, &browser, "/account/delete", &json!({})).await.expect_problem(401, "sign-in-again");
    browser.sign_in().await.expect(303);
    post(&stage, &browser, "/account/password", &first).await.expect(200);
    stage.scene.try_login("ada@example.com", PASSWORD).await.expect(200);
    // From now on there is one, and it is asked for, however recent the sign-in.
    post(&stage, &browser, "/account/delete", &json!({})).await.expect_problem(400, "invalid-request");
    let wrong = json!({ "password": "correct horse battery stable" });
    post(&stage, &browser, "/account/delete", &wrong).await.expect_problem(403, "wrong-password");
}

#[tokio::test]
async fn an_account_with_a_password_may_take_its_only_identity_away() {
    let stage = Stage::new().await;
    let browser = stage.registered().await;
    post(&stage, &browser, "/account/password", &json!({ "new_password": PASSWORD })).await.expect(200);
    let identity = browser.identities().await.remove(0);
    browser.ask(Method::DELETE, &format!("/identities/{identity}"), "", "same-origin").await.expect(204);
}

#[tokio::test]
async fn another_address_keeps_the_account_without_a_password() {
    let stage = Stage::new().await;
    let browser = stage.registered().await;
    let user = browser.user().await.unwrap();
    post(&stage, &browser, "/account/email", &json!({ "email": "new@example.com" })).await.expect(202);
    let token = stage.scene.mailed_token("new@example.com");
    post(&stage, &browser, "/account/email/verify", &json!({ "token": token })).await.expect(200);
    stage.scene.try_login("new@example.com", PASSWORD).await.expect(401);
    let again = stage.registered().await;
    assert_eq!(again.user().await.unwrap(), user, "whatever its address is");
}

#[tokio::test]
async fn when_an_account_goes_its_identities_are_free() {
    let stage = Stage::new().await;
    let browser = stage.registered().await;
    let user = browser.user().await.unwrap();
    post(&stage, &browser, "/account/delete", &json!({})).await.expect(200);
    assert!(browser.user().await.is_none());
    let anew = stage.registered().await;
    assert_ne!(anew.user().await.unwrap(), user);
    let items = stage.scene.cloud.clients().dynamodb.scan().table_name("vestibule-Table").send().await.unwrap();
    let keys: Vec<_> = items.items().iter().map(|item| item["pk"].as_s().unwrap().clone()).collect();
    assert_eq!(keys.iter().filter(|key| key.starts_with("IDENTITY#")).count(), 1);
}
