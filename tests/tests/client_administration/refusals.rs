//! Who is not let in, and who is no more.

use serde_json::json;
use vestibule::accounts::administration::{Actor, Administer, Intervention};
use vestibule::oauth::clients::manage::{Intervened, ManageClients};
use vestibule::oauth::clients::{self, ClientChange};
use vestibule::scope::{Rights, RightsChange};

use crate::stage::{Stage, ask_as, worker};

const ROUTES: [(&str, &str); 7] = [
    ("GET", "/admin/clients"),
    ("POST", "/admin/clients"),
    ("GET", "/admin/clients/worker"),
    ("PATCH", "/admin/clients/worker"),
    ("POST", "/admin/clients/worker/secret"),
    ("POST", "/admin/clients/worker/disable"),
    ("POST", "/admin/clients/worker/enable"),
];

#[tokio::test]
async fn nobody_but_an_administrator_manages_clients() {
    let stage = Stage::new().await;
    let secret = stage.register(&worker()).await.expect(201).member("client_secret");
    let demo = stage.scene.user("demo@example.com", "admin orders:read", "support").await;
    let theirs = stage.scene.login(&demo).await.access;
    let of_a_client = stage.token("worker", &secret).await.expect(200).member("access_token");
    let body = json!({ "client_id": "mine" });
    for (method, path) in ROUTES {
        for access in [theirs.as_str(), of_a_client.as_str(), "nonsense"] {
            ask_as(&stage.scene, access, method, path, Some(&body)).await.expect(403);
        }
        let nobody = http::Request::builder().method(method).uri(path).body(bytes::Bytes::new()).unwrap();
        stage.scene.send(nobody).await.expect(401);
    }
    assert_eq!(stage.trail("worker").await.len(), 1);
    stage.show("mine").await.expect_problem(404, "not-found");
}

/// A session that somebody has come by must not be enough for a door that outlives it; to close one it is.
#[tokio::test]
async fn whoever_signed_in_long_ago_closes_clients_and_opens_or_changes_none() {
    let mut stage = Stage::new().await;
    stage.register(&worker()).await.expect(201);
    let tokens = stage.scene.try_login("admin@example.com", vestibule_tests::PASSWORD).await.expect(200);
    stage.scene.wait(601);
    stage.access = stage.scene.refresh(&tokens.member("refresh_token")).await.access;
    for (method, path) in ROUTES {
        let body = (method == "PATCH" || path == "/admin/clients").then(|| json!({ "client_id": "other" }));
        let body = if method == "PATCH" { Some(json!({ "client_name": "a" })) } else { body };
        let answer = stage.ask(method, path, body.as_ref()).await;
        if method == "GET" || path.ends_with("/disable") {
            answer.expect(200);
        } else {
            let answer = answer.expect_problem(401, "sign-in-again");
            let challenge = answer.header("www-authenticate").unwrap();
            assert!(challenge.contains("insufficient_user_authentication"), "{challenge}");
        }
    }
    stage.sign_in_again().await;
    stage.post("worker", "enable", None).await.expect(200);
}

#[tokio::test]
async fn a_client_that_is_not_there_is_404_however_it_is_named() {
    let stage = Stage::new().await;
    for name in ["nobody", "No-Body", "%20", "clients"] {
        stage.show(name).await.expect_problem(404, "not-found");
        stage.change(name, &json!({ "client_name": "a" })).await.expect_problem(404, "not-found");
        for verb in ["secret", "disable", "enable"] {
            stage.post(name, verb, None).await.expect_problem(404, "not-found");
        }
    }
}

/// The role is looked at in the transaction that writes: taken between the read and the write, it gives nothing.
#[tokio::test]
async fn an_administrator_who_loses_the_role_before_the_write_registers_and_changes_nothing() {
    let stage = Stage::new().await;
    stage.register(&worker()).await.expect(201);
    let (table, scene) = (stage.scene.operator_table().await, &stage.scene);
    let (id, now) = ("worker".parse().unwrap(), scene.clock.now());
    let change = ClientChange { name: Some("late".to_owned()), ..ClientChange::default() };
    let change = clients::manage::Intervention::Change(Box::new(change));
    let held = scene.wire.hold_next("TransactWriteItems");
    let actor = Actor::Administrator(stage.admin);
    let (late, ()) = tokio::join!(table.change_client(&id, &change, actor, now), async {
        held.arrived().await;
        let take = Intervention::Rights(RightsChange::Set(Rights::default()));
        scene.cloud.table().intervene(stage.admin, &take, Actor::Operator, now).await.unwrap();
        held.let_on();
    });
    assert!(matches!(late.unwrap(), Intervened::NotAdministrator));
    let client = clients::ReadClient::client(&table, &id).await.unwrap().unwrap();
    assert_eq!((client.name.as_str(), client.version), ("worker", 1));
    let other = clients::Client { id: "other".parse().unwrap(), ..client };
    assert_eq!(table.add_client(&other, actor).await.unwrap(), clients::Added::NotAdministrator);
}
