//! `vestibule`: the laptop's cloud and the operator's hands.

mod commands;
mod output;
mod passwords;
mod target;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{dev, keys, sessions, users};
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
    /// Accounts: add, list, disable, enable, set-password.
    Users(Operator<users::Command>),
    /// Sessions of a user: list, revoke.
    Sessions(Operator<sessions::Command>),
    /// Signing keys: list, init.
    Keys(Operator<keys::Command>),
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
