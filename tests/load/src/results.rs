//! All figures of a run, kept as JSON so that the page can be written anew without another run.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::authorizers::Warm;
use crate::checks::Check;
use crate::gateway::{Burst, Ladder, Soak};
use crate::hashing::Share;
use crate::machine::Machine;
use crate::oracle::Told;
use crate::peers::workshop;
use crate::scale::Cost;
use crate::servers::Served;
use crate::starts::Start;

/// What was measured. What was not is empty, and the page leaves it out.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) machine: Machine,
    /// A run in a minute, to see that everything works.
    pub(crate) quick: bool,
    pub(crate) minutes: f64,
    pub(crate) authorizers: Vec<Warm>,
    pub(crate) checks: Vec<Check>,
    pub(crate) starts: Vec<Start>,
    pub(crate) ladders: Vec<Ladder>,
    pub(crate) burst: Option<Burst>,
    pub(crate) soak: Option<Soak>,
    pub(crate) servers: Vec<Served>,
    pub(crate) costs: Vec<Cost>,
    pub(crate) shares: Vec<Share>,
    pub(crate) told: Vec<Told>,
}

impl Results {
    pub(crate) fn keep(&self) -> Result<(), Fault> {
        Ok(std::fs::write(file(), serde_json::to_vec_pretty(self)?)?)
    }

    pub(crate) fn last() -> Result<Self, Fault> {
        Ok(serde_json::from_slice(&std::fs::read(file())?)?)
    }
}

fn file() -> PathBuf {
    workshop().join("results.json")
}
