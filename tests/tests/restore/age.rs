//! A backup that is older than the trail: nothing tells what was taken away right after it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use vestibule::audit::trail::KEPT_FOR;
use vestibule::clock::{Clock, Timestamp};
use vestibule::restore::{Described, Outcome, Page, Partition, Place, Restore};
use vestibule::storage::StoreError;
use vestibule::store::Table;
use vestibule_cli::restore::{Restoration, Stopped, Summary};
use vestibule_tests::Scene;

use super::stage::{RESTORED, Seen, all, back_up, lose};

/// A table that says of what moment it is, as one that DynamoDB restored does.
struct Restored {
    table: Table,
    of: Timestamp,
}

impl Restore for Restored {
    async fn described(&self) -> Result<Described, StoreError> {
        Ok(Described { of: Some(self.of), ..self.table.described().await? })
    }

    async fn page(&self, place: Option<Place>) -> Result<Page, StoreError> {
        self.table.page(place).await
    }

    async fn restore(
        &self,
        backup: &Self,
        partition: &Partition,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<Vec<Outcome>, StoreError> {
        self.table.restore(&backup.table, partition, now, dry_run).await
    }
}

async fn from_a_backup_of(scene: &Scene, of: Timestamp) -> Result<Summary, Stopped> {
    let table = scene.cloud.table();
    let restoration = Restoration {
        backup: Restored { table: table.beside(RESTORED), of },
        table: Restored { table, of },
        clock: Clock::Manual(scene.clock.clone()),
        concurrency: 1,
        dry_run: false,
    };
    Arc::new(restoration).run(&mut Seen::default(), &AtomicBool::new(false)).await
}

#[tokio::test]
async fn a_backup_that_is_older_than_the_trail_brings_back_nothing_and_is_one_sentence() {
    let scene = Scene::new().await;
    let ada = scene.user("ada@example.com", "", "").await;
    back_up(&scene).await;
    lose(&scene, |pk, sk| !sk.starts_with("AUDIT#") && (pk.starts_with("USER#") || pk.starts_with("LOGIN#"))).await;
    let (before, now) = (all(&scene).await, scene.clock.now());
    let refused = from_a_backup_of(&scene, now.minus(KEPT_FOR)).await.unwrap_err();
    let said = "the backup is 400 days old, and the audit trail goes back 400 days: what was taken away in between would come back";
    assert!(matches!(refused, Stopped::TooOld { days: 400 }), "{refused:?}");
    assert_eq!((refused.to_string().as_str(), all(&scene).await), (said, before));
    from_a_backup_of(&scene, now.minus(KEPT_FOR - Duration::from_secs(1))).await.unwrap();
    scene.login(&ada).await;
}
