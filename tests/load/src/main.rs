//! The figures of Vestibule: measured, compared with others and drawn by one command, on whatever machine it runs on.
//!
//! `cargo run --release -p vestibule-report -- report` writes `docs/benchmarks.md` and its plots in some ten minutes; with `--quick` it
//! shows in a minute that all of it works and writes into `target/report/`. Linux only. Decision 0025 has the reasons.

mod authorizers;
mod checks;
mod client;
mod codes;
mod driver;
mod gateway;
mod hashing;
mod machine;
mod oracle;
mod page;
mod peers;
mod plot;
mod population;
mod process;
mod results;
mod scale;
mod serve;
mod server;
mod servers;
mod stage;
mod starts;
mod statistics;
mod table;
mod targets;
mod traffic;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Parser as _;

use peers::{ROOT, workshop};
use results::Results;
use stage::Stage;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Measures Vestibule.
#[derive(clap::Parser)]
enum Command {
    /// Measures everything and writes the page.
    Report(Report),
    /// Writes the page anew from the figures of the last run.
    Page(Page),
    /// A deployment to be measured.
    #[command(hide = true)]
    Serve(serve::Arguments),
}

#[derive(clap::Args)]
struct Report {
    /// Little of everything, in a minute or two.
    #[arg(long)]
    quick: bool,
    /// Only these parts, into `target/report/`.
    #[arg(long, value_delimiter = ',', value_enum)]
    only: Vec<Part>,
    /// Seconds of mixed traffic at a steady rate.
    #[arg(long)]
    soak: Option<u64>,
    /// Sessions in the largest table, a power of ten.
    #[arg(long)]
    sessions: Option<usize>,
    #[command(flatten)]
    page: Page,
}

#[derive(clap::Args)]
struct Page {
    /// The folder of the page, rather than `docs`.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// A part of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Authorizers side by side.
    Authorizers,
    /// The authorizer's own work alone.
    Checks,
    /// Cold starts.
    Starts,
    /// The local gateway under load.
    Load,
    /// The same functions as processes.
    Processes,
    /// A burst of sign-ins.
    Burst,
    /// Minutes of mixed traffic.
    Soak,
    /// Authorization servers side by side.
    Servers,
    /// Cost against number of sessions.
    Scale,
    /// What sign-ins spend their processor time on.
    Hashing,
    /// Whether time tells of accounts.
    Oracle,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fault> {
    match Command::parse() {
        Command::Serve(arguments) => serve::run(&arguments).await,
        Command::Page(page) => {
            let results = Results::last()?;
            page::write(&results, &page.folder(results.quick))
        }
        Command::Report(report) => {
            let results = report.measure().await?;
            let folder = report.page.folder(report.quick || !report.only.is_empty());
            page::write(&results, &folder)?;
            progress(&format!("{} is written", folder.join("benchmarks.md").display()));
            Ok(())
        }
    }
}

impl Page {
    fn folder(&self, partial: bool) -> PathBuf {
        let usual = if partial { workshop() } else { Path::new(ROOT).join("docs") };
        self.out.clone().unwrap_or(usual)
    }
}

impl Report {
    /// Whether this part comes now. What was measured before is kept first: a later part may fail.
    fn wants(&self, part: Part, so_far: &Results) -> Result<bool, Fault> {
        so_far.keep()?;
        let wanted = self.only.is_empty() || self.only.contains(&part);
        if wanted {
            progress(&format!("{part:?}"));
        }
        Ok(wanted)
    }

    async fn measure(&self) -> Result<Results, Fault> {
        let machine = machine::Machine::here();
        let stage = Stage::set().await?;
        let begun = Instant::now();
        let mut results = Results { machine, quick: self.quick, ..Results::default() };
        if self.wants(Part::Authorizers, &results)? {
            let extent = self
                .sized(authorizers::Extent { rounds: 4, events: 20 }, authorizers::Extent { rounds: 40, events: 50 });
            results.authorizers = authorizers::warm(&stage, &stage.contenders()?, extent).await?;
        }
        if self.wants(Part::Checks, &results)? {
            results.checks = checks::checks(self.quick)?;
        }
        if self.wants(Part::Starts, &results)? {
            results.starts = starts::cold(&stage, self.sized(4, 30)).await?;
        }
        let extent = gateway::Extent {
            step: Duration::from_millis(self.sized(600, 5_000)),
            sessions: self.sized("512", "4096"),
            codes: self.sized(256, 8_192),
        };
        if self.wants(Part::Load, &results)? {
            results.ladders.extend(gateway::ladders(extent).await?);
        }
        if self.wants(Part::Processes, &results)? {
            results.ladders.extend(gateway::process_ladders(&stage.folder()?, extent).await?);
        }
        if self.wants(Part::Burst, &results)? {
            results.burst = Some(gateway::burst().await?);
        }
        if self.wants(Part::Soak, &results)? {
            let mixed = results.ladders.iter().find(|ladder| ladder.kind == gateway::MIXED && !ladder.processes);
            let rate = mixed.map_or(100.0, |ladder| ladder.capacity.achieved / 2.0);
            let seconds = self.soak.unwrap_or(self.sized(4, 120));
            results.soak = Some(gateway::soak(rate, Duration::from_secs(seconds), self.sized(2, 6)).await?);
        }
        if self.wants(Part::Servers, &results)? {
            let extent = self
                .sized(servers::Extent { rounds: 3, requests: 200 }, servers::Extent { rounds: 15, requests: 1_000 });
            results.servers = servers::side_by_side(&stage.peers, extent).await?;
        }
        if self.wants(Part::Scale, &results)? {
            let extent =
                self.sized(scale::Extent { rounds: 3, requests: 100 }, scale::Extent { rounds: 12, requests: 1_500 });
            results.costs = scale::costs(&self.sizes(), extent).await?;
        }
        if self.wants(Part::Hashing, &results)? {
            results.shares = hashing::shares(self.sized(5, 200))?;
        }
        if self.wants(Part::Oracle, &results)? {
            results.told = oracle::told(self.sized(20, 200), self.sized(60, 600)).await;
        }
        stage.strike().await;
        results.minutes = begun.elapsed().as_secs_f64() / 60.0;
        results.keep()?;
        Ok(results)
    }

    fn sized<T>(&self, quick: T, full: T) -> T {
        if self.quick { quick } else { full }
    }

    /// Numbers of sessions, and how many of them each user has.
    fn sizes(&self) -> Vec<(usize, usize)> {
        let largest = self.sessions.unwrap_or(self.sized(2_000, 1_000_000));
        let steps = std::iter::successors(Some(1_000), |size| Some(size * self.sized(2, 10)));
        let sizes = steps.take_while(|size| *size <= largest);
        let shared = self.sized(2_000, 10_000);
        let users = [10, 100, 1_000].map(|per_user| (shared, per_user));
        sizes.map(|size| (size, 1)).chain(users).collect()
    }
}

/// Says what goes on, to whoever waits.
fn progress(what: &str) {
    // Whoever closed it does not want to know.
    let _ = writeln!(std::io::stderr(), "{what}");
}
