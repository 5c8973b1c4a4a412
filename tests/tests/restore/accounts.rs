//! Accounts never go back in time.

use serde_json::json;
use vestibule::accounts::{ManageAccounts, Standing};
use vestibule::restore::{Fate, Kind};
use vestibule_tests::{Fault, PASSWORD, Scene};

use super::stage::{all, back_up, key, lose, orders, part, restore};

#[tokio::test]
async fn a_lost_account_that_was_changed_since_comes_back_closed_and_without_a_password() {
    let scene = Scene::new().await;
    let ada = scene.user("ada@example.com", "orders:read", "").await;
    let (_, text) = key(&scene, &scene.login(&ada).await.access).await;
    back_up(&scene).await;
    scene.wait(60);
    let body = json!({ "current_password": PASSWORD, "new_password": "nine brown foxes" });
    scene.post_as("/account/password", &scene.login(&ada).await.access, &body).await.expect(200);
    lose(&scene, |pk, sk| sk == "ACCOUNT" || pk.starts_with("LOGIN#") || sk.starts_with("APIKEY#")).await;

    let (done, seen) = restore(&scene, false).await;
    assert_eq!(done.unwrap().count(Kind::Account, Fate::BackClosed), 1);
    assert_eq!(seen.noticed.len(), 2, "the account and its name: {:?}", seen.noticed);
    for password in [PASSWORD, "nine brown foxes"] {
        scene.try_login("ada@example.com", password).await.expect(401);
    }
    assert_eq!(orders(&scene, &text).await, 403, "a key of a closed account");
    let table = scene.cloud.table();
    table.set_standing(ada.id, Standing::Active, scene.clock.now()).await.unwrap();
    scene.try_login("ada@example.com", PASSWORD).await.expect(401);
    table.set_password(ada.id, &scene.hash("ten brown foxes").await, scene.clock.now()).await.unwrap();
    scene.try_login("ada@example.com", "ten brown foxes").await.expect(200);
    assert_eq!(orders(&scene, &text).await, 200);
}

#[tokio::test]
async fn nobody_loses_a_name_to_an_account_from_a_backup() {
    let scene = Scene::new().await;
    let before = scene.user("ada@example.com", "orders:read", "").await;
    back_up(&scene).await;
    lose(&scene, |pk, _| pk == "LOGIN#ada@example.com" || pk.ends_with(&before.id.to_string())).await;
    let now = scene.user("ada@example.com", "orders:write", "").await;
    let (done, seen) = restore(&scene, false).await;
    let done = done.unwrap();
    assert_eq!((done.count(Kind::Account, Fate::Taken), done.count(Kind::Account, Fate::Back)), (1, 0));
    assert_eq!(seen.noticed.len(), 2, "{:?}", seen.noticed);
    assert!(scene.cloud.table().account(before.id).await.unwrap().is_none());
    let table = scene.cloud.table();
    assert_eq!(table.accounts().await.unwrap().iter().map(|account| account.user).collect::<Vec<_>>(), [now.id]);
    scene.login(&now).await;
}

#[tokio::test]
async fn what_the_table_still_knows_of_an_account_counts() {
    for lost in ["ACCOUNT", "LOGIN"] {
        let scene = Scene::new().await;
        let ada = scene.named(&["ada@example.com", "ada"], "orders:read", "").await;
        back_up(&scene).await;
        scene.wait(60);
        let body = json!({ "current_password": PASSWORD, "new_password": "nine brown foxes" });
        scene.post_as("/account/password", &scene.login(&ada).await.access, &body).await.expect(200);
        let before = all(&scene).await;
        lose(&scene, |pk, sk| sk == lost && pk != "LOGIN#ada").await;
        restore(&scene, false).await.0.unwrap();
        let after = all(&scene).await;
        for item in before.iter().filter(|item| ["ACCOUNT", "LOGIN"].contains(&part(item, "sk"))) {
            let same = after.iter().find(|other| (&other["pk"], &other["sk"]) == (&item["pk"], &item["sk"])).unwrap();
            assert!(item.iter().all(|(name, value)| same.get(name) == Some(value)), "{lost}: {same:?}");
        }
        scene.try_login("ada@example.com", PASSWORD).await.expect(401);
        scene.try_login("ada@example.com", "nine brown foxes").await.expect(200);
    }
}

#[tokio::test]
async fn a_restore_that_failed_is_repeated() {
    let scene = Scene::new().await;
    for name in ["ada", "bob", "eve"] {
        scene.user(&format!("{name}@example.com"), "orders:read", "").await;
    }
    back_up(&scene).await;
    lose(&scene, |pk, _| pk != "KEYS#PUBLIC").await;
    scene.wire.break_always("TransactWriteItems", Fault::Throttled);
    let (done, seen) = restore(&scene, false).await;
    assert_eq!((done.unwrap().failed, seen.failed), (3, 3));
    scene.wire.mend();
    let (done, _) = restore(&scene, false).await;
    let done = done.unwrap();
    assert_eq!((done.failed, done.count(Kind::Account, Fate::Back), done.count(Kind::Login, Fate::Back)), (0, 3, 3));
    scene.try_login("eve@example.com", PASSWORD).await.expect(200);
}
