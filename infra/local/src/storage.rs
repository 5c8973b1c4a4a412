//! Where a local service keeps its data: in memory, or in one file that belongs to one process at a time.
//!
//! The data file is readable by its owner only, and a lock beside it (`<file>.lock`) keeps a second process out; the
//! operating system lets go of the lock when the process ends, however it ends.

use std::ffi::OsString;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Where a local service keeps its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// Gone when the service stops.
    Memory,
    /// Kept in this file; missing folders are made, readable by their owner only.
    File(PathBuf),
}

/// Why a local service did not start: one sentence, fit to be the last line that a command prints.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process (or another service of this one) holds the file.
    #[error("{} is in use by another process; stop that one, or choose another data folder", path.display())]
    InUse {
        /// The data file.
        path: PathBuf,
    },
    /// The file was written by this service but cannot be read any more.
    #[error("{} is damaged ({reason}); delete it to start afresh, or restore it from a backup", path.display())]
    Damaged {
        /// The data file, left as it was found.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file holds something else.
    #[error("{} is not {expected} ({reason}); choose another file, or move this one away", path.display())]
    Foreign {
        /// The file, left as it was found.
        path: PathBuf,
        /// What the service would have liked to find.
        expected: &'static str,
        /// What it found.
        reason: String,
    },
    /// The operating system refused the file or its folder.
    #[error("{} cannot be used as a data file: {source}", path.display())]
    Unusable {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// No loopback port could be opened.
    #[error("no port on 127.0.0.1 could be opened: {0}")]
    Listen(io::Error),
    /// A function's program is not where it should be.
    #[error("the function {name} has no program at {}; build it first with `cargo build -p {name}`", path.display())]
    NoProgram {
        /// The function's name.
        name: String,
        /// Where its program was expected.
        path: PathBuf,
    },
    /// The service's own engine failed before it held any data.
    #[error("the embedded engine did not start: {0}")]
    Engine(String),
}

/// A data file that this process alone may touch, until the value is dropped.
#[derive(Debug)]
pub(crate) struct OwnedFile {
    path: PathBuf,
    _lock: File,
}

impl OwnedFile {
    /// Makes the folder if it is missing and takes the lock; the data file itself is not touched.
    pub(crate) fn claim(path: &Path) -> Result<Self, StartError> {
        let unusable = |path: &Path| {
            let path = path.to_owned();
            |source| StartError::Unusable { path, source }
        };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            private_folder().create(folder).map_err(unusable(folder))?;
        }
        let mut lock_path = OsString::from(path);
        lock_path.push(".lock");
        let lock = private_file().truncate(false).open(&lock_path).map_err(unusable(path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StartError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(StartError::Unusable { path: path.to_owned(), source }),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Options that create a file which only its owner may read or write (mode 0600).
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes folders, the missing ones above too, which only their owner may enter (mode 0700).
pub(crate) fn private_folder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}
