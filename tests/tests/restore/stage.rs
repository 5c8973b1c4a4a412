//! A table, its backup, an accident, and the command that mends it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use aws_sdk_dynamodb::types::{AttributeValue, BillingMode};
use serde_json::json;
use vestibule::clock::Clock;
use vestibule::restore::Outcome;
use vestibule::storage::StoreError;
use vestibule::store::key_schema;
use vestibule_cli::restore::{Restoration, Stopped, Summary, Watch};
use vestibule_tests::{Answer, Scene};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The table that point-in-time recovery makes.
pub(crate) const RESTORED: &str = "restored";

pub(crate) fn part<'i>(item: &'i Item, name: &str) -> &'i str {
    item[name].as_s().unwrap()
}

fn client(scene: &Scene) -> &aws_sdk_dynamodb::Client {
    &scene.cloud.clients().dynamodb
}

fn in_use(scene: &Scene) -> String {
    scene.cloud.running(String::new()).table
}

pub(crate) async fn items(scene: &Scene, table: &str) -> Vec<Item> {
    let pages = client(scene).scan().table_name(table).into_paginator().items().send();
    let mut items: Vec<Item> = pages.try_collect().await.unwrap();
    items.sort_by_key(|item| (part(item, "pk").to_owned(), part(item, "sk").to_owned()));
    items
}

/// All of the table that is in use.
pub(crate) async fn all(scene: &Scene) -> Vec<Item> {
    items(scene, &in_use(scene)).await
}

/// The table as it is now, as another table.
pub(crate) async fn back_up(scene: &Scene) {
    let (attributes, keys) = key_schema().unwrap();
    let create = client(scene).create_table().table_name(RESTORED).billing_mode(BillingMode::PayPerRequest);
    create.set_attribute_definitions(Some(attributes)).set_key_schema(Some(keys)).send().await.unwrap();
    for item in all(scene).await {
        client(scene).put_item().table_name(RESTORED).set_item(Some(item)).send().await.unwrap();
    }
}

/// An accident: what is `lost` is gone, and nothing says so.
pub(crate) async fn lose(scene: &Scene, lost: impl Fn(&str, &str) -> bool) {
    for item in all(scene).await {
        if lost(part(&item, "pk"), part(&item, "sk")) {
            let delete = client(scene).delete_item().table_name(in_use(scene));
            delete.key("pk", item["pk"].clone()).key("sk", item["sk"].clone()).send().await.unwrap();
        }
    }
}

/// What somebody must look at, and what failed.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) noticed: Vec<Outcome>,
    pub(crate) failed: usize,
    items: u64,
}

impl Watch for Seen {
    fn done(&mut self, items: u64, of: u64) {
        assert!(items >= self.items && items <= of);
        self.items = items;
    }

    fn noticed(&mut self, outcome: &Outcome) {
        self.noticed.push(outcome.clone());
    }

    fn failed(&mut self, _: &StoreError) {
        self.failed += 1;
    }
}

/// `vestibule restore --from restored`.
pub(crate) async fn restore(scene: &Scene, dry_run: bool) -> (Result<Summary, Stopped>, Seen) {
    let table = scene.operator_table().await;
    let restoration = Arc::new(Restoration {
        backup: table.beside(RESTORED),
        table,
        clock: Clock::Manual(scene.clock.clone()),
        concurrency: 4,
        dry_run,
    });
    let mut seen = Seen::default();
    let summary = restoration.run(&mut seen, &AtomicBool::new(false)).await;
    (summary, seen)
}

/// A key of somebody who is signed in: its name and its text.
pub(crate) async fn key(scene: &Scene, access: &str) -> (String, String) {
    let body = json!({ "name": "export", "scope": "orders:read" });
    let answer = scene.post_as("/api-keys", access, &body).await.expect(201);
    (answer.member("id"), answer.member("key"))
}

pub(crate) async fn ask(scene: &Scene, method: &str, path: &str, access: &str) -> Answer {
    let request = http::Request::builder().method(method).uri(path).header("authorization", format!("Bearer {access}"));
    scene.send(request.body(String::new().into()).unwrap()).await
}

/// `GET /orders` with the key.
pub(crate) async fn orders(scene: &Scene, key: &str) -> u16 {
    scene.wait(61);
    scene.get("/orders", &[("authorization", &format!("ApiKey {key}"))]).await.status().as_u16()
}

/// The restoration, which does what its dry run tells, and that writes nothing.
pub(crate) async fn restored_as_foretold(scene: &Scene) -> (Summary, Seen) {
    let before = all(scene).await;
    let (foretold, _) = restore(scene, true).await;
    assert_eq!(all(scene).await, before, "a dry run writes nothing");
    let (done, seen) = restore(scene, false).await;
    let done = done.unwrap();
    assert_eq!(done, foretold.unwrap(), "and tells what will be");
    (done, seen)
}
