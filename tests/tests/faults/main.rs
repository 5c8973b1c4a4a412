//! Faults under the SDK and in time: every storage call of every flow, against every fault.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "what goes wrong here fails a test")]

mod at_random;
mod browser;
mod clients;
mod flows;
mod held;
mod matrix;
mod providers;
mod registered;
mod somebody;
mod stage;
mod time;
