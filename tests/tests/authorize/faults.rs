//! Faults of DynamoDB at each call: a clear answer, nothing lost that was acknowledged, and never access (promise 9).

use http::Method;
use vestibule::authentication::LiveSession;
use vestibule_tests::{Fault, Scene};

use crate::stage::{Browser, ISSUER, agree, session_of};

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
