//! `POST /api-keys/report`: whoever finds a whole key may revoke it.

use serde_json::{Value, json};
use vestibule_tests::{Answer, Scene};

use crate::stage::{Key, export, orders, stage};

async fn report(scene: &Scene, tokens: &[&str]) -> Answer {
    let findings: Vec<Value> = tokens
        .iter()
        .map(|token| {
            json!({ "token": token, "type": "vestibule_api_key", "url": "https://example.com/x.env", "source": "commit" })
        })
        .collect();
    scene.post_json("/api-keys/report", &Value::from(findings)).await
}

fn labels(answer: &Answer) -> Vec<String> {
    let judged = answer.json();
    judged.as_array().unwrap().iter().map(|one| one["label"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_reported_key_is_revoked_and_every_finding_is_judged_in_order() {
    let (scene, demo) = stage().await;
    let (leaked, kept) = (demo.key(&scene).await, demo.key(&scene).await);
    let mistyped = format!("{}x", &leaked.text[..leaked.text.len() - 1]);
    let answer = report(&scene, &["vk_nothing", &leaked.text, &mistyped, &leaked.text]).await.expect(200);
    assert_eq!(labels(&answer), ["false_positive", "true_positive", "false_positive", "true_positive"]);
    assert_eq!(answer.json()[1]["token_type"], "vestibule_api_key");
    assert!(!answer.text().contains(&leaked.text), "a key is not repeated");
    orders(&scene, &leaked.text).await.expect(403);
    orders(&scene, &kept.text).await.expect(200);
    assert_eq!(demo.listed(&scene).await.len(), 1);
    // A report may be sent again.
    assert_eq!(labels(&report(&scene, &[&leaked.text]).await.expect(200)), ["false_positive"]);
}

#[tokio::test]
async fn an_earlier_secret_that_still_works_revokes_the_key_and_one_that_has_ended_does_nothing() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    let second = Key::of(&demo.rotate(&scene, &key, json!({ "overlap": 0 })).await.expect(200));
    assert_eq!(labels(&report(&scene, &[&key.text]).await.expect(200)), ["false_positive"]);
    let third = Key::of(&demo.rotate(&scene, &key, json!({})).await.expect(200));
    export(&scene, &third.text).await.expect(200);
    assert_eq!(labels(&report(&scene, &[&second.text]).await.expect(200)), ["true_positive"]);
    orders(&scene, &third.text).await.expect(403);
}

#[tokio::test]
async fn a_report_is_a_short_list_of_objects_with_a_token_each() {
    let (scene, _) = stage().await;
    for body in
        ["", "{}", "[1]", "[{}]", r#"[{"token":1}]"#, r#"[{"token":null}]"#, "[", r#"[{"token":"a","token":"b"}]"#]
    {
        scene.post("/api-keys/report", "application/json", body).await.expect_problem(400, "invalid-request");
    }
    let many = format!("[{}]", vec![r#"{"token":"vk_x"}"#; 101].join(","));
    scene.post("/api-keys/report", "application/json", many).await.expect_problem(400, "invalid-request");
    scene.post("/api-keys/report", "text/plain", "[]").await.expect_problem(415, "unsupported-media-type");
    let long = format!(r#"[{{"token":"{}"}}]"#, "x".repeat(16 * 1024));
    scene.post("/api-keys/report", "application/json", long).await.expect_problem(413, "body-too-large");
    assert_eq!(scene.post("/api-keys/report", "application/json", "[]").await.expect(200).text(), "[]");
}

#[tokio::test]
async fn what_is_no_whole_key_costs_no_read() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    scene.wire.take_calls();
    let (head, tail) = key.text.split_at(60);
    report(&scene, &["vk_x", head, tail, &key.text.to_uppercase()]).await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["UpdateItem"], "the count of the limit, and nothing else");
}
