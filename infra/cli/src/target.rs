//! Which deployment a command is for: the one that runs here, or one on AWS.

use vestibule::app::sdk_defaults;
use vestibule::keys::ReadSymmetricKeys;
use vestibule::passwords::{Cost, Hasher, Password, PasswordHash};
use vestibule::randomness::Randomness;
use vestibule::store::{Secrets, Table};
use vestibule_local::running::Running;

use crate::commands::Fault;

/// Without `--table` the command is for the deployment that `vestibule dev` runs in this directory.
#[derive(clap::Args)]
pub(crate) struct Target {
    /// The table of a deployment on AWS (stack output `TableName`).
    #[arg(long, global = true, env = "VESTIBULE_TABLE")]
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

/// The storage of a deployment.
pub(crate) struct Deployment {
    pub(crate) table: Table,
    secrets: Option<Secrets>,
}

impl Target {
    pub(crate) async fn connect(&self) -> Result<Deployment, Fault> {
        let Some(table) = &self.table else {
            let running = Running::find()?;
            return Ok(Deployment { table: running.table().await, secrets: Some(running.secrets().await) });
        };
        let mut loader = sdk_defaults();
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = &self.region {
            loader = loader.region(aws_config::Region::new(region.clone()));
        }
        if let Some(endpoint) = &self.endpoint_url {
            loader = loader.endpoint_url(endpoint);
        }
        let aws = loader.load().await;
        let secrets = self.signing_secret.as_ref().zip(self.symmetric_secret.as_ref()).map(|(signing, symmetric)| {
            Secrets::new(aws_sdk_secretsmanager::Client::new(&aws), signing, symmetric)
        });
        Ok(Deployment { table: Table::new(aws_sdk_dynamodb::Client::new(&aws), table), secrets })
    }
}

impl Deployment {
    /// Its secrets, for the commands that need them.
    pub(crate) fn secrets(&self) -> Result<&Secrets, Fault> {
        let missing = "this command needs --signing-secret and --symmetric-secret (stack outputs SigningKeysSecret and SymmetricKeysSecret)";
        self.secrets.as_ref().ok_or_else(|| missing.into())
    }

    /// Hashes a password with the deployment's pepper, at the cost that a sign-in raises to the deployment's own.
    pub(crate) async fn hash(&self, password: &Password) -> Result<PasswordHash, Fault> {
        let keys = self.secrets()?.read_symmetric_keys().await?;
        let hasher = Hasher::new(Cost::DEFAULT, Cost::DEFAULT.memory_kib(), Randomness::System);
        Ok(hasher.hash(password, keys.peppers()).await?)
    }
}
