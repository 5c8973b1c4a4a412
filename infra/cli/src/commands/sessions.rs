//! `vestibule sessions`: what a user is signed in with, and ending it.

use serde_json::{Value, json};
use vestibule::clock::{Clock, Timestamp};
use vestibule::identity::{SessionId, UserId};
use vestibule::sessions::end::{EndSession, Ended, ListSessions};
use vestibule::sessions::rotation::{Over, over};
use vestibule::sessions::{Ending, Session};

use super::Outcome;
use super::users::find;
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
    /// End one session of a user, or all.
    Revoke {
        /// E-mail address, username or `usr_…`.
        user: String,
        /// `ses_…`; all sessions without it.
        session: Option<SessionId>,
    },
}

pub(crate) async fn run(target: &Target, command: Command) -> Outcome {
    let deployment = target.connect().await?;
    let (table, now) = (&deployment.table, Clock::System.now());
    match command {
        Command::List { user, json } => {
            let user = find(table, &user).await?;
            let sessions = table.sessions(user).await?;
            let rows: Vec<Value> = sessions.iter().map(|session| row(session, now)).collect();
            output::listing(&["session", "state", "client", "scope", "device", "signed_in", "refreshed", "expires"], &rows, json);
        }
        Command::Revoke { user, session } => {
            let user = find(table, &user).await?;
            let sessions = match session {
                Some(session) => vec![session],
                None => table.sessions(user).await?.into_iter().map(|session| session.id).collect(),
            };
            let ended = end(table, user, &sessions, now).await?;
            output::line(format_args!("{ended} ended"));
        }
    }
    Ok(())
}

async fn end(table: &impl EndSession, user: UserId, sessions: &[SessionId], now: Timestamp) -> Result<usize, vestibule::storage::StoreError> {
    let mut ended = 0;
    for session in sessions {
        if table.end(user, *session, Ending::Operator, now).await? == Ended::Now {
            ended += 1;
        }
    }
    Ok(ended)
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
