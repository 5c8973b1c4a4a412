//! `vestibule users`: accounts, by the operator's hand.

use serde_json::{Value, json};
use vestibule::accounts::administration::{Actor, Administer, Intervened, Intervention};
use vestibule::accounts::register::{Register, Registration};
use vestibule::accounts::{Account, Changed, FindLogin, Identifier, ManageAccounts, Standing};
use vestibule::clock::{Clock, Timestamp};
use vestibule::identity::UserId;
use vestibule::keys::ReadSymmetricKeys;
use vestibule::migration::hook_key;
use vestibule::randomness::Randomness;
use vestibule::scope::{self, RightsChange, Roles, Scopes};
use vestibule::store::Table;

use super::sessions::left;
use super::{Fault, Outcome, import};
use crate::target::Target;
use crate::{output, passwords};

/// What to do with accounts.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Add an account. Its password is read from a prompt or standard input.
    Add {
        /// E-mail address.
        email: String,
        /// A second name to sign in by.
        #[arg(long)]
        username: Option<String>,
        /// Scopes, separated by blanks.
        #[arg(long, default_value = "")]
        scope: String,
        /// A role; may be repeated.
        #[arg(long = "role")]
        roles: Vec<String>,
    },
    /// List all accounts.
    List {
        /// One JSON array instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Close an account to sign-ins and end its sessions.
    Disable {
        /// E-mail address, username or `usr_…`.
        user: String,
    },
    /// Open a disabled account again.
    Enable {
        /// E-mail address, username or `usr_…`.
        user: String,
    },
    /// Give an account scopes and roles beside those that it has, and end its sessions.
    Grant(Rights),
    /// Take scopes and roles from an account, and end its sessions.
    Withdraw(Rights),
    /// Set a password, read from a prompt or standard input, and end all sessions.
    SetPassword {
        /// E-mail address, username or `usr_…`.
        user: String,
    },
    /// Bring the accounts of another system, with the password hashes that it has.
    Import(import::Arguments),
    /// Print the key that a migration hook checks our questions with, in hexadecimal. Whoever has it can ask the hook.
    HookKey,
}

/// Whose, and which.
#[derive(clap::Args)]
pub(crate) struct Rights {
    /// E-mail address, username or `usr_…`.
    user: String,
    /// Scopes, separated by blanks.
    #[arg(long, required_unless_present = "roles")]
    scope: Option<String>,
    /// A role; may be repeated.
    #[arg(long = "role")]
    roles: Vec<String>,
}

pub(crate) async fn run(target: &Target, command: Command) -> Outcome {
    let deployment = match command {
        Command::List { .. } | Command::HookKey => target.connect().await?,
        Command::Add { .. }
        | Command::Disable { .. }
        | Command::Enable { .. }
        | Command::Grant(_)
        | Command::Withdraw(_)
        | Command::SetPassword { .. }
        | Command::Import(_) => target.connect_to_change().await?,
    };
    let (table, now) = (&deployment.table, Clock::System.now());
    match command {
        Command::Add { email, username, scope, roles } => {
            let account = account(&email, username.as_deref(), &scope, &roles)?;
            let hash = deployment.hash(&passwords::read()?).await?;
            match table.register(&account, &hash).await? {
                Registration::Registered => output::line(account.user),
                Registration::Taken(name) => return Err(format!("{name} belongs to another account").into()),
            }
        }
        Command::List { json } => {
            let rows: Vec<Value> = table.accounts().await?.iter().map(row).collect();
            output::listing(&["user", "names", "standing", "scope", "roles", "created"], &rows, json);
        }
        Command::Disable { user } => {
            let user = find(table, &user).await?;
            report(table.set_standing(user, Standing::Disabled { at: now }, now).await?, "disabled")?;
        }
        Command::Enable { user } => {
            let user = find(table, &user).await?;
            report(table.set_standing(user, Standing::Active, now).await?, "enabled")?;
        }
        Command::Grant(rights) => change_rights(table, rights, RightsChange::Grant, now).await?,
        Command::Withdraw(rights) => change_rights(table, rights, RightsChange::Withdraw, now).await?,
        Command::SetPassword { user } => {
            let user = find(table, &user).await?;
            let hash = deployment.hash(&passwords::read()?).await?;
            report(table.set_password(user, &hash, now).await?, "password set")?;
        }
        Command::Import(arguments) => import::run(&deployment, arguments).await?,
        Command::HookKey => {
            let keys = deployment.secrets()?.read_symmetric_keys().await?;
            let key = keys.mac_keys().active();
            output::remark(format_args!("key number {}", key.id()));
            output::line(hook_key(key).expose().iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        }
    }
    Ok(())
}

async fn change_rights(
    table: &Table,
    Rights { user, scope, roles }: Rights,
    change: impl FnOnce(scope::Rights) -> RightsChange,
    now: Timestamp,
) -> Outcome {
    let rights =
        scope::Rights { scopes: Scopes::parse(&scope.unwrap_or_default())?, roles: Roles::parse(&roles.join(" "))? };
    let user = find(table, &user).await?;
    match table.intervene(user, &Intervention::Rights(change(rights)), Actor::Operator, now).await? {
        Intervened::Changed { account, sessions } => {
            report(sessions, &format!("scope {:?}, roles {:?}", account.scopes.to_string(), account.roles.to_string()))
        }
        Intervened::TooMany(fault) => Err(fault.into()),
        Intervened::NoSuchAccount | Intervened::OwnAccount | Intervened::NotAdministrator => {
            Err("there is no such account".into())
        }
    }
}

/// The account that `name` names, by identifier or by its lasting name.
pub(crate) async fn find(table: &Table, name: &str) -> Result<UserId, Fault> {
    if let Ok(user) = name.parse() {
        return Ok(user);
    }
    let identifier = Identifier::parse(name).map_err(|fault| format!("{name:?} {fault}"))?;
    let record = table.find_login(&identifier).await?;
    Ok(record.ok_or_else(|| format!("nobody is called {identifier}"))?.user)
}

fn account(email: &str, username: Option<&str>, scope: &str, roles: &[String]) -> Result<Account, Fault> {
    let email = Identifier::parse(email).map_err(|fault| format!("the e-mail address {fault}"))?;
    if !email.is_email() {
        return Err(format!("{email} is no e-mail address").into());
    }
    let mut identifiers = vec![email];
    if let Some(username) = username {
        let username = Identifier::parse(username).map_err(|fault| format!("the username {fault}"))?;
        if username.is_email() {
            return Err("a username holds no @".into());
        }
        identifiers.push(username);
    }
    Ok(Account {
        user: UserId::random(&Randomness::System)?,
        identifiers,
        scopes: Scopes::parse(scope)?,
        roles: Roles::parse(&roles.join(" "))?,
        standing: Standing::Active,
        created_at: Clock::System.now(),
        version: 1,
    })
}

fn report(changed: Changed, what: &str) -> Outcome {
    match changed {
        Changed::Done { sessions_ended } => {
            output::line(format_args!("{what}; {sessions_ended} sessions ended"));
            Ok(())
        }
        Changed::SessionsLeft { ended, fault } => Err(left(&format!("{what}; "), ended, &fault)),
        Changed::NoSuchAccount => Err("there is no such account".into()),
    }
}

fn row(account: &Account) -> Value {
    json!({
        "user": account.user,
        "names": account.identifiers,
        "standing": account.standing.to_string(),
        "scope": account.scopes.to_string(),
        "roles": account.roles,
        "created": account.created_at.seconds(),
    })
}
