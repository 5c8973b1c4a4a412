//! `vestibule users import`: the file, the bar, the file of rejected lines.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use vestibule::clock::Clock;
use vestibule::randomness::Randomness;
use vestibule::scope::{Roles, Scopes};
use vestibule_cli::import::{Defaults, Import, Patience, Summary, Watch, World, project_parameters};

use super::{Outcome, interrupted};
use crate::output;
use crate::target::Deployment;

/// The accounts of another system.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// One JSON object a line: {"email", "password"} and if you like "username", "id", "scope", "roles", "disabled". Lines that
    /// cannot be imported are copied to FILE.rejected, which each run makes anew.
    file: PathBuf,
    /// Scopes of lines that have none, separated by blanks.
    #[arg(long, default_value = "")]
    scope: String,
    /// A role of lines that have none; may be repeated.
    #[arg(long = "role")]
    roles: Vec<String>,
    /// A file with the password hash parameters of the Firebase project, as its console shows them.
    #[arg(long, value_name = "FILE")]
    firebase: Option<PathBuf>,
    /// Read everything, report what is wrong, write no account.
    #[arg(long)]
    dry_run: bool,
    /// Accounts on their way at once.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=512))]
    concurrency: u16,
}

pub(crate) async fn run(deployment: &Deployment, arguments: Arguments) -> Outcome {
    let naming = |path: &Path, fault: io::Error| format!("{}: {fault}", path.display());
    let file = File::open(&arguments.file).map_err(|fault| naming(&arguments.file, fault))?;
    let length = file.metadata().map_err(|fault| naming(&arguments.file, fault))?.len();
    let firebase = match &arguments.firebase {
        None => None,
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|fault| naming(path, fault))?;
            Some(project_parameters(&text).map_err(|fault| format!("{}: {fault}", path.display()))?)
        }
    };
    let import = Import {
        world: Arc::new(World {
            store: deployment.table.clone(),
            hasher: deployment.hasher(),
            peppers: deployment.peppers().await?,
            randomness: Randomness::System,
            clock: Clock::System,
            patience: Patience::DEFAULT,
        }),
        defaults: Defaults {
            scopes: Scopes::parse(&arguments.scope)?,
            roles: Roles::parse(&arguments.roles.join(" "))?,
            firebase,
        },
        concurrency: arguments.concurrency.into(),
        dry_run: arguments.dry_run,
    };
    let rejected_path = beside(&arguments.file);
    let mut rejected = private(&rejected_path).map_err(|fault| naming(&rejected_path, fault))?;
    let mut progress = Progress::begin(length);
    let imported = import.run(BufReader::new(file), &mut rejected, &mut progress, &interrupted()).await;
    progress.end();
    if rejected.metadata().is_ok_and(|metadata| metadata.len() == 0) {
        // Not a word about a file that holds nothing.
        let _ = fs::remove_file(&rejected_path);
    }
    report(&imported?, arguments.dry_run, &rejected_path)
}

fn report(summary: &Summary, dry_run: bool, rejected: &Path) -> Outcome {
    output::line(if dry_run { format!("would have {summary}") } else { summary.to_string() });
    if let Some(line) = summary.stopped_after {
        return Err(format!("interrupted after line {line}; run it again to go on").into());
    }
    match summary.rejected {
        0 => Ok(()),
        lines => Err(format!("rejected lines: {lines}, kept in {}", rejected.display()).into()),
    }
}

/// `FILE.rejected`.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".rejected");
    name.into()
}

/// A new, empty file that only its owner reads: hashes will stand in it.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// How far it is: a bar at a terminal, otherwise a line from time to time.
enum Progress {
    Bar(ProgressBar),
    Lines { length: u64, percent: u64 },
}

impl Progress {
    fn begin(length: u64) -> Self {
        if !io::stderr().is_terminal() {
            return Self::Lines { length, percent: 0 };
        }
        let style = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {eta:>4} left  {msg}");
        Self::Bar(ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

impl Watch for Progress {
    fn done(&mut self, bytes: u64, summary: &Summary) {
        match self {
            Self::Bar(bar) => {
                bar.set_message(summary.to_string());
                bar.set_position(bytes);
            }
            Self::Lines { length, percent } => {
                let now = bytes.saturating_mul(100).checked_div(*length).unwrap_or(100);
                // Every tenth part: a log is read afterwards.
                if now / 10 > *percent / 10 {
                    output::remark(format_args!("{now} %: {summary}"));
                }
                *percent = now;
            }
        }
    }

    fn rejected(&mut self, line: u64, reason: &str) {
        let sentence = format!("line {line}: {reason}");
        match self {
            Self::Bar(bar) => bar.suspend(|| output::remark(sentence)),
            Self::Lines { .. } => output::remark(sentence),
        }
    }
}
