//! The four steps by the names that Secrets Manager gives them ("Rotation by Lambda function", User Guide).

use std::fmt;
use std::str::FromStr;

/// A step of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Propose a new ring.
    Create,
    /// Publish its public half.
    Set,
    /// Read that back and sign with it.
    Test,
    /// Put it in force.
    Finish,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// It was done now.
    Done,
    /// It had been done before.
    Already,
    /// There is nothing to test before `vestibule keys init`.
    NoRingYet,
    /// There is nothing to test: a schedule is tried, and no rotation was begun.
    NothingProposed,
}

/// Secrets Manager has no such step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a step of a rotation: createSecret, setSecret, testSecret or finishSecret")]
pub struct UnknownStep;

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 4] = [Self::Create, Self::Set, Self::Test, Self::Finish];

    /// Its name in the event.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "createSecret",
            Self::Set => "setSecret",
            Self::Test => "testSecret",
            Self::Finish => "finishSecret",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Step {
    type Err = UnknownStep;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|step| step.as_str() == text).ok_or(UnknownStep)
    }
}

impl StepOutcome {
    /// A word for the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Already => "already_done",
            Self::NoRingYet => "no_ring_yet",
            Self::NothingProposed => "nothing_proposed",
        }
    }
}
