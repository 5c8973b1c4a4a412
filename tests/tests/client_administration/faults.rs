//! Faults end in what was asked for or a clear 503, and nothing remains half done (promises 4 and 9).

use serde_json::json;
use vestibule::audit::client_trail::ClientEvent;
use vestibule_tests::Fault;

use crate::stage::{Stage, worker};

/// Promise 9: an administrator who cannot be looked at is none.
#[tokio::test]
async fn closed_by_default_while_the_table_fails_no_client_is_registered_or_changed() {
    let stage = Stage::new().await;
    stage.register(&worker()).await.expect(201);
    let mut other = worker();
    other["client_id"] = "other".into();
    for call in ["GetItem", "TransactWriteItems"] {
        // The authorizer's own read goes through, the function's do not.
        let spared = usize::from(call == "GetItem");
        for (method, path, body) in [
            ("POST", "/admin/clients", Some(&other)),
            ("PATCH", "/admin/clients/worker", Some(&json!({ "client_name": "a" }))),
            ("POST", "/admin/clients/worker/secret", None),
            ("POST", "/admin/clients/worker/disable", None),
        ] {
            stage.scene.wire.break_after(spared, call, Fault::Throttled);
            stage.ask(method, path, body).await.expect_problem(503, "temporarily-unavailable");
            stage.scene.wire.mend();
        }
    }
    for call in ["Query", "BatchGetItem"] {
        stage.scene.wire.break_always(call, Fault::Throttled);
        stage.ask("GET", "/admin/clients", None).await.expect_problem(503, "temporarily-unavailable");
        stage.scene.wire.mend();
    }
    let listed = stage.ask("GET", "/admin/clients", None).await.expect(200).json();
    assert_eq!(listed["clients"].as_array().unwrap().len(), 1);
    assert_eq!(stage.trail("worker").await.len(), 1);
}

/// The write was carried out and its answer lost on the way: asked again by the SDK, it is the same write.
#[tokio::test]
async fn a_write_whose_answer_was_lost_is_made_once_and_answered() {
    let stage = Stage::new().await;
    for fault in [Fault::AnswerLost, Fault::Conflict, Fault::InProgress, Fault::Throttled] {
        let mut client = worker();
        let name = format!("{fault:?}").to_lowercase();
        client["client_id"] = name.clone().into();
        stage.scene.wire.break_next("TransactWriteItems", fault);
        let secret = stage.register(&client).await.expect(201).member("client_secret");
        stage.token(&name, &secret).await.expect(200);
        stage.scene.wait(5);
        stage.scene.wire.break_next("TransactWriteItems", fault);
        let rotated = stage.post(&name, "secret", None).await.expect(200).member("client_secret");
        stage.token(&name, &rotated).await.expect(200);
        stage.token(&name, &secret).await.expect(200);
        let by = Some(stage.admin);
        assert_eq!(stage.trail(&name).await, [(ClientEvent::Registered, by), (ClientEvent::SecretRotated, by)]);
    }
}

/// Nobody knows what became of it but by looking: the name says it.
#[tokio::test]
async fn a_registration_that_was_made_and_answered_with_503_is_found_by_its_name_and_given_a_secret() {
    let stage = Stage::new().await;
    stage.scene.wire.break_always("TransactWriteItems", Fault::AnswerLost);
    stage.register(&worker()).await.expect_problem(503, "temporarily-unavailable");
    stage.scene.wire.mend();
    stage.register(&worker()).await.expect_problem(409, "conflict");
    let secret = stage.post("worker", "secret", None).await.expect(200).member("client_secret");
    stage.token("worker", &secret).await.expect(200);
    let listed = stage.ask("GET", "/admin/clients", None).await.expect(200).json();
    assert_eq!(listed["clients"].as_array().unwrap().len(), 1);
}
