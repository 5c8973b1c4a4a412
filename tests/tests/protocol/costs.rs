//! What each operation costs, by counting calls, never by time.

use vestibule_tests::{PASSWORD, Scene, costs};

#[tokio::test]
async fn a_login_is_one_read_two_counts_and_one_transaction_and_a_cold_one_two_secrets_more() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    scene.login(&demo).await;
    // What is asked at the same time goes out in any order.
    let sorted = || {
        let mut calls = scene.wire.take_calls();
        calls.sort_unstable();
        calls
    };
    let warm = ["GetItem", "TransactWriteItems", "UpdateItem", "UpdateItem"];
    let cold = ["GetItem", "GetSecretValue", "GetSecretValue", "TransactWriteItems", "UpdateItem", "UpdateItem"];
    assert_eq!(sorted(), cold);
    scene.login(&demo).await;
    assert_eq!(sorted(), warm);
    scene.try_login(&demo.email, "wrong").await.expect(401);
    assert_eq!(sorted(), ["GetItem", "UpdateItem", "UpdateItem"]);
    scene.try_login("nobody@example.com", PASSWORD).await.expect(401);
    assert_eq!(sorted(), ["GetItem", "UpdateItem", "UpdateItem"]);
}

#[tokio::test]
async fn a_refresh_is_one_call_and_one_write_unit() {
    let scene = Scene::new().await;
    let roles = "team:billing-approver team:support-lead team:reporting admin";
    let scopes = "orders:read orders:write invoices:read invoices:write customers:read customers:write reports:read";
    let tokens = scene.login(&scene.user("busy@example.com", scopes, roles).await).await;
    let tokens = scene.refresh(&tokens.refresh).await;
    scene.wire.take_calls();
    scene.wire.take_capacity_units();
    let next = scene.refresh(&tokens.refresh).await;
    assert_eq!(scene.wire.take_calls(), ["UpdateItem"]);
    assert_eq!(scene.wire.take_capacity_units(), 1.0);
    scene.refresh(&tokens.refresh).await;
    assert_eq!(scene.wire.take_calls(), ["UpdateItem"], "a retry");
    scene.refresh(&next.refresh).await;
    scene.wait(60);
    scene.wire.take_calls();
    scene.try_refresh(&next.refresh).await.expect(401);
    assert_eq!(scene.wire.take_calls(), ["UpdateItem", "UpdateItem"], "reuse: the second one ends the session");
}

#[tokio::test]
async fn a_revocation_is_one_call() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    scene.revoke("vrt_warm-up").await.expect(200);
    scene.wire.take_calls();
    scene.revoke(&tokens.refresh).await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["UpdateItem"]);
}

#[tokio::test]
async fn a_cold_authorizer_makes_one_read_and_a_warm_one_none() {
    let mut scene = Scene::new().await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    scene.cold_start();
    scene.wire.take_calls();
    scene.get_as("/whoami", &tokens.access).await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["GetItem"]);
    scene.get_as("/orders", &tokens.access).await.expect(200);
    let other = scene.login(&demo).await;
    scene.wire.take_calls();
    scene.get_as("/whoami", &other.access).await.expect(200);
    scene.get_as("/admin", &other.access).await.expect(403);
    assert_eq!(scene.wire.take_calls(), ["GetItem"], "a strict route reads its session, which is why it is strict");
}

#[tokio::test]
async fn a_refused_body_costs_nothing() {
    let scene = Scene::new().await;
    scene.post("/login", "application/json", "{").await.expect(400);
    scene.post("/refresh", "application/json", "{}").await.expect(400);
    scene.post("/revoke", "text/plain", "").await.expect(415);
    assert_eq!(scene.wire.take_calls(), [""; 0]);
}

#[tokio::test]
async fn keys_are_read_once_in_five_minutes_however_many_ask() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let mut tokens = scene.login(&demo).await;
    tokens = scene.refresh(&tokens.refresh).await;
    scene.wire.take_calls();
    scene.wait(301);
    for _ in 0..5 {
        tokens = scene.refresh(&tokens.refresh).await;
    }
    let secrets = scene.wire.take_calls().into_iter().filter(|call| call == "GetSecretValue").count();
    assert_eq!(secrets, 2, "one signing ring, one set of MAC keys");
}

#[tokio::test]
async fn the_page_of_costs_says_what_is_counted_now() {
    let counted = costs::count().await;
    let page = costs::page(&counted);
    let committed = include_str!("../../../infra/costs.md");
    assert!(page == committed, "run `cargo run -p vestibule-tests --example costs` and read what has changed:\n{page}");
    let summary = costs::summary(&counted);
    assert!(include_str!("../../../README.md").contains(&summary), "the README says otherwise:\n{summary}");
}
