//! API keys from end to end (decision 0015): made, used, listed, renamed, rotated, revoked, reported, through the gateway.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what goes wrong here fails a test")]

mod addresses;
mod bad_input;
mod costs;
mod faults;
mod letters;
mod lifecycle;
mod limits;
mod rights;
mod rotation;
mod scanners;
mod services;
mod stage;
mod trail;
