//! The operations: each parses its parameters, asks the vault, and answers in the shape of its API page.
//! Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html>

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::secret::{Content, Secret, Version};
use super::vault::{Secrets, Vault};
use crate::world;

mod parameters;

use parameters::{
    CreateSecret, DescribeSecret, GetSecretValue, ListSecretVersionIds, PutSecretValue, RotateSecret,
    UpdateSecretVersionStage,
};

/// Runs one operation, named without its `secretsmanager.` prefix.
pub(super) fn answer(vault: &Vault, operation: &str, body: &[u8]) -> Result<Value, Refusal> {
    let now = world::since_epoch().as_millis() as f64 / 1000.0;
    match operation {
        "CreateSecret" => parse(body).and_then(|wish| vault.write(|secrets| create(secrets, wish, now))),
        "GetSecretValue" => parse(body).and_then(|wish| vault.read(|secrets| get_value(secrets, &wish))),
        "PutSecretValue" => parse(body).and_then(|wish| vault.write(|secrets| put_value(secrets, wish, now))),
        "RotateSecret" => parse(body).and_then(|wish| vault.write(|secrets| rotate(secrets, wish, now))),
        "UpdateSecretVersionStage" => {
            parse(body).and_then(|wish| vault.write(|secrets| move_stage(secrets, &wish, now)))
        }
        "DescribeSecret" => parse(body).and_then(|wish| vault.read(|secrets| describe(secrets, &wish))),
        "ListSecretVersionIds" => parse(body).and_then(|wish| vault.read(|secrets| list_versions(secrets, &wish))),
        _ => Err(Refusal::UnknownOperation),
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::InvalidParameter(error.to_string()))
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>
fn create(secrets: &mut Secrets, wish: CreateSecret, now: f64) -> Result<Value, Refusal> {
    let name = parameters::checked_name(wish.name)?;
    let id = parameters::version_id(wish.client_request_token)?;
    let content = parameters::content(wish.secret_string, wish.secret_binary)?;
    if let Some(known) = secrets.get(&name) {
        // A retry of the call that made the secret.
        let same = known.version(&id).is_ok_and(|version| content.as_ref() == Some(&version.content));
        if same {
            return Ok(json!({ "ARN": known.arn, "Name": known.name, "VersionId": id }));
        }
        return Err(Refusal::Exists(format!("the secret {name} already exists")));
    }
    let suffix: String = world::fresh_id().simple().to_string().chars().take(6).collect();
    let mut secret = Secret {
        arn: format!("{}{name}-{suffix}", arn_prefix()),
        name: name.clone(),
        description: wish.description,
        kms_key_id: wish.kms_key_id,
        tags: wish.tags,
        created_at: now,
        changed_at: now,
        versions: Vec::new(),
    };
    let mut answer = json!({ "ARN": secret.arn, "Name": name });
    if let Some(content) = content {
        secret.put(id.clone(), content, &[], now)?;
        answer = json!({ "ARN": secret.arn, "Name": name, "VersionId": id });
    }
    secrets.insert(name, secret);
    Ok(answer)
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>
fn get_value(secrets: &Secrets, wish: &GetSecretValue) -> Result<Value, Refusal> {
    let secret = secrets.get(&name_of(secrets, &wish.secret_id)?).ok_or_else(not_found)?;
    let version = secret.find(wish.version_id.as_deref(), wish.version_stage.as_deref())?;
    let (field, content) = match &version.content {
        Content::Text(text) => ("SecretString", text),
        Content::Binary(base64) => ("SecretBinary", base64),
        Content::Awaited => return Err(Refusal::NotFound(format!("the version {} has no value yet", version.id))),
    };
    Ok(json!({
        "ARN": secret.arn, "Name": secret.name, "VersionId": version.id, "VersionStages": version.stages,
        "CreatedDate": version.created_at, field: content,
    }))
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html>
fn put_value(secrets: &mut Secrets, wish: PutSecretValue, now: f64) -> Result<Value, Refusal> {
    let id = parameters::version_id(wish.client_request_token)?;
    let stages = parameters::stages(wish.version_stages)?;
    let content = parameters::content(wish.secret_string, wish.secret_binary)?
        .ok_or_else(|| Refusal::InvalidRequest("SecretString or SecretBinary is needed".to_owned()))?;
    let name = name_of(secrets, &wish.secret_id)?;
    let secret = secrets.get_mut(&name).ok_or_else(not_found)?;
    secret.put(id.clone(), content, &stages, now)?;
    let stages = &secret.version(&id)?.stages;
    Ok(json!({ "ARN": secret.arn, "Name": secret.name, "VersionId": id, "VersionStages": stages }))
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html>
fn rotate(secrets: &mut Secrets, wish: RotateSecret, now: f64) -> Result<Value, Refusal> {
    let id = parameters::version_id(wish.client_request_token)?;
    let name = name_of(secrets, &wish.secret_id)?;
    let secret = secrets.get_mut(&name).ok_or_else(not_found)?;
    secret.open_rotation(id.clone(), now)?;
    Ok(json!({ "ARN": secret.arn, "Name": secret.name, "VersionId": id }))
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html>
fn move_stage(secrets: &mut Secrets, wish: &UpdateSecretVersionStage, now: f64) -> Result<Value, Refusal> {
    let name = name_of(secrets, &wish.secret_id)?;
    let secret = secrets.get_mut(&name).ok_or_else(not_found)?;
    let (from, to) = (wish.remove_from_version_id.as_deref(), wish.move_to_version_id.as_deref());
    secret.move_stage(parameters::stage(&wish.version_stage)?, from, to, now)?;
    Ok(json!({ "ARN": secret.arn, "Name": secret.name }))
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html>
fn describe(secrets: &Secrets, wish: &DescribeSecret) -> Result<Value, Refusal> {
    let secret = secrets.get(&name_of(secrets, &wish.secret_id)?).ok_or_else(not_found)?;
    let stages: serde_json::Map<String, Value> =
        labelled(secret).map(|version| (version.id.clone(), json!(version.stages))).collect();
    Ok(json!({
        "ARN": secret.arn, "Name": secret.name, "Description": secret.description, "KmsKeyId": secret.kms_key_id,
        "Tags": secret.tags, "CreatedDate": secret.created_at, "LastChangedDate": secret.changed_at,
        "VersionIdsToStages": stages,
    }))
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html>
fn list_versions(secrets: &Secrets, wish: &ListSecretVersionIds) -> Result<Value, Refusal> {
    let secret = secrets.get(&name_of(secrets, &wish.secret_id)?).ok_or_else(not_found)?;
    let versions: Vec<Value> = secret
        .versions
        .iter()
        .filter(|version| wish.include_deprecated || !version.stages.is_empty())
        .map(|version| {
            json!({ "VersionId": version.id, "VersionStages": version.stages, "CreatedDate": version.created_at })
        })
        .collect();
    Ok(json!({ "ARN": secret.arn, "Name": secret.name, "Versions": versions }))
}

/// The versions that are not deprecated.
fn labelled(secret: &Secret) -> impl Iterator<Item = &Version> {
    secret.versions.iter().filter(|version| !version.stages.is_empty())
}

/// A secret is called by its name, its ARN, or its ARN without the six random characters at the end.
fn name_of(secrets: &Secrets, secret_id: &str) -> Result<String, Refusal> {
    let names = |secret: &&Secret| {
        secret.name == secret_id
            || secret.arn == secret_id
            || secret_id.strip_prefix(&arn_prefix()).is_some_and(|rest| rest == secret.name)
    };
    secrets.values().find(names).map(|secret| secret.name.clone()).ok_or_else(not_found)
}

fn not_found() -> Refusal {
    Refusal::NotFound("Secrets Manager can't find the specified secret.".to_owned())
}

fn arn_prefix() -> String {
    format!("arn:aws:secretsmanager:{}:{}:secret:", world::REGION, world::ACCOUNT_ID)
}
