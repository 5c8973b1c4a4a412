//! The protocol from end to end: every request passes through the gateway and the JSON of its events, every storage call
//! through the AWS SDK. The names of the tests are the promises.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what goes wrong here fails a test")]

mod access;
mod bodies;
mod costs;
mod discovery;
mod faults;
mod keys;
mod login;
mod misconfigured;
mod operators;
mod races;
mod refresh;
mod revoke;
mod trail;
