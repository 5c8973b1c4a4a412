//! What people do while they are signed in: look, change the password, move to another address.

use serde_json::json;
use vestibule::audit::trail::{AccountChange, ReadTrail};
use vestibule::sessions::end::ListSessions;
use vestibule_tests::{PASSWORD, Scene};

use crate::stage::{ADA, ANOTHER, forget, login, register, reset, subjects};

const ENDPOINTS: [&str; 4] = ["/account/password", "/account/email", "/account/email/verify", "/account/delete"];

#[tokio::test]
async fn a_signed_in_person_sees_their_account() {
    let scene = Scene::new().await;
    let user = scene.named(&[ADA, "ada"], "orders:read", "admin").await;
    let tokens = login(&scene, "ada", PASSWORD).await;
    let account = scene.get_as("/account", &tokens.access).await.expect(200);
    assert_eq!(account.header("cache-control"), Some("no-store"));
    assert_eq!(
        account.json(),
        json!({
            "user": user.id, "email": ADA, "username": "ada", "scope": "orders:read", "roles": "admin",
            "created_at": vestibule_tests::START.seconds(),
        })
    );
}

#[tokio::test]
async fn a_changed_password_keeps_this_session_and_ends_the_others() {
    let scene = Scene::new().await;
    let user = scene.named(&[ADA, "ada"], "orders:read", "").await;
    let (here, there) = (login(&scene, ADA, PASSWORD).await, login(&scene, "ada", PASSWORD).await);
    let body = json!({ "current_password": PASSWORD, "new_password": ANOTHER });
    scene.post_as("/account/password", &here.access, &body).await.expect(200);
    scene.try_refresh(&there.refresh).await.expect_problem(401, "invalid-refresh-token");
    scene.get_as("/account", &there.access).await.expect_problem(401, "invalid-token");
    let here = scene.refresh(&here.refresh).await;
    scene.get_as("/account", &here.access).await.expect(200);
    for name in [ADA, "ada"] {
        scene.try_login(name, PASSWORD).await.expect(401);
        login(&scene, name, ANOTHER).await;
    }
    assert_eq!(subjects(&scene, ADA), ["Your password at auth.example.com"]);
    let trail = scene.cloud.table().trail(user.id, scene.clock.now()).await.unwrap();
    let changes: Vec<_> = trail.iter().map(|entry| entry.change).collect();
    assert_eq!(changes, [AccountChange::Registered, AccountChange::PasswordChanged]);
}

#[tokio::test]
async fn without_the_current_password_nothing_changes() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let tokens = login(&scene, ADA, PASSWORD).await;
    for (path, body) in [
        ("/account/password", json!({ "current_password": "a wrong password", "new_password": ANOTHER })),
        ("/account/email", json!({ "email": "ada@new.example", "password": "a wrong password" })),
        ("/account/delete", json!({ "password": "a wrong password" })),
    ] {
        let letters = scene.cloud.outbox().letters().len();
        scene.post_as(path, &tokens.access, &body).await.expect_problem(403, "wrong-password");
        assert_eq!(scene.cloud.outbox().letters().len(), letters, "{path}");
    }
    login(&scene, ADA, PASSWORD).await;
    scene.refresh(&tokens.refresh).await;
}

#[tokio::test]
async fn nobody_and_whoever_has_signed_out_is_told_401() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let tokens = login(&scene, ADA, PASSWORD).await;
    scene.revoke(&tokens.refresh).await.expect(200);
    for path in ENDPOINTS {
        let nobody = scene.post_json(path, &json!({})).await.expect_problem(401, "unauthenticated");
        assert_eq!(nobody.header("www-authenticate"), Some("Bearer"));
        let ended = scene.post_as(path, &tokens.access, &json!({})).await.expect_problem(401, "invalid-token");
        assert_eq!(ended.header("www-authenticate"), Some(r#"Bearer error="invalid_token""#));
    }
    scene.get("/account", &[]).await.expect_problem(401, "unauthenticated");
    scene.get_as("/account", &tokens.access).await.expect_problem(401, "invalid-token");
}

#[tokio::test]
async fn another_address_counts_once_its_mailbox_has_answered() {
    let scene = Scene::new().await;
    scene.named(&[ADA, "ada"], "orders:read", "admin").await;
    let tokens = login(&scene, ADA, PASSWORD).await;
    let body = json!({ "email": "Ada@New.example", "password": PASSWORD });
    scene.post_as("/account/email", &tokens.access, &body).await.expect(202);
    assert_eq!(subjects(&scene, ADA).len(), 1, "the old address hears of it");
    login(&scene, ADA, PASSWORD).await;
    scene.try_login("ada@new.example", PASSWORD).await.expect(401);
    let token = scene.mailed_token("ada@new.example");
    scene.post_as("/account/email/verify", &tokens.access, &json!({ "token": token })).await.expect(200);
    scene.try_login(ADA, PASSWORD).await.expect(401);
    for name in ["ada@new.example", "ada"] {
        let tokens = login(&scene, name, PASSWORD).await;
        let account = scene.get_as("/account", &tokens.access).await.expect(200).json();
        assert_eq!((&account["email"], &account["roles"]), (&json!("ada@new.example"), &json!("admin")));
    }
    // The old address is free, and its mailbox opens nothing any more.
    crate::stage::ask(&scene, ADA).await.expect(202);
    assert!(scene.cloud.outbox().letters()[0].text.contains("unless you make it"));
    scene.refresh(&tokens.refresh).await;
}

/// A stranger whose address was typed by mistake gets the letter, and cannot take the account over with it.
#[tokio::test]
async fn an_address_is_confirmed_only_where_its_owner_is_signed_in() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    register(&scene, "eve@example.com").await;
    let (ada, eve) = (login(&scene, ADA, PASSWORD).await, login(&scene, "eve@example.com", PASSWORD).await);
    let body = json!({ "email": "eve@other.example", "password": PASSWORD });
    scene.post_as("/account/email", &ada.access, &body).await.expect(202);
    let token = json!({ "token": scene.mailed_token("eve@other.example") });
    scene.post_json("/account/email/verify", &token).await.expect_problem(401, "unauthenticated");
    scene.post_as("/account/email/verify", &eve.access, &token).await.expect_problem(400, "invalid-one-time-token");
    login(&scene, ADA, PASSWORD).await;
    scene.try_login("eve@other.example", PASSWORD).await.expect(401);
}

#[tokio::test]
async fn an_address_that_was_taken_meanwhile_stays_the_others() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let tokens = login(&scene, ADA, PASSWORD).await;
    let body = json!({ "email": "new@example.com", "password": PASSWORD });
    scene.post_as("/account/email", &tokens.access, &body).await.expect(202);
    let token = json!({ "token": scene.mailed_token("new@example.com") });
    register(&scene, "new@example.com").await;
    scene.post_as("/account/email/verify", &tokens.access, &token).await.expect_problem(409, "name-taken");
    login(&scene, ADA, PASSWORD).await;
    let same = json!({ "email": "ADA@example.com", "password": PASSWORD });
    scene.post_as("/account/email", &tokens.access, &same).await.expect_problem(400, "invalid-request");
}

#[tokio::test]
async fn a_changed_password_stops_a_change_of_address_that_is_under_way() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let thief = login(&scene, ADA, PASSWORD).await;
    let body = json!({ "email": "thief@example.com", "password": PASSWORD });
    scene.post_as("/account/email", &thief.access, &body).await.expect(202);
    forget(&scene, ADA).await.expect(202);
    reset(&scene, &scene.mailed_token(ADA), ANOTHER).await.expect(200);
    let token = json!({ "token": scene.mailed_token("thief@example.com") });
    scene.post_as("/account/email/verify", &thief.access, &token).await.expect_problem(401, "invalid-token");
    let owner = login(&scene, ADA, ANOTHER).await;
    scene.post_as("/account/email/verify", &owner.access, &token).await.expect_problem(400, "invalid-one-time-token");
}

#[tokio::test]
async fn a_service_with_a_key_is_no_person() {
    use vestibule::accounts::ManageAccounts;
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    // A key of nobody's is refused as one; that one of somebody's is no person is the keys' own test.
    let answer = scene.get("/account", &[("x-api-key", "vk_live_nothing")]).await;
    assert_eq!(answer.status(), 401, "{}", answer.text());
    assert_eq!(scene.cloud.table().accounts().await.unwrap().len(), 1);
    assert!(
        scene.cloud.table().sessions(scene.cloud.table().accounts().await.unwrap()[0].user).await.unwrap().is_empty()
    );
}
