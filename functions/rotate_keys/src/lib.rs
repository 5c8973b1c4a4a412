//! Secrets Manager's rotation function for the signing keys: one event for each of the four steps ("Rotation by Lambda function",
//! AWS Secrets Manager User Guide; DESIGN §7).
//!
//! A step that is refused ends in an error: Secrets Manager repeats the rotation, then reports it as failed.

use lambda_runtime::Diagnostic;
use serde::Deserialize;
use serde_json::Value;
use vestibule::app::App;
use vestibule::audit;
use vestibule::config::Need;
use vestibule::keys::{PublishKeys, RotationFault, Step, StepOutcome, UnknownStep};

/// What this function touches.
pub const NEEDS: &[Need] = &[Need::Table, Need::SigningKeys];

/// What Secrets Manager sends. The token names the version that the rotation makes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    step: String,
    secret_id: String,
    client_request_token: String,
}

/// The step was not done.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// Not an event of Secrets Manager.
    #[error("the event is not one that Secrets Manager sends: {0}")]
    Malformed(serde_json::Error),
    /// A step that this version does not know.
    #[error(transparent)]
    Unknown(#[from] UnknownStep),
    /// The function is attached to a secret that it does not rotate.
    #[error("the event is for another secret than VESTIBULE_SIGNING_SECRET")]
    OtherSecret,
    /// The rotation itself.
    #[error(transparent)]
    Rotation(#[from] RotationFault),
}

impl NotDone {
    const fn reason(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Unknown(_) => "unknown_step",
            Self::OtherSecret => "other_secret",
            Self::Rotation(fault) => fault.reason(),
        }
    }
}

impl From<NotDone> for Diagnostic {
    fn from(not_done: NotDone) -> Self {
        Self { error_type: not_done.reason().to_owned(), error_message: not_done.to_string() }
    }
}

/// Takes one step.
///
/// # Errors
/// [`NotDone`], which Secrets Manager writes into its own log too.
pub async fn handle<S: PublishKeys + Sync>(app: &App<S>, event: Value) -> Result<Value, NotDone> {
    let event = Event::deserialize(&event).map_err(|fault| refused("-", "-", NotDone::Malformed(fault)))?;
    let (step, version) = (event.step.as_str(), event.client_request_token.as_str());
    match take(app, &event).await {
        Ok(outcome) => {
            audit::Event::KeysStep { step, outcome: outcome.as_str() }.record(version);
            Ok(Value::Null)
        }
        Err(not_done) => Err(refused(step, version, not_done)),
    }
}

async fn take<S: PublishKeys + Sync>(app: &App<S>, event: &Event) -> Result<StepOutcome, NotDone> {
    if app.config.signing_secret.as_ref() != Some(&event.secret_id) {
        return Err(NotDone::OtherSecret);
    }
    let step: Step = event.step.parse()?;
    Ok(app.rotation().step(step, &event.client_request_token).await?)
}

/// Logs why a step was not done, and hands it on.
fn refused(step: &str, version: &str, not_done: NotDone) -> NotDone {
    audit::Event::KeysStepRefused { step, reason: not_done.reason(), fault: &not_done }.record(version);
    not_done
}
