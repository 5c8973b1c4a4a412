//! MAC keys and peppers roll by an operator's hand, and nobody notices (promise 7).

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use http::Request;
use vestibule::accounts::{FindLogin, Identifier, ManageAccounts};
use vestibule::audit::key_trail::ReadKeyTrail;
use vestibule::clock::Clock;
use vestibule::keys::{
    KNOWN_TO_ALL, LONGEST_SEALED_LIFE, Limits, NumberedChange, ReadSymmetricKeys, SymmetricKind, SymmetricRotation,
    SymmetricRotationFault,
};
use vestibule::randomness::Randomness;
use vestibule::sessions::refresh_token::RefreshToken;
use vestibule_local::gateway::Gateway;
use vestibule_tests::{Answer, Fault, PASSWORD, Scene, Tokens};

use crate::stage::version;

async fn change(
    scene: &Scene,
    kind: SymmetricKind,
    change: NumberedChange,
    name: &str,
) -> Result<SymmetricRotation, SymmetricRotationFault> {
    let (secrets, table) = (scene.cloud.secrets(), scene.cloud.table());
    let clock = Clock::Manual(scene.clock.clone());
    let what = (kind, change);
    SymmetricRotation::carry_out(&secrets, &table, what, &version(name), &Randomness::System, &clock).await
}

/// Both steps, with the time between them that the second asks for.
async fn rotate(scene: &Scene, kind: SymmetricKind) {
    change(scene, kind, NumberedChange::Rotate, "publish").await.unwrap();
    scene.wait(KNOWN_TO_ALL.as_secs());
    change(scene, kind, NumberedChange::Rotate, "promote").await.unwrap();
}

async fn refreshed(gateway: &Arc<Gateway>, token: &str) -> Tokens {
    let body = serde_json::json!({ "refresh_token": token }).to_string();
    let request = Request::post("/refresh").header("content-type", "application/json").body(body.into()).unwrap();
    Tokens::of(Answer::new(gateway.call(IpAddr::V4(Ipv4Addr::LOCALHOST), request).await))
}

fn mac_key(tokens: &Tokens) -> u32 {
    RefreshToken::names_mac_key(&tokens.refresh).unwrap()
}

/// Neither function asks for the secret out of turn: whoever meets a token of the new key has it.
#[tokio::test]
async fn mac_keys_roll_and_no_function_meets_a_token_whose_key_it_does_not_know() {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let (one, two) = (scene.second_gateway(), scene.second_gateway());
    let idle = scene.login(&demo).await;
    let mut tokens = refreshed(&one, &scene.login(&demo).await.refresh).await;
    change(&scene, SymmetricKind::Mac, NumberedChange::Rotate, "publish").await.unwrap();
    // The last moment at which the other may learn the ring that was in force before.
    tokens = refreshed(&two, &tokens.refresh).await;
    scene.wait(KNOWN_TO_ALL.as_secs() - 1);
    let early = change(&scene, SymmetricKind::Mac, NumberedChange::Rotate, "early").await.unwrap_err();
    assert_eq!(early.to_string(), "refused: mac key 2 needs another 1 s");
    tokens = refreshed(&one, &tokens.refresh).await;
    assert_eq!(mac_key(&tokens), 1);
    scene.wait(1);
    change(&scene, SymmetricKind::Mac, NumberedChange::Rotate, "promote").await.unwrap();
    let made_anew = refreshed(&scene.second_gateway(), &tokens.refresh).await;
    assert_eq!(mac_key(&made_anew), 2);
    // One of them holds the ring of a second ago, in which the key is next.
    tokens = refreshed(&one, &made_anew.refresh).await;
    tokens = refreshed(&two, &tokens.refresh).await;
    scene.wait(Limits::DEFAULT.hard_limit.as_secs());
    tokens = refreshed(&one, &tokens.refresh).await;
    assert_eq!(mac_key(&tokens), 2);
    assert_eq!(mac_key(&refreshed(&one, &idle.refresh).await), 2, "what the old key sealed is good still");
}

#[tokio::test]
async fn a_mac_key_that_is_taken_out_at_once_ends_what_it_sealed_and_nothing_else() {
    let mut scene = Scene::new().await;
    let demo = scene.demo().await;
    let (idle, used) = (scene.login(&demo).await, scene.login(&demo).await);
    rotate(&scene, SymmetricKind::Mac).await;
    scene.cold_start();
    let used = scene.refresh(&used.refresh).await;
    let early = change(&scene, SymmetricKind::Mac, NumberedChange::Retire { id: 1 }, "retire").await.unwrap_err();
    let lacking = (LONGEST_SEALED_LIFE + KNOWN_TO_ALL).as_secs();
    assert_eq!(early.to_string(), format!("refused: mac key 1 needs another {lacking} s"));
    change(&scene, SymmetricKind::Mac, NumberedChange::Replace { id: 1 }, "leaked").await.unwrap();
    scene.cold_start();
    scene.try_refresh(&idle.refresh).await.expect(401);
    scene.refresh(&used.refresh).await;
}

#[tokio::test]
async fn a_password_gets_the_new_pepper_at_the_next_sign_in_and_then_does_without_the_old_one() {
    let mut scene = Scene::new().await;
    let (ada, _) =
        (scene.user("ada@example.com", "orders:read", "").await, scene.user("bob@example.com", "", "").await);
    scene.login(&ada).await;
    rotate(&scene, SymmetricKind::Pepper).await;
    let table = scene.cloud.table();
    assert_eq!(table.accounts_of_pepper(1).await.unwrap().len(), 2);
    // The first function that makes a hash with the new one is not the only one that knows it.
    scene.wait(Limits::DEFAULT.hard_limit.as_secs());
    scene.login(&ada).await;
    let name = Identifier::parse("ada@example.com").unwrap();
    assert_eq!(table.find_login(&name).await.unwrap().unwrap().password.pepper(), Some(2));
    scene.try_login("bob@example.com", "not the password at all").await.expect(401);
    assert_eq!(table.accounts_of_pepper(1).await.unwrap().len(), 1, "a wrong password changes nothing");
    scene.try_login("bob@example.com", PASSWORD).await;
    assert_eq!(table.accounts_of_pepper(1).await.unwrap().len(), 0);
    scene.wait(KNOWN_TO_ALL.as_secs());
    change(&scene, SymmetricKind::Pepper, NumberedChange::Retire { id: 1 }, "retire").await.unwrap();
    scene.cold_start();
    scene.login(&ada).await;
    scene.try_login("ada@example.com", "not the password at all").await.expect(401);
}

#[tokio::test]
async fn each_change_of_a_numbered_key_is_in_the_trail_and_without_its_entry_none_is_made() {
    let scene = Scene::new().await;
    let (table, before) = (scene.cloud.table(), scene.cloud.table().key_trail(scene.clock.now()).await.unwrap().len());
    rotate(&scene, SymmetricKind::Mac).await;
    change(&scene, SymmetricKind::Pepper, NumberedChange::Rotate, "pepper").await.unwrap();
    change(&scene, SymmetricKind::Mac, NumberedChange::Replace { id: 1 }, "leaked").await.unwrap();
    let trail = table.key_trail(scene.clock.now()).await.unwrap().split_off(before);
    let mut said: Vec<_> = trail.iter().flat_map(|entry| entry.changed.iter().map(ToString::to_string)).collect();
    said[1..].sort_unstable();
    assert_eq!(said[0], "published mac-2");
    assert_eq!(said[1..], ["activated mac-2", "published pepper-2", "retired mac-1", "unpublished mac-1"]);

    scene.wire.break_always("TransactWriteItems", Fault::Unreachable);
    let broken = scene.operator_table().await;
    let (secrets, clock) = (scene.cloud.secrets(), Clock::Manual(scene.clock.clone()));
    let what = (SymmetricKind::Mac, NumberedChange::Rotate);
    SymmetricRotation::carry_out(&secrets, &broken, what, &version("untold"), &Randomness::System, &clock)
        .await
        .unwrap_err();
    scene.wire.mend();
    assert!(secrets.read_symmetric_keys().await.unwrap().mac_keys().next().is_none());
    assert_eq!(table.key_trail(scene.clock.now()).await.unwrap().len(), before + trail.len());
}
