//! Where the deployment that runs in this directory can be found: written by `vestibule dev`, read by the operator's
//! commands.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use vestibule::api_keys::Environment;
use vestibule::app::Clients;
use vestibule::config::Config;
use vestibule::passwords::Cost;
use vestibule::store::{Secrets, Table};

use crate::clients::clients;
use crate::cloud::STACK;
use crate::storage::{OwnedFile, StartError, private_file};
use crate::template::{Parameters, Stack};

/// The directory of everything that `vestibule dev` keeps.
pub const DIRECTORY: &str = ".vestibule";

/// The file in it that says where the deployment answers.
const FILE: &str = "running.json";
/// A loopback port answers within a millisecond or not at all; a machine that is out of breath gets a second.
const ANSWER_LIMIT: Duration = Duration::from_secs(1);

/// A deployment on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Where the API answers.
    pub api: String,
    /// Where its DynamoDB answers.
    pub dynamodb: String,
    /// Where its Secrets Manager answers.
    pub secrets_manager: String,
    /// Its table.
    pub table: String,
    /// The name of the secret with the signing keys.
    pub signing_secret: String,
    /// The name of the secret with the MAC keys and peppers.
    pub symmetric_secret: String,
    /// The text of the template that is served, which may have been edited since.
    pub template: String,
    /// Its parameters that do not take their default.
    pub parameters: Parameters,
}

/// Nothing runs here.
#[derive(Debug, thiserror::Error)]
pub enum NotRunning {
    /// No file.
    #[error(
        "nothing runs in this directory: start `vestibule dev` in another terminal, or name a deployment with --table"
    )]
    Nothing,
    /// A file that a killed process left behind.
    #[error(
        "the `vestibule dev` that ran in this directory was killed, nothing answers at {0}: start it again, or name a deployment with --table"
    )]
    Gone(String),
    /// The file is damaged.
    #[error("{} is damaged ({reason}); restart `vestibule dev`", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// Another deployment has this directory: one at a time, so that the operator's commands mean one.
#[derive(Debug, thiserror::Error)]
pub enum Occupied {
    /// It answers.
    #[error("this folder is in use: a `vestibule dev` answers at {0}; stop it first, or start in another folder")]
    Answering(String),
    /// It is about to.
    #[error("this folder is in use: another `vestibule dev` is starting; stop it first, or start in another folder")]
    Starting,
    /// The lock cannot be taken.
    #[error(transparent)]
    Unusable(StartError),
}

/// The right to be the deployment of a directory. The operating system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub struct Place {
    directory: PathBuf,
    _lock: OwnedFile,
}

impl Place {
    /// Takes the current directory, before anything is started in it.
    ///
    /// # Errors
    /// [`Occupied`].
    pub fn claim() -> Result<Self, Occupied> {
        Self::claim_in(Path::new(DIRECTORY))
    }

    fn claim_in(directory: &Path) -> Result<Self, Occupied> {
        match OwnedFile::claim(&directory.join(FILE)) {
            Ok(lock) => {
                // What a killed process left behind names ports where nothing answers.
                let _ = std::fs::remove_file(directory.join(FILE));
                Ok(Self { directory: directory.to_owned(), _lock: lock })
            }
            Err(StartError::InUse { .. }) => Err(match Running::find_in(directory) {
                Ok(running) => Occupied::Answering(running.api),
                Err(_) => Occupied::Starting,
            }),
            Err(other) => Err(Occupied::Unusable(other)),
        }
    }
}

/// Says where the deployment is found; withdrawn when it is dropped.
#[derive(Debug)]
pub struct Announcement {
    running: Running,
    place: Place,
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // Somebody may have deleted the folder and started another deployment in it, whose announcement stays.
        if Running::find_in(&self.place.directory).is_ok_and(|announced| announced == self.running) {
            let _ = std::fs::remove_file(self.place.directory.join(FILE));
        }
    }
}

impl Running {
    /// Finds the deployment of the current directory, if it answers still.
    ///
    /// # Errors
    /// [`NotRunning`].
    pub async fn find() -> Result<Self, NotRunning> {
        let announced = Self::find_in(Path::new(DIRECTORY))?;
        if announced.answers().await { Ok(announced) } else { Err(NotRunning::Gone(announced.api)) }
    }

    fn find_in(directory: &Path) -> Result<Self, NotRunning> {
        let path = directory.join(FILE);
        let Ok(text) = std::fs::read_to_string(&path) else { return Err(NotRunning::Nothing) };
        serde_json::from_str(&text).map_err(|fault| NotRunning::Damaged { path, reason: fault.to_string() })
    }

    /// Tells the operator's commands where to find this deployment, until the announcement is dropped.
    ///
    /// # Errors
    /// [`StartError::Unusable`] with what the file system says.
    pub fn announce(self, place: Place) -> Result<Announcement, StartError> {
        let path = place.directory.join(FILE);
        match self.write(&path) {
            Ok(()) => Ok(Announcement { running: self, place }),
            Err(source) => Err(StartError::Unusable { path, source }),
        }
    }

    fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut file = private_file().truncate(true).open(path)?;
        file.write_all(serde_json::to_string_pretty(self).map_err(std::io::Error::other)?.as_bytes())
    }

    /// Whether something listens where it said that its API answers. A killed process leaves its announcement behind.
    async fn answers(&self) -> bool {
        let address = self.api.trim_start_matches("http://");
        let connected = tokio::time::timeout(ANSWER_LIMIT, tokio::net::TcpStream::connect(address)).await;
        matches!(connected, Ok(Ok(_)))
    }

    /// What a hash of a password costs here, by the variables that the template gives to the sign-in.
    pub fn password_cost(&self) -> Option<Cost> {
        Some(self.config_of("login")?.password_cost)
    }

    /// The name of the secret with what providers know it by, if it has any.
    pub fn providers_secret(&self) -> Option<String> {
        let stack = Stack::read(&self.template, STACK, &self.parameters).ok()?;
        stack.secrets.get("ProviderSecrets").cloned()
    }

    /// The word behind `vk_` in API keys here, by the variables that the template gives to the function that makes them.
    pub fn api_key_environment(&self) -> Option<Environment> {
        Some(self.config_of("api_keys")?.api_key_environment)
    }

    fn config_of(&self, binary: &str) -> Option<Config> {
        let stack = Stack::read(&self.template, STACK, &self.parameters).ok()?;
        let function = stack.functions.into_values().find(|function| function.binary == binary)?;
        Config::read(&function.environment, &[]).ok()
    }

    /// Clients for its services.
    pub async fn clients(&self) -> Clients {
        clients(&self.dynamodb, &self.secrets_manager, None).await
    }

    /// Its table.
    pub async fn table(&self) -> Table {
        Table::new(self.clients().await.dynamodb, &self.table)
    }

    /// Its secrets.
    pub async fn secrets(&self) -> Secrets {
        Secrets::new(self.clients().await.secrets_manager, &self.signing_secret, &self.symmetric_secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running() -> Running {
        Running {
            api: "http://127.0.0.1:9000".to_owned(),
            dynamodb: "http://127.0.0.1:1".to_owned(),
            secrets_manager: "http://127.0.0.1:2".to_owned(),
            table: "vestibule".to_owned(),
            signing_secret: "signing".to_owned(),
            symmetric_secret: "symmetric".to_owned(),
            template: "Resources: {}".to_owned(),
            parameters: Parameters::default(),
        }
    }

    #[test]
    fn a_deployment_is_found_while_it_runs_and_not_after() {
        let directory = tempfile::tempdir().unwrap();
        let announcement = running().announce(Place::claim_in(directory.path()).unwrap()).unwrap();
        assert_eq!(Running::find_in(directory.path()).unwrap(), running());
        drop(announcement);
        assert!(matches!(Running::find_in(directory.path()), Err(NotRunning::Nothing)));
    }

    #[tokio::test]
    async fn a_deployment_answers_where_it_said_that_it_does_and_no_killed_one_does() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let announced = Running { api: format!("http://{}", listener.local_addr().unwrap()), ..running() };
        assert!(announced.answers().await);
        drop(listener);
        assert!(!announced.answers().await);
    }

    #[test]
    fn a_directory_has_one_deployment_from_its_start_to_its_end() {
        let directory = tempfile::tempdir().unwrap();
        let place = Place::claim_in(directory.path()).unwrap();
        assert!(matches!(Place::claim_in(directory.path()), Err(Occupied::Starting)));
        let announcement = running().announce(place).unwrap();
        let Err(Occupied::Answering(api)) = Place::claim_in(directory.path()) else { panic!("it is occupied") };
        assert_eq!(api, running().api);
        drop(announcement);
        assert!(Place::claim_in(directory.path()).is_ok());
    }

    #[test]
    fn what_a_killed_process_left_behind_is_gone_at_the_next_start() {
        let directory = tempfile::tempdir().unwrap();
        running().write(&directory.path().join(FILE)).unwrap();
        let _place = Place::claim_in(directory.path()).unwrap();
        assert!(matches!(Running::find_in(directory.path()), Err(NotRunning::Nothing)));
    }

    #[test]
    fn the_announcement_of_another_stays() {
        let directory = tempfile::tempdir().unwrap();
        let announcement = running().announce(Place::claim_in(directory.path()).unwrap()).unwrap();
        let other = Running { api: "http://127.0.0.1:9001".to_owned(), ..running() };
        other.write(&directory.path().join(FILE)).unwrap();
        drop(announcement);
        assert_eq!(Running::find_in(directory.path()).unwrap(), other);
    }

    #[test]
    fn a_password_costs_what_the_template_says() {
        let template = include_str!("../../template.yaml");
        let deployment = |template: String| Running { template, ..running() };
        assert_eq!(deployment(template.to_owned()).password_cost(), Some(Cost::DEFAULT));
        let dearer = template.replace("Default: m=19456,t=2,p=1", "Default: m=19456,t=3,p=1");
        assert_eq!(deployment(dearer).password_cost().unwrap().iterations(), 3);
        assert_eq!(running().password_cost(), None);
    }
}
