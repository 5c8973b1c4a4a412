//! Keys: those that sign tokens, what the world may know of them, and those that only we hold (RFC 7517, DESIGN §7).
//!
//! [`SigningKeyRing`] is what the secret holds and [`PublicKeySet`] what the table holds. [`SigningKeys`], [`PublicKeys`] and
//! [`SymmetricKeysCache`] keep them in a process; where they are read from is declared here as narrow traits.

mod algorithm;
mod cached;
mod der;
mod document;
mod jwk;
mod jwks;
mod limits;
mod numbered;
mod pair;
mod public_keys;
mod public_set;
mod ring;
mod ring_document;
mod ring_fault;
mod rotation;
mod signing_keys;
mod state;
mod symmetric;
mod symmetric_cache;
mod symmetric_document;
mod symmetric_fault;
mod symmetric_rotation;
#[cfg(test)]
pub(crate) mod tests;
mod verification;

pub use algorithm::{Algorithm, UnsupportedAlgorithm};
#[cfg(feature = "functions")]
pub(crate) use cached::Cached;
pub use cached::KeysUnavailable;
pub use jwk::{InvalidJwk, Jwk};
pub use limits::Limits;
pub use numbered::{KNOWN_TO_ALL, Numbered, NumberedChange, NumberedRing, NumberedState, UnsafeNumber};
pub use pair::{InvalidKeyPair, KeyPair, NotSigned};
pub use public_keys::{PublicKeys, ReadPublicKeys};
pub use public_set::{Jwks, PublicKey, PublicKeySet};
pub use ring::{Change, NoSuccessor, SigningKey, SigningKeyRing};
pub use ring_fault::{RingFault, UnsafeStep};
pub use rotation::{
    Edition, Proposed, Publication, PublishKeys, Published, PutInForce, RingInForce, RotateSigningKeys, Rotation,
    RotationFault, Standing, Step, StepOutcome, UnknownStep,
};
pub use signing_keys::{ReadSigningKeys, SigningKeys};
pub use state::{KeyState, LONGEST_ROTATION, LONGEST_TOKEN_LIFETIME, LONGEST_VERIFIER_CACHE, RETIRED_KEY_STAYS};
pub use symmetric::{
    LONGEST_SEALED_LIFE, MAC_BYTES, MacKey, MacKeys, Pepper, Peppers, SYMMETRIC_KEY_BYTES, SymmetricKeys,
};
pub use symmetric_cache::{ReadSymmetricKeys, SymmetricKeysCache};
pub use symmetric_fault::SymmetricFault;
pub use symmetric_rotation::{
    NoteSymmetricKeys, ReplaceSymmetricKeys, SymmetricInForce, SymmetricKind, SymmetricRotation, SymmetricRotationFault,
};
pub use verification::{UnusableKey, VerificationKey};
