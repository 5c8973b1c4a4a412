//! What callers may send, and the limits that Secrets Manager puts on it.
//! Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html#API_CreateSecret_RequestParameters>

use serde::Deserialize;

use super::Refusal;
use crate::secrets_manager::secret::Content;
use crate::world;

/// Bytes that a value may have; AWS refuses more.
const LONGEST_VALUE: usize = 65_536;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateSecret {
    pub(super) name: String,
    pub(super) client_request_token: Option<String>,
    pub(super) secret_string: Option<String>,
    pub(super) secret_binary: Option<String>,
    pub(super) description: Option<String>,
    pub(super) kms_key_id: Option<String>,
    #[serde(default)]
    pub(super) tags: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct GetSecretValue {
    pub(super) secret_id: String,
    pub(super) version_id: Option<String>,
    pub(super) version_stage: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct PutSecretValue {
    pub(super) secret_id: String,
    pub(super) client_request_token: Option<String>,
    pub(super) secret_string: Option<String>,
    pub(super) secret_binary: Option<String>,
    pub(super) version_stages: Option<Vec<String>>,
    /// Proves who rotates across accounts; here there is one account.
    #[serde(rename = "RotationToken")]
    pub(super) _rotation_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct RotateSecret {
    pub(super) secret_id: String,
    pub(super) client_request_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UpdateSecretVersionStage {
    pub(super) secret_id: String,
    pub(super) version_stage: String,
    pub(super) remove_from_version_id: Option<String>,
    pub(super) move_to_version_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DescribeSecret {
    pub(super) secret_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListSecretVersionIds {
    pub(super) secret_id: String,
    #[serde(default)]
    pub(super) include_deprecated: bool,
}

pub(super) fn checked_name(name: String) -> Result<String, Refusal> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "/_+=.@-".contains(c);
    if (1..=512).contains(&name.len()) && name.chars().all(allowed) {
        return Ok(name);
    }
    Err(Refusal::InvalidParameter("Name takes 1 to 512 ASCII letters, digits and /_+=.@-".to_owned()))
}

/// The caller's token becomes the version's id.
pub(super) fn version_id(token: Option<String>) -> Result<String, Refusal> {
    match token {
        None => Ok(world::fresh_id().to_string()),
        Some(token) if (32..=64).contains(&token.len()) => Ok(token),
        Some(_) => Err(Refusal::InvalidParameter("ClientRequestToken takes 32 to 64 characters".to_owned())),
    }
}

/// At most one of the two, and not too long.
pub(super) fn content(text: Option<String>, binary: Option<String>) -> Result<Option<Content>, Refusal> {
    let content = match (text, binary) {
        (Some(_), Some(_)) => {
            return Err(Refusal::InvalidParameter("SecretString and SecretBinary exclude each other".to_owned()));
        }
        (Some(text), None) => (text.len(), Content::Text(text)),
        // Four characters of base64 are three bytes.
        (None, Some(base64)) => (base64.len() / 4 * 3, Content::Binary(base64)),
        (None, None) => return Ok(None),
    };
    match content {
        (length, _) if length > LONGEST_VALUE => {
            Err(Refusal::InvalidParameter(format!("a secret value takes at most {LONGEST_VALUE} bytes")))
        }
        (_, content) => Ok(Some(content)),
    }
}

/// The labels for a new version; absent means the default, empty is refused.
pub(super) fn stages(stages: Option<Vec<String>>) -> Result<Vec<String>, Refusal> {
    let Some(stages) = stages else { return Ok(Vec::new()) };
    if !(1..=20).contains(&stages.len()) {
        return Err(Refusal::InvalidParameter("VersionStages takes 1 to 20 labels".to_owned()));
    }
    stages.iter().try_for_each(|label| stage(label).map(drop))?;
    Ok(stages)
}

pub(super) fn stage(label: &str) -> Result<&str, Refusal> {
    if (1..=256).contains(&label.len()) {
        return Ok(label);
    }
    Err(Refusal::InvalidParameter("a staging label takes 1 to 256 characters".to_owned()))
}
