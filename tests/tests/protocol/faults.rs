//! Faults of AWS: a clear answer, nothing lost that was acknowledged, nothing open (promise 9).

use vestibule_tests::{Answer, DYNAMODB, Fault, PASSWORD, SECRETS_MANAGER, Scene, Tokens};

const FAULTS: [Fault; 3] = [Fault::Throttled, Fault::Unreachable, Fault::AnswerLost];

/// A 503 that says so, may be repeated and is kept by no cache.
fn expect_unavailable(answer: Answer) {
    let answer = answer.expect(503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.text().contains("temporarily"), "{}", answer.text());
}

/// Each call of each endpoint fails once: the SDK asks again and nobody notices.
#[tokio::test]
async fn closed_by_default_a_single_fault_of_any_call_costs_nobody_anything() {
    for fault in FAULTS {
        let mut scene = Scene::new().await;
        let demo = scene.demo().await;
        for call in ["GetSecretValue", "GetItem", "TransactWriteItems"] {
            scene.cold_start();
            scene.wire.break_next(call, fault);
            scene.login(&demo).await;
        }
        for call in ["GetSecretValue", "UpdateItem"] {
            let tokens = scene.login(&demo).await;
            scene.cold_start();
            scene.wire.break_next(call, fault);
            let next = scene.refresh(&tokens.refresh).await;
            scene.refresh(&next.refresh).await;
        }
        for call in ["GetSecretValue", "UpdateItem"] {
            let tokens = scene.login(&demo).await;
            scene.cold_start();
            scene.wire.break_next(call, fault);
            scene.revoke(&tokens.refresh).await.expect(200);
            scene.try_refresh(&tokens.refresh).await.expect(401);
        }
        let tokens = scene.login(&demo).await;
        scene.cold_start();
        scene.wire.break_next("GetItem", fault);
        scene.get_as("/whoami", &tokens.access).await.expect(200);
    }
}

#[tokio::test]
async fn closed_by_default_with_dynamodb_down_nobody_signs_in_and_everybody_may_try_again() {
    for fault in FAULTS {
        let scene = Scene::new().await;
        let demo = scene.demo().await;
        let tokens = scene.login(&demo).await;
        let tokens = scene.refresh(&tokens.refresh).await;
        scene.wire.break_always(DYNAMODB, fault);
        expect_unavailable(scene.try_login(&demo.email, PASSWORD).await);
        expect_unavailable(scene.try_login(&demo.email, "wrong").await);
        expect_unavailable(scene.try_refresh(&tokens.refresh).await);
        scene.wire.mend();
        scene.login(&demo).await;
        let next = scene.refresh(&tokens.refresh).await;
        scene.refresh(&next.refresh).await;
    }
}

/// The rotation is committed and the client hears 503: its retry gets what the first answer would have been.
#[tokio::test]
async fn a_rotation_whose_answer_was_lost_is_repeated_to_the_client() {
    let scene = Scene::new().await;
    let tokens = scene.login(&scene.demo().await).await;
    scene.refresh(&tokens.refresh).await;
    let tokens = scene.refresh(&tokens.refresh).await;
    scene.wire.break_always("UpdateItem", Fault::AnswerLost);
    expect_unavailable(scene.try_refresh(&tokens.refresh).await);
    scene.wire.mend();
    scene.wait(5);
    let next = scene.refresh(&tokens.refresh).await;
    scene.refresh(&next.refresh).await;
}

/// Promise 3 under a fault: a refusal is not spoken before the session has ended.
#[tokio::test]
async fn reuse_that_cannot_be_answered_by_ending_the_session_is_503_and_ends_it_at_the_next_try() {
    let scene = Scene::new().await;
    let first = scene.login(&scene.demo().await).await;
    let second = scene.refresh(&first.refresh).await;
    scene.wait(60);
    for _ in 0..3 {
        // The rotation is refused by its condition; the write that ends the session meets the fault.
        scene.wire.break_after(1, "UpdateItem", Fault::Throttled);
        expect_unavailable(scene.try_refresh(&first.refresh).await);
        scene.wire.mend();
    }
    scene.try_refresh(&first.refresh).await.expect_problem(401, "invalid-refresh-token");
    scene.try_refresh(&second.refresh).await.expect_problem(401, "invalid-refresh-token");
}

#[tokio::test]
async fn with_secrets_manager_down_warm_instances_go_on_and_cold_ones_say_503() {
    for fault in [Fault::Throttled, Fault::Unreachable] {
        let mut scene = Scene::new().await;
        let demo = scene.demo().await;
        let tokens = scene.login(&demo).await;
        let tokens = scene.refresh(&tokens.refresh).await;
        scene.wire.break_always(SECRETS_MANAGER, fault);
        scene.wait(3600);
        scene.login(&demo).await;
        let tokens = scene.refresh(&tokens.refresh).await;
        scene.cold_start();
        expect_unavailable(scene.try_login(&demo.email, PASSWORD).await);
        expect_unavailable(scene.try_refresh(&tokens.refresh).await);
        expect_unavailable(scene.revoke(&tokens.refresh).await);
        scene.get_as("/whoami", &tokens.access).await.expect(200);
        scene.wire.mend();
        scene.wait(1);
        let next = scene.refresh(&tokens.refresh).await;
        scene.revoke(&next.refresh).await.expect(200);
    }
}

/// A cold refresh without a signing key spends no token: nothing could be given for it.
#[tokio::test]
async fn a_token_is_not_spent_when_no_access_token_can_be_signed() {
    let mut scene = Scene::new().await;
    let tokens = scene.login(&scene.demo().await).await;
    scene.cold_start();
    scene.wire.break_always(SECRETS_MANAGER, Fault::Unreachable);
    scene.wire.take_calls();
    expect_unavailable(scene.try_refresh(&tokens.refresh).await);
    assert!(!scene.wire.take_calls().contains(&"UpdateItem".to_owned()));
    scene.wire.mend();
    scene.wait(3600);
    scene.refresh(&tokens.refresh).await;
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_signs_nothing() {
    let mut scene = Scene::new().await;
    let demo = scene.demo().await;
    let secrets = scene.cloud.clients().secrets_manager.clone();
    let name = "vestibule-SigningKeys";
    let good = secrets.get_secret_value().secret_id(name).send().await.unwrap().secret_string.unwrap();
    for damaged in ["{}", "not json", r#"{"format":2,"keys":[]}"#, r#"{"format":1,"keys":[]}"#, &good[..good.len() / 2]]
    {
        secrets.put_secret_value().secret_id(name).secret_string(damaged).send().await.unwrap();
        scene.cold_start();
        expect_unavailable(scene.try_login(&demo.email, PASSWORD).await);
    }
    secrets.put_secret_value().secret_id(name).secret_string(good).send().await.unwrap();
    scene.wait(1);
    Tokens::of(scene.try_login(&demo.email, PASSWORD).await);
}

/// A damaged item is named in the log by its key, and is neither a 500 nor a way in.
#[tokio::test]
async fn an_impossible_item_is_503_and_never_access() {
    use aws_sdk_dynamodb::types::AttributeValue;

    let scene = Scene::new().await;
    let demo = scene.user("demo@example.com", "", "admin").await;
    let tokens = scene.login(&demo).await;
    let sid = scene.get_as("/whoami", &tokens.access).await.expect(200).member("sid");
    for (attribute, value) in
        [("scope", AttributeValue::N("1".into())), ("idle_expires_at", AttributeValue::S("never".into()))]
    {
        let update = scene.cloud.clients().dynamodb.update_item().table_name("vestibule-Table");
        update
            .key("pk", AttributeValue::S(format!("USER#{}", demo.id)))
            .key("sk", AttributeValue::S(format!("SESSION#{sid}")))
            .update_expression("SET #a = :v")
            .expression_attribute_names("#a", attribute)
            .expression_attribute_values(":v", value)
            .send()
            .await
            .unwrap();
        expect_unavailable(scene.try_refresh(&tokens.refresh).await);
        scene.get_as("/admin", &tokens.access).await.expect(500);
    }
    scene.revoke(&tokens.refresh).await.expect(200);
}

/// A write that met another, or a busy table: we ask again, and nobody notices.
#[tokio::test]
async fn a_conflict_of_transactions_costs_nobody_anything() {
    for fault in [Fault::Conflict, Fault::TransactionThrottled, Fault::InProgress] {
        let scene = Scene::new().await;
        let demo = scene.demo().await;
        scene.login(&demo).await;
        for _ in 0..3 {
            scene.wire.break_next("TransactWriteItems", fault);
        }
        scene.login(&demo).await;
    }
    let scene = Scene::new().await;
    let tokens = scene.login(&scene.demo().await).await;
    for _ in 0..3 {
        scene.wire.break_next("UpdateItem", Fault::Conflict);
    }
    let next = scene.refresh(&tokens.refresh).await;
    for _ in 0..3 {
        scene.wire.break_next("UpdateItem", Fault::Conflict);
    }
    scene.revoke(&next.refresh).await.expect(200);
    scene.wire.break_always("TransactWriteItems", Fault::Conflict);
    expect_unavailable(scene.try_login("demo@example.com", PASSWORD).await);
}

/// The first attempt was carried out and nobody heard of it: the right password is not answered with 401.
#[tokio::test]
async fn a_sign_in_whose_transaction_is_still_under_way_is_not_refused_for_its_own_writes() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    scene.login(&demo).await;
    for fault in [Fault::AnswerLost, Fault::AnswerLost, Fault::InProgress, Fault::InProgress] {
        scene.wire.break_next("TransactWriteItems", fault);
    }
    let tokens = scene.login(&demo).await;
    scene.refresh(&tokens.refresh).await;
    let sessions = vestibule::sessions::end::ListSessions::sessions(&scene.cloud.table(), demo.id).await.unwrap();
    assert_eq!(sessions.len(), 2);
}

/// Not refused at once but silent, which is what a network does that has lost its way.
#[tokio::test]
async fn a_dependency_that_never_answers_is_503_after_seconds() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    let tokens = scene.refresh(&tokens.refresh).await;
    scene.wire.break_always(DYNAMODB, Fault::Hangs);
    let (login, refresh, revoke) = tokio::join!(
        scene.try_login(&demo.email, PASSWORD),
        scene.try_refresh(&tokens.refresh),
        scene.revoke(&tokens.refresh),
    );
    for answer in [login, refresh, revoke] {
        expect_unavailable(answer);
    }
    scene.get_as("/admin", &tokens.access).await.expect(500);
    scene.wire.mend();
    scene.refresh(&tokens.refresh).await;
}
