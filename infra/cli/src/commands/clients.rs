//! `vestibule clients`: who may ask for tokens, by the operator's hand.

mod registration;

use std::time::Duration;

use serde_json::{Value, json};
use vestibule::clock::Clock;
use vestibule::oauth::clients::{
    Added, Authentication, Changed, Client, ClientId, ClientSecret, ManageClients, Party, ReadClient, SecretMethod,
    SecretRotation, Standing,
};
use vestibule::randomness::Randomness;
use vestibule::sessions::rotation::RetryPolicy;

use super::Outcome;
use crate::output;
use crate::target::Target;

/// A day: long enough to put a new secret into every place that has the old one.
const OVERLAP_SECONDS: u64 = 24 * 60 * 60;

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
    /// Give a client a new secret, which is printed once; the one before it works for a while.
    RotateSecret {
        /// Its name.
        client: ClientId,
        /// For how long the secret before it works on; 0 is not at all.
        #[arg(long, default_value_t = OVERLAP_SECONDS, value_name = "SECONDS")]
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
        Command::Add(_) | Command::RotateSecret { .. } | Command::Disable { .. } | Command::Enable { .. } => {
            target.connect_to_change().await?
        }
    };
    let (table, now) = (&deployment.table, Clock::System.now());
    match command {
        Command::Add(arguments) => {
            let (client, secret) = arguments.registration(&Randomness::System, now)?;
            match table.add_client(&client).await? {
                Added::Taken => return Err(format!("{} is registered already", client.id).into()),
                Added::Added => output::line(secret.as_ref().map_or(client.id.as_str(), ClientSecret::expose)),
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
        Command::RotateSecret { client, overlap } => {
            let secret = ClientSecret::random(&Randomness::System)?;
            let until = now.plus(Duration::from_secs(overlap));
            match table.rotate_client_secret(&client, &secret.hash(), until).await? {
                SecretRotation::Rotated => output::line(secret.expose()),
                SecretRotation::NoSecret => return Err(format!("there is no client {client} with a secret").into()),
            }
        }
        Command::Disable { client } => {
            report(&client, table.set_client_disabled(&client, Some(now)).await?, "disabled")?
        }
        Command::Enable { client } => report(&client, table.set_client_disabled(&client, None).await?, "enabled")?,
    }
    Ok(())
}

fn unknown(client: &ClientId) -> String {
    format!("there is no client {client}")
}

fn report(client: &ClientId, changed: Changed, what: &str) -> Outcome {
    match changed {
        Changed::Done => {
            output::line(what);
            Ok(())
        }
        Changed::NoSuchClient => Err(unknown(client).into()),
    }
}

fn row(client: &Client) -> Value {
    json!({
        "client": client.id,
        "name": client.name,
        "authentication": method(&client.authentication),
        "grants": client.grants.to_string(),
        "scope": client.scopes.to_string(),
        "roles": client.roles.to_string(),
        "party": party(client.party),
        "standing": standing(client.standing),
    })
}

/// All of it but its secrets, of which nothing can be shown.
fn shown(client: &Client) -> Value {
    let seconds = |duration: Option<Duration>| duration.map(|duration| duration.as_secs());
    let texts = |values: &[_]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
    let uris = |uris: &[vestibule::oauth::clients::RedirectUri]| texts(uris);
    let previous_until = match &client.authentication {
        Authentication::Secret { secrets, .. } => secrets.previous.map(|(_, until)| until.seconds()),
        Authentication::None | Authentication::PrivateKeyJwt(_) => None,
    };
    let keys = match &client.authentication {
        Authentication::PrivateKeyJwt(keys) => serde_json::from_str(&keys.to_json()).unwrap_or(Value::Null),
        Authentication::None | Authentication::Secret { .. } => Value::Null,
    };
    let retry = match client.retry {
        RetryPolicy::Window(window) => json!(window.as_secs()),
        RetryPolicy::UntilUsed => json!("until_used"),
    };
    let mut shown = row(client);
    let more = json!({
        "service": client.service,
        "jwks": keys,
        "previous_secret_until": previous_until,
        "redirect_uris": uris(&client.redirect_uris),
        "post_logout_redirect_uris": uris(&client.post_logout_redirect_uris),
        "origins": client.origins.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "resources": client.resources.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "algorithm": client.algorithm,
        "access_token_seconds": seconds(client.lifetimes.access_token),
        "idle_seconds": seconds(client.lifetimes.idle),
        "absolute_seconds": seconds(client.lifetimes.absolute),
        "limit": client.limit.map(|limit| limit.to_string()),
        "retry": retry,
        "created": client.created_at.seconds(),
    });
    if let (Value::Object(shown), Value::Object(more)) = (&mut shown, more) {
        shown.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    }
    shown
}

const fn method(authentication: &Authentication) -> &'static str {
    match authentication {
        Authentication::None => "none",
        Authentication::Secret { method: SecretMethod::Basic, .. } => "client_secret_basic",
        Authentication::Secret { method: SecretMethod::Post, .. } => "client_secret_post",
        Authentication::PrivateKeyJwt(_) => "private_key_jwt",
    }
}

const fn party(party: Party) -> &'static str {
    match party {
        Party::First => "first",
        Party::Third => "third",
    }
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Active => "active",
        Standing::Disabled { .. } => "disabled",
    }
}
