//! `vestibule keys`: making the first ones, the signing keys, changed by the steps of the scheduled rotation, and those known by numbers.

mod emergency;
mod numbered;

use serde_json::{Value, json};
use vestibule::clock::Clock;
use vestibule::keys::{
    Algorithm, Change, KeyState, Limits, PublicKey, ReadPublicKeys, ReadSigningKeys, Rotation, SymmetricKind,
};
use vestibule::randomness::Randomness;
use vestibule_local::provision::{self, Keys};

use super::{Fault, Outcome};
use crate::output;
use crate::target::{Deployment, Target};

/// What to do with keys.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Signing(Signing),
    /// The MAC keys, which seal refresh tokens and the names of known devices.
    #[command(subcommand)]
    Mac(numbered::Command),
    /// The peppers, which passwords are hashed with.
    #[command(subcommand)]
    Pepper(numbered::Command),
}

/// What to do with the signing keys.
#[derive(clap::Subcommand)]
pub(crate) enum Signing {
    /// List the published signing keys.
    List {
        /// One JSON array instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Make the first keys of a new deployment. Changes nothing where there are keys.
    Init,
    /// Let the next keys sign from now on and publish the ones after them, as the scheduled rotation does.
    Rotate {
        /// A leaked key: replace and unpublish it at once. What that costs is said before it is done.
        #[arg(long, value_name = "KID", allow_hyphen_values = true)]
        emergency: Option<String>,
        /// Do not ask before an emergency.
        #[arg(long, requires = "emergency")]
        yes: bool,
    },
    /// Let one next key sign from now on.
    Promote {
        /// The key's name, as `keys list` shows it.
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
    /// Take out a retired key whose last token has expired, or a next key, in the place of which another is published.
    Retire {
        /// The key's name, as `keys list` shows it.
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
}

pub(crate) async fn run(target: &Target, command: Command) -> Outcome {
    match command {
        Command::Signing(command) => signing(target, command).await,
        Command::Mac(command) => numbered::run(target, SymmetricKind::Mac, command).await,
        Command::Pepper(command) => numbered::run(target, SymmetricKind::Pepper, command).await,
    }
}

async fn signing(target: &Target, command: Signing) -> Outcome {
    let deployment = match command {
        Signing::List { .. } => target.connect().await?,
        Signing::Init | Signing::Rotate { .. } | Signing::Promote { .. } | Signing::Retire { .. } => {
            target.connect_to_change().await?
        }
    };
    match command {
        Signing::List { json } => {
            let keys = deployment.table.read_public_keys().await?;
            let rows: Vec<Value> = keys.iter().map(row).collect();
            output::listing(&["kid", "alg", "state", "published", "activated", "retired"], &rows, json);
        }
        Signing::Init => {
            let secrets = deployment.secrets()?;
            let now = Clock::System.now();
            match provision::keys(secrets, &deployment.table, &Randomness::System, now).await? {
                Keys::Made => output::line("keys made and published"),
                Keys::Found => output::line("there are keys already; the public ones are published"),
            }
        }
        Signing::Rotate { emergency: None, .. } => change(&deployment, Change::Rotate).await?,
        Signing::Rotate { emergency: Some(kid), yes } => {
            let ring = deployment.secrets()?.read_signing_keys().await?;
            emergency::agreed(&emergency::cost(&ring, &kid, Clock::System.now())?, yes)?;
            let again = |fault| format!("{fault}. The key may be unpublished already: give the same command again");
            change(&deployment, Change::Replace { kid }).await.map_err(again)?;
        }
        Signing::Promote { kid } => change(&deployment, Change::Promote { kid }).await?,
        Signing::Retire { kid } => change(&deployment, Change::Retire { kid }).await?,
    }
    Ok(())
}

/// Takes the four steps, and says who signs afterwards.
async fn change(deployment: &Deployment, change: Change) -> Result<(), Fault> {
    let (secrets, clock) = (deployment.secrets()?, Clock::System);
    Rotation::new(secrets, &deployment.table, &clock).carry_out(&change, &fresh_version()?).await?;
    let ring = secrets.read_signing_keys().await?;
    let within = Limits::DEFAULT.max_age.as_secs();
    for key in Algorithm::ALL.into_iter().filter_map(|algorithm| ring.active(algorithm)) {
        output::line(format_args!("{} is signed with {} within {within} s", key.algorithm(), key.kid()));
    }
    Ok(())
}

/// A name for a version of the secret that no version has yet: 32 characters at least (`ClientRequestToken`).
fn fresh_version() -> Result<String, Fault> {
    let random: [u8; 16] = Randomness::System.bytes()?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn row(key: &PublicKey) -> Value {
    let (published, activated, retired) = match key.state() {
        KeyState::Next { published_at } => (published_at, None, None),
        KeyState::Active { published_at, activated_at } => (published_at, Some(activated_at), None),
        KeyState::Retired { published_at, activated_at, retired_at } => {
            (published_at, Some(activated_at), Some(retired_at))
        }
    };
    json!({
        "kid": key.kid(),
        "alg": key.algorithm(),
        "state": key.state().as_str(),
        "published": published,
        "activated": activated,
        "retired": retired,
    })
}
