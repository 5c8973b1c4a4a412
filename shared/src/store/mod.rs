//! The one store: every storage verb of the domain, over DynamoDB and Secrets Manager.
//!
//! Each verb is atomic and its outcomes are closed. README.md beside this file lists every access pattern with its key,
//! condition, calls and capacity units.

mod account_item;
mod accounts;
mod administration;
mod api_key_item;
mod api_keys;
mod assertions;
mod attributes;
mod by_token;
mod client_item;
mod client_trail;
mod clients;
mod code_item;
mod codes;
mod conditional;
mod conflict;
mod consents;
mod cookie_sessions;
mod ending;
mod identities;
mod identity_item;
mod key_trail;
mod keys;
mod limits;
mod managed_api_keys;
mod meter;
mod one_time_tokens;
mod own_accounts;
mod public_keys;
mod reading;
mod remark;
mod restored_accounts;
mod restored_clients;
mod restored_owners;
mod restoring;
mod ring_versions;
mod sdk_fault;
mod secrets;
mod services;
mod session_item;
mod sessions;
mod table;
mod trail;
mod transaction;
mod ways_in;

pub use sdk_fault::sdk_fault;
pub use secrets::Secrets;
pub use table::{Table, key_schema};
