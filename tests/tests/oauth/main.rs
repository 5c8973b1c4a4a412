//! OAuth from end to end: clients that prove themselves, grants, introspection. The names of the tests are the promises; each file
//! names the sections that it is about.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what goes wrong here fails a test")]

mod authorization_code;
mod client_authentication;
mod client_credentials;
mod consent;
mod cross_origin;
mod faults;
mod introspection;
mod limits;
mod metadata;
mod refresh_token;
mod revocation;
mod stage;
mod strict_routes;
mod token_types;
mod userinfo;
