//! API keys: what programs call with that no person stands behind (decision 0015). Owned by a user or by a service, and never good
//! for more than their owner is at the moment of the call.
//!
//! Only what proves nothing is stored: SHA-256 of 256 random bits. The text of a key leaves once, in the answer that made it.

mod api_key;
mod base62;
mod check;
mod known_limits;
mod label;
pub mod manage;
mod ranges;
mod rotation;
mod secret_hash;
pub mod service;
mod text;

pub use api_key::{ApiKey, MAX_KEYS, MAX_PREDECESSORS, Owner, Predecessor, USE_NOTED_EVERY};
pub use check::{FindApiKey, Refusal, Rights, rights};
pub use known_limits::KnownLimits;
pub use label::{InvalidLabel, Label, MAX_LABEL_CHARS};
pub use ranges::{InvalidRanges, IpRanges, MAX_RANGES};
pub use rotation::{DEFAULT_OVERLAP, MAX_OVERLAP, Rotated, UnderWay};
pub use secret_hash::{SecretHash, fingerprint};
pub use text::{Environment, InvalidEnvironment, Named, NewSecret, NotAKey, PATTERN, PREFIX, PresentedKey};
