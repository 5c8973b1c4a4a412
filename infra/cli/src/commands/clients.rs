//! `vestibule clients`: who may ask for tokens, by the operator's hand.

mod change;
mod registration;

use std::time::Duration;

use serde_json::{Value, json};
use vestibule::accounts::administration::Actor;
use vestibule::clock::Clock;
use vestibule::oauth::clients::manage::{Intervened, Intervention};
use vestibule::oauth::clients::{
    Added, Authentication, Client, ClientId, ClientSecret, DEFAULT_OVERLAP, MAX_OVERLAP, ManageClients, ReadClient,
    Standing,
};
use vestibule::randomness::Randomness;

use super::{Fault, Outcome};
use crate::output;
use crate::target::Target;

/// What to do with clients.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Register a client. Prints its secret, if it has one: once, and never again.
    Add(Box<registration::Arguments>),
    /// List all clients.
    List {
        /// One JSON array instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Show one registration, as JSON.
    Show {
        /// Its name.
        client: ClientId,
    },
    /// Change a registration. What functions know of it they look up again within a minute.
    Update(Box<change::Arguments>),
    /// Give a client a new secret, which is printed once; the one before it works for a while.
    RotateSecret {
        /// Its name.
        client: ClientId,
        /// For how long the secret before it works on; 0 is not at all.
        #[arg(long, default_value_t = DEFAULT_OVERLAP.as_secs(), value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=MAX_OVERLAP.as_secs()))]
        overlap: u64,
    },
    /// Close a client: within a minute it is refused, and what it holds cannot be refreshed.
    Disable {
        /// Its name.
        client: ClientId,
    },
    /// Open a disabled client again.
    Enable {
        /// Its name.
        client: ClientId,
    },
}

pub(crate) async fn run(target: &Target, command: Command) -> Outcome {
    let deployment = match command {
        Command::List { .. } | Command::Show { .. } => target.connect().await?,
        Command::Add(_)
        | Command::Update(_)
        | Command::RotateSecret { .. }
        | Command::Disable { .. }
        | Command::Enable { .. } => target.connect_to_change().await?,
    };
    let (table, now) = (&deployment.table, Clock::System.now());
    let change = async |client: &ClientId, intervention| {
        changed(client, table.change_client(client, &intervention, Actor::Operator, now).await?)
    };
    match command {
        Command::Add(arguments) => {
            let (client, secret) = arguments.registration()?.client(&Randomness::System, now)?;
            match table.add_client(&client, Actor::Operator).await? {
                Added::Added => output::line(secret.as_ref().map_or(client.id.as_str(), ClientSecret::expose)),
                Added::Taken | Added::NotAdministrator => {
                    return Err(format!("{} is registered already", client.id).into());
                }
            }
        }
        Command::List { json } => {
            let rows: Vec<Value> = table.clients().await?.iter().map(row).collect();
            output::listing(
                &["client", "name", "authentication", "grants", "scope", "roles", "party", "standing"],
                &rows,
                json,
            );
        }
        Command::Show { client } => {
            let client = table.client(&client).await?.ok_or_else(|| unknown(&client))?;
            output::line(format_args!("{:#}", shown(&client)));
        }
        Command::Update(arguments) => {
            let client = arguments.client.clone();
            let client = change(&client, Intervention::Change(Box::new(arguments.change()?))).await?;
            output::line(format_args!("{:#}", shown(&client)));
        }
        Command::RotateSecret { client, overlap } => {
            let secret = ClientSecret::random(&Randomness::System)?;
            let overlap = Duration::from_secs(overlap);
            change(&client, Intervention::Secret { secret: secret.hash(), overlap }).await?;
            output::line(secret.expose());
        }
        Command::Disable { client } => {
            change(&client, Intervention::Standing(Standing::Disabled { at: now })).await?;
            output::line("disabled");
        }
        Command::Enable { client } => {
            change(&client, Intervention::Standing(Standing::Active)).await?;
            output::line("enabled");
        }
    }
    Ok(())
}

/// The client as it now is, or why nothing was changed.
fn changed(client: &ClientId, outcome: Intervened) -> Result<Box<Client>, Fault> {
    Err(match outcome {
        Intervened::Changed(client) => return Ok(client),
        Intervened::NoSuchClient | Intervened::NotAdministrator => unknown(client).into(),
        Intervened::NoSecret => format!("{client} proves who it is without a secret").into(),
        Intervened::UnderWay(fault) => format!("{fault} (--overlap 0)").into(),
        Intervened::Invalid(fault) => fault.into(),
    })
}

fn unknown(client: &ClientId) -> String {
    format!("there is no client {client}")
}

fn row(client: &Client) -> Value {
    json!({
        "client": client.id,
        "name": client.name,
        "authentication": client.authentication.as_str(),
        "grants": client.grants.to_string(),
        "scope": client.scopes.to_string(),
        "roles": client.roles.to_string(),
        "party": client.party.as_str(),
        "standing": client.standing.as_str(),
    })
}

/// All of it but its secrets, of which nothing can be shown.
fn shown(client: &Client) -> Value {
    let seconds = |duration: Option<Duration>| duration.map(|duration| duration.as_secs());
    let texts = |values: &[_]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
    let uris = |uris: &[vestibule::oauth::clients::RedirectUri]| texts(uris);
    let earlier = match &client.authentication {
        Authentication::Secret { secrets, .. } => {
            secrets.predecessors.iter().map(|(_, until)| until.seconds()).collect()
        }
        Authentication::None | Authentication::PrivateKeyJwt(_) => Vec::new(),
    };
    let keys = match &client.authentication {
        Authentication::PrivateKeyJwt(keys) => serde_json::from_str(&keys.to_json()).unwrap_or(Value::Null),
        Authentication::None | Authentication::Secret { .. } => Value::Null,
    };
    let mut shown = row(client);
    let more = json!({
        "service": client.service,
        "jwks": keys,
        "earlier_secrets_until": earlier,
        "redirect_uris": uris(&client.redirect_uris),
        "post_logout_redirect_uris": uris(&client.post_logout_redirect_uris),
        "origins": client.origins.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "resources": client.resources.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "algorithm": client.algorithm,
        "access_token_seconds": seconds(client.lifetimes.access_token),
        "idle_seconds": seconds(client.lifetimes.idle),
        "absolute_seconds": seconds(client.lifetimes.absolute),
        "limit": client.limit.map(|limit| limit.to_string()),
        "retry": client.retry.to_string(),
        "created": client.created_at.seconds(),
    });
    if let (Value::Object(shown), Value::Object(more)) = (&mut shown, more) {
        shown.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    }
    shown
}
