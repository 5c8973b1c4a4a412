//! Bodies that no honest client sends: a specific 4xx, for each endpoint, and never more.

use serde_json::{Value, json};
use vestibule_tests::{PASSWORD, Scene};

use crate::stage::{ADA, ANOTHER, login, register};

/// Each endpoint with a body that it reads to the end.
fn endpoints() -> [(&'static str, Value); 8] {
    let token = format!("vot_{}", "A".repeat(43));
    [
        ("/accounts", json!({ "email": ADA })),
        ("/accounts/verify", json!({ "token": token, "password": PASSWORD, "username": "ada" })),
        ("/password/forgot", json!({ "email": ADA })),
        ("/password/reset", json!({ "token": token, "password": PASSWORD })),
        ("/account/password", json!({ "current_password": PASSWORD, "new_password": ANOTHER })),
        ("/account/email", json!({ "email": "another@example.com", "password": PASSWORD })),
        ("/account/email/verify", json!({ "token": token })),
        ("/account/delete", json!({ "password": PASSWORD })),
    ]
}

#[tokio::test]
async fn each_fault_of_a_body_is_named_and_no_value_is_repeated() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let access = login(&scene, ADA, PASSWORD).await.access;
    for (path, good) in endpoints() {
        let fields: Vec<String> = good.as_object().unwrap().keys().cloned().collect();
        for field in &fields {
            for bad in [json!(null), json!(7), json!([]), json!({}), json!(true), json!("a\0b")] {
                let mut body = good.clone();
                body[field] = bad.clone();
                let answer = scene.post_as(path, &access, &body).await.expect_problem(400, "invalid-request");
                assert!(
                    answer.member("detail").contains(&format!("\"{field}\"")),
                    "{path} {field} {bad}: {}",
                    answer.text()
                );
            }
            let mut body = good.clone();
            body.as_object_mut().unwrap().remove(field);
            if field != "username" {
                let answer = scene.post_as(path, &access, &body).await.expect_problem(400, "invalid-request");
                assert!(
                    answer.member("detail").contains(&format!("\"{field}\" is missing")),
                    "{path}: {}",
                    answer.text()
                );
            }
        }
        let mut body = good.clone();
        body["hunter2"] = json!("hunter3");
        let answer = scene.post_as(path, &access, &body).await.expect_problem(400, "invalid-request");
        assert!(answer.text().contains("hunter2") && !answer.text().contains("hunter3"), "{path}: {}", answer.text());
        body["hunter2"] = json!("x".repeat(20_000));
        scene.post_as(path, &access, &body).await.expect_problem(413, "body-too-large");
        assert_eq!(scene.cloud.outbox().letters().len(), 1, "{path}");
    }
    login(&scene, ADA, PASSWORD).await;
}
