//! `vestibule services`: programs that call on their own behalf, by the operator's hand. Their keys are in `vestibule api-keys`.

use serde_json::{Value, json};
use vestibule::api_keys::Label;
use vestibule::api_keys::service::{ManageServices, Service, ServiceChanged};
use vestibule::clock::Clock;
use vestibule::identity::ServiceId;
use vestibule::randomness::Randomness;
use vestibule::scope::{Roles, Scopes};

use super::Outcome;
use crate::output;
use crate::target::Target;

/// What to do with services.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Add a service. Prints its lasting name, `svc_…`.
    Add {
        /// What people call it.
        name: Label,
        /// The most that its keys may do: scopes, separated by blanks.
        #[arg(long, visible_alias = "scopes", default_value = "")]
        scope: String,
        /// A role that its keys may lend; may be repeated.
        #[arg(long = "role", visible_alias = "roles")]
        roles: Vec<String>,
    },
    /// List all services.
    List {
        /// One JSON array instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Close a service: its keys are refused from now on, where no gateway keeps an earlier answer.
    Disable {
        /// `svc_…`.
        service: ServiceId,
    },
    /// Open a disabled service again, and so its keys.
    Enable {
        /// `svc_…`.
        service: ServiceId,
    },
}

pub(crate) async fn run(target: &Target, command: Command) -> Outcome {
    let deployment = match command {
        Command::List { .. } => target.connect().await?,
        Command::Add { .. } | Command::Disable { .. } | Command::Enable { .. } => target.connect_to_change().await?,
    };
    let (table, now) = (&deployment.table, Clock::System.now());
    match command {
        Command::Add { name, scope, roles } => {
            let service = Service {
                id: ServiceId::random(&Randomness::System)?,
                label: name,
                scopes: Scopes::parse(&scope)?,
                roles: Roles::parse(&roles.join(" "))?,
                disabled_at: None,
                created_at: now,
                version: 1,
            };
            table.add_service(&service).await?;
            output::line(service.id);
            Ok(())
        }
        Command::List { json } => {
            let rows: Vec<Value> = table.services().await?.iter().map(row).collect();
            output::listing(&["service", "name", "standing", "scope", "roles", "created"], &rows, json);
            Ok(())
        }
        Command::Disable { service } => report(service, table.enable_service(service, false, now).await?, "disabled"),
        Command::Enable { service } => report(service, table.enable_service(service, true, now).await?, "enabled"),
    }
}

fn report(service: ServiceId, changed: ServiceChanged, what: &str) -> Outcome {
    match changed {
        ServiceChanged::Done => {
            output::line(what);
            Ok(())
        }
        ServiceChanged::NoSuchService => Err(format!("there is no service {service}").into()),
    }
}

fn row(service: &Service) -> Value {
    json!({
        "service": service.id,
        "name": service.label.as_str(),
        "standing": if service.disabled_at.is_some() { "disabled" } else { "active" },
        "scope": service.scopes.to_string(),
        "roles": service.roles,
        "created": service.created_at.seconds(),
    })
}
