//! A Lambda function as its own process: the very bootstrap that is deployed, behind a real Runtime API.
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>
//!
//! A process handles one event at a time; more processes are started, up to a limit, when events come at the same time.
//! Beyond the limit an event waits, where Lambda would throttle. A process that crashed or ran out of time is replaced
//! at the next event. Memory is not limited and idle processes are not frozen.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, watch};

use crate::function::{Function, FunctionError};
use crate::storage::StartError;

mod environment;
mod output;
mod variables;

use environment::{Ended, Environment};

/// How a function is run: what stands in the template, and where its program is.
#[derive(Debug, Clone)]
pub struct ProcessSettings {
    /// The function's name, as in `AWS_LAMBDA_FUNCTION_NAME`.
    pub name: String,
    /// The bootstrap.
    pub binary: PathBuf,
    /// Variables besides those that Lambda itself sets; they win over these. Nothing else is passed on but `PATH` and
    /// `HOME`.
    pub env: Vec<(String, String)>,
    /// What the function is told about its memory, in MiB.
    pub memory_mb: u32,
    /// How long one event may take.
    pub timeout: Duration,
    /// How many processes may run at the same time; at least one.
    pub concurrency: u16,
}

impl ProcessSettings {
    /// Lambda's own defaults (128 MiB, 3 s), no variables, and two processes: enough for a page that makes parallel
    /// requests, few enough for a laptop that runs every function of the API.
    pub fn new(name: impl Into<String>, binary: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            binary: binary.into(),
            env: Vec::new(),
            memory_mb: 128,
            timeout: Duration::from_secs(3),
            concurrency: 2,
        }
    }
}

/// A function that runs in processes of its own. Dropping it kills them.
#[derive(Debug)]
pub struct ProcessFunction {
    crew: Arc<Crew>,
    /// Dropped to end what is under way.
    running: watch::Sender<()>,
}

#[derive(Debug)]
struct Crew {
    settings: ProcessSettings,
    places: Semaphore,
    idle: Mutex<Vec<Environment>>,
    running: watch::Receiver<()>,
}

impl ProcessFunction {
    /// Prepares the function; its first process starts with its first event. A program that is not there is refused.
    pub fn spawn(settings: ProcessSettings) -> Result<Self, StartError> {
        if !settings.binary.is_file() {
            return Err(StartError::NoProgram { name: settings.name, path: settings.binary });
        }
        let (running, ended) = watch::channel(());
        let places = Semaphore::new(usize::from(settings.concurrency.max(1)));
        let crew = Arc::new(Crew { settings, places, idle: Mutex::default(), running: ended });
        Ok(Self { crew, running })
    }

    /// The ids of the processes that wait for an event, for whoever weighs them.
    pub fn idle_processes(&self) -> Vec<u32> {
        self.crew.idle().iter().filter_map(Environment::process_id).collect()
    }

    /// Kills every process and waits until they are gone. Events under way fail as unavailable.
    pub async fn stop(self) {
        drop(self.running);
        let all = u32::from(self.crew.settings.concurrency.max(1));
        let places = self.crew.places.acquire_many(all).await;
        let idle = std::mem::take(&mut *self.crew.idle());
        for environment in idle {
            environment.end().await;
        }
        drop(places);
    }
}

impl Function for ProcessFunction {
    fn invoke(&self, event: Bytes) -> Pin<Box<dyn Future<Output = Result<Bytes, FunctionError>> + Send + '_>> {
        let crew = Arc::clone(&self.crew);
        // A task of its own: as on Lambda, a caller that hangs up does not stop the function halfway.
        let work = tokio::spawn(async move {
            let mut running = crew.running.clone();
            tokio::select! {
                outcome = crew.work(event) => outcome,
                _ = running.changed() => Err(unavailable("the function was stopped")),
            }
        });
        Box::pin(async move { work.await.unwrap_or_else(|error| Err(unavailable(&error.to_string()))) })
    }
}

impl Crew {
    async fn work(&self, event: Bytes) -> Result<Bytes, FunctionError> {
        let _place = self.places.acquire().await.map_err(|_| unavailable("the function was stopped"))?;
        let mut environment = match self.rested() {
            Some(environment) => environment,
            None => Environment::start(&self.settings).await.map_err(|error| unavailable(&error.to_string()))?,
        };
        match environment.work(&self.settings, event).await {
            Ended::Reusable(outcome) => {
                self.idle().push(environment);
                outcome
            }
            Ended::Lost(error) => {
                environment.end().await;
                Err(error)
            }
        }
    }

    /// A process that waits for work, the last one used first; those that died meanwhile are left behind.
    fn rested(&self) -> Option<Environment> {
        let mut idle = self.idle();
        idle.retain_mut(Environment::is_alive);
        idle.pop()
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Environment>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unavailable(reason: &str) -> FunctionError {
    FunctionError::Unavailable(reason.to_owned())
}

#[cfg(test)]
mod tests;
