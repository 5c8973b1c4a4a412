//! OAuth 2.1: third parties and services get in without anybody's password (RFC 6749 as RFC 9700 and OAuth 2.1 tighten it).

pub mod client_authentication;
pub mod clients;
pub mod code_exchange;
pub mod codes;
pub mod consents;
pub mod pkce;
