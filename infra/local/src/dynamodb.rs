//! Amazon DynamoDB on a laptop: dynoxide (SQLite) behind the DynamoDB JSON protocol on a loopback port, reached by the
//! ordinary SDK client.
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/Welcome.html>
//!
//! Conditions, transactions, `ALL_OLD` on a failed condition and consumed capacity behave as on AWS. It does not
//! throttle, does not serve stale reads and does not report `TransactionConflictException`.

use dynoxide::{Database, server};

use crate::loopback::Loopback;
use crate::storage::{OwnedFile, StartError, Storage};

mod inspection;

/// A running DynamoDB. Dropping it stops it; after [`LocalDynamoDb::stop`] the file may be opened again.
#[derive(Debug)]
pub struct LocalDynamoDb {
    server: Loopback,
}

impl LocalDynamoDb {
    /// Starts with empty memory, with the file's tables, or with a new file. A file that is damaged, foreign or in use
    /// is refused and left as it was.
    pub async fn start(storage: Storage) -> Result<Self, StartError> {
        let opened = tokio::task::spawn_blocking(move || open(storage)).await;
        let (database, file) = opened.map_err(|error| StartError::Engine(error.to_string()))??;
        let server = Loopback::start(|listener, stop| async move {
            if let Err(reason) = server::serve_with_shutdown(listener, database, stop.requested()).await {
                tracing::error!(reason, "the embedded DynamoDB ended");
            }
            // Held until here, so that nobody opens the file while a request is still writing to it.
            drop(file);
        })
        .await?;
        Ok(Self { server })
    }

    /// Where the SDK finds it: `http://127.0.0.1:<port>`.
    pub fn endpoint_url(&self) -> String {
        self.server.url()
    }

    /// Answers the requests under way, closes the file and lets go of it.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

fn open(storage: Storage) -> Result<(Database, Option<OwnedFile>), StartError> {
    match storage {
        Storage::Memory => {
            let database = Database::memory().map_err(|error| StartError::Engine(error.to_string()))?;
            Ok((database, None))
        }
        Storage::File(path) => {
            let file = OwnedFile::claim(&path)?;
            inspection::inspect(file.path())?;
            let name = path.to_str().ok_or_else(|| StartError::Unusable {
                path: path.clone(),
                source: std::io::Error::new(std::io::ErrorKind::InvalidInput, "its name is not UTF-8"),
            })?;
            let database = Database::new(name)
                .map_err(|error| StartError::Damaged { path: path.clone(), reason: error.to_string() })?;
            Ok((database, Some(file)))
        }
    }
}

#[cfg(test)]
mod tests;
