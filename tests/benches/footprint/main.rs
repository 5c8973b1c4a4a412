//! What the deployed binaries weigh and how soon a fresh process gives its first answer.
//!
//! `cargo bench -p vestibule-tests --bench footprint` builds the functions as they are deployed and starts each behind the
//! Lambda Runtime API of the laptop, many times, round after round, so that a busy moment of the machine meets all of them.
//! `-- --binaries target/lambda` takes those of `cargo lambda build`, `-- --markdown` prints the tables for a page.
//! Exit code 1 says that a function is over its budget.

mod binaries;
mod budget;
mod first_event;
mod report;
mod start;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;

use binaries::Binaries;
use first_event::{FirstEvent, World};
use start::{Measured, measure};

/// Weighs the functions and starts them.
#[derive(clap::Parser)]
struct Arguments {
    /// Binaries that are there already, `DIR/<name>/bootstrap` or `DIR/<name>`; without it they are built.
    #[arg(long, value_name = "DIR")]
    binaries: Option<PathBuf>,
    /// Starts of each binary.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(20..))]
    rounds: u16,
    /// Print Markdown.
    #[arg(long)]
    markdown: bool,
    /// What `cargo bench` says to every bench.
    #[arg(long, hide = true)]
    bench: bool,
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Fault> {
    let arguments = Arguments::parse();
    let binaries = match arguments.binaries {
        Some(folder) => Binaries::Ready(folder),
        None => Binaries::build()?,
    };
    let world = World::start().await?;
    let (without_calls, with_a_read) = (FirstEvent::without_calls()?, FirstEvent::with_a_read(&world)?);
    let quiet = measure(&without_calls, &binaries, &world, arguments.rounds).await?;
    let reading = measure(&with_a_read, &binaries, &world, arguments.rounds).await?;
    let over = budget::over(&quiet);

    let mut out = std::io::stdout().lock();
    writeln!(out, "{}\n", report::starts("Spawn to first answer, without a call to AWS", &quiet, arguments.markdown))?;
    writeln!(
        out,
        "{}\n",
        report::starts("Spawn to first answer, with one read of DynamoDB", &reading, arguments.markdown)
    )?;
    writeln!(out, "{}", report::budget(&over))?;
    Ok(if over.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The one called `name`.
fn named<'m>(all: &'m [Measured], name: &str) -> Option<&'m Measured> {
    all.iter().find(|measured| measured.name == name)
}
