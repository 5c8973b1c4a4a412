//! Administrators among themselves: nobody helps themselves, and one is always left.

use std::sync::Arc;

use vestibule::accounts::ManageAccounts;
use vestibule::accounts::administration::{Actor, Administer, Intervened, Intervention, administers};
use vestibule::scope::{Rights, RightsChange};
use vestibule_tests::{Fault, Scene};

use super::{administrator, ask, set_rights};

#[tokio::test]
async fn nobody_administers_their_own_account_so_the_last_administrator_stays() {
    let scene = Scene::new().await;
    let (admin, access) = administrator(&scene, "admin@example.com").await;
    set_rights(&scene, &access, &admin, "orders:read", "admin").await.expect_problem(403, "forbidden");
    set_rights(&scene, &access, &admin, "", "").await.expect_problem(403, "forbidden");
    for verb in ["disable", "enable"] {
        let path = format!("/admin/users/{}/{verb}", admin.id);
        ask(&scene, &access, "POST", &path, None).await.expect_problem(403, "forbidden");
    }
    scene.get_as("/admin", &access).await.expect(200);
    // What is theirs to do is to end their own sessions.
    ask(&scene, &access, "DELETE", &format!("/admin/users/{}/sessions", admin.id), None).await.expect(200);
    scene.get_as("/admin", &access).await.expect(403);
}

/// Whoever loses the race was no administrator any more when their change would have been written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_administrators_who_take_each_others_role_at_once_one_is_left() {
    let scene = Arc::new(Scene::new().await);
    let (table, now) = (scene.cloud.table(), scene.clock.now());
    let set = |rights| Intervention::Rights(RightsChange::Set(rights));
    for round in 0..20 {
        let [ada, bob] = [format!("ada{round}@example.com"), format!("bob{round}@example.com")];
        let (ada, bob) = (scene.user(&ada, "", "admin").await, scene.user(&bob, "", "admin").await);
        let strike = |whom, by| {
            let (table, change) = (table.clone(), set(Rights::default()));
            tokio::spawn(async move { table.intervene(whom, &change, Actor::Administrator(by), now).await.unwrap() })
        };
        let (one, other) = (strike(bob.id, ada.id), strike(ada.id, bob.id));
        let outcomes = [one.await.unwrap(), other.await.unwrap()];
        let count = |wanted: fn(&Intervened) -> bool| outcomes.iter().filter(|outcome| wanted(outcome)).count();
        assert_eq!(count(|outcome| matches!(outcome, Intervened::Changed { .. })), 1, "{round}: {outcomes:?}");
        assert_eq!(count(|outcome| matches!(outcome, Intervened::NotAdministrator)), 1, "{round}: {outcomes:?}");
        let mut left = 0;
        for user in [ada.id, bob.id] {
            left += usize::from(administers(&table.account(user).await.unwrap().unwrap().roles));
        }
        assert_eq!(left, 1, "round {round}");
    }
}

/// The role may be taken between the authorizer's look and the write.
#[tokio::test]
async fn whoever_is_no_administrator_any_more_ends_nobodys_sessions() {
    let scene = Scene::new().await;
    let (admin, _) = administrator(&scene, "admin@example.com").await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    let (table, now) = (scene.cloud.table(), scene.clock.now());
    let take = Intervention::Rights(RightsChange::Set(Rights::default()));
    table.intervene(admin.id, &take, Actor::Operator, now).await.unwrap();
    for whose in [demo.id, admin.id] {
        let late = table.intervene(whose, &Intervention::EndSessions, Actor::Administrator(admin.id), now).await;
        assert!(matches!(late.unwrap(), Intervened::NotAdministrator));
    }
    scene.refresh(&tokens.refresh).await;
}

#[tokio::test]
async fn an_administrator_who_is_closed_or_loses_the_role_before_the_write_changes_nothing() {
    let scene = Scene::new().await;
    let (admin, _) = administrator(&scene, "admin@example.com").await;
    let demo = scene.demo().await;
    let (table, now) = (scene.operator_table().await, scene.clock.now());
    let give = Intervention::Rights(RightsChange::Set(demo_admin()));
    let held = scene.wire.hold_next("TransactWriteItems");
    let (late, ()) = tokio::join!(table.intervene(demo.id, &give, Actor::Administrator(admin.id), now), async {
        held.arrived().await;
        let take = Intervention::Rights(RightsChange::Set(Rights::default()));
        scene.cloud.table().intervene(admin.id, &take, Actor::Operator, now).await.unwrap();
        held.let_on();
    });
    assert!(matches!(late.unwrap(), Intervened::NotAdministrator));
    assert!(!administers(&scene.cloud.table().account(demo.id).await.unwrap().unwrap().roles));
}

fn demo_admin() -> Rights {
    Rights { roles: vestibule::scope::Roles::parse("admin").unwrap(), ..Rights::default() }
}

/// Promise 9: an administrator who cannot be looked at is none.
#[tokio::test]
async fn closed_by_default_while_the_table_fails_nobody_is_given_anything() {
    let scene = Scene::new().await;
    let (_, access) = administrator(&scene, "admin@example.com").await;
    let demo = scene.demo().await;
    scene.get_as("/admin", &access).await.expect(200);
    // The authorizer's own read goes through, the function's do not.
    scene.wire.break_after(1, "GetItem", Fault::Throttled);
    set_rights(&scene, &access, &demo, "", "admin").await.expect_problem(503, "temporarily-unavailable");
    scene.wire.mend();
    assert!(!administers(&scene.cloud.table().account(demo.id).await.unwrap().unwrap().roles));
}
