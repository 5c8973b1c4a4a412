//! `vestibule`: the laptop's cloud and the operator's hands.

mod commands;
mod doctor;
mod output;
mod passwords;
mod target;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{
    api_keys, audit, clients, dev, doctor as examination, keys, openapi, providers, restore, services, sessions, users,
};
use crate::target::Target;

/// Authentication that a team owns, for APIs behind Amazon API Gateway.
#[derive(Parser)]
#[command(name = "vestibule", version, about, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start everything on this machine: gateway, functions, database, secrets, demo users.
    Dev(dev::Arguments),
    /// Accounts: add, list, disable, enable, grant, withdraw, set-password, import, hook-key.
    Users(Operator<users::Command>),
    /// Sessions of a user: list, revoke.
    Sessions(Operator<sessions::Command>),
    /// OAuth clients: add, list, show, rotate-secret, disable, enable.
    Clients(Operator<clients::Command>),
    /// Providers that people sign in with: set-secret.
    Providers(Operator<providers::Command>),
    /// Services, which call by API keys of their own: add, list, disable, enable.
    Services(Operator<services::Command>),
    /// API keys of users and services: create, list, revoke.
    ApiKeys(Operator<api_keys::Command>),
    /// The past of an account or a service: list.
    Audit(Operator<audit::Command>),
    /// Signing keys: list, init, rotate, promote, retire. MAC keys and peppers: mac and pepper list, rotate, retire.
    Keys(Operator<keys::Command>),
    /// Bring back what was lost, from a table that a backup was restored to, and nothing that was taken away since.
    Restore(Restore),
    /// Examine a deployment: what is unsafe, what is out of order, and how to mend it.
    Doctor(examination::Arguments),
    /// Write the OpenAPI document of every endpoint, without the demo's.
    Openapi,
}

/// A restore into a deployment.
#[derive(clap::Args)]
struct Restore {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    arguments: restore::Arguments,
}

/// A command on a deployment.
#[derive(clap::Args)]
struct Operator<C: Subcommand> {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    command: C,
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Dev(arguments) => dev::run(arguments).await,
        Command::Users(operator) => users::run(&operator.target, operator.command).await,
        Command::Sessions(operator) => sessions::run(&operator.target, operator.command).await,
        Command::Clients(operator) => clients::run(&operator.target, operator.command).await,
        Command::Providers(operator) => providers::run(&operator.target, operator.command).await,
        Command::Services(operator) => services::run(&operator.target, operator.command).await,
        Command::ApiKeys(operator) => api_keys::run(&operator.target, operator.command).await,
        Command::Doctor(arguments) => examination::run(arguments).await,
        Command::Restore(restore) => restore::run(&restore.target, restore.arguments).await,
        Command::Openapi => openapi::run(),
        Command::Audit(operator) => audit::run(&operator.target, operator.command).await,
        Command::Keys(operator) => keys::run(&operator.target, operator.command).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            output::fault(&*fault);
            ExitCode::FAILURE
        }
    }
}
