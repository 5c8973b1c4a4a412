//! Why a step of a rotation was not done; each says what must happen instead.

use crate::keys::{InvalidKeyPair, NoSuccessor, NotSigned, RingFault, UnsafeStep};
use crate::storage::StoreError;

/// A step was not done. What an earlier step did stays, and the step may be repeated.
#[derive(Debug, thiserror::Error)]
pub enum RotationFault {
    /// Secrets Manager or the table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The step could make a valid token unverifiable.
    #[error("refused: {0}")]
    Unsafe(#[from] UnsafeStep),
    /// The proposal could never be put in force again, so the rotation was closed; the next one makes a fresh proposal.
    #[error("the ring proposed as version {version} was withdrawn, rotate again: {reason}")]
    Withdrawn {
        /// Its version.
        version: String,
        /// What is wrong with it.
        reason: UnsafeStep,
    },
    /// There is nothing to rotate.
    #[error("there is no signing ring: make the first one with `vestibule keys init`")]
    NoRing,
    /// The version carries no `AWSPENDING`.
    #[error("version {version} is not pending: no rotation was opened for it, or another has overtaken it")]
    NotPending {
        /// Which version.
        version: String,
    },
    /// A step before its time.
    #[error("version {version} holds no ring yet: createSecret comes first")]
    NothingProposed {
        /// Which version.
        version: String,
    },
    /// No key at all is published: every token is refused already.
    #[error("no key is published: publish the ring in force with `vestibule keys init`")]
    NothingPublished,
    /// Another ring came into force meanwhile.
    #[error("version {version} was not put in force: another ring came into force meanwhile")]
    Overtaken {
        /// Which version.
        version: String,
    },
    /// Somebody else publishes keys without pause.
    #[error("other rotations are publishing keys at this moment: repeat the step")]
    Contended,
    /// The published key does not verify what its private half signed.
    #[error("the published key {kid} does not verify what it signs")]
    NotVerified {
        /// Which key.
        kid: String,
    },
    /// A leaked key was published again by somebody else.
    #[error("key {kid} is published again: replace it once more")]
    StillPublished {
        /// Which key.
        kid: String,
    },
    /// aws-lc did not sign.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
    /// aws-lc made no key.
    #[error("no key was made: {0}")]
    NotMade(String),
    /// A key of the ring has no usable public half.
    #[error(transparent)]
    Ring(#[from] RingFault),
}

impl From<NoSuccessor> for RotationFault {
    fn from(fault: NoSuccessor) -> Self {
        match fault {
            NoSuccessor::Unsafe(step) => Self::Unsafe(step),
            NoSuccessor::Pair(pair) => Self::from(pair),
        }
    }
}

impl From<InvalidKeyPair> for RotationFault {
    fn from(fault: InvalidKeyPair) -> Self {
        Self::NotMade(fault.to_string())
    }
}

impl RotationFault {
    /// A stable word for alarms and the log.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Store(_) => "storage",
            Self::Unsafe(_) => "unsafe_step",
            Self::Withdrawn { .. } => "withdrawn",
            Self::NoRing => "no_ring",
            Self::NotPending { .. } => "not_pending",
            Self::NothingProposed { .. } => "nothing_proposed",
            Self::NothingPublished => "nothing_published",
            Self::Overtaken { .. } => "overtaken",
            Self::Contended => "contended",
            Self::NotVerified { .. } => "not_verified",
            Self::StillPublished { .. } => "still_published",
            Self::NotSigned(_) => "not_signed",
            Self::NotMade(_) => "not_made",
            Self::Ring(_) => "ring",
        }
    }
}
