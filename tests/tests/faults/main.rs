//! Faults under the SDK and in time: every storage call of every flow, against every fault.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

mod matrix;
mod stage;
mod time;
