//! Refresh rotation as a model: every order of events up to a bound, against the very function that decides in production.
//!
//! stateright looks at each reachable state once (<https://www.stateright.rs>). The known faults are models too, and each is
//! found: a promise that nothing can break says nothing.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "what goes wrong here fails a test"
)]

mod checks;
mod histories;
mod linear;
mod policy;
mod reference;
mod rotation;
mod stored;
mod world;
