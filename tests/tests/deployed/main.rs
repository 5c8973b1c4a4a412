//! The same suite against the gateway of a laptop and against a deployment, by base URL: what holds here holds there.
//!
//! Without variables it starts the local gateway on a loopback socket; `target.rs` names those that point it elsewhere. The
//! deployment test (`tests/deploy/run`) points it at an emulated AWS, and says in `deviations.py` where that is known not to do what
//! AWS documents. Nothing in the suite depends on that.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "what goes wrong here fails a test")]

mod bodies;
mod calling;
mod documents;
mod refreshing;
mod revoking;
mod signing_in;
mod target;
mod web_pages;
