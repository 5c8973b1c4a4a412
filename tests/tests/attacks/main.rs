//! Attacks: published ones on signatures, forged tokens, confused algorithms, confused paths.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what goes wrong here fails a test")]

mod examples;
mod forger;
mod forgeries;
mod paths;
mod wycheproof;
