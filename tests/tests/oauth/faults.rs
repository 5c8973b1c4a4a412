//! Faults of AWS at each call of each endpoint: a clear answer, and never access (promise 9).

use serde_json::json;
use vestibule::sessions::State;
use vestibule_tests::{Answer, DYNAMODB, Fault, SECRETS_MANAGER, Scene};

use crate::consent::{agreed, give, redeem, refresh, sessions};
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

/// A write whose answer was lost is known again. One that stays without an answer may have been made and counts as presented: the client
/// makes another assertion, as libraries do for each request.
#[tokio::test]
async fn an_assertion_that_could_not_be_noted_is_not_taken() {
    let scene = Scene::new().await;
    let pair = with_key(&scene, service("signer")).await;
    post(&scene, "/oauth/token", None, &asserting(&assertion(&scene, "signer", &pair, |_| {}))).await.expect(200);
    for fault in FAULTS {
        let request = asserting(&assertion(&scene, "signer", &pair, |_| {}));
        scene.wire.break_next("PutItem", fault);
        post(&scene, "/oauth/token", None, &request).await.expect(200);
        let again = post(&scene, "/oauth/token", None, &request).await;
        expect_error(again, 401, "invalid_client");
        let request = asserting(&assertion(&scene, "signer", &pair, |_| {}));
        scene.wire.break_always("PutItem", fault);
        expect_unavailable(post(&scene, "/oauth/token", None, &request).await);
        scene.wire.mend();
        let again = post(&scene, "/oauth/token", None, &request).await;
        assert_eq!(again.status().as_u16(), if fault == Fault::AnswerLost { 401 } else { 200 });
    }
}

/// The same request is as good afterwards as it was: what was not carried out has spent nothing.
#[tokio::test]
async fn a_client_may_send_the_same_assertion_again_after_a_503() {
    for fault in [Fault::Throttled, Fault::Unreachable] {
        let mut scene = Scene::new().await;
        let pair = with_key(&scene, service("signer")).await;
        let request = asserting(&assertion(&scene, "signer", &pair, |_| {}));
        // It holds the registration, and no key to sign with.
        scene.wire.break_always(SECRETS_MANAGER, fault);
        for _ in 0..2 {
            expect_unavailable(post(&scene, "/oauth/token", None, &request).await);
            scene.cold_start();
        }
        scene.wire.mend();
        post(&scene, "/oauth/token", None, &request).await.expect(200);
        expect_error(post(&scene, "/oauth/token", None, &request).await, 401, "invalid_client");
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

/// Before a code is spent nothing is lost, whatever fails.
#[tokio::test]
async fn a_code_whose_exchange_failed_before_it_was_spent_is_as_good_as_before() {
    for fault in FAULTS {
        let mut scene = Scene::new().await;
        let (_, code) = agreed(&scene).await;
        for target in ["GetItem", SECRETS_MANAGER] {
            scene.cold_start();
            scene.wire.break_always(target, fault);
            expect_unavailable(redeem(&scene, &code).await);
            scene.wire.mend();
        }
        scene.cold_start();
        scene.wire.break_after(1, "GetItem", fault);
        expect_unavailable(redeem(&scene, &code).await);
        scene.wire.mend();
        redeem(&scene, &code).await.expect(200);
    }
}

/// A transaction that was not carried out, or whose answer was lost once or for good: the client has what it asked for, or may ask
/// again.
#[tokio::test]
async fn an_exchange_whose_transaction_meets_a_fault_succeeds_or_may_be_repeated() {
    for fault in [Fault::Throttled, Fault::Unreachable, Fault::InternalError, Fault::TransactionThrottled] {
        let scene = Scene::new().await;
        let (person, code) = agreed(&scene).await;
        scene.wire.break_always("TransactWriteItems", fault);
        expect_unavailable(redeem(&scene, &code).await);
        scene.wire.mend();
        redeem(&scene, &code).await.expect(200);
        assert_eq!(sessions(&scene, person.user.id, "shop").await.len(), 1);
    }
    for always in [false, true] {
        let scene = Scene::new().await;
        let (person, code) = agreed(&scene).await;
        match always {
            false => scene.wire.break_next("TransactWriteItems", Fault::AnswerLost),
            true => scene.wire.break_always("TransactWriteItems", Fault::AnswerLost),
        }
        let tokens = redeem(&scene, &code).await.expect(200);
        refresh(&scene, "shop", &tokens.member("refresh_token"), &[]).await.expect(200);
        assert_eq!(sessions(&scene, person.user.id, "shop").await.len(), 1);
    }
}

/// Where DynamoDB falls silent after it has carried out the transaction, nobody holds what it opened. A repeated exchange ends that
/// and gives nothing: there are never two sessions (decision 0021).
#[tokio::test]
async fn an_exchange_of_which_nobody_knows_what_became_is_begun_anew_and_leaves_no_session() {
    let scene = Scene::new().await;
    let (person, code) = agreed(&scene).await;
    // The client and the code are read.
    scene.wire.break_after(2, DYNAMODB, Fault::AnswerLost);
    expect_unavailable(redeem(&scene, &code).await);
    scene.wire.mend();
    expect_error(redeem(&scene, &code).await, 400, "invalid_grant");
    let live = sessions(&scene, person.user.id, "shop").await;
    assert!(live.iter().all(|session| session.state != State::Live), "{live:?}");
    let anew = give(&scene, &person.agrees(&scene, "shop")).await;
    redeem(&scene, &anew).await.expect(200);
}

/// Promise 4: the replay is refused only once the session has ended.
#[tokio::test]
async fn a_replay_whose_defence_fails_is_503_until_it_is_committed() {
    for fault in [Fault::Throttled, Fault::Unreachable] {
        let scene = Scene::new().await;
        let (person, code) = agreed(&scene).await;
        redeem(&scene, &code).await.expect(200);
        scene.wire.break_always("UpdateItem", fault);
        expect_unavailable(redeem(&scene, &code).await);
        scene.wire.mend();
        expect_error(redeem(&scene, &code).await, 400, "invalid_grant");
        assert_ne!(sessions(&scene, person.user.id, "shop").await[0].state, State::Live);
    }
}

/// Promise 2, for OAuth clients.
#[tokio::test]
async fn a_refresh_whose_answer_was_lost_may_be_repeated() {
    for fault in FAULTS {
        let scene = Scene::new().await;
        let (_, code) = agreed(&scene).await;
        let token = redeem(&scene, &code).await.expect(200).member("refresh_token");
        scene.wire.break_always("UpdateItem", fault);
        expect_unavailable(refresh(&scene, "shop", &token, &[]).await);
        scene.wire.mend();
        let successor = refresh(&scene, "shop", &token, &[]).await.expect(200).member("refresh_token");
        assert_eq!(refresh(&scene, "shop", &token, &[]).await.expect(200).member("refresh_token"), successor);
    }
}
