//! The versions of the secrets that hold keys: what a rotation does with them ("Rotation by Lambda function", AWS Secrets Manager
//! User Guide).

use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
use aws_sdk_secretsmanager::operation::get_secret_value::builders::GetSecretValueFluentBuilder;
use aws_sdk_secretsmanager::operation::update_secret_version_stage::UpdateSecretVersionStageError;

use super::sdk_fault::unavailable;
use super::secrets::Secrets;
use crate::keys::{
    Proposed, PutInForce, ReplaceSymmetricKeys, RingInForce, RotateSigningKeys, SigningKeyRing, Standing,
    SymmetricInForce, SymmetricKeys,
};
use crate::secret::Secret;
use crate::storage::StoreError;

/// The label of the version that functions read.
const IN_FORCE: &str = "AWSCURRENT";
/// The label of the version that a rotation works on. It stays where it is once that version is in force: taking it away by
/// itself tells Secrets Manager that the rotation failed.
const PENDING: &str = "AWSPENDING";

impl RotateSigningKeys for Secrets {
    async fn standing(&self, version: &str) -> Result<Standing, StoreError> {
        let described = self.client.describe_secret().secret_id(&self.signing).send().await;
        let described = described.map_err(|fault| unavailable("DescribeSecret", fault))?;
        let labels = described.version_ids_to_stages().and_then(|versions| versions.get(version));
        let carries = |label| labels.is_some_and(|labels| labels.iter().any(|carried| carried == label));
        Ok(Standing { in_force: carries(IN_FORCE), pending: carries(PENDING) })
    }

    async fn ring_in_force(&self) -> Result<Option<RingInForce>, StoreError> {
        let Some((version, text)) = self.version_in_force(&self.signing).await? else { return Ok(None) };
        Ok(self.ring(&version, text)?.map(|ring| RingInForce { version, ring }))
    }

    async fn proposed_ring(&self, version: &str) -> Result<Option<SigningKeyRing>, StoreError> {
        let get = self.client.get_secret_value().secret_id(&self.signing).version_id(version);
        match found(get).await? {
            Some(found) => self.ring(version, found.secret_string),
            None => Ok(None),
        }
    }

    async fn propose(&self, version: &str, ring: &SigningKeyRing) -> Result<Proposed, StoreError> {
        self.propose_version(&self.signing, version, &ring.to_json()).await
    }

    async fn put_in_force(&self, version: &str, instead_of: &str) -> Result<PutInForce, StoreError> {
        self.put_version_in_force(&self.signing, version, instead_of).await
    }

    async fn withdraw(&self, version: &str) -> Result<(), StoreError> {
        let removed = self.client.update_secret_version_stage().secret_id(&self.signing).version_stage(PENDING);
        match removed.remove_from_version_id(version).send().await {
            Ok(_) => Ok(()),
            Err(fault) if fault.as_service_error().is_some_and(is_elsewhere) => Ok(()),
            Err(fault) => Err(unavailable("UpdateSecretVersionStage", fault)),
        }
    }
}

impl ReplaceSymmetricKeys for Secrets {
    async fn symmetric_in_force(&self) -> Result<Option<SymmetricInForce>, StoreError> {
        let Some((version, text)) = self.version_in_force(&self.symmetric).await? else { return Ok(None) };
        let document = Secret::new(text.unwrap_or_default());
        let key = || format!("{} version {version}", self.symmetric);
        match SymmetricKeys::from_json(document.expose()) {
            Ok(keys) => Ok(Some(SymmetricInForce { version, keys })),
            Err(fault) => Err(StoreError::Impossible { key: key(), fault: fault.to_string() }),
        }
    }

    async fn propose_symmetric(&self, version: &str, keys: &SymmetricKeys) -> Result<(), StoreError> {
        self.propose_version(&self.symmetric, version, &keys.to_json()).await.map(drop)
    }

    async fn put_symmetric_in_force(&self, version: &str, instead_of: &str) -> Result<PutInForce, StoreError> {
        self.put_version_in_force(&self.symmetric, version, instead_of).await
    }
}

impl Secrets {
    /// The name of the version that functions read of `secret`, and its text.
    async fn version_in_force(&self, secret: &str) -> Result<Option<(String, Option<String>)>, StoreError> {
        let get = self.client.get_secret_value().secret_id(secret).version_stage(IN_FORCE);
        Ok(found(get).await?.map(|found| (found.version_id.unwrap_or_default(), found.secret_string)))
    }

    async fn propose_version(
        &self,
        secret: &str,
        version: &str,
        document: &Secret<String>,
    ) -> Result<Proposed, StoreError> {
        let put = self
            .client
            .put_secret_value()
            .secret_id(secret)
            .client_request_token(version)
            .secret_string(document.expose())
            .version_stages(PENDING);
        match put.send().await {
            Ok(_) => Ok(Proposed::Stored),
            // Another run of the same step was quicker: its keys are other keys, and they count.
            Err(fault) if fault.as_service_error().is_some_and(|e| e.is_resource_exists_exception()) => {
                Ok(Proposed::Known)
            }
            Err(fault) => Err(unavailable("PutSecretValue", fault)),
        }
    }

    async fn put_version_in_force(
        &self,
        secret: &str,
        version: &str,
        instead_of: &str,
    ) -> Result<PutInForce, StoreError> {
        let moved = self.client.update_secret_version_stage().secret_id(secret).version_stage(IN_FORCE);
        match moved.remove_from_version_id(instead_of).move_to_version_id(version).send().await {
            Ok(_) => Ok(PutInForce::Done),
            Err(fault) if fault.as_service_error().is_some_and(is_elsewhere) => Ok(PutInForce::Overtaken),
            Err(fault) => Err(unavailable("UpdateSecretVersionStage", fault)),
        }
    }

    /// A version without text is a name that a rotation has taken and not filled.
    fn ring(&self, version: &str, text: Option<String>) -> Result<Option<SigningKeyRing>, StoreError> {
        let Some(document) = text.map(Secret::new) else { return Ok(None) };
        let ring = SigningKeyRing::from_json(document.expose());
        let key = || format!("{} version {version}", self.signing);
        ring.map(Some).map_err(|fault| StoreError::Impossible { key: key(), fault: fault.to_string() })
    }
}

async fn found(get: GetSecretValueFluentBuilder) -> Result<Option<GetSecretValueOutput>, StoreError> {
    match get.send().await {
        Ok(found) => Ok(Some(found)),
        Err(fault) if fault.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => Ok(None),
        Err(fault) => Err(unavailable("GetSecretValue", fault)),
    }
}

/// The label is not on the version that it was to be taken from.
fn is_elsewhere(fault: &UpdateSecretVersionStageError) -> bool {
    fault.is_invalid_parameter_exception() || fault.is_invalid_request_exception()
}
