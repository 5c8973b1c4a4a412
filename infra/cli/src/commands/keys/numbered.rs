//! `vestibule keys mac` and `vestibule keys pepper`: the keys that only we hold, which are known by their numbers.

use std::fmt::Write as _;

use serde_json::{Value, json};
use vestibule::accounts::{Changed, ManageAccounts};
use vestibule::audit::key_trail::ChangedKey;
use vestibule::clock::Clock;
use vestibule::keys::{
    KNOWN_TO_ALL, Numbered, NumberedChange, NumberedRing, NumberedState, ReadSymmetricKeys, SymmetricKind,
    SymmetricRotation,
};
use vestibule::passwords::PasswordHash;
use vestibule::randomness::Randomness;

use super::{emergency, fresh_version};
use crate::commands::{Fault, Outcome};
use crate::output;
use crate::target::{Deployment, Target};

/// What to do with keys of one kind.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List them by number: which one is active, which are still accepted, which one is next.
    List {
        /// One JSON array instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Make a new one known to every function; given again sixteen minutes later, let it take over. The old one is accepted still.
    Rotate,
    /// Take out one that is no longer active, once nothing depends on it.
    Retire {
        /// Its number, as the listing shows it.
        number: u32,
        /// Take it out although something depends on it. What that costs is said before it is done.
        #[arg(long)]
        emergency: bool,
        /// Do not ask before an emergency.
        #[arg(long, requires = "emergency")]
        yes: bool,
    },
}

pub(crate) async fn run(target: &Target, kind: SymmetricKind, command: Command) -> Outcome {
    match command {
        Command::List { json } => {
            let keys = target.connect().await?.secrets()?.read_symmetric_keys().await?;
            let rows = match kind {
                SymmetricKind::Mac => rows(keys.mac_keys()),
                SymmetricKind::Pepper => rows(keys.peppers()),
            };
            output::listing(&["number", "state", "published", "retired"], &rows, json);
            Ok(())
        }
        Command::Rotate => change(&target.connect_to_change().await?, kind, NumberedChange::Rotate).await,
        Command::Retire { number, emergency, yes } => {
            let deployment = target.connect_to_change().await?;
            let change_to = match (kind, emergency) {
                (SymmetricKind::Mac, false) => NumberedChange::Retire { id: number },
                (SymmetricKind::Mac, true) => {
                    let keys = deployment.secrets()?.read_symmetric_keys().await?;
                    emergency::agreed(&cost(keys.mac_keys(), number)?, yes)?;
                    NumberedChange::Replace { id: number }
                }
                (SymmetricKind::Pepper, _) => {
                    free_of_accounts(&deployment, number, emergency, yes).await?;
                    NumberedChange::Retire { id: number }
                }
            };
            change(&deployment, kind, change_to).await
        }
    }
}

/// Makes the change, and says what became of which key and what follows from it.
async fn change(deployment: &Deployment, kind: SymmetricKind, change: NumberedChange) -> Outcome {
    let (secrets, clock) = (deployment.secrets()?, Clock::System);
    let what = (kind, change);
    let SymmetricRotation { before, after } =
        SymmetricRotation::carry_out(secrets, &deployment.table, what, &fresh_version()?, &Randomness::System, &clock)
            .await?;
    for changed in ChangedKey::between_symmetric(&before, &after) {
        output::line(changed);
    }
    let (active_before, next) = match kind {
        SymmetricKind::Mac => (before.mac_keys().active().id(), after.mac_keys().next().map(|(key, _)| key.id())),
        SymmetricKind::Pepper => (before.peppers().active().id(), after.peppers().next().map(|(key, _)| key.id())),
    };
    if let (NumberedChange::Rotate, Some(next)) = (change, next) {
        let seconds = KNOWN_TO_ALL.as_secs();
        output::line(format_args!("every function knows key {next} in {seconds} s: give the same command again then"));
    } else if kind == SymmetricKind::Mac && active_before != after.mac_keys().active().id() {
        output::remark("a migration hook needs its new key: users hook-key");
    }
    Ok(())
}

/// Nobody's password depends on the pepper; or, in an emergency, nobody's does any more.
async fn free_of_accounts(deployment: &Deployment, number: u32, emergency: bool, yes: bool) -> Outcome {
    let keys = deployment.secrets()?.read_symmetric_keys().await?;
    // Whatever forbids it must not be found out when the passwords are gone.
    keys.peppers().changed(NumberedChange::Retire { id: number }, &Randomness::System, Clock::System.now())?;
    let users = deployment.table.accounts_of_pepper(number).await?;
    match (users.len(), emergency) {
        (0, _) => return Ok(()),
        (count, false) => {
            let depend = format!("the passwords of {count} accounts depend on pepper {number}");
            return Err(format!(
                "{depend}: each gets the active one at its next sign-in, or --emergency takes them away"
            )
            .into());
        }
        (count, true) => emergency::agreed(
            &format!(
                "{count} accounts lose their password, and their sessions. Who can read their mail sets another one."
            ),
            yes,
        )?,
    }
    for user in users {
        match deployment.table.set_password(user, &PasswordHash::none(), Clock::System.now()).await? {
            Changed::Done { .. } | Changed::NoSuchAccount => {}
            Changed::SessionsLeft { fault, .. } => {
                return Err(format!("{user}: {fault}; give the same command again").into());
            }
        }
    }
    Ok(())
}

/// What everybody will notice when the MAC key `number` is taken out.
fn cost<K: Numbered>(ring: &NumberedRing<K>, number: u32) -> Result<String, Fault> {
    let (_, state) = ring
        .states()
        .find(|(key, _)| key.id() == number)
        .ok_or_else(|| format!("there is no {} key number {number}", K::KIND))?;
    let mut cost = format!("{} key {number} ({}) leaves the secret.", K::KIND, state.as_str());
    let _ = match state {
        NumberedState::Next { .. } => write!(cost, " It has made nothing: nobody notices."),
        NumberedState::Active | NumberedState::Retired { .. } | NumberedState::Undated => write!(
            cost,
            " Whoever has not refreshed since it was active must sign in again, and their devices are strangers to the limits of sign-in."
        ),
    };
    Ok(cost)
}

fn rows<K: Numbered>(ring: &NumberedRing<K>) -> Vec<Value> {
    let row = |(key, state): (&K, NumberedState)| {
        let (published, retired) = match state {
            NumberedState::Next { published_at } => (Some(published_at), None),
            NumberedState::Retired { retired_at } => (None, Some(retired_at)),
            NumberedState::Active | NumberedState::Undated => (None, None),
        };
        json!({ "number": key.id(), "state": state.as_str(), "published": published, "retired": retired })
    };
    ring.states().map(row).collect()
}
