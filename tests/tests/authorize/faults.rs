//! Faults of DynamoDB at each call: a clear answer, nothing lost that was acknowledged, and never access (promise 9).

use http::Method;
use vestibule::authentication::LiveSession;
use vestibule_tests::{DYNAMODB, Fault, Scene};

use crate::stage::{
    Browser, ISSUER, OURS, WEB, add, agree, asks, authorize, goes_nowhere, heard, session_of, third_party,
};

const FAULTS: [Fault; 3] = [Fault::Throttled, Fault::Unreachable, Fault::AnswerLost];

#[tokio::test]
async fn committed_defence_a_consent_that_could_not_be_taken_back_wholly_is_503_and_asked_again() {
    for fault in FAULTS {
        // The consent; then, of the sessions, their names and each.
        for (spared, call) in [(0, "UpdateItem"), (0, "Query"), (1, "UpdateItem"), (2, "UpdateItem")] {
            let scene = Scene::new().await;
            let demo = scene.demo().await;
            agree(&scene, &demo, "bookkeeper", ISSUER, "openid").await;
            let sessions =
                [session_of(&scene, &demo, "bookkeeper").await, session_of(&scene, &demo, "bookkeeper").await];
            let browser = Browser::sign_in(&scene, &demo).await;
            scene.wire.break_after(spared, call, fault);
            browser.ask(Method::DELETE, "/consents/bookkeeper").await.expect_problem(503, "temporarily-unavailable");
            scene.wire.mend();
            let again = browser.ask(Method::DELETE, "/consents/bookkeeper").await;
            // Where only the answer was lost, there may be nothing left to take back.
            let status = again.status().as_u16();
            assert!(
                status == 204 || (status == 404 && fault == Fault::AnswerLost),
                "{fault:?} {call} {spared}: {status}"
            );
            for session in sessions {
                let live = scene.cloud.table().is_live(demo.id, session.id, scene.clock.now()).await.unwrap();
                assert!(!live, "{fault:?} {call} {spared}");
            }
            let left = browser.ask(Method::GET, "/consents").await.expect(200).json();
            assert_eq!(left["consents"].as_array().unwrap().len(), 0);
        }
    }
}

#[tokio::test]
async fn consents_that_cannot_be_read_are_503() {
    let scene = Scene::new().await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    for fault in FAULTS {
        for call in ["GetItem", "Query"] {
            scene.wire.break_always(call, fault);
            browser.ask(Method::GET, "/consents").await.expect_problem(503, "temporarily-unavailable");
            scene.wire.mend();
        }
    }
    browser.ask(Method::GET, "/consents").await.expect(200);
}

/// Every call of a request fails once and lastingly, one after the other: the client hears of it where it is known, and nobody is sent
/// anywhere else.
#[tokio::test]
async fn closed_by_default_a_fault_sends_nobody_elsewhere_and_gives_no_code() {
    for fault in FAULTS {
        let mut scene = Scene::new().await;
        add(&scene, &third_party("bookkeeper")).await;
        let demo = scene.demo().await;
        let cookie = Browser::sign_in(&scene, &demo).await.cookie;
        let browser = Browser { scene: &scene, cookie: cookie.clone() };
        let page = asks(browser.get(&authorize("bookkeeper", &[])).await, "Let The bookkeeper in?");
        for (call, spared) in
            [("GetItem", 0), ("GetItem", 1), ("GetItem", 2), ("GetItem", 3), ("TransactWriteItems", 0), ("PutItem", 0)]
        {
            scene.cold_start();
            scene.wire.break_after(spared, call, fault);
            let (answer, evil) = {
                let browser = Browser { scene: &scene, cookie: cookie.clone() };
                let evil = [("redirect_uri", "https://evil.example/")];
                (browser.decide(&page, "allow").await, browser.get(&authorize("bookkeeper", &evil)).await)
            };
            scene.wire.mend();
            let evil_status = evil.status().as_u16();
            goes_nowhere(evil, if (call, spared) == ("GetItem", 0) { 503 } else { evil_status });
            assert!([400, 503].contains(&evil_status), "{fault:?} {call} {spared}");
            if (call, spared) == ("GetItem", 0) {
                let page = goes_nowhere(answer, 503);
                assert_eq!(page.header("retry-after"), Some("1"));
            } else {
                let heard = heard(answer);
                assert_eq!(heard["error"], "temporarily_unavailable", "{fault:?} {call} {spared}");
                assert_eq!((heard["state"].as_str(), heard.contains_key("code")), ("af0ifjsldkj", false));
            }
        }
        // Nothing was lost: the same page decides when all works again.
        scene.cold_start();
        let browser = Browser { scene: &scene, cookie };
        heard(browser.decide(&page, "allow").await);
    }
}

#[tokio::test]
async fn closed_by_default_with_dynamodb_down_nobody_is_sent_anywhere() {
    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let browser = Browser::sign_in(&scene, &scene.demo().await).await;
    let page = asks(browser.get(&authorize("bookkeeper", &[])).await, "Let The bookkeeper in?");
    for fault in FAULTS {
        scene.wire.break_always(DYNAMODB, fault);
        for evil in ["https://evil.example/", WEB] {
            goes_nowhere(browser.get(&authorize("bookkeeper", &[("redirect_uri", evil)])).await, 503);
        }
        goes_nowhere(browser.decide(&page, "allow").await, 503);
        goes_nowhere(browser.get("/oauth/logout?client_id=bookkeeper").await, 503);
        scene.wire.mend();
    }
}

/// A sign-out that may not have happened is not said to have.
#[tokio::test]
async fn who_could_not_be_signed_out_is_told_to_try_again_and_keeps_the_cookie() {
    for fault in FAULTS {
        let scene = Scene::new().await;
        let browser = Browser::sign_in(&scene, &scene.demo().await).await;
        let page = asks(browser.get("/oauth/logout").await, "Sign out?");
        scene.wire.break_always("UpdateItem", fault);
        let answer = goes_nowhere(browser.post("/oauth/logout/confirm", &page.hidden_fields(), OURS).await, 503);
        assert!(answer.set_cookies().is_empty());
        scene.wire.mend();
        asks(browser.post("/oauth/logout/confirm", &page.hidden_fields(), OURS).await, "You are signed out");
        assert!(!browser.is_live().await);
    }
}

/// An item that cannot be what we wrote is named in the log, and lets nobody in.
#[tokio::test]
async fn an_impossible_consent_is_no_consent() {
    use aws_sdk_dynamodb::types::AttributeValue;

    let scene = Scene::new().await;
    add(&scene, &third_party("bookkeeper")).await;
    let demo = scene.demo().await;
    let browser = Browser::sign_in(&scene, &demo).await;
    browser.lets_in("bookkeeper", &[]).await;
    let update = scene.cloud.clients().dynamodb.update_item().table_name("vestibule-Table");
    update
        .key("pk", AttributeValue::S(format!("USER#{}", demo.id)))
        .key("sk", AttributeValue::S("CONSENT#bookkeeper".into()))
        .update_expression("SET #p = :p")
        .expression_attribute_names("#p", "permissions")
        .expression_attribute_values(":p", AttributeValue::S("everything".into()))
        .send()
        .await
        .unwrap();
    let heard = heard(browser.get(&authorize("bookkeeper", &[])).await);
    assert_eq!(heard["error"], "temporarily_unavailable");
}
