//! The same suite against the gateway of a laptop and against a deployment, by base URL: what holds here holds there, or
//! stands in `deviations.rs` with its source.
//!
//! Without variables it starts the local gateway on a loopback socket; `target.rs` names the variables that point it
//! elsewhere.

mod bodies;
mod calling;
mod documents;
mod refreshing;
mod revoking;
mod signing_in;
mod target;
mod web_pages;
