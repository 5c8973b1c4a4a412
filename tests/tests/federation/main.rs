//! Signing in with an account at another provider: there and back, and everything that can be wrong with what comes back (decision 0024).

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what goes wrong here fails a test")]

mod accounts;
mod anew;
mod answers;
mod browsers;
mod faults;
mod letters;
mod linking;
mod logs;
mod providers;
mod signing_in;
mod stage;

use vestibule_tests::provider;
