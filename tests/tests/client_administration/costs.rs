//! What it costs in storage.

use serde_json::json;

use crate::stage::{Stage, worker};

#[tokio::test]
async fn a_registration_is_one_read_and_one_transaction_and_a_change_one_read_more() {
    let stage = Stage::new().await;
    stage.ask("GET", "/admin/clients", None).await.expect(200);
    stage.scene.wire.take_calls();
    let calls = |what: &'static [&'static str]| {
        let calls = stage.scene.wire.take_calls();
        // Each begins with the session of whoever asks.
        assert_eq!(calls, [&["GetItem"], what].concat());
    };
    stage.register(&worker()).await.expect(201);
    calls(&["GetItem", "TransactWriteItems"]);
    stage.show("worker").await.expect(200);
    calls(&["GetItem"]);
    stage.change("worker", &json!({ "client_name": "a" })).await.expect(200);
    calls(&["GetItem", "GetItem", "TransactWriteItems"]);
    stage.change("worker", &json!({ "client_name": "a" })).await.expect(200);
    calls(&["GetItem", "GetItem"]);
    for verb in ["secret", "disable", "enable"] {
        stage.post("worker", verb, None).await.expect(200);
        calls(&["GetItem", "GetItem", "TransactWriteItems"]);
    }
}
