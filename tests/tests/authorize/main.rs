//! Letting clients in: the authorization endpoint, consents, and leaving. The names of the tests are the promises; each file names the
//! sections that it is about.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what goes wrong here fails a test")]

mod attacks;
mod consents;
mod faults;
mod leaving;
mod letting_in;
mod redirect_uris;
mod requests;
mod signing_in;
mod stage;
