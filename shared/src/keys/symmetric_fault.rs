//! What can be wrong with the symmetric keys; each names its key.

use super::RingFault;

/// A document holds no usable symmetric keys. Nothing secret is in the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SymmetricFault {
    /// The document is not of the expected form.
    #[error(transparent)]
    Document(#[from] RingFault),
    /// A key is not base64url of 32 bytes.
    #[error("symmetric key {id} is not base64url of 32 bytes")]
    NotAKey {
        /// Its number.
        id: u32,
    },
    /// Two keys have one number.
    #[error("symmetric key {id} stands twice")]
    Twice {
        /// Their number.
        id: u32,
    },
    /// The key that should be active is not in the ring.
    #[error("symmetric key {id} should be active and is missing")]
    NoActive {
        /// Its number.
        id: u32,
    },
}
