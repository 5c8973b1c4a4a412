//! What the table keeps of an account's past: each change, in the transaction that made it (decision 0011).

use vestibule::accounts::{ManageAccounts, Standing};
use vestibule::audit::trail::{AccountChange, KEPT_FOR, ReadTrail};
use vestibule_tests::{Scene, User};

async fn trail(scene: &Scene, user: &User) -> Vec<(u64, AccountChange)> {
    let entries = scene.cloud.table().trail(user.id, scene.clock.now()).await.unwrap();
    entries.into_iter().map(|entry| (entry.at.since(vestibule_tests::START).as_secs(), entry.change)).collect()
}

/// Disables the account, enables it an hour later, and sets a password at the same moment.
async fn changed() -> (Scene, User) {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let table = scene.cloud.table();
    scene.wait(3600);
    let at = scene.clock.now();
    table.set_standing(demo.id, Standing::Disabled { at }, at).await.unwrap();
    scene.wait(3600);
    table.set_standing(demo.id, Standing::Active, scene.clock.now()).await.unwrap();
    let hash = scene.hash("a new horse").await;
    table.set_password(demo.id, &hash, scene.clock.now()).await.unwrap();
    (scene, demo)
}

const CHANGES: [(u64, AccountChange); 4] = [
    (0, AccountChange::Registered),
    (3600, AccountChange::Disabled),
    (7200, AccountChange::Enabled),
    (7200, AccountChange::PasswordSet),
];

#[tokio::test]
async fn each_change_of_an_account_is_in_its_trail_with_its_time() {
    let (scene, demo) = changed().await;
    assert_eq!(trail(&scene, &demo).await, CHANGES);
    let other = scene.user("other@example.com", "", "").await;
    assert_eq!(trail(&scene, &other).await, [(7200, AccountChange::Registered)], "one account's past is not another's");
}

#[tokio::test]
async fn what_changes_no_account_is_not_in_its_trail() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let tokens = scene.login(&demo).await;
    scene.try_login(&demo.email, "wrong horse").await.expect(401);
    let next = scene.refresh(&tokens.refresh).await;
    scene.revoke(&next.refresh).await.expect(200);
    assert_eq!(trail(&scene, &demo).await, CHANGES[..1]);
}

/// Of two operators at once one is told so, and leaves no entry.
#[tokio::test]
async fn a_change_that_was_not_made_leaves_no_entry() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let (table, now) = (scene.cloud.table(), scene.clock.now());
    let disable = || table.set_standing(demo.id, Standing::Disabled { at: now }, now);
    let (one, other) = tokio::join!(disable(), disable());
    let done = [one, other].iter().filter(|change| change.is_ok()).count();
    assert_eq!(trail(&scene, &demo).await.len(), 1 + done);
}

#[tokio::test]
async fn an_entry_is_gone_after_400_days_whether_or_not_it_was_deleted() {
    let (scene, demo) = changed().await;
    scene.wait(KEPT_FOR.as_secs() - 7200);
    assert_eq!(trail(&scene, &demo).await, CHANGES[1..]);
    scene.wait(7200);
    assert_eq!(trail(&scene, &demo).await, []);
}
