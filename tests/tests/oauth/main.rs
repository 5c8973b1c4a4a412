//! OAuth from end to end: clients that prove themselves, grants, introspection. The names of the tests are the promises; each file
//! names the sections that it is about.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

mod client_authentication;
mod client_credentials;
mod faults;
mod introspection;
mod metadata;
mod stage;
