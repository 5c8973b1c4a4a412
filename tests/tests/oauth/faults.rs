//! Faults of AWS at each call of each endpoint: a clear answer, and never access (promise 9).

use serde_json::json;
use vestibule_tests::{Answer, DYNAMODB, Fault, SECRETS_MANAGER, Scene};

use crate::stage::{asserting, assertion, expect_error, form, post, service, with_key, worker};

const FAULTS: [Fault; 3] = [Fault::Throttled, Fault::Unreachable, Fault::AnswerLost];

fn expect_unavailable(answer: Answer) {
    let answer = expect_error(answer, 503, "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn closed_by_default_a_single_fault_of_any_call_costs_a_client_nothing() {
    for fault in FAULTS {
        let mut scene = Scene::new().await;
        let worker = worker(&scene).await;
        let person = scene.login(&scene.demo().await).await;
        for call in ["GetItem", "GetSecretValue"] {
            scene.cold_start();
            scene.wire.break_next(call, fault);
            worker.access_token(&scene).await;
        }
        for spared in 0..3 {
            scene.cold_start();
            scene.wire.break_after(spared, "GetItem", fault);
            let question = form(&[("token", &person.access)]);
            let answer = worker.post(&scene, "/oauth/introspect", &question).await;
            scene.wire.mend();
            assert!([200, 503].contains(&answer.status().as_u16()));
        }
        assert_eq!(worker.introspect(&scene, &person.access).await["active"], true);
    }
}

#[tokio::test]
async fn closed_by_default_with_dynamodb_down_a_cold_function_knows_no_client_and_says_503() {
    for fault in FAULTS {
        let mut scene = Scene::new().await;
        let worker = worker(&scene).await;
        let token = worker.access_token(&scene).await;
        scene.wire.break_always(DYNAMODB, fault);
        worker.access_token(&scene).await;
        scene.wait(60);
        expect_unavailable(worker.token(&scene, "").await);
        scene.cold_start();
        expect_unavailable(worker.token(&scene, "").await);
        expect_unavailable(worker.post(&scene, "/oauth/introspect", &form(&[("token", &token)])).await);
        scene.wire.mend();
        worker.access_token(&scene).await;
    }
}

/// What may have been written counts as presented: the client makes another assertion, as libraries do for each request.
#[tokio::test]
async fn an_assertion_that_could_not_be_noted_is_not_taken() {
    let scene = Scene::new().await;
    let pair = with_key(&scene, service("signer")).await;
    post(&scene, "/oauth/token", None, &asserting(&assertion(&scene, "signer", &pair, |_| {}))).await.expect(200);
    for fault in FAULTS {
        let request = asserting(&assertion(&scene, "signer", &pair, |_| {}));
        scene.wire.break_always("PutItem", fault);
        expect_unavailable(post(&scene, "/oauth/token", None, &request).await);
        scene.wire.mend();
        let again = post(&scene, "/oauth/token", None, &request).await;
        assert_eq!(again.status().as_u16(), if fault == Fault::AnswerLost { 401 } else { 200 });
    }
}

#[tokio::test]
async fn with_secrets_manager_down_a_cold_function_signs_nothing_and_says_503() {
    let mut scene = Scene::new().await;
    let worker = worker(&scene).await;
    worker.access_token(&scene).await;
    scene.wire.break_always(SECRETS_MANAGER, Fault::Unreachable);
    worker.access_token(&scene).await;
    scene.cold_start();
    expect_unavailable(worker.token(&scene, "").await);
}

/// An item that cannot be what we wrote is named in the log, and lets nobody in.
#[tokio::test]
async fn an_impossible_registration_is_503_and_never_access() {
    use aws_sdk_dynamodb::types::AttributeValue;

    let mut scene = Scene::new().await;
    let worker = worker(&scene).await;
    for (attribute, value) in
        [("grants", json!("everything")), ("authentication", json!("trust")), ("party", json!("me"))]
    {
        let update = scene.cloud.clients().dynamodb.update_item().table_name("vestibule-Table");
        update
            .key("pk", AttributeValue::S("CLIENT#worker".into()))
            .key("sk", AttributeValue::S("CLIENT".into()))
            .update_expression("SET #a = :v")
            .expression_attribute_names("#a", attribute)
            .expression_attribute_values(":v", AttributeValue::S(value.as_str().unwrap().into()))
            .send()
            .await
            .unwrap();
        scene.cold_start();
        expect_unavailable(worker.token(&scene, "").await);
    }
}
