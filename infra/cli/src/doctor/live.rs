//! What the account knows of the table and the secrets, and what of it a laptop knows too.
//! Sources: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html>,
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html> and
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html>
//!
//! Nothing is read but descriptions, the public keys and the clients, which cost a scan as `clients list` does: doctor needs no right to
//! any secret's value.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{PointInTimeRecoveryStatus, TimeToLiveStatus};
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use vestibule::app::Clients;
use vestibule::keys::ReadPublicKeys as _;
use vestibule::oauth::clients::ManageClients as _;
use vestibule::store::Table;

use super::aws::no_output;
use super::facts::{Live, Observed, SecretState, Unknown};

/// A deployment's storage. What has no name cannot be asked for.
pub(super) struct Services {
    pub(super) clients: Clients,
    pub(super) table: Option<String>,
    pub(super) signing_secret: Option<String>,
    pub(super) symmetric_secret: Option<String>,
}

impl Services {
    /// Asks for everything but what the API says.
    pub(super) async fn look(&self) -> Live {
        let table = self.table.as_deref().ok_or_else(|| no_output("TableName"));
        let mut live = Live::unknown(&Unknown::NotDeployed);
        live.expiry = self.expiry(table.clone()).await;
        live.point_in_time_recovery = self.point_in_time_recovery(table.clone()).await;
        live.deletion_protection = self.deletion_protection(table.clone()).await;
        (live.keys, live.clients) = match table {
            Ok(table) => {
                let table = Table::new(self.clients.dynamodb.clone(), table);
                let keys = table.read_public_keys().await.map_err(|fault| Unknown::Unavailable(fault.to_string()));
                let clients = table.clients().await.map_err(|fault| Unknown::Unavailable(fault.to_string()));
                (keys, clients)
            }
            Err(unknown) => (Err(unknown.clone()), Err(unknown)),
        };
        let signing = self.secret(self.signing_secret.as_deref(), "SigningKeysSecret").await;
        live.rotation = signing.as_ref().map(|secret| secret.rotation_enabled() == Some(true)).map_err(Clone::clone);
        live.signing_secret = signing.as_ref().map(state).map_err(Clone::clone);
        let symmetric = self.secret(self.symmetric_secret.as_deref(), "SymmetricKeysSecret").await;
        live.symmetric_secret = symmetric.as_ref().map(state).map_err(Clone::clone);
        live
    }

    async fn expiry(&self, table: Observed<&str>) -> Observed<Option<String>> {
        let answer = self.clients.dynamodb.describe_time_to_live().table_name(table?).send().await;
        let description = answer.map_err(unavailable)?.time_to_live_description;
        let enabled = |status: Option<&TimeToLiveStatus>| {
            matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling))
        };
        Ok(description.filter(|found| enabled(found.time_to_live_status())).and_then(|found| found.attribute_name))
    }

    async fn point_in_time_recovery(&self, table: Observed<&str>) -> Observed<bool> {
        let answer = self.clients.dynamodb.describe_continuous_backups().table_name(table?).send().await;
        let backups = answer.map_err(unavailable)?.continuous_backups_description;
        let recovery = backups.and_then(|backups| backups.point_in_time_recovery_description);
        Ok(recovery.and_then(|recovery| recovery.point_in_time_recovery_status)
            == Some(PointInTimeRecoveryStatus::Enabled))
    }

    async fn deletion_protection(&self, table: Observed<&str>) -> Observed<bool> {
        let answer = self.clients.dynamodb.describe_table().table_name(table?).send().await;
        Ok(answer.map_err(unavailable)?.table.and_then(|table| table.deletion_protection_enabled) == Some(true))
    }

    async fn secret(&self, name: Option<&str>, output: &str) -> Observed<DescribeSecretOutput> {
        let name = name.ok_or_else(|| no_output(output))?;
        self.clients.secrets_manager.describe_secret().secret_id(name).send().await.map_err(unavailable)
    }
}

fn state(secret: &DescribeSecretOutput) -> SecretState {
    let stages: Vec<_> = secret.version_ids_to_stages().into_iter().flat_map(|versions| versions.values()).collect();
    let has = |stages: &[String], stage: &str| stages.iter().any(|known| known == stage);
    let in_force = |stages: &&&Vec<String>| has(stages, "AWSCURRENT");
    let waits = |stages: &&&Vec<String>| has(stages, "AWSPENDING") && !has(stages, "AWSCURRENT");
    if secret.deleted_date().is_some() {
        SecretState::Deleted
    } else if stages.iter().find(in_force).is_none() {
        SecretState::Empty
    } else if stages.iter().find(waits).is_some() {
        SecretState::Pending
    } else {
        SecretState::InForce
    }
}

fn unavailable<E>(fault: SdkError<E>) -> Unknown
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    Unknown::Unavailable(said(fault))
}

/// What AWS said, or why it said nothing.
pub(super) fn said<E>(fault: SdkError<E>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match (fault.code(), fault.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, _) => vestibule::store::sdk_fault(&fault),
    }
}
