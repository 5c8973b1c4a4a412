//! A backup brings back what was lost, and nothing that somebody took away since (decision 0026).

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what goes wrong here fails a test")]

mod accounts;
mod age;
mod clients;
mod stage;
mod taken_away;
