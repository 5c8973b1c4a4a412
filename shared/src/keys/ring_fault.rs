//! What can be wrong with a ring, and which steps it refuses; each names its key.

use std::time::Duration;

use super::{InvalidJwk, InvalidKeyPair, UnusableKey};

/// A document holds no usable key ring or key set. Nothing secret is in the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RingFault {
    /// Not JSON of the expected form.
    #[error("not a key document (line {line}, column {column})")]
    Malformed {
        /// Where reading stopped; 1 is the first.
        line: usize,
        /// Where reading stopped; 1 is the first.
        column: usize,
    },
    /// A format that this version does not know: written by a newer one.
    #[error("format {0} is unknown to this version")]
    Format(u32),
    /// No key at all.
    #[error("there is no key")]
    Empty,
    /// The key is not what its algorithm needs.
    #[error("key {kid}: {fault}")]
    Pair {
        /// Which key.
        kid: String,
        /// What is wrong with it.
        fault: InvalidKeyPair,
    },
    /// The public key is not readable.
    #[error("key {kid}: {fault}")]
    Jwk {
        /// Which key.
        kid: String,
        /// What is wrong with it.
        fault: InvalidJwk,
    },
    /// The public key is weak or no key.
    #[error("key {kid}: {fault}")]
    Unusable {
        /// Which key.
        kid: String,
        /// What is wrong with it.
        fault: UnusableKey,
    },
    /// The name is not the thumbprint of the key under it.
    #[error("key {kid}: its thumbprint is another")]
    Misnamed {
        /// Which key.
        kid: String,
    },
    /// The same key stands twice.
    #[error("key {kid} stands twice")]
    Twice {
        /// Which key.
        kid: String,
    },
    /// A second active key of one algorithm.
    #[error("key {kid}: another key of its algorithm is active too")]
    SecondActive {
        /// The later of the two.
        kid: String,
    },
    /// A second next key of one algorithm.
    #[error("key {kid}: another key of its algorithm is next too")]
    SecondNext {
        /// The later of the two.
        kid: String,
    },
    /// Retired before it was activated, or activated before it was published.
    #[error("key {kid}: its moments are out of order")]
    Disordered {
        /// Which key.
        kid: String,
    },
}

/// A step of the ring that could make a valid token unverifiable, or that makes no sense. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsafeStep {
    /// There is no such key.
    #[error("there is no key {kid}")]
    Unknown {
        /// The name asked for.
        kid: String,
    },
    /// The key is in the ring already.
    #[error("key {kid} is in the ring already")]
    Known {
        /// Which key.
        kid: String,
    },
    /// Another key of the algorithm is next already.
    #[error("key {kid} is next already")]
    NextExists {
        /// That key.
        kid: String,
    },
    /// Only a next key can be promoted.
    #[error("key {kid} is not next")]
    NotNext {
        /// Which key.
        kid: String,
    },
    /// The key that signs cannot be removed.
    #[error("key {kid} is signing")]
    Signing {
        /// Which key.
        kid: String,
    },
    /// Some verifier may not know the key yet, or may still need it.
    #[error("key {kid} needs another {} s", lacking.as_secs())]
    TooEarly {
        /// Which key.
        kid: String,
        /// How long until the step is safe.
        lacking: Duration,
    },
    /// The key signs although it was never next, or its life has gone on: this ring was made from another one.
    #[error("key {kid} does not stand where the ring in force leaves it: the new ring was made from another")]
    Unforeseen {
        /// Which key.
        kid: String,
    },
    /// A token that the key signed may live, or it may be about to sign.
    #[error("key {kid} is missing and may still be needed: the new ring was made from another")]
    Missing {
        /// Which key.
        kid: String,
    },
    /// Functions that sign with its algorithm would have no key.
    #[error("key {kid} would sign no more and has no successor")]
    WithoutSuccessor {
        /// The key that signs now.
        kid: String,
    },
    /// The ring says that the key was published, or signed no more, at a moment when that was not yet so.
    #[error("key {kid} is {} s too late: the ring was made too long ago", by.as_secs())]
    TooLate {
        /// Which key.
        kid: String,
        /// How long ago it should have been done.
        by: Duration,
    },
    /// Verifiers cannot know the key.
    #[error("key {kid} is not published")]
    Unpublished {
        /// Which key.
        kid: String,
    },
}
