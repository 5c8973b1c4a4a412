//! `vestibule api-keys`: the keys of users and services, by the operator's hand (decision 0015).

use std::cmp::Reverse;
use std::time::Duration;

use serde_json::{Value, json};
use vestibule::accounts::ManageAccounts;
use vestibule::api_keys::manage::{Creation, ManageApiKeys, Revocation};
use vestibule::api_keys::service::ManageServices;
use vestibule::api_keys::{ApiKey, Environment, IpRanges, Label, MAX_KEYS, Named, NewSecret};
use vestibule::audit::trail::ApiKeyChange;
use vestibule::clock::{Clock, Timestamp};
use vestibule::config::MAX_API_KEY_SECONDS;
use vestibule::identity::{ApiKeyId, ServiceId};
use vestibule::limits::Limit;
use vestibule::principal::Subject;
use vestibule::randomness::Randomness;
use vestibule::scope::{Rights, Roles, Scopes};
use vestibule::secret::Secret;
use vestibule::store::Table;

use super::users::find;
use super::{Fault, Outcome};
use crate::output;
use crate::target::Target;

/// What to do with API keys.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a key. Prints it: once, and never again.
    Create(Box<Wish>),
    /// List the keys of an owner, the newest first, without their secrets.
    List {
        #[command(flatten)]
        owner: Owner,
        /// One JSON array instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key: it is refused from now on, where no gateway keeps an earlier answer.
    Revoke {
        #[command(flatten)]
        owner: Owner,
        /// `key_…`.
        key: ApiKeyId,
    },
}

/// Whose.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Owner {
    /// E-mail address, username or `usr_…`.
    #[arg(long)]
    user: Option<String>,
    /// `svc_…`.
    #[arg(long)]
    service: Option<ServiceId>,
}

/// The key that is wanted.
#[derive(clap::Args)]
pub(crate) struct Wish {
    #[command(flatten)]
    owner: Owner,
    /// What people call it.
    #[arg(long)]
    name: Label,
    /// What it is for: scopes, separated by blanks; all that its owner has now unless given.
    #[arg(long, visible_alias = "scopes")]
    scope: Option<String>,
    /// A role that it lends from its owner; may be repeated. None unless given.
    #[arg(long = "role", visible_alias = "roles")]
    roles: Vec<String>,
    /// For how long it is to live; until it is revoked unless given.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=MAX_API_KEY_SECONDS))]
    expires_in: Option<u64>,
    /// An address or a network that it may be used from; may be repeated. From everywhere unless given.
    #[arg(long = "ip", value_name = "RANGE")]
    ranges: Vec<String>,
    /// How often it may be used: requests/seconds, such as 1000/60. It is then taken on routes that routes.toml calls counted, and on no
    /// others.
    #[arg(long, value_name = "REQUESTS/SECONDS")]
    limit: Option<Limit>,
    /// The word behind `vk_` (parameter ApiKeyEnvironment): a key of another is refused. What `dev` says here, or `live`.
    #[arg(long, value_name = "WORD")]
    environment: Option<Environment>,
}

pub(crate) async fn run(target: &Target, command: Command) -> Outcome {
    let deployment = match command {
        Command::List { .. } => target.connect().await?,
        Command::Create(_) | Command::Revoke { .. } => target.connect_to_change().await?,
    };
    let (table, now) = (&deployment.table, Clock::System.now());
    match command {
        Command::Create(mut wish) => {
            let environment = wish.environment.take().unwrap_or_else(|| deployment.api_key_environment.clone());
            let owner = wish.owner.find(table).await?;
            let (key, text) = wish.key(owner, &rights(table, owner).await?, environment, now)?;
            match table.create_api_key(&key).await? {
                Creation::Created => {}
                Creation::TooMany => {
                    return Err(format!("{owner} has {MAX_KEYS} API keys already; revoke one first").into());
                }
                Creation::NoOwner => return Err(format!("{owner} is disabled, or gone").into()),
            }
            output::remark(format_args!("{} of {owner}; it is not shown again", key.named.id));
            output::line(text.expose());
        }
        Command::List { owner, json } => {
            let rows = listed(table, owner.find(table).await?, now).await?;
            let columns = [
                "key",
                "name",
                "state",
                "prefix",
                "scope",
                "roles",
                "limit",
                "ip_ranges",
                "created",
                "expires",
                "used",
            ];
            output::listing(&columns, &rows, json);
        }
        Command::Revoke { owner, key } => {
            let named = Named { owner: owner.find(table).await?, id: key };
            match table.revoke_api_key(named, ApiKeyChange::RevokedByOperator, now).await? {
                Revocation::Done => output::line("revoked"),
                Revocation::NotThere => return Err(format!("{} has no key {key}", named.owner).into()),
            }
        }
    }
    Ok(())
}

impl Owner {
    async fn find(&self, table: &Table) -> Result<Subject, Fault> {
        match (self.service, &self.user) {
            (Some(service), _) => Ok(Subject::Service(service)),
            (None, Some(user)) => Ok(Subject::User(find(table, user).await?)),
            (None, None) => Err("name an owner with --user or --service".into()),
        }
    }
}

impl Wish {
    /// The key, and its text. What its owner has not is a slip of the hand: the key would never have it.
    fn key(
        self,
        owner: Subject,
        rights: &Rights,
        environment: Environment,
        now: Timestamp,
    ) -> Result<(ApiKey, Secret<String>), Fault> {
        let scope = self.scope.map_or_else(|| Ok(rights.scopes.clone()), |scope| Scopes::parse(&scope))?;
        let roles = Roles::parse(&self.roles.join(" "))?;
        if !scope.is_subset(&rights.scopes) || !roles.is_subset(&rights.roles) {
            let Rights { scopes, roles } = rights;
            return Err(format!("a key has at most what its owner has: scope \"{scopes}\", roles \"{roles}\"").into());
        }
        let named = Named { owner, id: ApiKeyId::random(&Randomness::System)? };
        let secret = NewSecret::draw(named, &environment, &Randomness::System)?;
        let key = ApiKey {
            named,
            environment,
            label: self.name,
            scope,
            roles,
            ranges: IpRanges::parse(self.ranges.iter().map(String::as_str))
                .map_err(|fault| format!("--ip: {fault}"))?,
            limit: self.limit,
            secret: secret.hash,
            predecessors: Vec::new(),
            created_at: now,
            expires_at: self.expires_in.map(|seconds| now.plus(Duration::from_secs(seconds))),
            last_used_at: None,
            version: 1,
        };
        Ok((key, secret.text))
    }
}

/// What the owner may do now.
async fn rights(table: &Table, owner: Subject) -> Result<Rights, Fault> {
    let rights = match owner {
        Subject::User(user) => {
            table.account(user).await?.map(|account| Rights { scopes: account.scopes, roles: account.roles })
        }
        Subject::Service(service) => {
            table.service(service).await?.map(|service| Rights { scopes: service.scopes, roles: service.roles })
        }
    };
    rights.ok_or_else(|| format!("there is no {owner}").into())
}

/// The newest first; last, those that can only be revoked.
async fn listed(table: &Table, owner: Subject, now: Timestamp) -> Result<Vec<Value>, Fault> {
    let (mut keys, mut unreadable) = (Vec::new(), Vec::new());
    for key in table.api_keys(owner).await? {
        match key {
            Ok(key) => keys.push(key),
            Err(key) => {
                unreadable.push(json!({ "key": key.id, "state": format!("unreadable: {}", key.fault) }));
            }
        }
    }
    keys.sort_unstable_by_key(|key| (Reverse(key.created_at), key.named.id));
    Ok(keys.iter().map(|key| row(key, now)).chain(unreadable).collect())
}

fn row(key: &ApiKey, now: Timestamp) -> Value {
    json!({
        "key": key.named.id,
        "name": key.label.as_str(),
        "state": if key.is_expired(now) { "expired" } else { "live" },
        "prefix": key.named.shown(&key.environment),
        "scope": key.scope.to_string(),
        "roles": key.roles,
        "limit": key.limit.map(|limit| limit.to_string()),
        "ip_ranges": key.ranges.texts().collect::<Vec<_>>(),
        "created": key.created_at.seconds(),
        "expires": key.expires_at.map(Timestamp::seconds),
        "used": key.last_used_at.map(Timestamp::seconds),
    })
}
