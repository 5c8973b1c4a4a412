//! Accounts from another system, one JSON object a line, each with the hash that it has there.
//!
//! No line is lost: each is imported, found to be there already, or rejected with its number and its reason, and then stands in
//! the file of rejected lines as it came. Nothing is done twice: an account that is there is left as it is, so a run that was
//! interrupted is simply repeated. Memory is bounded by the lines in flight, not by the file.

mod carry;
mod credential;
mod firebase;
mod lines;
mod record;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use carry::{Patience, World};
pub use firebase::project_parameters;
use lines::{Line, Lines};
pub use record::Defaults;
use record::Record;
use tokio::task::JoinHandle;
use vestibule::accounts::register::Register;
use vestibule::accounts::{FindLogin, ManageAccounts};
use vestibule::storage::StoreError;

/// How an import is done.
#[derive(Debug)]
pub struct Import<S> {
    /// Where accounts go, and what their hashes are sealed with.
    pub world: Arc<World<S>>,
    /// What a line has that does not say it.
    pub defaults: Defaults,
    /// How many accounts are on their way at once.
    pub concurrency: usize,
    /// Reads everything and writes no account.
    pub dry_run: bool,
}

/// Who is told how far it is.
pub trait Watch {
    /// So many bytes of the file are done.
    fn done(&mut self, bytes: u64, summary: &Summary);
    /// A line is rejected. The reason holds nothing of the line but names.
    fn rejected(&mut self, line: u64, reason: &str);
}

/// What became of the lines so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Accounts that were made, by the scheme of their password.
    pub imported: BTreeMap<&'static str, u64>,
    /// Lines whose account was there already; it was left as it is.
    pub already_there: u64,
    /// Lines that are in the file of rejected ones.
    pub rejected: u64,
    /// The line after which somebody stopped it; `None` if it came to the end.
    pub stopped_after: Option<u64>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "imported {}", self.imported.values().sum::<u64>())?;
        let schemes: Vec<_> = self.imported.iter().map(|(scheme, count)| format!("{scheme} {count}")).collect();
        if !schemes.is_empty() {
            write!(f, " ({})", schemes.join(", "))?;
        }
        write!(f, ", already there {}, rejected {}", self.already_there, self.rejected)
    }
}

/// Why it did not come to the end. Repeating it is safe.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The table does not answer, however long it is waited for.
    #[error("line {line} could not be imported, nor could those after it: {fault}; run it again to go on")]
    Store {
        /// The first line that is neither imported nor rejected.
        line: u64,
        /// What storage said.
        fault: StoreError,
    },
    /// The file, or that of the rejected lines.
    #[error("the file or its .rejected: {0}")]
    File(#[from] io::Error),
}

/// What becomes of one line.
enum Fate {
    Imported(&'static str),
    AlreadyThere,
    Rejected(String),
}

/// A line whose fate is known, or will be.
enum Pending {
    Known(Fate),
    Running(JoinHandle<Result<Fate, StoreError>>),
}

impl<S: Register + FindLogin + ManageAccounts + Send + Sync + 'static> Import<S> {
    /// Imports what `file` holds; lines that cannot be go to `rejected`, byte by byte and in their order. Ends early, with what is
    /// under way done, once `stop` is set.
    ///
    /// # Errors
    /// [`Stopped`], with all that was done before it done.
    pub async fn run(
        &self,
        file: impl BufRead,
        rejected: &mut impl Write,
        watch: &mut impl Watch,
        stop: &AtomicBool,
    ) -> Result<Summary, Stopped> {
        let mut lines = Lines::new(file);
        let mut flight = VecDeque::with_capacity(self.concurrency);
        let mut books = Books { summary: Summary::default(), bytes: 0, rejected, watch };
        let mut last = 0;
        while !stop.load(Ordering::Relaxed) {
            let Some(line) = lines.next()? else {
                books.settle(&mut flight, 0).await?;
                return Ok(books.summary);
            };
            last = line.number;
            if line.cut {
                // Its rest is copied, not kept: so all before it come first.
                books.settle(&mut flight, 0).await?;
                books.reject(&line, "the line is too long for an account")?;
                books.bytes += lines.copy_rest(&mut *books.rejected)?;
                continue;
            }
            let pending = self.begin(&line);
            flight.push_back((line, pending));
            books.settle(&mut flight, self.concurrency.saturating_sub(1)).await?;
        }
        books.settle(&mut flight, 0).await?;
        Ok(Summary { stopped_after: Some(last), ..books.summary })
    }

    fn begin(&self, line: &Line) -> Pending {
        let record = match Record::parse(&line.bytes, &self.defaults) {
            Ok(record) => record,
            Err(reason) => return Pending::Known(Fate::Rejected(reason)),
        };
        if self.dry_run {
            return Pending::Known(Fate::Imported(record.scheme()));
        }
        let world = Arc::clone(&self.world);
        Pending::Running(tokio::spawn(async move { world.carry(&record).await }))
    }
}

/// What is written down of lines whose fate is known.
struct Books<'a, R, W> {
    summary: Summary,
    bytes: u64,
    rejected: &'a mut R,
    watch: &'a mut W,
}

impl<R: Write, W: Watch> Books<'_, R, W> {
    /// Waits, in the lines' order, until no more than `left` are in flight.
    async fn settle(&mut self, flight: &mut VecDeque<(Line, Pending)>, left: usize) -> Result<(), Stopped> {
        while flight.len() > left {
            let Some((line, pending)) = flight.pop_front() else { break };
            let fate = match pending {
                Pending::Known(fate) => fate,
                Pending::Running(task) => task
                    .await
                    .map_err(io::Error::other)?
                    .map_err(|fault| Stopped::Store { line: line.number, fault })?,
            };
            match fate {
                Fate::Imported(scheme) => *self.summary.imported.entry(scheme).or_default() += 1,
                Fate::AlreadyThere => self.summary.already_there += 1,
                Fate::Rejected(reason) => {
                    self.reject(&line, &reason)?;
                    continue;
                }
            }
            self.bytes += line.bytes.len() as u64;
            self.watch.done(self.bytes, &self.summary);
        }
        Ok(())
    }

    fn reject(&mut self, line: &Line, reason: &str) -> Result<(), Stopped> {
        self.rejected.write_all(&line.bytes)?;
        // The last line of a file may have no end.
        if !line.cut && !line.bytes.ends_with(b"\n") {
            self.rejected.write_all(b"\n")?;
        }
        self.rejected.flush()?;
        self.summary.rejected += 1;
        self.bytes += line.bytes.len() as u64;
        self.watch.rejected(line.number, reason);
        self.watch.done(self.bytes, &self.summary);
        Ok(())
    }
}
