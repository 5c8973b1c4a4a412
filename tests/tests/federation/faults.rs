//! A provider that is down, slow or talks nonsense, and a table that is down: a page with 503 in good time, and nobody is signed in.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use http::Method;
use serde_json::json;
use vestibule_tests::Fault as WireFault;

use super::provider::Fault;
use super::stage::Stage;

const DISCOVERY: &str = "/.well-known/openid-configuration";
/// All that a provider is asked for.
const ASKED: [&str; 4] = [DISCOVERY, "/token", "/jwks", "/userinfo"];

/// Somebody new there, whose address the UserInfo endpoint alone tells.
fn somebody_new(stage: &Stage, number: usize) {
    let (sub, email) = (format!("somebody-{number}"), format!("somebody{number}@example.com"));
    stage.provider.manners().claims = json!({ "sub": sub });
    stage.provider.manners().user_info = json!({ "sub": sub, "email": email, "email_verified": true });
}

async fn fails(stage: &Stage, what: &str) {
    let browser = stage.browser();
    let begun = Instant::now();
    let sent = browser.get("/sign-in/with/fake").await;
    let answer = match sent.header("location") {
        Some(address) => browser.get(&browser.back_from(address)).await,
        None => sent,
    };
    assert_eq!(answer.status(), 503, "{what}: {}", answer.text());
    assert_eq!(answer.header("retry-after"), Some("1"), "{what}");
    assert!(answer.text().contains("<h1") && answer.header("content-security-policy").is_some(), "{what}");
    assert!(browser.cookie("__Host-session").is_none(), "{what}");
    assert!(begun.elapsed() < Duration::from_secs(8), "{what} took {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_provider_that_talks_nonsense_at_any_point_ends_in_a_page_and_in_no_session() {
    let nonsense = |stage: &Stage| {
        let elsewhere = format!("{}{DISCOVERY}", stage.provider.url);
        [
            Fault::Says(500, String::new()),
            Fault::Says(404, "<html>".to_owned()),
            Fault::Says(200, "<html>".to_owned()),
            Fault::Says(200, String::new()),
            Fault::Says(200, "[]".to_owned()),
            Fault::Says(200, "{}".to_owned()),
            Fault::Says(200, "null".to_owned()),
            Fault::Redirects(elsewhere),
            Fault::HangsUp,
            Fault::Floods,
        ]
    };
    for path in ASKED {
        let mut stage = Stage::new().await;
        for number in 0..10 {
            // What was read once is kept, so that each fault meets a function that has read nothing.
            stage.scene.cold_start();
            somebody_new(&stage, number);
            let fault = nonsense(&stage)[number].clone();
            stage.provider.manners().faults.insert(path, fault.clone());
            fails(&stage, &format!("{path} {fault:?}")).await;
            stage.provider.manners().faults.clear();
            stage.scene.wait(2);
            stage.browser().sign_in().await.expect(303);
        }
    }
}

#[tokio::test]
async fn a_provider_that_never_answers_keeps_nobody_waiting() {
    join_all(ASKED.map(|path| async move {
        let stage = Stage::new().await;
        somebody_new(&stage, 0);
        stage.provider.manners().faults.insert(path, Fault::Hangs);
        fails(&stage, path).await;
    }))
    .await;
}

#[tokio::test]
async fn a_discovery_document_of_somebody_else_is_not_believed() {
    let stage = Stage::new().await;
    for metadata in [
        json!({ "issuer": "https://evil.example" }),
        json!({ "issuer": format!("{}/", stage.provider.url) }),
        json!({ "token_endpoint": "http://evil.example/token" }),
        json!({ "authorization_endpoint": "javascript:alert(1)" }),
        json!({ "jwks_uri": "file:///etc/passwd" }),
    ] {
        stage.provider.manners().metadata = metadata.clone();
        fails(&stage, &metadata.to_string()).await;
        stage.scene.wait(2);
    }
}

#[tokio::test]
async fn the_last_good_documents_serve_on_while_the_provider_fails_to_give_new_ones() {
    let stage = Stage::new().await;
    stage.registered().await;
    for path in [DISCOVERY, "/jwks"] {
        stage.provider.manners().faults.insert(path, Fault::HangsUp);
    }
    stage.scene.wait(2 * 60 * 60);
    assert!(stage.registered().await.user().await.is_some());
}

#[tokio::test]
async fn a_provider_that_does_not_know_us_is_our_fault_and_not_the_persons() {
    let stage = Stage::new().await;
    let answer = json!({ "error": "invalid_client", "error_description": "<b>no</b>" }).to_string();
    stage.provider.manners().faults.insert("/token", Fault::Says(401, answer));
    fails(&stage, "invalid_client").await;
    stage.provider.manners().faults.clear();
    stage.keep_secrets(&json!({ "another": "x" })).await;
    let mut stage = stage;
    stage.scene.cold_start();
    fails(&stage, "no secret").await;
}

#[tokio::test]
async fn a_code_that_the_provider_refuses_signs_nobody_in() {
    let stage = Stage::new().await;
    let browser = stage.browser();
    let back = browser.goes_and_says_yes("/sign-in/with/fake").await;
    let (path, query) = back.split_once('?').unwrap();
    let state = query.split('&').find(|pair| pair.starts_with("state=")).unwrap();
    browser.get(&format!("{path}?{state}&code=invented")).await.expect(400);
    assert!(browser.user().await.is_none());
}

#[tokio::test]
async fn a_table_that_fails_at_any_call_signs_nobody_in_and_the_next_try_does() {
    let stage = Stage::new().await;
    for target in ["UpdateItem", "PutItem", "GetItem", "TransactWriteItems"] {
        stage.scene.wire.break_always(target, WireFault::Unreachable);
        let browser = stage.browser();
        let sent = browser.get("/sign-in/with/fake").await;
        let answer = match sent.header("location") {
            Some(address) => browser.get(&browser.back_from(address)).await,
            None => sent,
        };
        assert_eq!(answer.status(), 503, "{target}: {}", answer.text());
        assert!(browser.cookie("__Host-session").is_none(), "{target}");
        stage.scene.wire.mend();
    }
    assert!(stage.registered().await.user().await.is_some());
}

/// Promise 4: what an identity that is taken away has opened ends, in the end by asking again.
#[tokio::test]
async fn sessions_that_were_left_when_an_identity_was_taken_away_end_when_that_is_asked_again() {
    let stage = Stage::new().await;
    let ada = stage.scene.user("ada@example.com", "", "").await;
    let browser = stage.linked(&ada).await;
    let elsewhere = stage.browser();
    elsewhere.sign_in().await.expect(303);
    let identity = format!("/identities/{}", browser.identities().await.remove(0));
    stage.scene.wire.break_always("UpdateItem", WireFault::Unreachable);
    browser.ask(Method::DELETE, &identity, "", "same-origin").await.expect_problem(503, "temporarily-unavailable");
    browser.ask(Method::DELETE, &identity, "", "same-origin").await.expect_problem(503, "temporarily-unavailable");
    stage.scene.wire.mend();
    browser.ask(Method::DELETE, &identity, "", "same-origin").await.expect_problem(404, "not-found");
    assert!(elsewhere.user().await.is_none() && browser.user().await.is_some());
}
