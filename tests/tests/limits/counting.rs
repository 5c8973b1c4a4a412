//! The storage verb: how many it admits, what it costs, and what it does when storage fails.

use std::net::Ipv4Addr;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use tokio::task::JoinSet;
use vestibule::limits::{Admission, Admit, Class, Key, Limit, Network};
use vestibule::storage::StoreError;
use vestibule::store::Table;
use vestibule_tests::{DYNAMODB, Fault, Scene};

fn key() -> Key {
    Key::network(Class::LoginNetwork, Network::V4(Ipv4Addr::new(203, 0, 113, 7)))
}

fn limit(quota: u32, window: u32) -> Limit {
    Limit::new(quota, window).unwrap()
}

/// Asks once: whether it was admitted, or else after how many seconds it would be.
async fn ask(table: &Table, limit: Limit, scene: &Scene) -> Result<(), u64> {
    match table.admit(&key(), limit, scene.clock.now()).await.unwrap() {
        Admission::Admitted => Ok(()),
        Admission::Refused(refusal) => Err(refusal.retry_after.as_secs()),
    }
}

/// Each table remembers for itself, as each instance of a function does. Their clients are patient: a thousand connections at once are
/// more than this machine makes within a second.
async fn at_once(scene: &Arc<Scene>, instances: usize, each: usize, limit: Limit) -> usize {
    let config = scene.cloud.clients().dynamodb.config().to_builder().timeout_config(TimeoutConfig::disabled()).build();
    let name = scene.cloud.running(String::new()).table;
    let mut under_way = JoinSet::new();
    for _ in 0..instances {
        let table = Table::new(Client::from_conf(config.clone()), name.clone());
        for _ in 0..each {
            let (scene, table) = (Arc::clone(scene), table.clone());
            under_way.spawn(async move { ask(&table, limit, &scene).await.is_ok() });
        }
    }
    under_way.join_all().await.into_iter().filter(|admitted| *admitted).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_requests_at_once_exactly_a_quota_is_admitted() {
    let scene = Arc::new(Scene::new().await);
    let limit = limit(20, 3600);
    assert_eq!(at_once(&scene, 20, 50, limit).await, 20);
    scene.wait(3 * 180);
    assert_eq!(at_once(&scene, 20, 5, limit).await, 3, "what came back in the meantime");
    scene.wait(3600);
    assert_eq!(at_once(&scene, 20, 5, limit).await, 20, "and all of it after a window");
}

#[tokio::test]
async fn a_request_is_one_call_and_an_exhausted_key_none() {
    let scene = Scene::new().await;
    let limit = limit(3, 60);
    let table = scene.operator_table().await;
    for call in 0..3 {
        assert_eq!(ask(&table, limit, &scene).await, Ok(()));
        assert_eq!(scene.wire.take_calls(), ["UpdateItem"], "call {call}");
    }
    assert_eq!(scene.wire.take_capacity_units(), 3.0);
    assert_eq!(ask(&table, limit, &scene).await, Err(20));
    assert_eq!(scene.wire.take_calls(), [""; 0], "it remembers");
    let other = scene.operator_table().await;
    assert_eq!(ask(&other, limit, &scene).await, Err(20));
    assert_eq!(scene.wire.take_calls(), ["UpdateItem"], "an instance that remembers nothing asks");
    scene.wait(20);
    let other = scene.operator_table().await;
    assert_eq!(ask(&other, limit, &scene).await, Ok(()));
    assert_eq!(
        scene.wire.take_calls(),
        ["UpdateItem", "UpdateItem"],
        "it guesses that nobody asked before, and learns"
    );
    scene.wait(60);
    assert_eq!(ask(&table, limit, &scene).await, Ok(()));
    assert_eq!(scene.wire.take_calls(), ["UpdateItem"], "what it remembers is over");
}

#[tokio::test]
async fn keys_and_classes_count_apart() {
    let scene = Scene::new().await;
    let (table, now, limit) = (scene.cloud.table(), scene.clock.now(), limit(1, 60));
    let other = Network::V4(Ipv4Addr::new(203, 0, 113, 8));
    let networks =
        [(Class::LoginNetwork, other), (Class::AccountNetwork, other), (Class::AccountNetwork, Network::Unknown)];
    assert_eq!(ask(&table, limit, &scene).await, Ok(()));
    for (class, network) in networks {
        let key = Key::network(class, network);
        assert_eq!(table.admit(&key, limit, now).await.unwrap(), Admission::Admitted, "{key:?}");
        assert!(matches!(table.admit(&key, limit, now).await.unwrap(), Admission::Refused(_)), "{key:?}");
    }
}

#[tokio::test]
async fn closed_by_default_whoever_cannot_be_counted_is_not_admitted() {
    let scene = Scene::new().await;
    let (table, now) = (scene.operator_table().await, scene.clock.now());
    for fault in [Fault::Throttled, Fault::Unreachable, Fault::AccessDenied] {
        scene.wire.break_always(DYNAMODB, fault);
        let asked = table.admit(&key(), limit(20, 60), now).await;
        assert!(matches!(asked, Err(StoreError::Unavailable { .. })), "{fault:?}: {asked:?}");
        scene.wire.mend();
    }
}

#[tokio::test]
async fn a_count_whose_answer_was_lost_is_made_again_and_never_forgotten() {
    let scene = Scene::new().await;
    let table = scene.operator_table().await;
    scene.wire.break_next("UpdateItem", Fault::AnswerLost);
    assert_eq!(ask(&table, limit(3, 60), &scene).await, Ok(()));
    assert_eq!(ask(&table, limit(3, 60), &scene).await, Ok(()));
    assert_eq!(ask(&table, limit(3, 60), &scene).await, Err(20), "the lost one has counted");
}

#[tokio::test]
async fn a_count_that_a_transaction_holds_for_a_moment_is_made_after_it() {
    let scene = Scene::new().await;
    let table = scene.operator_table().await;
    scene.wire.break_next("UpdateItem", Fault::Conflict);
    assert_eq!(ask(&table, limit(1, 60), &scene).await, Ok(()));
    assert_eq!(ask(&table, limit(1, 60), &scene).await, Err(60));
}

/// DynamoDB deletes expired items late, early never; an operator may delete any.
#[tokio::test]
async fn a_count_that_has_expired_is_the_same_as_none_and_a_deleted_one_is_made_anew() {
    let scene = Scene::new().await;
    let (table, limit) = (scene.operator_table().await, limit(1, 60));
    assert_eq!(ask(&table, limit, &scene).await, Ok(()));
    let client = &scene.cloud.clients().dynamodb;
    let name = scene.cloud.running(String::new()).table;
    let item = client.scan().table_name(&name).filter_expression("sk = :limit");
    let item = item.expression_attribute_values(":limit", AttributeValue::S("LIMIT".to_owned())).send().await.unwrap();
    let item = item.items().first().unwrap().clone();
    let expires: u64 = item["expires_at"].as_n().unwrap().parse().unwrap();
    assert_eq!(expires, scene.clock.now().seconds() + 60, "no item outlives what it means");
    scene.wait(60);
    assert_eq!(ask(&scene.cloud.table(), limit, &scene).await, Ok(()), "it stands in the table still");
    for part in ["pk", "sk"] {
        assert!(item[part].as_s().is_ok());
    }
    let delete = client.delete_item().table_name(&name).key("pk", item["pk"].clone()).key("sk", item["sk"].clone());
    delete.send().await.unwrap();
    assert_eq!(ask(&scene.cloud.table(), limit, &scene).await, Ok(()));
}

#[tokio::test]
async fn an_item_that_cannot_be_ours_admits_nobody_and_is_named() {
    let scene = Scene::new().await;
    let client = &scene.cloud.clients().dynamodb;
    let put = client.put_item().table_name(scene.cloud.running(String::new()).table);
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = put.item("pk", text("LIMIT#login_network#203.0.113.7")).item("sk", text("LIMIT"));
    put.item("arrival", text("soon")).send().await.unwrap();
    let asked = scene.cloud.table().admit(&key(), limit(20, 60), scene.clock.now()).await;
    let Err(StoreError::Impossible { key, .. }) = asked else { panic!("{asked:?}") };
    assert_eq!(key, "LIMIT#login_network#203.0.113.7/LIMIT");
}
