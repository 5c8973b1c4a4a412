//! The clients of the deployment by the administrators' API: registered, changed, given another secret, closed (promises 4, 8 and 9).

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what goes wrong here fails a test")]

mod changing;
mod costs;
mod faults;
mod listing;
mod refusals;
mod registering;
mod secrets;
mod stage;
