//! A change of rights: what it does to the account, its sessions and its trail, and what it costs.

use serde_json::json;
use vestibule::accounts::ManageAccounts;
use vestibule::accounts::administration::{Actor, Administer, Intervened, Intervention};
use vestibule::audit::trail::{AccountChange, ReadTrail};
use vestibule::scope::{Rights, RightsChange, Roles, Scopes};
use vestibule::sessions::end::ListSessions;
use vestibule::sessions::{Ending, State};
use vestibule_tests::{Fault, Scene};

use super::{administrator, ask, set_rights};

fn rights(scopes: &str, roles: &str) -> Rights {
    Rights { scopes: Scopes::parse(scopes).unwrap(), roles: Roles::parse(roles).unwrap() }
}

#[tokio::test]
async fn an_administrator_gives_rights_and_the_next_sign_in_has_them() {
    let scene = Scene::new().await;
    let (admin, access) = administrator(&scene, "admin@example.com").await;
    let demo = scene.user("demo@example.com", "", "").await;
    scene.login(&demo).await;
    let answer = set_rights(&scene, &access, &demo, "orders:read", "support admin").await.expect(200);
    let expected = json!({
        "id": demo.id, "names": ["demo@example.com"], "standing": "active", "scope": "orders:read", "roles": "admin support",
        "created_at": scene.clock.now().seconds(), "sessions_ended": 1,
    });
    assert_eq!(answer.json(), expected);
    let tokens = scene.login(&demo).await;
    scene.get_as("/orders", &tokens.access).await.expect(200);
    scene.get_as("/admin", &tokens.access).await.expect(200);
    let trail = scene.cloud.table().trail(demo.id, scene.clock.now()).await.unwrap();
    let last = trail.last().unwrap();
    assert_eq!((last.change, last.by), (AccountChange::RightsChanged, Some(admin.id)));
    assert_eq!(last.rights, Some(rights("orders:read", "admin support")));
}

/// Promise 6: on a strict route at once, at a refresh at once, elsewhere when the token and the kept answer are over.
#[tokio::test]
async fn bounded_lock_out_rights_that_are_taken_hold_no_longer_than_a_token() {
    let scene = Scene::new().await;
    let (_, access) = administrator(&scene, "admin@example.com").await;
    let demo = scene.user("demo@example.com", "orders:read", "admin").await;
    let tokens = scene.login(&demo).await;
    scene.get_as("/admin", &tokens.access).await.expect(200);
    set_rights(&scene, &access, &demo, "", "").await.expect(200);
    scene.get_as("/admin", &tokens.access).await.expect(403);
    scene.try_refresh(&tokens.refresh).await.expect_problem(401, "invalid-refresh-token");
    let session = scene.cloud.table().sessions(demo.id).await.unwrap().remove(0).unwrap();
    assert_eq!(session.state, State::Ended { at: scene.clock.now(), cause: Ending::RightsChanged });
    scene.wait(361);
    scene.get_as("/orders", &tokens.access).await.expect(403);
    let tokens = scene.login(&demo).await;
    scene.get_as("/orders", &tokens.access).await.expect(403);
}

#[tokio::test]
async fn an_operator_grants_and_withdraws_beside_what_is_there() {
    let scene = Scene::new().await;
    let demo = scene.user("demo@example.com", "orders:read", "support").await;
    let (table, now) = (scene.cloud.table(), scene.clock.now());
    for (change, after) in [
        (RightsChange::Grant(rights("orders:write", "admin")), rights("orders:read orders:write", "admin support")),
        (RightsChange::Withdraw(rights("orders:read", "support")), rights("orders:write", "admin")),
    ] {
        scene.login(&demo).await;
        let intervention = Intervention::Rights(change);
        let done = table.intervene(demo.id, &intervention, Actor::Operator, now).await.unwrap();
        assert!(matches!(done, Intervened::Changed { .. }), "{done:?}");
        assert_eq!(table.account(demo.id).await.unwrap().unwrap().rights(), after);
        let live = table.sessions(demo.id).await.unwrap();
        assert!(live.iter().all(|session| session.as_ref().unwrap().state != State::Live));
        let last = table.trail(demo.id, now).await.unwrap().pop().unwrap();
        assert_eq!((last.by, last.rights), (None, Some(after)));
    }
}

#[tokio::test]
async fn a_sign_in_that_read_the_old_rights_opens_nothing() {
    let scene = Scene::new().await;
    let demo = scene.user("demo@example.com", "orders:read", "admin").await;
    scene.login(&demo).await;
    scene.wait(1);
    let held = scene.wire.hold_next("TransactWriteItems");
    let table = scene.cloud.table();
    let (answer, ()) = tokio::join!(scene.try_login(&demo.email, vestibule_tests::PASSWORD), async {
        held.arrived().await;
        let change = Intervention::Rights(RightsChange::Set(Rights::default()));
        table.intervene(demo.id, &change, Actor::Operator, scene.clock.now()).await.unwrap();
        held.let_on();
    });
    answer.expect(401);
}

#[tokio::test]
async fn an_account_is_closed_and_opened_and_its_sessions_are_ended() {
    let scene = Scene::new().await;
    let (admin, access) = administrator(&scene, "admin@example.com").await;
    let demo = scene.demo().await;
    let path = format!("/admin/users/{}", demo.id);
    let shown = ask(&scene, &access, "GET", &path, None).await.expect(200).json();
    assert_eq!(
        (&shown["standing"], &shown["scope"], shown.get("sessions_ended")),
        (&json!("active"), &json!("orders:read"), None)
    );
    let first = scene.login(&demo).await;
    scene.login(&demo).await;
    let ended = ask(&scene, &access, "DELETE", &format!("{path}/sessions"), None).await.expect(200).json();
    assert_eq!(ended, json!({ "sessions_ended": 2 }));
    scene.try_refresh(&first.refresh).await.expect(401);
    let tokens = scene.login(&demo).await;
    let closed = ask(&scene, &access, "POST", &format!("{path}/disable"), None).await.expect(200).json();
    assert_eq!((&closed["standing"], &closed["sessions_ended"]), (&json!("disabled"), &json!(1)));
    scene.try_refresh(&tokens.refresh).await.expect(401);
    scene.try_login(&demo.email, vestibule_tests::PASSWORD).await.expect(401);
    let opened = ask(&scene, &access, "POST", &format!("{path}/enable"), None).await.expect(200).json();
    assert_eq!(opened["standing"], "active");
    scene.login(&demo).await;
    let trail = scene.cloud.table().trail(demo.id, scene.clock.now()).await.unwrap();
    let changes: Vec<_> = trail.iter().map(|entry| (entry.change, entry.by)).collect();
    let by = Some(admin.id);
    assert_eq!(
        changes,
        [
            (AccountChange::Registered, None),
            (AccountChange::SessionsEnded, by),
            (AccountChange::Disabled, by),
            (AccountChange::Enabled, by)
        ]
    );
}

#[tokio::test]
async fn who_ended_somebodys_sessions_is_in_their_trail() {
    let scene = Scene::new().await;
    let (admin, access) = administrator(&scene, "admin@example.com").await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    scene.wait(1);
    let end = format!("/admin/users/{}/sessions", demo.id);
    let held = scene.wire.hold_next("TransactWriteItems");
    let (under_way, ()) = tokio::join!(scene.try_login(&demo.email, vestibule_tests::PASSWORD), async {
        held.arrived().await;
        ask(&scene, &access, "DELETE", &end, None).await.expect(200);
        held.let_on();
    });
    under_way.expect(401);
    scene.try_refresh(&tokens.refresh).await.expect(401);
    let table = scene.cloud.table();
    let last = table.trail(demo.id, scene.clock.now()).await.unwrap().pop().unwrap();
    assert_eq!((last.change, last.by), (AccountChange::SessionsEnded, Some(admin.id)));
    // Their own, too, though a transaction cannot name one item twice.
    ask(&scene, &access, "DELETE", &format!("/admin/users/{}/sessions", admin.id), None).await.expect(200);
    let last = table.trail(admin.id, scene.clock.now()).await.unwrap().pop().unwrap();
    assert_eq!((last.change, last.by), (AccountChange::SessionsEnded, Some(admin.id)));
}

#[tokio::test]
async fn a_change_is_two_reads_one_transaction_and_the_end_of_each_session() {
    let scene = Scene::new().await;
    let (_, access) = administrator(&scene, "admin@example.com").await;
    let demo = scene.demo().await;
    scene.login(&demo).await;
    scene.get_as("/admin", &access).await.expect(200);
    scene.wire.take_calls();
    set_rights(&scene, &access, &demo, "", "").await.expect(200);
    let calls = scene.wire.take_calls();
    assert_eq!(
        calls,
        ["GetItem", "GetItem", "GetItem", "TransactWriteItems", "Query", "UpdateItem"],
        "the first asks whether the session lives"
    );
    ask(&scene, &access, "GET", &format!("/admin/users/{}", demo.id), None).await.expect(200);
    assert_eq!(scene.wire.take_calls(), ["GetItem", "GetItem"]);
}

/// Promise 4: what was acknowledged is done, what was not is done by asking again, and it is in the trail once.
#[tokio::test]
async fn committed_defence_a_change_whose_answer_was_lost_is_made_once_and_asked_for_again_ends_what_was_left() {
    let scene = Scene::new().await;
    let (_, access) = administrator(&scene, "admin@example.com").await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    scene.wire.break_next("TransactWriteItems", Fault::AnswerLost);
    scene.wire.break_always("Query", Fault::Throttled);
    set_rights(&scene, &access, &demo, "", "").await.expect_problem(503, "temporarily-unavailable");
    let table = scene.cloud.table();
    let changes = async || {
        let trail = table.trail(demo.id, scene.clock.now()).await.unwrap();
        trail.iter().filter(|entry| entry.change == AccountChange::RightsChanged).count()
    };
    assert_eq!(changes().await, 1);
    assert_eq!(table.account(demo.id).await.unwrap().unwrap().rights(), Rights::default());
    scene.wire.mend();
    let answer = set_rights(&scene, &access, &demo, "", "").await.expect(200);
    assert_eq!(answer.json()["sessions_ended"], 1);
    scene.try_refresh(&tokens.refresh).await.expect(401);
}

#[tokio::test]
async fn a_change_that_cannot_be_written_changes_nothing_and_ends_nothing() {
    let scene = Scene::new().await;
    let (_, access) = administrator(&scene, "admin@example.com").await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    scene.get_as("/admin", &access).await.expect(200);
    scene.wire.break_always("TransactWriteItems", Fault::Throttled);
    set_rights(&scene, &access, &demo, "", "admin").await.expect_problem(503, "temporarily-unavailable");
    scene.wire.mend();
    let table = scene.cloud.table();
    assert_eq!(table.account(demo.id).await.unwrap().unwrap().rights(), rights("orders:read", ""));
    assert_eq!(table.trail(demo.id, scene.clock.now()).await.unwrap().len(), 1);
    scene.refresh(&tokens.refresh).await;
}
