//! Which deployment a command is for: the one that runs here, or one on AWS.

use aws_config::{Region, SdkConfig};
use vestibule::api_keys::Environment;
use vestibule::app::sdk_defaults;
use vestibule::config::{Variables, process_environment};
use vestibule::keys::{Peppers, ReadSymmetricKeys};
use vestibule::passwords::{Cost, Hasher, Password, PasswordHash};
use vestibule::randomness::Randomness;
use vestibule::store::{Secrets, Table};
use vestibule_local::running::{DIRECTORY, Running};

use crate::commands::Fault;
use crate::output;

/// The variable that names the table.
const TABLE: &str = "VESTIBULE_TABLE";

/// Without `--table` the command is for the deployment that `vestibule dev` runs in this directory.
#[derive(clap::Args)]
pub(crate) struct Target {
    /// The table of a deployment on AWS (stack output `TableName`).
    #[arg(long, global = true, env = TABLE)]
    table: Option<String>,
    /// The secret with its MAC keys and peppers (stack output `SymmetricKeysSecret`).
    #[arg(long, global = true, env = "VESTIBULE_SYMMETRIC_SECRET", requires = "table")]
    symmetric_secret: Option<String>,
    /// The secret with its signing keys (stack output `SigningKeysSecret`).
    #[arg(long, global = true, env = "VESTIBULE_SIGNING_SECRET", requires = "table")]
    signing_secret: Option<String>,
    /// AWS profile.
    #[arg(long, global = true, requires = "table")]
    profile: Option<String>,
    /// AWS region.
    #[arg(long, global = true, requires = "table")]
    region: Option<String>,
    /// Another endpoint than AWS's own, for all services.
    #[arg(long, global = true, requires = "table")]
    endpoint_url: Option<String>,
}

/// How AWS is reached: as the SDK finds it, but for what was typed.
pub(crate) async fn sdk(profile: Option<&String>, region: Option<&String>, endpoint: Option<&String>) -> SdkConfig {
    let mut loader = sdk_defaults();
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(endpoint) = endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    loader.load().await
}

/// The storage of a deployment.
pub(crate) struct Deployment {
    pub(crate) table: Table,
    secrets: Option<Secrets>,
    /// What a hash costs, where it is known: on this machine from the template. On AWS the functions' own variables are out
    /// of sight, and the first sign-in makes a better hash.
    cost: Cost,
    /// The word behind `vk_` in API keys, where it is known as the cost is; else the template's default.
    pub(crate) api_key_environment: Environment,
    /// The secret with what providers know it by, where it is known.
    pub(crate) providers_secret: Option<String>,
}

impl Target {
    /// Connects to read. Where it could be taken for another deployment, says which one it is.
    pub(crate) async fn connect(&self) -> Result<Deployment, Fault> {
        let (deployment, name) = self.find().await?;
        if let Some(other) = self.passed_over().await {
            output::remark(format_args!("reading {name}{other}"));
        }
        Ok(deployment)
    }

    /// Connects to change something, and says what will be changed before anything is.
    pub(crate) async fn connect_to_change(&self) -> Result<Deployment, Fault> {
        let (deployment, name) = self.find().await?;
        output::remark(format_args!("changing {name}{}", self.passed_over().await.unwrap_or_default()));
        Ok(deployment)
    }

    /// The deployment and its name.
    async fn find(&self) -> Result<(Deployment, String), Fault> {
        let Some(table) = &self.table else {
            let running = Running::find().await?;
            let deployment = Deployment {
                table: running.table().await,
                secrets: Some(running.secrets().await),
                cost: running.password_cost().unwrap_or(Cost::DEFAULT),
                api_key_environment: running.api_key_environment().unwrap_or_default(),
                providers_secret: running.providers_secret(),
            };
            return Ok((deployment, format!("the dev deployment in ./{DIRECTORY}")));
        };
        let aws = sdk(self.profile.as_ref(), self.region.as_ref(), self.endpoint_url.as_ref()).await;
        let secrets =
            self.signing_secret.as_ref().zip(self.symmetric_secret.as_ref()).map(|(signing, symmetric)| {
                Secrets::new(aws_sdk_secretsmanager::Client::new(&aws), signing, symmetric)
            });
        let place = match (&self.endpoint_url, aws.region()) {
            (Some(endpoint), _) => endpoint.clone(),
            (None, Some(region)) => region.to_string(),
            (None, None) => "no region".to_owned(),
        };
        let table_of_aws = Table::new(aws_sdk_dynamodb::Client::new(&aws), table);
        let deployment = Deployment {
            table: table_of_aws,
            secrets,
            cost: Cost::DEFAULT,
            api_key_environment: Environment::default(),
            providers_secret: None,
        };
        Ok((deployment, format!("table {table} ({place})")))
    }

    /// The deployment that runs here, if the environment names another one: a variable that somebody has forgotten.
    async fn passed_over(&self) -> Option<String> {
        let table = self.table.as_ref()?;
        if process_environment().get(TABLE).as_ref() != Some(table) || Running::find().await.is_err() {
            return None;
        }
        Some(format!(", which {TABLE} names, and not the dev deployment in ./{DIRECTORY}"))
    }
}

impl Deployment {
    /// Its secrets, for the commands that need them.
    pub(crate) fn secrets(&self) -> Result<&Secrets, Fault> {
        let missing = "this command needs --signing-secret and --symmetric-secret (stack outputs SigningKeysSecret and SymmetricKeysSecret)";
        self.secrets.as_ref().ok_or_else(|| missing.into())
    }

    /// Its peppers.
    pub(crate) async fn peppers(&self) -> Result<Peppers, Fault> {
        Ok(self.secrets()?.read_symmetric_keys().await?.peppers().clone())
    }

    /// Hashes one password at a time.
    pub(crate) fn hasher(&self) -> Hasher {
        Hasher::new(self.cost, self.cost.memory_kib(), Randomness::System)
    }

    /// Hashes a password with the deployment's pepper.
    pub(crate) async fn hash(&self, password: &Password) -> Result<PasswordHash, Fault> {
        Ok(self.hasher().hash(password, &self.peppers().await?).await?)
    }
}
