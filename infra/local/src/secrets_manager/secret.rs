//! A secret, its versions, and the staging labels that say which version is in force.
//! Sources: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html>,
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html>

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::refusal::Refusal;

/// The label of the version in force; a secret that has versions always has one with it.
pub(super) const CURRENT: &str = "AWSCURRENT";
/// The label of the version that a rotation works on, or last worked on.
const PENDING: &str = "AWSPENDING";
/// The label of the version that was in force before; it follows every move of [`CURRENT`].
const PREVIOUS: &str = "AWSPREVIOUS";

/// How many versions without labels outlive their first day. More, and the file grows without bound; fewer, and a
/// reader that pins a recent version id loses it sooner than on AWS.
const KEPT_VERSIONS: usize = 100;
/// How long, in seconds, every version is kept.
const KEPT_FOR: f64 = 24.0 * 3600.0;

/// What a version holds, as the caller sent it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Content {
    #[serde(rename = "SecretString")]
    Text(String),
    /// Base64, as on the wire.
    #[serde(rename = "SecretBinary")]
    Binary(String),
    /// Nothing: a rotation was opened, and its function has not made a value yet.
    Awaited,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Content(redacted)")
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) content: Content,
    pub(super) stages: BTreeSet<String>,
    /// Seconds since 1970, as the protocol wants it.
    pub(super) created_at: f64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Secret {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) kms_key_id: Option<String>,
    pub(super) tags: Vec<serde_json::Value>,
    pub(super) created_at: f64,
    pub(super) changed_at: f64,
    /// Oldest first.
    pub(super) versions: Vec<Version>,
}

impl Secret {
    /// The version with this id, with this label, or with both; the one in force when neither is given.
    pub(super) fn find(&self, id: Option<&str>, stage: Option<&str>) -> Result<&Version, Refusal> {
        let Some(id) = id else {
            let stage = stage.unwrap_or(CURRENT);
            return self.holder(stage).ok_or_else(|| {
                Refusal::NotFound(format!(
                    "Secrets Manager can't find the specified secret value for staging label: {stage}"
                ))
            });
        };
        let version = self.version(id)?;
        match stage {
            Some(stage) if !version.stages.contains(stage) => {
                Err(Refusal::InvalidRequest(format!("the version {id} does not carry the staging label {stage}")))
            }
            _ => Ok(version),
        }
    }

    /// Adds a version, or does nothing when it is there already with the same content. No label means [`CURRENT`].
    pub(super) fn put(&mut self, id: String, content: Content, stages: &[String], now: f64) -> Result<(), Refusal> {
        let first = self.versions.is_empty();
        match self.versions.iter_mut().find(|version| version.id == id) {
            Some(known) if known.content == content => return Ok(()),
            Some(known) if known.content == Content::Awaited => known.content = content,
            Some(_) => {
                return Err(Refusal::Exists(format!(
                    "the version {id} exists with another value, and values never change"
                )));
            }
            None => self.versions.push(Version { id: id.clone(), content, stages: BTreeSet::new(), created_at: now }),
        }
        if first || stages.is_empty() {
            self.attach(CURRENT, &id);
        }
        for stage in stages {
            self.attach(stage, &id);
        }
        self.changed_at = now;
        self.forget_old_versions(now);
        Ok(())
    }

    /// Opens a rotation: a pending version without a value, which the rotation function is to make. One at a time.
    pub(super) fn open_rotation(&mut self, id: String, now: f64) -> Result<(), Refusal> {
        let Some(current) = self.holder(CURRENT) else {
            return Err(Refusal::InvalidRequest("a secret without a value can't be rotated".to_owned()));
        };
        let unfinished = self.holder(PENDING).filter(|pending| pending.id != current.id);
        match unfinished {
            Some(pending) if pending.id == id => Ok(()),
            Some(_) => {
                let message = "A previous rotation isn't complete. That rotation will be reattempted.";
                Err(Refusal::InvalidRequest(message.to_owned()))
            }
            None => self.put(id, Content::Awaited, &[PENDING.to_owned()], now),
        }
    }

    /// Moves a label to `to`, or takes it away when `to` is absent. A label that another version carries moves only
    /// when the caller names that version in `from`: that is how two rotations notice each other.
    pub(super) fn move_stage(
        &mut self,
        stage: &str,
        from: Option<&str>,
        to: Option<&str>,
        now: f64,
    ) -> Result<(), Refusal> {
        let invalid = |message: String| Err(Refusal::InvalidParameter(message));
        for id in [from, to].into_iter().flatten() {
            self.version(id)?;
        }
        let holder = self.holder(stage).map(|version| version.id.as_str());
        match (holder, from, to) {
            (_, None, None) => return invalid("MoveToVersionId or RemoveFromVersionId is needed".to_owned()),
            (holder, Some(from), _) if holder != Some(from) => {
                return invalid(format!("RemoveFromVersionId {from} does not carry the staging label {stage}"));
            }
            (Some(holder), None, Some(to)) if holder != to => {
                return invalid(format!(
                    "The parameter RemoveFromVersionId can't be empty. The staging label {stage} is attached to {holder}"
                ));
            }
            (_, _, Some(to)) => self.attach(stage, to),
            (_, _, None) if stage == CURRENT => {
                return invalid(format!("{CURRENT} can move to another version but can't be removed"));
            }
            (_, _, None) => self.detach(stage),
        }
        self.changed_at = now;
        Ok(())
    }

    pub(super) fn version(&self, id: &str) -> Result<&Version, Refusal> {
        self.versions.iter().find(|version| version.id == id).ok_or_else(|| {
            Refusal::NotFound(format!("Secrets Manager can't find the specified secret value for VersionId: {id}"))
        })
    }

    fn holder(&self, stage: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.stages.contains(stage))
    }

    fn attach(&mut self, stage: &str, id: &str) {
        let before = self.holder(stage).map(|version| version.id.clone());
        if before.as_deref() == Some(id) {
            return;
        }
        self.detach(stage);
        if let Some(version) = self.versions.iter_mut().find(|version| version.id == id) {
            version.stages.insert(stage.to_owned());
        }
        if let (CURRENT, Some(before)) = (stage, before) {
            self.attach(PREVIOUS, &before);
        }
    }

    fn detach(&mut self, stage: &str) {
        for version in &mut self.versions {
            version.stages.remove(stage);
        }
    }

    /// Versions without labels go once they are a day old and a hundred newer versions exist.
    fn forget_old_versions(&mut self, now: f64) {
        let mut surplus = self.versions.len().saturating_sub(KEPT_VERSIONS);
        self.versions.retain(|version| {
            let old = version.stages.is_empty() && now - version.created_at > KEPT_FOR;
            let goes = old && surplus > 0;
            surplus -= usize::from(goes);
            !goes
        });
    }
}
