//! `POST /api-keys/report`: whoever finds a whole key may revoke it.

use serde_json::{Value, json};
use vestibule::api_keys::manage::ManageApiKeys;
use vestibule::api_keys::{Environment, MAX_KEYS, Named, NewSecret};
use vestibule::identity::ApiKeyId;
use vestibule::principal::Subject;
use vestibule::randomness::{Randomness, SeededRandomness};
use vestibule_tests::{Answer, Scene};

use crate::stage::{Key, Owner, export, orders, owner, stage};

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
async fn a_report_is_a_list_of_objects() {
    let (scene, _) = stage().await;
    for body in ["", "{}", "[1]", "["] {
        scene.post("/api-keys/report", "application/json", body).await.expect_problem(400, "invalid-request");
    }
    scene.post("/api-keys/report", "text/plain", "[]").await.expect_problem(415, "unsupported-media-type");
    let long = format!(r#"[{{"token":"{}"}}]"#, "x".repeat(256 * 1024));
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

/// What looks like a key of the owner's, and is none.
fn fakes(owner: &Owner, number: usize) -> Vec<String> {
    let randomness = Randomness::Seeded(SeededRandomness::new(7));
    let fake = |_| {
        let named = Named { owner: Subject::User(owner.user.id), id: ApiKeyId::random(&randomness).unwrap() };
        NewSecret::draw(named, &Environment::default(), &randomness).unwrap().text.expose().clone()
    };
    (0..number).map(fake).collect()
}

#[tokio::test]
async fn a_report_of_a_hundred_findings_as_github_sends_them_revokes_every_key() {
    let scene = Scene::builder().parameter("ApiKeyNetworkLimit", "1000/60").begin().await;
    let mut leaked = Vec::new();
    for email in ["ada@example.com", "bob@example.com"] {
        let owner = owner(&scene, email, "orders:read", "").await;
        for _ in 0..MAX_KEYS {
            leaked.push((owner.user.id, owner.key(&scene).await));
        }
    }
    let findings: Vec<Value> = leaked
        .iter()
        .map(|(_, key)| {
            json!({
                "token": key.text, "type": "vestibule_api_key", "source": "content",
                "url": "https://github.com/octocat/Hello-World/blob/12345600b9cbe38a219f39a9941c9319b600c002/configuration/production.txt",
            })
        })
        .collect();
    let report = Value::from(findings);
    assert!(report.to_string().len() > 27_000, "as long as they are: {}", report.to_string().len());
    let answer = scene.post_json("/api-keys/report", &report).await.expect(200);
    assert_eq!(labels(&answer), vec!["true_positive"; 100]);
    for (user, key) in leaked {
        let named = Named { owner: Subject::User(user), id: key.id.parse().unwrap() };
        assert!(scene.cloud.table().api_key(named).await.unwrap().is_none(), "{}", key.id);
    }
}

#[tokio::test]
async fn whatever_stands_beside_a_leaked_key_it_is_revoked() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    let good = json!({ "token": key.text }).to_string();
    let fakes: Vec<_> = fakes(&demo, 200).into_iter().map(|fake| json!({ "token": fake }).to_string()).collect();
    let body = format!(
        r#"[{{}},{{"token":1}},{{"token":null}},{{"token":"\u0000"}},{{"token":"a","token":"b"}},{{"token":"x","type":[]}},{},{good}]"#,
        fakes.join(",")
    );
    let answer = scene.post("/api-keys/report", "application/json", body).await.expect(200);
    let judged = labels(&answer);
    assert_eq!((judged.len(), judged.iter().filter(|label| *label == "true_positive").count()), (207, 1));
    assert_eq!(judged.last().unwrap(), "true_positive");
    assert_eq!((answer.json()[0].get("token_hash"), answer.header("vestibule-left-out")), (None, None));
    orders(&scene, &key.text).await.expect(403);
}

#[tokio::test]
async fn beyond_a_limit_of_keys_the_answer_says_how_many_nobody_looked_at() {
    let (scene, demo) = stage().await;
    let (first, last) = (demo.key(&scene).await, demo.key(&scene).await);
    let fakes = fakes(&demo, 249);
    let tokens: Vec<_> = [&first.text].into_iter().chain(&fakes).chain([&last.text, &first.text, &last.text]).collect();
    let findings: Vec<_> = tokens.iter().map(|token| json!({ "token": token })).collect();
    let answer = scene.post_json("/api-keys/report", &Value::from(findings)).await.expect(200);
    assert_eq!((labels(&answer).len(), answer.header("vestibule-left-out")), (251, Some("2")));
    orders(&scene, &first.text).await.expect(403);
    orders(&scene, &last.text).await.expect(200);
    let answer = scene.post_json("/api-keys/report", &json!([{ "token": last.text }])).await.expect(200);
    assert_eq!(labels(&answer), ["true_positive"]);
}
