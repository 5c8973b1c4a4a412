//! Accounts without a hash: their old system is asked until it has said yes once.

use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use serde_json::json;
use vestibule::accounts::{ManageAccounts, Standing};
use vestibule::keys::ReadSymmetricKeys;
use vestibule::migration::hook_key;
use vestibule_tests::{Fault, PASSWORD, START, Scene, Tokens};

use crate::hook_server::{Behaviour, Hook};
use crate::stage::{bring, stored};

const ADA: &str = r#"{"email":"ada@example.com","username":"ada","password":{"scheme":"hook"}}"#;

/// A deployment with this hook, and Ada's account without a hash.
async fn scene(hook: &Hook) -> Scene {
    let scene = Scene::builder().parameter("MigrationHook", &hook.url).begin().await;
    bring(&scene, ADA).await;
    scene
}

#[tokio::test]
async fn the_hook_is_asked_until_it_has_said_yes_and_never_again() {
    let hook = Hook::start(Behaviour::Knows("old horse")).await;
    let scene = scene(&hook).await;
    scene.try_login("ada@example.com", "wrong horse").await.expect_problem(401, "invalid-credentials");
    assert_eq!(stored(&scene, "ada").await, "$hook", "a no changes nothing");
    let tokens = Tokens::of(scene.try_login("ADA", "old horse").await);
    scene.get_as("/orders", &tokens.access).await.expect(200);
    for name in ["ada", "ada@example.com"] {
        assert!(stored(&scene, name).await.starts_with("$argon2id$"), "{name}");
    }
    let asked = hook.take_asked();
    assert_eq!(asked.len(), 2);
    assert_ne!(asked[0].json()["id"], asked[1].json()["id"], "no question is asked twice");
    assert_eq!((&asked[1].json()["email"], &asked[1].json()["username"]), (&"ada@example.com".into(), &"ada".into()));

    hook.becomes(Behaviour::Lies);
    scene.try_login("ada@example.com", "old horse").await.expect(200);
    scene.try_login("ada@example.com", "wrong horse").await.expect(401);
    scene.try_login("nobody@example.com", "old horse").await.expect(401);
    assert!(hook.take_asked().is_empty(), "neither of her nor of names that nobody has");
}

#[tokio::test]
async fn the_hook_can_tell_that_we_ask_and_when() {
    let hook = Hook::start(Behaviour::Knows("old horse")).await;
    let scene = scene(&hook).await;
    scene.try_login("ada", "\u{c5} \"horse\"").await.expect(401);
    let asked = hook.take_asked().remove(0);
    assert_eq!(asked.json()["password"], "\u{c5} \"horse\"");
    assert_eq!(asked.signature["t"], START.seconds().to_string());
    let keys = scene.cloud.secrets().read_symmetric_keys().await.unwrap();
    assert_eq!(asked.signature["k"], keys.mac_keys().active().id().to_string());
    let key = hmac::Key::new(hmac::HMAC_SHA256, hook_key(keys.mac_keys().active()).expose());
    let mac: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&asked.signature["v1"][2 * at..2 * at + 2], 16).unwrap()).collect();
    let signed = |body: &str| format!("{}.{body}", asked.signature["t"]);
    assert!(hmac::verify(&key, signed(&asked.body).as_bytes(), &mac).is_ok());
    assert!(hmac::verify(&key, signed(&asked.body.replace("ada", "bob")).as_bytes(), &mac).is_err());
}

#[tokio::test]
async fn closed_by_default_a_hook_that_decides_nothing_is_503_and_the_next_try_may_succeed() {
    let hook = Hook::start(Behaviour::HangsUp).await;
    let scene = scene(&hook).await;
    let replayed = r#"{"id":"00000000000000000000000000000000","verified":true}"#;
    for fault in [
        Behaviour::HangsUp,
        Behaviour::Floods,
        Behaviour::Says(500, String::new()),
        Behaviour::Says(404, "<html>".to_owned()),
        Behaviour::Says(302, String::new()),
        Behaviour::Says(204, String::new()),
        Behaviour::Says(200, String::new()),
        Behaviour::Says(200, "<html>Welcome".to_owned()),
        Behaviour::Says(200, r#"{"verified":true}"#.to_owned()),
        Behaviour::Says(200, replayed.to_owned()),
        Behaviour::Says(500, replayed.to_owned()),
    ] {
        hook.becomes(fault.clone());
        let answer = scene.try_login("ada", "old horse").await.expect_problem(503, "temporarily-unavailable");
        assert_eq!(answer.header("retry-after"), Some("1"), "{fault:?}");
        assert_eq!(hook.take_asked().len(), 1, "{fault:?}: behind it a repetition is another guess");
        assert_eq!(stored(&scene, "ada").await, "$hook", "{fault:?}");
    }
    hook.becomes(Behaviour::Knows("old horse"));
    scene.try_login("ada", "old horse").await.expect(200);
}

#[tokio::test]
async fn a_hook_that_never_answers_is_not_waited_for_long() {
    let hook = Hook::start(Behaviour::Hangs).await;
    let scene = scene(&hook).await;
    let begun = Instant::now();
    scene.try_login("ada", "old horse").await.expect_problem(503, "temporarily-unavailable");
    assert!(begun.elapsed() < Duration::from_secs(8), "API Gateway and the person give up later");
}

#[tokio::test]
async fn a_hook_that_nobody_listens_at_is_503() {
    let scene = Scene::builder().parameter("MigrationHook", "http://127.0.0.1:1/ask").begin().await;
    bring(&scene, ADA).await;
    scene.try_login("ada", "old horse").await.expect_problem(503, "temporarily-unavailable");
}

#[tokio::test]
async fn a_disabled_account_signs_in_by_no_password_that_the_hook_knows() {
    let hook = Hook::start(Behaviour::Knows("old horse")).await;
    let scene = scene(&hook).await;
    let (table, now) = (scene.cloud.table(), scene.clock.now());
    let ada = table.accounts().await.unwrap().remove(0).user;
    table.set_standing(ada, Standing::Disabled { at: now }, now).await.unwrap();
    scene.try_login("ada", "old horse").await.expect_problem(401, "invalid-credentials");
    assert_eq!(stored(&scene, "ada").await, "$hook");
}

/// The password was changed by its owner while the hook was thinking: what it says is of yesterday.
#[tokio::test]
async fn a_new_password_wins_over_an_old_one_that_the_hook_just_found_right() {
    let hook = Hook::start(Behaviour::Knows("old horse")).await;
    let scene = scene(&hook).await;
    let held = scene.wire.hold_next("TransactWriteItems");
    let (answer, ()) = tokio::join!(scene.try_login("ada", "old horse"), async {
        held.arrived().await;
        let ada = scene.cloud.table().accounts().await.unwrap().remove(0).user;
        scene.cloud.table().set_password(ada, &scene.hash(PASSWORD).await, scene.clock.now()).await.unwrap();
        held.let_on();
    });
    answer.expect(401);
    scene.try_login("ada", "old horse").await.expect(401);
    scene.try_login("ada", PASSWORD).await.expect(200);
    assert_eq!(hook.take_asked().len(), 1);
}

#[tokio::test]
async fn a_yes_that_could_not_be_kept_lets_in_and_is_asked_for_again() {
    let hook = Hook::start(Behaviour::Knows("old horse")).await;
    let scene = scene(&hook).await;
    // The session is opened; the new hash is not kept.
    scene.wire.break_after(1, "TransactWriteItems", Fault::Throttled);
    scene.try_login("ada", "old horse").await.expect(200);
    scene.wire.mend();
    assert_eq!(stored(&scene, "ada").await, "$hook");
    scene.try_login("ada", "old horse").await.expect(200);
    assert!(stored(&scene, "ada").await.starts_with("$argon2id$"));
}

/// Promise 5 where an account's check takes longer than nobody's.
#[tokio::test]
async fn no_oracle_every_refusal_takes_a_whole_step() {
    let hook = Hook::start(Behaviour::Knows("old horse")).await;
    let scene =
        Scene::builder().parameter("MigrationHook", &hook.url).parameter("AnswerStepMilliseconds", "700").begin().await;
    bring(&scene, ADA).await;
    for name in ["ada", "nobody", "n@ b@ dy"] {
        let begun = Instant::now();
        scene.try_login(name, "wrong horse").await.expect_problem(401, "invalid-credentials");
        assert!(begun.elapsed() >= Duration::from_millis(700), "{name}");
    }
    let begun = Instant::now();
    scene.try_login("ada", "old horse").await.expect(200);
    scene.try_login("ada", "old horse").await.expect(200);
    assert!(begun.elapsed() < Duration::from_millis(2 * 700), "whoever is let in does not wait");
}

/// Her sign-in was right and left no hash: she may try again, and hears how, and not that we are down.
#[tokio::test]
async fn whoever_signed_in_by_the_hook_and_has_no_hash_yet_is_asked_to_sign_in_again() {
    let hook = Hook::start(Behaviour::Knows("old horse")).await;
    let scene = scene(&hook).await;
    // The session is opened by the first transaction; the second would have kept a hash.
    scene.wire.break_after(1, "TransactWriteItems", Fault::Throttled);
    let tokens = Tokens::of(scene.try_login("ada", "old horse").await);
    scene.wire.mend();
    assert_eq!(stored(&scene, "ada").await, "$hook");
    let change = json!({ "current_password": "old horse", "new_password": PASSWORD });
    for (path, body) in [
        ("/account/password", &change),
        ("/account/email", &json!({ "email": "ada@new.example", "password": "old horse" })),
        ("/account/delete", &json!({ "password": "old horse" })),
    ] {
        scene.post_as(path, &tokens.access, body).await.expect_problem(401, "sign-in-again");
    }
    Tokens::of(scene.try_login("ada", "old horse").await);
    scene.post_as("/account/password", &tokens.access, &change).await.expect(200);
}
