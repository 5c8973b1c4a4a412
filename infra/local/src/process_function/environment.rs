//! One execution environment: a process, its Runtime API, and the life of one event in it.
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bytes::Bytes;
use tokio::process::{Child, Command};
use tokio::sync::oneshot::{self, error::RecvError};
use tokio::time::error::Elapsed;

use super::{ProcessSettings, output, variables};
use crate::function::FunctionError;
use crate::runtime_api::{Answer, Invocation, ReportedError, RuntimeApi};
use crate::storage::StartError;
use crate::world;

/// How long a process may take from its start to its first question for an event, as on Lambda. It does not count
/// against the function's own timeout.
const INIT_LIMIT: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct Environment {
    process: Child,
    api: RuntimeApi,
}

/// How an event ended, and whether the process can take another.
pub(super) enum Ended {
    Reusable(Result<Bytes, FunctionError>),
    Lost(FunctionError),
}

impl Environment {
    pub(super) async fn start(settings: &ProcessSettings) -> Result<Self, StartError> {
        let api = RuntimeApi::start().await?;
        let mut command = Command::new(&settings.binary);
        command.env_clear().envs(variables::variables(settings, &api.host()));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        if let Some(folder) = settings.binary.parent().filter(|folder| folder.is_absolute()) {
            command.current_dir(folder);
        }
        // Out of the terminal's group: Ctrl-C goes to the gateway, which lets events end and then stops the function.
        #[cfg(unix)]
        command.process_group(0);
        let mut process =
            command.spawn().map_err(|source| StartError::Unusable { path: settings.binary.clone(), source })?;
        output::forward(&settings.name, "stdout", process.stdout.take());
        output::forward(&settings.name, "stderr", process.stderr.take());
        tracing::debug!(function = settings.name, pid = process.id(), "a function's process started");
        Ok(Self { process, api })
    }

    /// None once the process has been waited for.
    pub(super) fn process_id(&self) -> Option<u32> {
        self.process.id()
    }

    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// Kills the process and waits until it is gone.
    pub(super) async fn end(mut self) {
        if let Err(error) = self.process.kill().await {
            tracing::debug!(%error, "a function's process was gone before it could be killed");
        }
    }

    /// Has the process work on one event.
    pub(super) async fn work(&mut self, settings: &ProcessSettings, event: Bytes) -> Ended {
        let request_id = world::fresh_id().to_string();
        let (taken, was_taken) = oneshot::channel();
        let (answer, answered) = oneshot::channel();
        let invocation = Invocation {
            request_id: request_id.clone(),
            function_arn: variables::function_arn(&settings.name),
            event,
            timeout: settings.timeout,
            taken,
            answer,
        };
        self.api.send(invocation).await;
        let outcome = async {
            match tokio::time::timeout(INIT_LIMIT, was_taken).await {
                Ok(Ok(())) => finished(tokio::time::timeout(settings.timeout, answered).await),
                Ok(Err(_)) => never_started(answered.await),
                Err(_) => Ended::Lost(FunctionError::TimedOut),
            }
        };
        tokio::select! {
            biased;
            ended = outcome => ended,
            status = self.process.wait() => Ended::Lost(exited(&request_id, status.ok())),
        }
    }
}

fn finished(answer: Result<Result<Answer, RecvError>, Elapsed>) -> Ended {
    match answer {
        Ok(Ok(answer)) => Ended::Reusable(answer.map_err(unhandled)),
        Ok(Err(_)) => Ended::Lost(super::unavailable("the Runtime API stopped")),
        Err(_) => Ended::Lost(FunctionError::TimedOut),
    }
}

/// An answer to an event that was never taken is the process's report of why it cannot start.
fn never_started(report: Result<Answer, RecvError>) -> Ended {
    match report {
        Ok(Err(error)) => Ended::Lost(unhandled(error)),
        Ok(Ok(_)) | Err(_) => Ended::Lost(super::unavailable("the Runtime API stopped")),
    }
}

fn unhandled(error: ReportedError) -> FunctionError {
    FunctionError::Unhandled { error_type: error.error_type, error_message: error.error_message }
}

fn exited(request_id: &str, status: Option<ExitStatus>) -> FunctionError {
    let how = status.map_or_else(|| "unknown status".to_owned(), |status| status.to_string());
    let error_message = format!("RequestId: {request_id} Error: Runtime exited with error: {how}");
    FunctionError::Unhandled { error_type: "Runtime.ExitError".to_owned(), error_message }
}
