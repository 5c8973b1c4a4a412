//! The kill switch: what an operator ends is ended, whatever is damaged, and what is left over is said (promise 4).

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use vestibule::accounts::{Changed, ManageAccounts, Standing};
use vestibule::audit::trail::{AccountChange, Entry, ReadTrail};
use vestibule::identity::SessionId;
use vestibule::sessions::Ending;
use vestibule::sessions::end::{EndSessionByOperator, EndSessions, Ended, ListSessions};
use vestibule_tests::{Fault, PASSWORD, Scene, Tokens, User};

const TABLE: &str = "vestibule-Table";

async fn signed_in(times: usize) -> (Scene, User, Vec<Tokens>) {
    let scene = Scene::new().await;
    let demo = scene.demo().await;
    let mut tokens = Vec::new();
    for _ in 0..times {
        tokens.push(scene.login(&demo).await);
    }
    (scene, demo, tokens)
}

/// The items of the sessions as they lie in the table.
async fn items(scene: &Scene, user: &User) -> Vec<HashMap<String, AttributeValue>> {
    let query = scene.cloud.clients().dynamodb.query().table_name(TABLE).consistent_read(true);
    let found = query
        .key_condition_expression("pk = :user AND begins_with(sk, :session)")
        .expression_attribute_values(":user", AttributeValue::S(format!("USER#{}", user.id)))
        .expression_attribute_values(":session", AttributeValue::S("SESSION#".to_owned()));
    found.send().await.unwrap().items.unwrap()
}

async fn put(scene: &Scene, item: HashMap<String, AttributeValue>) {
    scene.cloud.clients().dynamodb.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
}

/// Adds sessions that differ from the one there is in their names only.
async fn crowd(scene: &Scene, user: &User, more: usize) {
    let item = items(scene, user).await.remove(0);
    for number in 0..more {
        let mut item = item.clone();
        item.insert("sk".to_owned(), AttributeValue::S(format!("SESSION#ses_{number:032x}")));
        put(scene, item).await;
    }
}

async fn all_have_ended(scene: &Scene, user: &User) -> bool {
    items(scene, user).await.iter().all(|item| item.contains_key("ended_at"))
}

/// As after a rollback: one item holds a value that only a newer release knows, another has a name that only it gives.
async fn damage(scene: &Scene, user: &User) {
    let mut item = items(scene, user).await.remove(0);
    item.insert("auth_method".to_owned(), AttributeValue::S("telepathy".to_owned()));
    put(scene, item.clone()).await;
    item.insert("sk".to_owned(), AttributeValue::S("SESSION#2:newer".to_owned()));
    put(scene, item).await;
}

#[tokio::test]
async fn a_session_that_cannot_be_read_keeps_none_alive() {
    for verb in ["disable", "set-password", "revoke"] {
        let (scene, demo, tokens) = signed_in(2).await;
        damage(&scene, &demo).await;
        let (table, now) = (scene.cloud.table(), scene.clock.now());
        let ended = match verb {
            "disable" => match table.set_standing(demo.id, Standing::Disabled { at: now }, now).await.unwrap() {
                Changed::Done { sessions_ended } => sessions_ended,
                other => panic!("{other:?}"),
            },
            "set-password" => match table.set_password(demo.id, &scene.hash("new horse").await, now).await.unwrap() {
                Changed::Done { sessions_ended } => sessions_ended,
                other => panic!("{other:?}"),
            },
            _ => {
                let all = table.end_all(demo.id, Ending::Operator, now).await;
                assert!(all.failed.is_none(), "{all:?}");
                all.ended
            }
        };
        assert_eq!(ended, 3, "{verb}");
        assert!(all_have_ended(&scene, &demo).await, "{verb}");
        for Tokens { refresh, .. } in tokens {
            assert_ne!(scene.try_refresh(&refresh).await.status(), 200, "{verb}");
        }
    }
}

#[tokio::test]
async fn a_session_that_cannot_be_read_is_listed_as_such_beside_the_others() {
    let (scene, demo, _) = signed_in(2).await;
    damage(&scene, &demo).await;
    let listed = scene.cloud.table().sessions(demo.id).await.unwrap();
    let (readable, unreadable): (Vec<_>, Vec<_>) = listed.into_iter().partition(Result::is_ok);
    assert_eq!(readable.len(), 1);
    let unreadable: Vec<_> = unreadable.into_iter().map(|listed| listed.unwrap_err()).collect();
    assert!(unreadable.iter().any(|unreadable| unreadable.session.starts_with("ses_")), "{unreadable:?}");
    assert!(unreadable.iter().any(|unreadable| unreadable.session == "2:newer"), "{unreadable:?}");
    assert!(unreadable.iter().any(|unreadable| unreadable.fault.to_string().contains("auth_method")), "{unreadable:?}");
}

#[tokio::test]
async fn a_disabled_account_whose_sessions_are_left_says_so_and_is_finished_by_asking_again() {
    let (scene, demo, tokens) = signed_in(3).await;
    let (table, now) = (scene.operator_table().await, scene.clock.now());
    scene.wire.break_after(1, "UpdateItem", Fault::Throttled);
    let half = table.set_standing(demo.id, Standing::Disabled { at: now }, now).await.unwrap();
    assert!(matches!(half, Changed::SessionsLeft { ended: 1, .. }), "{half:?}");
    scene.wire.mend();
    scene.try_login(&demo.email, PASSWORD).await.expect_problem(401, "invalid-credentials");

    let whole = table.set_standing(demo.id, Standing::Disabled { at: now }, now).await.unwrap();
    assert!(matches!(whole, Changed::Done { sessions_ended: 2 }), "{whole:?}");
    for Tokens { refresh, .. } in tokens {
        scene.try_refresh(&refresh).await.expect(401);
    }
}

#[tokio::test]
async fn a_new_password_whose_sessions_are_left_says_so_and_is_finished_by_asking_again() {
    let (scene, demo, tokens) = signed_in(2).await;
    let (table, now, hash) = (scene.operator_table().await, scene.clock.now(), scene.hash("new horse").await);
    scene.wire.break_always("Query", Fault::Throttled);
    let half = table.set_password(demo.id, &hash, now).await.unwrap();
    assert!(matches!(half, Changed::SessionsLeft { ended: 0, .. }), "{half:?}");
    scene.wire.mend();
    scene.try_login(&demo.email, PASSWORD).await.expect(401);
    scene.try_login(&demo.email, "new horse").await.expect(200);

    let whole = table.set_password(demo.id, &hash, now).await.unwrap();
    assert!(matches!(whole, Changed::Done { sessions_ended: 3 }), "{whole:?}");
    for Tokens { refresh, .. } in tokens {
        scene.try_refresh(&refresh).await.expect(401);
    }
}

#[tokio::test]
async fn however_many_sessions_somebody_has_all_are_ended() {
    let (scene, demo, _) = signed_in(1).await;
    crowd(&scene, &demo, 99).await;
    let all = scene.cloud.table().end_all(demo.id, Ending::Operator, scene.clock.now()).await;
    assert_eq!((all.ended, all.failed.is_none()), (100, true));
    assert!(all_have_ended(&scene, &demo).await);
}

#[tokio::test]
async fn storage_that_is_down_is_not_asked_for_every_session() {
    let (scene, demo, _) = signed_in(1).await;
    crowd(&scene, &demo, 199).await;
    let table = scene.operator_table().await;
    scene.wire.take_calls();
    scene.wire.break_always("UpdateItem", Fault::Unreachable);
    let all = table.end_all(demo.id, Ending::Operator, scene.clock.now()).await;
    assert_eq!((all.ended, all.failed.is_some()), (0, true));
    let asked = scene.wire.take_calls().len();
    assert!(asked < 200, "{asked} calls");
}

#[tokio::test]
async fn a_session_that_an_operator_ends_is_in_the_trail_once_and_leaves_the_others() {
    let (scene, demo, tokens) = signed_in(2).await;
    let (table, now) = (scene.cloud.table(), scene.clock.now());
    let before = table.trail(demo.id, now).await.unwrap().len();
    let one = table.sessions(demo.id).await.unwrap().remove(0).unwrap().id;
    scene.wire.take_calls();
    assert_eq!(scene.operator_table().await.end_by_operator(demo.id, one, now).await.unwrap(), Ended::Now);
    assert_eq!(scene.wire.take_calls(), ["TransactWriteItems"]);
    assert_eq!(table.end_by_operator(demo.id, one, now).await.unwrap(), Ended::Already);
    let never = SessionId::from_bytes([7; 16]);
    assert_eq!(table.end_by_operator(demo.id, never, now).await.unwrap(), Ended::Already);
    let trail = table.trail(demo.id, now).await.unwrap();
    assert_eq!(trail[before..], [Entry::new(now, AccountChange::SessionEnded(one))]);
    let mut answers = Vec::new();
    for Tokens { refresh, .. } in tokens {
        answers.push(scene.try_refresh(&refresh).await.status().as_u16());
    }
    answers.sort_unstable();
    assert_eq!(answers, [200, 401]);
    scene.login(&demo).await;
}

/// Neither half without the other: who reads the trail knows what was ended, and nothing in it is untrue.
#[tokio::test]
async fn a_session_whose_end_cannot_be_noted_is_not_ended() {
    let (scene, demo, tokens) = signed_in(1).await;
    let (table, now) = (scene.operator_table().await, scene.clock.now());
    let one = table.sessions(demo.id).await.unwrap().remove(0).unwrap().id;
    scene.wire.break_always("TransactWriteItems", Fault::Throttled);
    assert!(table.end_by_operator(demo.id, one, now).await.is_err());
    scene.wire.mend();
    assert!(
        table.trail(demo.id, now).await.unwrap().iter().all(|entry| entry.change != AccountChange::SessionEnded(one))
    );
    scene.refresh(&tokens[0].refresh).await;
}
