//! What each endpoint costs, by counting calls.

use serde_json::json;
use vestibule_tests::{PASSWORD, Scene};

use crate::stage::{ADA, ANOTHER, ask, forget, login, register, reset, verify};

#[tokio::test]
async fn each_endpoint_makes_the_calls_that_the_readme_of_the_store_says() {
    let scene = Scene::new().await;
    register(&scene, "warm-up@example.com").await;
    let warm_up = login(&scene, "warm-up@example.com", PASSWORD).await;
    scene.get_as("/account", &warm_up.access).await.expect(200);
    let calls = || scene.wire.take_calls().join(" ");
    calls();
    ask(&scene, ADA).await.expect(202);
    assert_eq!(calls(), "UpdateItem UpdateItem GetItem PutItem SendEmail");
    verify(&scene, &scene.mailed_token(ADA), PASSWORD).await.expect(201);
    assert_eq!(calls(), "GetItem TransactWriteItems");
    forget(&scene, ADA).await.expect(202);
    assert_eq!(calls(), "UpdateItem UpdateItem GetItem PutItem SendEmail");
    reset(&scene, &scene.mailed_token(ADA), PASSWORD).await.expect(200);
    assert_eq!(calls(), "GetItem GetItem Query Query Query TransactWriteItems Query SendEmail");
    let tokens = login(&scene, ADA, PASSWORD).await;
    calls();
    scene.get_as("/account", &tokens.access).await.expect(200);
    assert_eq!(calls(), "GetItem GetItem", "the session and the account");
    let body = json!({ "current_password": PASSWORD, "new_password": ANOTHER });
    scene.post_as("/account/password", &tokens.access, &body).await.expect(200);
    assert_eq!(calls(), "GetItem GetItem UpdateItem GetItem Query Query Query TransactWriteItems Query SendEmail");
    let body = json!({ "email": "ada@new.example", "password": ANOTHER });
    scene.post_as("/account/email", &tokens.access, &body).await.expect(202);
    assert_eq!(calls(), "GetItem GetItem UpdateItem GetItem UpdateItem UpdateItem GetItem PutItem SendEmail SendEmail");
    let body = json!({ "token": scene.mailed_token("ada@new.example") });
    scene.post_as("/account/email/verify", &tokens.access, &body).await.expect(200);
    assert_eq!(calls(), "GetItem GetItem GetItem GetItem TransactWriteItems");
    scene.post_as("/account/delete", &tokens.access, &json!({ "password": ANOTHER })).await.expect(200);
    assert_eq!(calls(), "GetItem GetItem UpdateItem GetItem Query TransactWriteItems Query BatchWriteItem SendEmail");
}

/// A body that cannot be used costs nothing, and one without a token that we could have mailed no look-up.
#[tokio::test]
async fn a_refused_body_costs_nothing() {
    let scene = Scene::new().await;
    for path in ["/accounts", "/accounts/verify", "/password/forgot", "/password/reset"] {
        scene.post(path, "application/json", "{").await.expect(400);
        scene.post(path, "application/json", "{}").await.expect(400);
        scene.post(path, "text/plain", "{}").await.expect(415);
    }
    assert_eq!(scene.wire.take_calls(), [""; 0]);
    verify(&scene, "vot_x", PASSWORD).await.expect(400);
    assert_eq!(scene.wire.take_calls(), ["UpdateItem"]);
}
