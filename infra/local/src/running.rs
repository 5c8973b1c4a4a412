//! Where the deployment that runs in this directory can be found: written by `vestibule dev`, read by the operator's
//! commands.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use vestibule::app::Clients;
use vestibule::store::{Secrets, Table};

use crate::clients::clients;
use crate::storage::{StartError, private_file, private_folder};

/// The directory of everything that `vestibule dev` keeps.
pub const DIRECTORY: &str = ".vestibule";

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
}

/// Nothing runs here.
#[derive(Debug, thiserror::Error)]
pub enum NotRunning {
    /// No file, or one that a killed process left behind.
    #[error(
        "nothing runs in this directory: start `vestibule dev` in another terminal, or name a deployment with --table"
    )]
    Nothing,
    /// The file is damaged.
    #[error("{} is damaged ({reason}); restart `vestibule dev`", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// Removes the file when the deployment stops.
#[derive(Debug)]
pub struct Announcement(PathBuf);

impl Drop for Announcement {
    fn drop(&mut self) {
        // A file that stays behind names ports where nothing answers; the next reader says so.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Running {
    /// Finds the deployment of the current directory.
    ///
    /// # Errors
    /// [`NotRunning`].
    pub fn find() -> Result<Self, NotRunning> {
        Self::find_in(Path::new(DIRECTORY))
    }

    fn find_in(directory: &Path) -> Result<Self, NotRunning> {
        let path = directory.join("running.json");
        let Ok(text) = std::fs::read_to_string(&path) else { return Err(NotRunning::Nothing) };
        serde_json::from_str(&text).map_err(|fault| NotRunning::Damaged { path, reason: fault.to_string() })
    }

    /// Tells the operator's commands where to find this deployment, until the announcement is dropped.
    ///
    /// # Errors
    /// [`StartError::Unusable`] with what the file system says.
    pub fn announce(&self, directory: &Path) -> Result<Announcement, StartError> {
        let path = directory.join("running.json");
        match self.write(directory, &path) {
            Ok(()) => Ok(Announcement(path)),
            Err(source) => Err(StartError::Unusable { path, source }),
        }
    }

    fn write(&self, directory: &Path, path: &Path) -> std::io::Result<()> {
        private_folder().create(directory)?;
        let mut file = private_file().truncate(true).open(path)?;
        file.write_all(serde_json::to_string_pretty(self).map_err(std::io::Error::other)?.as_bytes())
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
        }
    }

    #[test]
    fn a_deployment_is_found_while_it_runs_and_not_after() {
        let directory = tempfile::tempdir().unwrap();
        let announcement = running().announce(directory.path()).unwrap();
        assert_eq!(Running::find_in(directory.path()).unwrap(), running());
        drop(announcement);
        assert!(matches!(Running::find_in(directory.path()), Err(NotRunning::Nothing)));
    }
}
