//! `vestibule audit`: what happened to an account.

use serde_json::{Value, json};
use vestibule::audit::trail::ReadTrail;
use vestibule::clock::Clock;

use super::Outcome;
use super::users::find;
use crate::output;
use crate::target::Target;

/// What to do with the audit trail.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List the changes of an account in the last 400 days. How its sessions ended is in `sessions list`, all else in the log.
    List {
        /// E-mail address, username or `usr_…`.
        user: String,
        /// One JSON array instead of a table.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(target: &Target, command: Command) -> Outcome {
    let Command::List { user, json } = command;
    let table = target.connect().await?.table;
    let entries = table.trail(find(&table, &user).await?, Clock::System.now()).await?;
    let row =
        |entry: &vestibule::audit::trail::Entry| json!({ "at": entry.at.seconds(), "change": entry.change.as_str() });
    output::listing(&["at", "change"], &entries.iter().map(row).collect::<Vec<Value>>(), json);
    Ok(())
}
