//! All secrets, and the file that holds them: a write is on disk, whole, before anybody sees it or hears of it.
//!
//! The file is JSON, readable by its owner only, and replaced by renaming a synced neighbour over it: after a crash it
//! is the old one or the new one. The secrets in it are not encrypted, which is why this is not for a server.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use super::secret::Secret;
use crate::storage::{OwnedFile, StartError, Storage, private_file};

/// Every secret, by name.
pub(super) type Secrets = BTreeMap<String, Secret>;

/// What the file says of itself, so that nothing else is taken for it.
const FORMAT: &str = "vestibule-local-secrets/1";

#[derive(Serialize, Deserialize)]
struct Document {
    format: String,
    secrets: Secrets,
}

pub(super) struct Vault {
    secrets: Mutex<Secrets>,
    file: Option<OwnedFile>,
}

impl Vault {
    pub(super) fn open(storage: Storage) -> Result<Self, StartError> {
        match storage {
            Storage::Memory => Ok(Self { secrets: Mutex::default(), file: None }),
            Storage::File(path) => {
                let file = OwnedFile::claim(&path)?;
                let secrets = Mutex::new(load(&path)?);
                Ok(Self { secrets, file: Some(file) })
            }
        }
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&Secrets) -> Result<T, Refusal>) -> Result<T, Refusal> {
        look(&self.secrets.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Applies `change` to a copy, stores the copy, and only then puts it in force.
    pub(super) fn write<T>(&self, change: impl FnOnce(&mut Secrets) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = secrets.clone();
        let answer = change(&mut changed)?;
        if let Some(file) = &self.file {
            let document = Document { format: FORMAT.to_owned(), secrets: changed };
            replace(file.path(), &document)
                .map_err(|error| Refusal::Internal(format!("{} was not written: {error}", file.path().display())))?;
            changed = document.secrets;
        }
        *secrets = changed;
        Ok(answer)
    }
}

fn load(path: &Path) -> Result<Secrets, StartError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Secrets::new()),
        Err(source) => return Err(StartError::Unusable { path: path.to_owned(), source }),
    };
    // The parser's message names a place in the file and what it wanted there, never what the file holds.
    let reason = |error: serde_json::Error| format!("at line {} column {}", error.line(), error.column());
    let damaged = |error| StartError::Damaged { path: path.to_owned(), reason: reason(error) };
    let value: serde_json::Value = serde_json::from_slice(&text).map_err(damaged)?;
    if value.get("format").and_then(|format| format.as_str()) != Some(FORMAT) {
        let reason = format!("it lacks the mark {FORMAT}");
        return Err(StartError::Foreign { path: path.to_owned(), expected: "a secrets file of Vestibule", reason });
    }
    serde_json::from_slice::<Document>(&text).map(|document| document.secrets).map_err(damaged)
}

fn replace(path: &Path, document: &Document) -> io::Result<()> {
    let fresh = path.with_added_extension("new");
    let mut file = private_file().truncate(true).open(&fresh)?;
    file.write_all(&serde_json::to_vec_pretty(document)?)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    // The rename itself is durable once the folder is.
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}
