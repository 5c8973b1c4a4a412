//! `vestibule restore`: the bar, what somebody must look at, the counts.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use vestibule::clock::Clock;
use vestibule::restore::{Fate, Kind, Outcome};
use vestibule::storage::StoreError;
use vestibule_cli::restore::{Restoration, Summary, Watch};

use super::{Outcome as Ended, interrupted};
use crate::output;
use crate::target::Target;

/// What to restore.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The table that the backup was restored to, in the same account and region.
    #[arg(long, value_name = "TABLE")]
    from: String,
    /// Read everything, say what would come back, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Accounts on their way at once.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=512))]
    concurrency: u16,
    /// The counts as one JSON array instead of a table.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(target: &Target, arguments: Arguments) -> Ended {
    let deployment = if arguments.dry_run { target.connect().await? } else { target.connect_to_change().await? };
    let table = deployment.table;
    let restoration = Arc::new(Restoration {
        backup: table.beside(&arguments.from),
        table,
        clock: Clock::System,
        concurrency: arguments.concurrency.into(),
        dry_run: arguments.dry_run,
    });
    let mut progress = Progress::begin();
    let restored = restoration.run(&mut progress, &interrupted()).await;
    progress.end();
    report(&restored?, &arguments)
}

const COLUMNS: [&str; 7] = ["kind", "there", "back", "back_closed", "stays_away", "taken", "left_behind"];

fn report(summary: &Summary, arguments: &Arguments) -> Ended {
    let kinds: BTreeSet<Kind> = summary.counts.keys().map(|(kind, _)| *kind).collect();
    let row = |kind: &Kind| -> Value {
        let count = |fate| summary.count(*kind, fate);
        json!({
            "kind": kind.as_str(),
            "there": count(Fate::There),
            "back": count(Fate::Back),
            "back_closed": count(Fate::BackClosed),
            "stays_away": count(Fate::StaysAway),
            "taken": count(Fate::Taken),
            "left_behind": count(Fate::LeftBehind),
        })
    };
    output::listing(&COLUMNS, &kinds.iter().map(row).collect::<Vec<_>>(), arguments.json);
    if arguments.dry_run {
        output::remark("a dry run: nothing was written");
    }
    if summary.stopped {
        return Err("interrupted; run it again to go on".into());
    }
    match summary.failed {
        0 => Ok(()),
        failed => {
            Err(format!("accounts, services or clients that could not be restored: {failed}; run it again").into())
        }
    }
}

/// How far it is: a bar at a terminal, otherwise a line from time to time.
enum Progress {
    Bar(ProgressBar),
    Lines { tenths: u64 },
}

impl Progress {
    fn begin() -> Self {
        if !io::stderr().is_terminal() {
            return Self::Lines { tenths: 0 };
        }
        let style = ProgressStyle::with_template("{wide_bar} {pos} of {len} items  {eta:>4} left");
        Self::Bar(ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }

    fn say(&self, sentence: impl std::fmt::Display) {
        match self {
            Self::Bar(bar) => bar.suspend(|| output::remark(sentence)),
            Self::Lines { .. } => output::remark(sentence),
        }
    }
}

impl Watch for Progress {
    fn done(&mut self, items: u64, of: u64) {
        match self {
            Self::Bar(bar) => {
                bar.set_length(of);
                bar.set_position(items);
            }
            Self::Lines { tenths } => {
                // Every tenth part: a log is read afterwards.
                let now = items.saturating_mul(10).checked_div(of).unwrap_or(10);
                if now > *tenths {
                    output::remark(format_args!("{items} of {of} items"));
                }
                *tenths = now;
            }
        }
    }

    fn noticed(&mut self, Outcome { kind, fate, name }: &Outcome) {
        self.say(match fate {
            Fate::BackClosed if *kind == Kind::Client => format!(
                "{name} comes back disabled, and without a secret if that was rotated, for it was changed since: see `vestibule audit \
                 client`, then `clients rotate-secret` and `enable`"
            ),
            Fate::BackClosed => format!(
                "{name} comes back closed and without a password, for it was changed since: see `vestibule audit list`, then \
                 `users set-password` and `enable`"
            ),
            Fate::Taken => format!("{name} does not come back: its name, or one of its names, is another account's by now"),
            Fate::Back | Fate::There | Fate::StaysAway | Fate::LeftBehind => {
                format!("{name} is nothing that this release knows, and is left behind")
            }
        });
    }

    fn failed(&mut self, fault: &StoreError) {
        self.say(fault);
    }
}
