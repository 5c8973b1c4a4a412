//! What the table keeps of the keys' past: each publication that changed something, in the transaction that made it.

use vestibule::audit::key_trail::{KeyChange, ReadKeyTrail};
use vestibule::audit::trail::KEPT_FOR;
use vestibule::keys::{Algorithm, Change, LONGEST_ROTATION, LONGEST_VERIFIER_CACHE, PublishKeys, Published};
use vestibule_tests::{Fault, START, Scene};

use crate::stage::{Stage, active, next};

/// Seconds since the start, what happened, and to which key.
async fn trail(stage: &Stage) -> Vec<(u64, KeyChange, String)> {
    let entries = stage.scene.cloud.table().key_trail(stage.scene.clock.now()).await.unwrap();
    let rows = entries.into_iter().flat_map(|entry| {
        entry.changed.into_iter().map(move |changed| (entry.at.since(START).as_secs(), changed.change, changed.kid))
    });
    rows.collect()
}

const RIPE: u64 = LONGEST_VERIFIER_CACHE.as_secs() + LONGEST_ROTATION.as_secs();

#[tokio::test]
async fn each_change_of_a_key_is_in_the_trail_with_its_time() {
    use KeyChange::{Activated, Published, Retired, Unpublished};
    let stage = Stage::of(Scene::new().await);
    let first = stage.ring().await;
    let made: Vec<_> = trail(&stage).await.into_iter().map(|(at, change, kid)| (kid, change, at)).collect();
    for algorithm in Algorithm::ALL {
        assert!(made.contains(&(active(&first, algorithm), Activated, 0)), "{made:?}");
        assert!(made.contains(&(next(&first, algorithm), Published, 0)), "{made:?}");
    }
    stage.until_ripe();
    stage.rotate("first").await;
    let second = stage.ring().await;
    let rotated = trail(&stage).await.split_off(made.len());
    for algorithm in Algorithm::ALL {
        for row in [
            (RIPE, Retired, active(&first, algorithm)),
            (RIPE, Activated, active(&second, algorithm)),
            (RIPE, Published, next(&second, algorithm)),
        ] {
            assert!(rotated.contains(&row), "{row:?}: {rotated:?}");
        }
    }
    assert_eq!(rotated.len(), 6);
    let leaked = active(&second, Algorithm::Es256);
    stage.carry_out(Change::Replace { kid: leaked.clone() }, "leaked").await.unwrap();
    let replaced = trail(&stage).await.split_off(made.len() + rotated.len());
    assert_eq!(replaced[0], (RIPE, Unpublished, leaked));
}

/// The last step publishes once more what is published already, and repeated steps publish nothing.
#[tokio::test]
async fn what_changes_no_key_is_not_in_the_trail() {
    let stage = Stage::small(Scene::new().await).await;
    stage.rotate("first").await;
    let (entries, edition) = (trail(&stage).await, stage.publication().await.edition);
    let publication = stage.publication().await;
    let (table, now) = (stage.scene.cloud.table(), stage.scene.clock.now());
    assert_eq!(table.publish(&publication.keys, Some(&publication), now).await.unwrap(), Published::Done);
    assert_ne!(stage.publication().await.edition, edition);
    assert_eq!(trail(&stage).await, entries);
}

/// Of two at once one is told so, and leaves no entry.
#[tokio::test]
async fn a_publication_that_was_overtaken_leaves_no_entry() {
    let stage = Stage::small(Scene::new().await).await;
    let before = stage.publication().await;
    let (table, now) = (stage.scene.cloud.table(), stage.scene.clock.now());
    let ring = stage.ring().await.changed(&Change::Rotate, now).unwrap().public_set().unwrap();
    assert_eq!(table.publish(&ring, Some(&before), now).await.unwrap(), Published::Done);
    let entries = trail(&stage).await;
    assert_eq!(table.publish(&before.keys, Some(&before), now).await.unwrap(), Published::Overtaken);
    assert_eq!(trail(&stage).await, entries);
}

/// A write whose answer was lost is sent again; keys and trail change once, together.
#[tokio::test]
async fn a_publication_whose_answer_was_lost_is_made_once_and_noted_once() {
    for fault in [Fault::Unreachable, Fault::AnswerLost] {
        for calls in 0..3 {
            let stage = Stage::small(Scene::new().await).await;
            let before = trail(&stage).await.len();
            stage.scene.wire.break_after(calls, "TransactWriteItems", fault);
            let done = stage.over_the_wire(Change::Rotate, &format!("{fault:?}{calls}")).await;
            stage.scene.wire.mend();
            let (rows, published) = (trail(&stage).await.split_off(before), stage.published_kids().await);
            let fresh = rows.iter().filter(|(_, change, _)| *change == KeyChange::Published);
            assert!(fresh.clone().all(|(_, _, kid)| published.contains(kid)), "{fault:?} {calls}: {rows:?}");
            let written = calls > 0 || fault == Fault::AnswerLost;
            assert_eq!(
                (rows.len(), fresh.count()),
                if written { (3, 1) } else { (0, 0) },
                "{fault:?} {calls}: {rows:?}"
            );
            assert_eq!(done.is_ok(), calls == 2, "{done:?}: a rotation publishes twice");
        }
    }
}

#[tokio::test]
async fn an_entry_is_gone_after_400_days_whether_or_not_it_was_deleted() {
    let stage = Stage::of(Scene::new().await);
    assert!(!trail(&stage).await.is_empty());
    stage.scene.wait(KEPT_FOR.as_secs());
    assert_eq!(trail(&stage).await, []);
}
