//! A forgotten password: from an address to a new one.

use serde_json::json;
use vestibule::accounts::{FindLogin, Identifier, ManageAccounts, Standing};
use vestibule_tests::{PASSWORD, Scene};

use crate::stage::{ADA, ANOTHER, ask, forget, login, register, reset, subjects, verify};

#[tokio::test]
async fn a_reset_sets_the_password_for_every_name_and_signs_every_device_out() {
    let scene = Scene::new().await;
    scene.named(&[ADA, "ada"], "orders:read", "").await;
    let tokens = login(&scene, ADA, PASSWORD).await;
    forget(&scene, ADA).await.expect(202);
    reset(&scene, &scene.mailed_token(ADA), ANOTHER).await.expect(200);
    for name in [ADA, "ada"] {
        scene.try_login(name, PASSWORD).await.expect(401);
        login(&scene, name, ANOTHER).await;
    }
    scene.try_refresh(&tokens.refresh).await.expect_problem(401, "invalid-refresh-token");
    assert_eq!(subjects(&scene, ADA).len(), 2, "the owner is told that it was changed");
}

#[tokio::test]
async fn an_address_without_an_account_is_told_so_by_letter_and_may_make_one() {
    let scene = Scene::new().await;
    forget(&scene, ADA).await.expect(202);
    assert!(scene.cloud.outbox().letters()[0].text.contains("no account"));
    verify(&scene, &scene.mailed_token(ADA), PASSWORD).await.expect(201);
    login(&scene, ADA, PASSWORD).await;
}

#[tokio::test]
async fn whoever_registers_again_is_told_so_by_letter_and_may_set_a_password() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    ask(&scene, ADA).await.expect(202);
    reset(&scene, &scene.mailed_token(ADA), ANOTHER).await.expect(200);
    login(&scene, ADA, ANOTHER).await;
}

#[tokio::test]
async fn a_changed_password_voids_every_reset_that_was_mailed_before() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    forget(&scene, ADA).await.expect(202);
    let first = scene.mailed_token(ADA);
    forget(&scene, ADA).await.expect(202);
    reset(&scene, &scene.mailed_token(ADA), ANOTHER).await.expect(200);
    reset(&scene, &first, "a thief's own long password").await.expect_problem(400, "invalid-one-time-token");
    login(&scene, ADA, ANOTHER).await;
}

#[tokio::test]
async fn a_closed_account_gets_a_letter_without_a_token_and_one_mailed_before_opens_nothing() {
    let scene = Scene::new().await;
    let user = scene.user(ADA, "", "").await;
    forget(&scene, ADA).await.expect(202);
    let before = scene.mailed_token(ADA);
    let now = scene.clock.now();
    scene.cloud.table().set_standing(user.id, Standing::Disabled { at: now }, now).await.unwrap();
    for asked in [forget(&scene, ADA).await, ask(&scene, ADA).await] {
        asked.expect(202);
        let letter = scene.cloud.outbox().letters().remove(0);
        assert!(letter.text.contains("closed") && !letter.text.contains("vot_"), "{}", letter.text);
    }
    reset(&scene, &before, ANOTHER).await.expect_problem(400, "invalid-one-time-token");
    let record = scene.cloud.table().find_login(&Identifier::parse(ADA).unwrap()).await.unwrap().unwrap();
    assert!(matches!(record.standing, Standing::Disabled { .. }));
}

/// A new password closes neither: its owner hears how many there are, and where they are taken away.
#[tokio::test]
async fn whoever_resets_a_password_is_told_of_the_keys_that_still_work() {
    let scene = Scene::new().await;
    register(&scene, ADA).await;
    let tokens = login(&scene, ADA, PASSWORD).await;
    let expiring = json!({ "name": "for a while", "scope": "orders:read", "expires_in": 600 });
    scene.post_as("/api-keys", &tokens.access, &expiring).await.expect(201);
    let key = scene.post_as("/api-keys", &tokens.access, &json!({ "name": "export", "scope": "orders:read" })).await;
    let key = key.expect(201).member("key");
    let told = |count: &str| {
        let letter = scene.cloud.outbox().letters().remove(0);
        assert_eq!(letter.to, ADA);
        let line = format!("{count}: https://auth.example.com/account/keys");
        assert!(letter.text.lines().any(|found| found == line), "{}", letter.text);
        assert!(!letter.text.contains("/account/identities"), "there is none: {}", letter.text);
    };
    let body = json!({ "current_password": PASSWORD, "new_password": ANOTHER });
    scene.post_as("/account/password", &tokens.access, &body).await.expect(200);
    told("2 API keys");
    scene.wait(600);
    forget(&scene, ADA).await.expect(202);
    reset(&scene, &scene.mailed_token(ADA), PASSWORD).await.expect(200);
    told("1 API key");
    scene.get("/export", &[("x-api-key", &key)]).await.expect(200);
}
