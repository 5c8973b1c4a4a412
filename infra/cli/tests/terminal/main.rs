//! `vestibule` as somebody at a terminal meets it: the program itself, what it prints and how it ends.
//!
//! Needs `sh`, `sed` and `curl`, as the printed commands do.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "what goes wrong here fails a test")]

mod api_keys;
mod clients;
mod dev;
mod doctor;
mod import;
mod keys;
mod numbered_keys;
mod readme;
mod restore;
mod stage;
