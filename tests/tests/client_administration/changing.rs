//! A change of a registration: what it leaves, what it takes away, and how soon it holds.

use serde_json::{Value, json};
use vestibule::audit::client_trail::{ClientEvent, ReadClientTrail};

use crate::stage::{Stage, app, worker};

#[tokio::test]
async fn a_change_says_what_is_different_and_leaves_the_rest() {
    let stage = Stage::new().await;
    let before = stage.register(&app()).await.expect(201).json();
    let change = json!({
        "client_name": "Another", "redirect_uris": ["https://new.example.com/back"], "origins": ["https://new.example.com"],
        "scope": "openid", "idle_seconds": 3600, "access_token_seconds": 60, "algorithm": "RS256", "retry": "until_used",
    });
    let mut expected = before;
    for (name, value) in change.as_object().unwrap() {
        expected[name] = value.clone();
    }
    assert_eq!(stage.change("app", &change).await.expect(200).json(), expected);
    let back =
        json!({ "idle_seconds": null, "access_token_seconds": null, "algorithm": null, "absolute_seconds": null });
    for name in ["idle_seconds", "access_token_seconds", "algorithm"] {
        expected.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(stage.change("app", &back).await.expect(200).json(), expected);
    assert_eq!(stage.show("app").await.expect(200).json(), expected);
    let trail = stage.scene.cloud.table().client_trail(&"app".parse().unwrap(), stage.scene.clock.now()).await.unwrap();
    let last = trail.last().unwrap();
    assert_eq!((last.event, last.by), (ClientEvent::Changed, Some(stage.admin)));
    assert_eq!(last.members, ["algorithm", "access_token_seconds", "idle_seconds", "absolute_seconds"]);
}

#[tokio::test]
async fn a_change_that_cannot_be_is_refused_by_the_member_at_fault_and_changes_nothing() {
    let stage = Stage::new().await;
    stage.register(&app()).await.expect(201);
    let before = stage.show("app").await.expect(200).json();
    for (change, member) in [
        (json!({ "redirect_uris": [] }), "redirect_uris"),
        (json!({ "client_name": null }), "client_name"),
        (json!({ "limit": "10/60" }), "limit"),
        (json!({ "jwks": { "keys": [] } }), "jwks"),
        (json!({ "absolute_seconds": 60, "idle_seconds": 61 }), "absolute_seconds"),
        // What a client is cannot be changed.
        (json!({ "client_id": "other" }), "client_id"),
        (json!({ "token_endpoint_auth_method": "client_secret_basic" }), "token_endpoint_auth_method"),
        (json!({ "grant_types": ["client_credentials"] }), "grant_types"),
        (json!({ "party": "first" }), "party"),
        (json!({ "standing": "disabled" }), "standing"),
    ] {
        let answer = stage.change("app", &change).await.expect_problem(400, "invalid-request");
        assert!(answer.member("detail").contains(&format!("\"{member}\"")), "{change}: {}", answer.text());
    }
    assert_eq!(stage.show("app").await.expect(200).json(), before);
    assert_eq!(stage.trail("app").await.len(), 1);
}

#[tokio::test]
async fn a_scope_that_is_taken_from_a_client_is_in_no_token_after_a_minute() {
    let stage = Stage::new().await;
    let secret = stage.register(&worker()).await.expect(201).member("client_secret");
    assert_eq!(stage.token("worker", &secret).await.expect(200).member("scope"), "orders:read orders:write");
    stage.change("worker", &json!({ "scope": "orders:read" })).await.expect(200);
    stage.scene.wait(60);
    assert_eq!(stage.token("worker", &secret).await.expect(200).member("scope"), "orders:read");
}

/// Each writes over the registration as it read it: a second one that was read before is read again.
#[tokio::test]
async fn changes_at_once_of_different_members_all_hold() {
    let stage = Stage::new().await;
    stage.register(&worker()).await.expect(201);
    let changes: [Value; 3] = [json!({ "client_name": "N" }), json!({ "limit": "5/60" }), json!({ "scope": "a" })];
    let [name, limit, scope] = &changes;
    let answers =
        tokio::join!(stage.change("worker", name), stage.change("worker", limit), stage.change("worker", scope));
    for answer in [answers.0, answers.1, answers.2] {
        answer.expect(200);
    }
    let shown = stage.show("worker").await.expect(200).json();
    assert_eq!((&shown["client_name"], &shown["limit"], &shown["scope"]), (&json!("N"), &json!("5/60"), &json!("a")));
    assert_eq!(stage.trail("worker").await.len(), 4);
}

/// Promise 4, promise 6: within a minute nobody gives it anything, and asking again changes nothing.
#[tokio::test]
async fn a_closed_client_is_refused_within_a_minute_and_an_opened_one_let_in_again() {
    let stage = Stage::new().await;
    let secret = stage.register(&worker()).await.expect(201).member("client_secret");
    stage.token("worker", &secret).await.expect(200);
    for _ in 0..2 {
        let closed = stage.post("worker", "disable", None).await.expect(200).json();
        assert_eq!(closed["standing"], "disabled");
    }
    stage.scene.wait(60);
    stage.token("worker", &secret).await.expect(401);
    assert_eq!(stage.post("worker", "enable", None).await.expect(200).member("standing"), "active");
    stage.scene.wait(60);
    stage.token("worker", &secret).await.expect(200);
    let by = Some(stage.admin);
    assert_eq!(
        stage.trail("worker").await,
        [(ClientEvent::Registered, by), (ClientEvent::Disabled, by), (ClientEvent::Enabled, by)]
    );
}
