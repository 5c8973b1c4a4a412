//! `vestibule audit`: what happened to an account, to a client, and to the signing keys.

use serde_json::{Value, json};
use vestibule::audit::client_trail::{ClientEntry, ReadClientTrail};
use vestibule::audit::key_trail::{ChangedKey, KeyEntry, ReadKeyTrail};
use vestibule::audit::trail::{AccountChange, Entry, ReadTrail};
use vestibule::clock::Clock;
use vestibule::oauth::clients::ClientId;
use vestibule::principal::Subject;

use super::Outcome;
use super::users::find;
use crate::output;
use crate::target::Target;

/// What to do with the audit trail.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List the changes of an account or a service in the last 400 days. How sessions ended is in `sessions list`, all else in the log.
    List {
        /// E-mail address, username, `usr_…` or `svc_…`.
        owner: String,
        /// One JSON array instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// List what became of an OAuth client in the last 400 days.
    Client {
        /// Its name.
        client: ClientId,
        /// One JSON array instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// List what became of the signing keys in the last 400 days, as verifiers could know it.
    Keys {
        /// One JSON array instead of a table.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(target: &Target, command: Command) -> Outcome {
    let (table, now) = (target.connect().await?.table, Clock::System.now());
    match command {
        Command::List { owner, json } => {
            let owner = match owner.parse() {
                Ok(owner) => owner,
                Err(_) => Subject::User(find(&table, &owner).await?),
            };
            let entries = table.trail_of(owner, now).await?;
            let rows: Vec<Value> = entries.iter().map(row).collect();
            output::listing(&["at", "change", "of", "by", "scope", "roles"], &rows, json);
        }
        Command::Client { client, json } => {
            let row = |entry: &ClientEntry| {
                let ClientEntry { at, event, by, members } = entry;
                json!({ "at": at.seconds(), "change": event.as_str(), "by": by, "members": members })
            };
            let rows: Vec<Value> = table.client_trail(&client, now).await?.iter().map(row).collect();
            output::listing(&["at", "change", "by", "members"], &rows, json);
        }
        Command::Keys { json } => {
            let rows: Vec<Value> = table.key_trail(now).await?.iter().flat_map(rows).collect();
            output::listing(&["at", "change", "kid"], &rows, json);
        }
    }
    Ok(())
}

/// `of` is which API key, session or identity. `by` is an administrator; the owner and operators have no name here.
fn row(entry: &Entry) -> Value {
    let rights = entry.rights.as_ref();
    let of = match entry.change {
        AccountChange::ApiKey(key, _) => Some(key.to_string()),
        AccountChange::SessionEnded(session) => Some(session.to_string()),
        _ => entry.identity.as_ref().map(|identity| identity.as_str().to_owned()),
    };
    json!({
        "at": entry.at.seconds(),
        "change": entry.change.as_str(),
        "of": of,
        "by": entry.by,
        "scope": rights.map(|rights| rights.scopes.to_string()),
        "roles": rights.map(|rights| rights.roles.to_string()),
    })
}

/// A publication may change several keys.
fn rows(entry: &KeyEntry) -> Vec<Value> {
    let row = |changed: &ChangedKey| json!({ "at": entry.at.seconds(), "change": changed.change.as_str(), "kid": changed.kid });
    entry.changed.iter().map(row).collect()
}
