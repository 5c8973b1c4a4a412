//! Each change of a key is in its owner's trail, written in the transaction that made it; what changed nothing is not.

use serde_json::json;
use vestibule::audit::trail::{AccountChange, ApiKeyChange, ReadTrail};
use vestibule_tests::{Fault, Scene};

use crate::stage::{Owner, orders, stage};

async fn changes(scene: &Scene, owner: &Owner) -> Vec<ApiKeyChange> {
    let entries = scene.cloud.table().trail(owner.user.id, scene.clock.now()).await.unwrap();
    let of_key = |change| match change {
        AccountChange::ApiKey(_, change) => Some(change),
        _ => None,
    };
    entries.into_iter().filter_map(|entry| of_key(entry.change)).collect()
}

#[tokio::test]
async fn each_change_of_a_key_is_in_the_trail_of_its_owner() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    scene.wait(1);
    demo.rename(&scene, &key, "b").await.expect(200);
    demo.rename(&scene, &key, "c").await.expect(200);
    scene.wait(1);
    demo.rotate(&scene, &key, json!({})).await.expect(200);
    orders(&scene, &key.text).await.expect(200);
    scene.wait(1);
    demo.revoke(&scene, &key).await.expect(204);
    let expected = [
        ApiKeyChange::Created,
        ApiKeyChange::Renamed,
        ApiKeyChange::Renamed,
        ApiKeyChange::Rotated,
        ApiKeyChange::Revoked,
    ];
    assert_eq!(changes(&scene, &demo).await, expected);
}

#[tokio::test]
async fn what_was_not_done_leaves_no_entry() {
    let (scene, demo) = stage().await;
    let key = demo.key(&scene).await;
    demo.create(&scene, json!({ "name": "a", "scope": "files" })).await.expect(400);
    scene.wire.break_always("TransactWriteItems", Fault::Throttled);
    demo.revoke(&scene, &key).await.expect(503);
    demo.rename(&scene, &key, "b").await.expect(503);
    scene.wire.mend();
    assert_eq!(changes(&scene, &demo).await, [ApiKeyChange::Created]);
}
