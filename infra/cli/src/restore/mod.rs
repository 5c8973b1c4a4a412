//! From a table that a backup was restored to: whatever was lost comes back, and nothing that somebody took away since.
//!
//! What is there is left as it is, so a restore that was interrupted is simply repeated. Memory is bounded by the partitions in flight
//! and by what is to be looked at, not by the table.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinSet;
use vestibule::audit::trail::KEPT_FOR;
use vestibule::clock::Clock;
use vestibule::restore::{Fate, Kind, Outcome, Partition, Restore};
use vestibule::storage::StoreError;

/// How a restore is done.
#[derive(Debug)]
pub struct Restoration<S> {
    /// The table that is in use.
    pub table: S,
    /// The table that the backup was restored to.
    pub backup: S,
    /// The present.
    pub clock: Clock,
    /// How many accounts are on their way at once.
    pub concurrency: usize,
    /// Reads everything and writes nothing.
    pub dry_run: bool,
}

/// Who is told how far it is.
pub trait Watch {
    /// So many items of the backup were gone through, of so many; the latter is an estimate, and 0 where there is none.
    fn done(&mut self, items: u64, of: u64);
    /// An item that somebody must look at.
    fn noticed(&mut self, outcome: &Outcome);
    /// A partition that could not be restored.
    fn failed(&mut self, fault: &StoreError);
}

/// What became of the backup's items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many of each kind.
    pub counts: BTreeMap<(Kind, Fate), u64>,
    /// Partitions that could not be restored.
    pub failed: u64,
    /// Whether somebody stopped it.
    pub stopped: bool,
}

impl Summary {
    /// How many of a kind have met this fate.
    pub fn count(&self, kind: Kind, fate: Fate) -> u64 {
        self.counts.get(&(kind, fate)).copied().unwrap_or(0)
    }

    fn note(&mut self, outcomes: Vec<Outcome>, watch: &mut impl Watch) {
        for outcome in outcomes {
            *self.counts.entry((outcome.kind, outcome.fate)).or_default() += 1;
            if to_look_at(&outcome) {
                watch.noticed(&outcome);
            }
        }
    }
}

/// Whether a person must do something about it.
fn to_look_at(Outcome { kind, fate, .. }: &Outcome) -> bool {
    match fate {
        Fate::BackClosed | Fate::Taken => true,
        Fate::There | Fate::Back | Fate::StaysAway | Fate::LeftBehind => *kind == Kind::Unknown,
    }
}

/// Why it did not come to the end. Repeating it is safe.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The backup cannot be read.
    #[error("the backup cannot be read: {0}; run it again to go on")]
    Backup(#[source] StoreError),
    /// The trail does not say all that was taken away since.
    #[error(
        "the backup is {days} days old, and the audit trail goes back {} days: what was taken away in between would come back",
        KEPT_FOR.as_secs() / DAY
    )]
    TooOld {
        /// Its age.
        days: u64,
    },
    /// The table does not take what is written.
    #[error("nothing can be restored: {0}; run it again to go on")]
    Table(#[source] StoreError),
    /// A task of ours did not come to its end.
    #[error(transparent)]
    Task(#[from] io::Error),
}

const DAY: u64 = 24 * 60 * 60;

/// After so many partitions that failed one after the other it is storage that fails.
const MOST_FAULTS: u64 = 20;

impl<S: Restore + Send + Sync + 'static> Restoration<S> {
    /// Goes through the backup. Ends early, with what is under way done, once `stop` is set.
    ///
    /// # Errors
    /// [`Stopped`], with all that was done before it done.
    pub async fn run(self: Arc<Self>, watch: &mut impl Watch, stop: &AtomicBool) -> Result<Summary, Stopped> {
        let (described, now) = (self.backup.described().await.map_err(Stopped::Backup)?, self.clock.now());
        if described.is_beyond_the_trail(now) {
            return Err(Stopped::TooOld { days: described.of.map_or(0, |of| now.since(of).as_secs() / DAY) });
        }
        let of = described.items;
        let (mut summary, mut items, mut place, mut last) = (Summary::default(), 0, None, None);
        let mut flight = Flight { under_way: JoinSet::new(), faults: 0 };
        loop {
            let page = self.backup.page(place).await.map_err(Stopped::Backup)?;
            summary.note(page.left_behind, watch);
            for partition in page.partitions {
                if stop.load(Ordering::Relaxed) {
                    flight.land(0, &mut summary, watch).await?;
                    return Ok(Summary { stopped: true, ..summary });
                }
                // A partition that a page ends in is the next one's first.
                if last.as_ref() != Some(&partition) {
                    flight.land(self.concurrency.saturating_sub(1), &mut summary, watch).await?;
                    last = Some(partition.clone());
                    let this = Arc::clone(&self);
                    flight.under_way.spawn(async move { this.one(&partition).await });
                }
            }
            items += page.items;
            watch.done(items, of.max(items));
            place = page.next;
            if place.is_none() {
                break;
            }
        }
        flight.land(0, &mut summary, watch).await?;
        Ok(summary)
    }

    async fn one(&self, partition: &Partition) -> Result<Vec<Outcome>, StoreError> {
        self.table.restore(&self.backup, partition, self.clock.now(), self.dry_run).await
    }
}

/// The partitions that are being restored.
struct Flight {
    under_way: JoinSet<Result<Vec<Outcome>, StoreError>>,
    /// How many failed one after the other.
    faults: u64,
}

impl Flight {
    /// Waits until no more than `left` are under way.
    async fn land(&mut self, left: usize, summary: &mut Summary, watch: &mut impl Watch) -> Result<(), Stopped> {
        while self.under_way.len() > left
            && let Some(landed) = self.under_way.join_next().await
        {
            match landed.map_err(io::Error::other)? {
                Ok(outcomes) => {
                    self.faults = 0;
                    summary.note(outcomes, watch);
                }
                Err(fault) => {
                    summary.failed += 1;
                    self.faults += 1;
                    watch.failed(&fault);
                    if self.faults >= MOST_FAULTS {
                        return Err(Stopped::Table(fault));
                    }
                }
            }
        }
        Ok(())
    }
}
