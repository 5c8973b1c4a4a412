//! A page of the clients.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use crate::stage::{Stage, worker};

async fn page(stage: &Stage, query: &str) -> (Vec<String>, Option<String>) {
    let listed = stage.ask("GET", &format!("/admin/clients{query}"), None).await.expect(200).json();
    let names = listed["clients"].as_array().unwrap().iter();
    let names = names.map(|client| client["client_id"].as_str().unwrap().to_owned()).collect();
    (names, listed.get("next").and_then(Value::as_str).map(str::to_owned))
}

async fn register(stage: &Stage, name: &str) {
    let mut client = worker();
    client["client_id"] = name.into();
    stage.register(&client).await.expect(201);
}

#[tokio::test]
async fn pages_follow_each_other_in_the_order_of_names_and_the_last_says_so() {
    let stage = Stage::new().await;
    for name in ["e", "b", "a-b", "d", "a.b"] {
        register(&stage, name).await;
    }
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(page(&stage, "").await, (names(&["a-b", "a.b", "b", "d", "e"]), None));
    assert_eq!(page(&stage, "?most=2").await, (names(&["a-b", "a.b"]), Some("a.b".to_owned())));
    assert_eq!(page(&stage, "?most=2&after=a.b").await, (names(&["b", "d"]), Some("d".to_owned())));
    assert_eq!(page(&stage, "?most=2&after=d").await, (names(&["e"]), None));
    assert_eq!(page(&stage, "?most=5").await.1, None, "five are all");
    // A name that nobody has is a place in the order too.
    assert_eq!(page(&stage, "?after=c").await, (names(&["d", "e"]), None));
    let listed = stage.ask("GET", "/admin/clients?most=1", None).await.expect(200).json();
    assert_eq!(listed["clients"][0], stage.show("a-b").await.expect(200).json());
    for (query, member) in [
        ("?most=0", "most"),
        ("?most=", "most"),
        ("?after=", "after"),
        ("?most=51", "most"),
        ("?most=x", "most"),
        ("?after=%20", "after"),
        ("?after=A", "after"),
    ] {
        let answer = stage.ask("GET", &format!("/admin/clients{query}"), None).await;
        let answer = answer.expect_problem(400, "invalid-request");
        assert!(answer.member("detail").contains(&format!("\"{member}\"")), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_page_is_one_query_and_one_batch_of_reads_however_many_there_are() {
    let stage = Stage::new().await;
    for number in 0..52 {
        register(&stage, &format!("worker-{number:02}")).await;
    }
    stage.ask("GET", "/admin/clients", None).await.expect(200);
    stage.scene.wire.take_calls();
    let (names, next) = page(&stage, "").await;
    assert_eq!((names.len(), next.as_deref()), (50, Some("worker-49")));
    let mut calls = BTreeMap::<_, usize>::new();
    for call in stage.scene.wire.take_calls() {
        *calls.entry(call).or_default() += 1;
    }
    let expected = [("BatchGetItem", 1), ("GetItem", 1), ("Query", 1)];
    assert_eq!(
        calls,
        expected.map(|(call, times)| (call.to_owned(), times)).into(),
        "with the session of whoever asks"
    );
    assert_eq!(page(&stage, "?after=worker-49").await, (vec!["worker-50".to_owned(), "worker-51".to_owned()], None));
}

#[tokio::test]
async fn a_registration_that_cannot_be_read_is_named_and_hides_no_other() {
    let stage = Stage::new().await;
    for name in ["good", "spoiled"] {
        register(&stage, name).await;
    }
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let update = stage.scene.cloud.clients().dynamodb.update_item().table_name("vestibule-Table");
    let update = update.key("pk", text("CLIENT#spoiled")).key("sk", text("CLIENT"));
    let update = update.update_expression("SET #grants = :grants").expression_attribute_names("#grants", "grants");
    update.expression_attribute_values(":grants", text("password")).send().await.unwrap();
    let listed = stage.ask("GET", "/admin/clients", None).await.expect(200).json();
    assert_eq!((listed["clients"].as_array().unwrap().len(), &listed["unreadable"]), (1, &json!(["spoiled"])));
}
