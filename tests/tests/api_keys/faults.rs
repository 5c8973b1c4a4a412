//! Faults of a dependency end in a refusal or a clear 5xx, never in access and never in a lost write that was acknowledged (promise 9).

use serde_json::json;
use vestibule_tests::{DYNAMODB, Fault, Scene};

use crate::stage::{Key, forget_answers, orders, owner, stage};

#[tokio::test]
async fn closed_by_default_a_key_that_cannot_be_read_lets_nobody_in_and_is_not_forgotten() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    scene.wire.break_always("BatchGetItem", Fault::Throttled);
    orders(&scene, &key.text).await.expect(500);
    scene.get("/api-keys", &[("x-api-key", &key.text)]).await.expect_problem(503, "temporarily-unavailable");
    scene.wire.mend();
    orders(&scene, &key.text).await.expect(200);
}

#[tokio::test]
async fn a_use_that_cannot_be_noted_refuses_nobody() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    for fault in [Fault::Throttled, Fault::Unreachable, Fault::AccessDenied, Fault::Conflict] {
        forget_answers(&scene);
        scene.wire.break_always("UpdateItem", fault);
        orders(&scene, &key.text).await.expect(200);
        scene.wire.mend();
        assert_eq!(demo_listed(&scene, &demo.user.email).await, None, "{fault:?}");
    }
    forget_answers(&scene);
    orders(&scene, &key.text).await.expect(200);
    assert_eq!(demo_listed(&scene, &demo.user.email).await, Some(scene.clock.now().seconds()));
}

/// When the one key of somebody was used. They sign in anew: their access token is over.
async fn demo_listed(scene: &Scene, email: &str) -> Option<u64> {
    let body = json!({ "username": email, "password": vestibule_tests::PASSWORD });
    let access = scene.post_json("/login", &body).await.expect(200).member("access_token");
    let listed = scene.get_as("/api-keys", &access).await.expect(200).json();
    listed["api_keys"][0]["last_used_at"].as_u64()
}

#[tokio::test]
async fn closed_by_default_a_single_fault_of_any_call_is_503_or_no_hindrance_and_leaves_keys_and_count_right() {
    for fault in [Fault::Throttled, Fault::Unreachable, Fault::AnswerLost, Fault::Conflict, Fault::InProgress] {
        let scene = Scene::new().await;
        let demo = owner(&scene, "demo@example.com", "orders:read", "").await;
        for target in ["GetItem", "TransactWriteItems", "UpdateItem", "Query"] {
            let before = demo.listed(&scene).await.len();
            scene.wire.break_next(target, fault);
            let made = demo.create(&scene, json!({ "name": "a", "scope": "orders:read" })).await;
            scene.wire.mend();
            let after = demo.listed(&scene).await.len();
            match made.status().as_u16() {
                201 => {
                    assert_eq!(after, before + 1, "{fault:?} {target}");
                    orders(&scene, &Key::of(&made).text).await.expect(200);
                }
                503 => assert_eq!(made.problem(), "temporarily-unavailable"),
                other => panic!("{fault:?} {target}: {other} {}", made.text()),
            }
        }
    }
}

#[tokio::test]
async fn committed_defence_a_revocation_that_is_acknowledged_holds_whatever_fails_beside_it() {
    for fault in [Fault::Throttled, Fault::Unreachable, Fault::AnswerLost, Fault::Conflict] {
        let (scene, demo) = stage().await;
        let key = demo.key(&scene).await;
        scene.wire.break_next("TransactWriteItems", fault);
        let answer = demo.revoke(&scene, &key).await;
        scene.wire.mend();
        match answer.status().as_u16() {
            204 => drop(orders(&scene, &key.text).await.expect(403)),
            503 => drop(demo.revoke(&scene, &key).await),
            other => panic!("{fault:?}: {other} {}", answer.text()),
        }
        forget_answers(&scene);
        orders(&scene, &key.text).await.expect(403);
    }
}

#[tokio::test]
async fn with_dynamodb_down_every_endpoint_is_503_and_nothing_is_changed() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    demo.listed(&scene).await;
    scene.wire.break_always(DYNAMODB, Fault::Unreachable);
    let body = json!({ "name": "a", "scope": "" });
    demo.create(&scene, body).await.expect_problem(503, "temporarily-unavailable");
    demo.rename(&scene, &key, "b").await.expect_problem(503, "temporarily-unavailable");
    demo.rotate(&scene, &key, json!({})).await.expect_problem(503, "temporarily-unavailable");
    demo.revoke(&scene, &key).await.expect_problem(503, "temporarily-unavailable");
    demo.ask(&scene, "GET", "/api-keys", None).await.expect_problem(503, "temporarily-unavailable");
    let report = json!([{ "token": key.text }]);
    scene.post_json("/api-keys/report", &report).await.expect_problem(503, "temporarily-unavailable");
    scene.wire.mend();
    let listed = demo.listed(&scene).await;
    assert_eq!((listed.len(), listed[0]["name"].as_str()), (1, Some("export")));
}

/// The public keys of a function that has none yet are not asked for again within a second of a failure, and the answer says so: a thousand
/// requests at a table that is down would make it a thousand reads. So one answer that cannot be read costs that second.
#[tokio::test]
async fn keys_that_could_not_be_read_are_asked_for_again_after_the_second_that_the_answer_names() {
    let (mut scene, demo) = stage().await;
    scene.cold_start();
    let wish = json!({ "name": "a", "scope": "orders:read" });
    scene.wire.break_next("GetItem", Fault::AnswerGarbled);
    for _ in 0..3 {
        let refused = demo.create(&scene, wish.clone()).await.expect_problem(503, "temporarily-unavailable");
        assert_eq!(refused.header("retry-after"), Some("1"));
    }
    scene.wait(1);
    demo.create(&scene, wish).await.expect(201);
}
