//! The programs: built as they are deployed, or ready in a folder.

use std::collections::HashMap;
use std::path::PathBuf;

use vestibule_tests::programs::{self, Profile};

use crate::Fault;
use crate::first_event::FUNCTIONS;

/// Where the programs are.
pub(crate) enum Binaries {
    /// In one folder, as cargo or cargo-lambda lays them out.
    Ready(PathBuf),
    /// Wherever cargo said that it put them.
    Built(HashMap<String, PathBuf>),
}

impl Binaries {
    /// Builds them all, as they are deployed.
    pub(crate) fn build() -> Result<Self, Fault> {
        Ok(Self::Built(programs::build(&FUNCTIONS, Profile::Release)?))
    }

    /// The program called `name`.
    pub(crate) fn find(&self, name: &str) -> Result<PathBuf, Fault> {
        let missing = || format!("there is no program {name}: build it, or leave --binaries out");
        match self {
            Self::Built(built) => Ok(built.get(name).ok_or_else(missing)?.clone()),
            Self::Ready(folder) => {
                let layouts = [folder.join(name).join("bootstrap"), folder.join(name)];
                let found = layouts.into_iter().find(|path| path.is_file()).ok_or_else(missing)?;
                Ok(found.canonicalize()?)
            }
        }
    }
}
