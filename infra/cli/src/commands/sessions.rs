//! `vestibule sessions`: what a user is signed in with, and ending it.

use serde_json::{Value, json};
use vestibule::accounts::Changed;
use vestibule::accounts::administration::{Actor, Administer, Intervened, Intervention};
use vestibule::clock::{Clock, Timestamp};
use vestibule::identity::{SessionId, UserId};
use vestibule::sessions::end::{EndSessionByOperator, EndSessions, Ended, EndedAll, ListSessions, Unreadable};
use vestibule::sessions::rotation::{Over, over};
use vestibule::sessions::{Ending, Session};
use vestibule::storage::StoreError;
use vestibule::store::Table;

use super::users::find;
use super::{Fault, Outcome};
use crate::output;
use crate::target::Target;

/// What to do with sessions.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List the sessions of a user.
    List {
        /// E-mail address, username or `usr_…`.
        user: String,
        /// One JSON array instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// End one session of a user, or all with the sign-ins under way. The audit trail says so.
    Revoke {
        /// E-mail address, username or `usr_…`.
        user: String,
        /// `ses_…`; all sessions without it.
        session: Option<SessionId>,
    },
}

pub(crate) async fn run(target: &Target, command: Command) -> Outcome {
    match command {
        Command::List { user, json } => {
            let table = target.connect().await?.table;
            let now = Clock::System.now();
            let sessions = table.sessions(find(&table, &user).await?).await?;
            let rows: Vec<Value> = sessions.iter().map(|session| listed(session, now)).collect();
            output::listing(
                &["session", "state", "client", "scope", "device", "signed_in", "refreshed", "expires"],
                &rows,
                json,
            );
        }
        Command::Revoke { user, session } => {
            let table = target.connect_to_change().await?.table;
            let now = Clock::System.now();
            let user = find(&table, &user).await?;
            match session {
                None => return end_all(&table, user, now).await,
                Some(session) => match table.end_by_operator(user, session, now).await? {
                    Ended::Now => output::line("1 ended"),
                    Ended::Already => {
                        return Err(format!("{session} was not there to end: it ended before, or never was").into());
                    }
                },
            }
        }
    }
    Ok(())
}

/// Ends all sessions as an administrator would: in the trail, and with the sign-ins that are under way. They end even where the account
/// cannot be read or changed, as after a rollback, or is not there any more.
async fn end_all(table: &Table, user: UserId, now: Timestamp) -> Outcome {
    let (ended, unnoted) = match table.intervene(user, &Intervention::EndSessions, Actor::Operator, now).await {
        Ok(Intervened::Changed { sessions: Changed::Done { sessions_ended }, .. }) => (sessions_ended, None),
        Ok(Intervened::Changed { sessions: Changed::SessionsLeft { ended, fault }, .. }) => {
            return Err(left("", ended, &fault));
        }
        outcome => match table.end_all(user, Ending::Operator, now).await {
            EndedAll { ended, failed: None } => (ended, Some(outcome.err())),
            EndedAll { ended, failed: Some(fault) } => return Err(left("", ended, &fault)),
        },
    };
    output::line(format_args!("{ended} ended"));
    match unnoted {
        None => Ok(()),
        Some(None) => Err("there is no such account, so that no trail says so".into()),
        Some(Some(fault)) => Err(format!("the trail of the account does not say so: {fault}").into()),
    }
}

/// What was done, when ending sessions did not come to its end.
pub(crate) fn left(done: &str, ended: usize, fault: &StoreError) -> Fault {
    format!("{done}{ended} sessions ended, but some may still be live: give the same command again ({fault})").into()
}

fn listed(session: &Result<Session, Unreadable>, now: Timestamp) -> Value {
    match session {
        Ok(session) => row(session, now),
        Err(Unreadable { session, fault }) => json!({ "session": session, "state": format!("unreadable: {fault}") }),
    }
}

fn row(session: &Session, now: Timestamp) -> Value {
    let state = match over(session, now) {
        None => "live",
        Some(Over::Idle | Over::Absolute) => "expired",
        Some(Over::Ended(cause)) => cause.as_str(),
    };
    json!({
        "session": session.id,
        "state": state,
        "client": session.client_id,
        "scope": session.scope.to_string(),
        "device": session.device.as_ref().map(vestibule::sessions::Device::as_str),
        "signed_in": session.auth_time.seconds(),
        "refreshed": session.rotated_at.seconds(),
        "expires": session.expires_at.min(session.idle_expires_at).seconds(),
    })
}
