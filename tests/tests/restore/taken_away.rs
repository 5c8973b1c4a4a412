//! Keys that were revoked, identities that were unlinked, accounts that were deleted.

use serde_json::json;
use vestibule::accounts::ManageAccounts;
use vestibule::clock::Timestamp;
use vestibule::federation::Identity;
use vestibule::federation::accounts::{FindIdentity, LinkIdentity, Linked, LinkedIdentity, Unlinked};
use vestibule::identity::UserId;
use vestibule::restore::{Fate, Kind};
use vestibule_tests::{PASSWORD, Scene};

use super::stage::{all, ask, back_up, items, key, lose, orders, part, restore, restored_as_foretold};

fn identity(subject: &str) -> LinkedIdentity {
    let identity = Identity { issuer: "https://id.example".to_owned(), subject: subject.to_owned() };
    LinkedIdentity {
        key: identity.key(),
        provider: "fake".parse().unwrap(),
        email: None,
        linked_at: Timestamp::from_seconds(1),
    }
}

async fn link(scene: &Scene, user: UserId, subject: &str) {
    let account = scene.cloud.table().account(user).await.unwrap().unwrap();
    let identity = LinkedIdentity { linked_at: scene.clock.now(), ..identity(subject) };
    assert_eq!(scene.cloud.table().link(&account, &identity).await.unwrap(), Linked::Done);
}

async fn unlink(scene: &Scene, user: UserId, subject: &str) {
    let account = scene.cloud.table().account(user).await.unwrap().unwrap();
    let unlinked = scene.cloud.table().unlink(&account, &identity(subject).key, scene.clock.now()).await.unwrap();
    assert_eq!(unlinked, Unlinked::Done);
}

async fn opens(scene: &Scene, subject: &str) -> Option<UserId> {
    scene.cloud.table().find_identity(&identity(subject).key).await.unwrap()
}

#[tokio::test]
async fn what_was_revoked_unlinked_or_deleted_stays_so_through_a_restore() {
    let scene = Scene::new().await;
    let ada = scene.user("ada@example.com", "orders:read", "").await;
    let bob = scene.user("bob@example.com", "orders:read", "").await;
    let carol = scene.user("carol@example.com", "orders:read", "").await;
    let dave = scene.user("dave@example.com", "orders:read", "").await;
    let (of_ada, of_carol, of_dave) = (scene.login(&ada).await, scene.login(&carol).await, scene.login(&dave).await);
    let (revoked, rotated, lost) =
        (key(&scene, &of_ada.access).await, key(&scene, &of_ada.access).await, key(&scene, &of_ada.access).await);
    let of_a_deleted_account = key(&scene, &of_carol.access).await;
    for subject in ["unlinked", "lost", "anew"] {
        link(&scene, bob.id, subject).await;
    }
    link(&scene, carol.id, "deleted").await;
    scene.post_json("/password/forgot", &json!({ "email": "ada@example.com" })).await.expect(202);
    let reset = scene.mailed_token("ada@example.com");
    back_up(&scene).await;

    scene.wait(60);
    ask(&scene, "DELETE", &format!("/api-keys/{}", revoked.0), &of_ada.access).await.expect(204);
    let body = json!({ "overlap": 60 });
    scene.post_as(&format!("/api-keys/{}/rotate", rotated.0), &of_ada.access, &body).await.expect(200);
    unlink(&scene, bob.id, "unlinked").await;
    unlink(&scene, bob.id, "anew").await;
    scene.wait(1);
    link(&scene, bob.id, "anew").await;
    scene.post_as("/account/delete", &of_carol.access, &json!({ "password": PASSWORD })).await.expect(200);
    let body = json!({ "token": reset, "password": "eight brown foxes" });
    scene.post_json("/password/reset", &body).await.expect(200);
    scene.revoke(&of_dave.refresh).await.expect(200);
    let erased = [dave.id.to_string(), "LOGIN#dave@example.com".to_owned()];
    let gone = [&rotated.0, &lost.0].map(|id| format!("APIKEY#{id}"));
    let keys = [identity("lost").key, identity("anew").key].map(|key| format!("IDENTITY#{key}"));
    lose(&scene, |pk, sk| {
        let of_dave = erased.iter().any(|of| pk.ends_with(of.as_str())) && !sk.starts_with("AUDIT#");
        of_dave || gone.iter().any(|key| key == sk) || keys.iter().any(|key| key == pk || key == sk)
    })
    .await;

    let (done, seen) = restored_as_foretold(&scene).await;
    assert!(seen.noticed.is_empty() && seen.failed == 0, "{:?}", seen.noticed);
    assert_eq!((done.count(Kind::Account, Fate::Back), done.count(Kind::Account, Fate::StaysAway)), (1, 1));
    assert_eq!((done.count(Kind::ApiKey, Fate::Back), done.count(Kind::ApiKey, Fate::StaysAway)), (1, 3));
    assert_eq!((done.count(Kind::Identity, Fate::Back), done.count(Kind::Identity, Fate::StaysAway)), (2, 2));

    assert_eq!(orders(&scene, &revoked.1).await, 403, "a revoked key");
    assert_eq!(orders(&scene, &rotated.1).await, 403, "the secret before a rotation");
    assert_eq!(orders(&scene, &of_a_deleted_account.1).await, 403, "a key of a deleted account");
    assert_eq!(orders(&scene, &lost.1).await, 200, "a key that was lost");
    assert_eq!((opens(&scene, "unlinked").await, opens(&scene, "deleted").await), (None, None));
    assert_eq!((opens(&scene, "lost").await, opens(&scene, "anew").await), (Some(bob.id), Some(bob.id)));
    scene.try_login("carol@example.com", PASSWORD).await.expect(401);
    scene.try_login("ada@example.com", PASSWORD).await.expect(401);
    scene.try_login("ada@example.com", "eight brown foxes").await.expect(200);
    scene.login(&dave).await;
    scene.try_refresh(&of_dave.refresh).await.expect(401);
    let body = json!({ "token": reset, "password": "nine brown foxes" });
    assert_eq!(scene.post_json("/password/reset", &body).await.status().as_u16(), 400, "a used one-time token");

    let before = all(&scene).await;
    let (again, _) = restore(&scene, false).await;
    let back: u64 = again.unwrap().counts.iter().filter(|((_, fate), _)| *fate == Fate::Back).map(|(_, n)| n).sum();
    assert_eq!((back, all(&scene).await), (0, before), "what is there is left as it is");
}

#[tokio::test]
async fn after_the_loss_of_everything_all_comes_back_but_sessions_consents_and_published_keys() {
    let scene = Scene::new().await;
    let ada = scene.user("ada@example.com", "orders:read", "").await;
    let tokens = scene.login(&ada).await;
    let (_, text) = key(&scene, &tokens.access).await;
    back_up(&scene).await;
    // The keys are published again by `keys init`.
    lose(&scene, |pk, _| pk != "KEYS#PUBLIC").await;
    let (done, _) = restore(&scene, false).await;
    assert_eq!(done.unwrap().count(Kind::Session, Fate::LeftBehind), 1);
    let passing =
        |item: &super::stage::Item| part(item, "sk").starts_with("SESSION#") || part(item, "pk").starts_with("LIMIT#");
    let of_ada = |item: &super::stage::Item| part(item, "pk") != "KEYS#PUBLIC" && !passing(item);
    let saved: Vec<_> = items(&scene, super::stage::RESTORED).await.into_iter().filter(of_ada).collect();
    let there: Vec<_> = all(&scene).await.into_iter().filter(of_ada).collect();
    for item in &saved {
        assert!(there.contains(item), "{item:?}");
    }
    assert_eq!(orders(&scene, &text).await, 200);
    scene.try_refresh(&tokens.refresh).await.expect(401);
    scene.login(&ada).await;
    lose(&scene, |pk, _| pk == "KEYS#PUBLIC").await;
    let (done, _) = restore(&scene, false).await;
    assert_eq!(done.unwrap().count(Kind::PublicKeys, Fate::LeftBehind), 1, "one of them may have leaked since");
    assert!(all(&scene).await.iter().all(|item| part(item, "sk") != "CURRENT"));
}
