//! Vestibule: API authentication that a team owns.
//!
//! This crate is everything that the functions share. Read it as a table of contents of the field: each module is
//! one concept, opens with its promise and names the standard it implements. Domain modules know neither HTTP nor
//! DynamoDB; each declares the storage verbs it needs as a narrow trait, [`store`] implements them and [`http`]
//! carries the answers out.
#![deny(missing_docs)]

pub mod accounts;
pub mod api_keys;
pub mod app;
pub mod audit;
pub mod authentication;
mod aws;
pub mod brand;
pub mod clock;
pub mod config;
pub mod fault;
pub mod federation;
pub mod http;
pub mod identity;
pub mod keys;
pub mod lambda;
pub mod limits;
pub mod mail;
pub mod migration;
pub mod oauth;
pub mod pages;
pub mod passwords;
pub mod policy;
pub mod principal;
pub mod randomness;
pub mod scope;
pub mod secret;
pub mod sessions;
pub mod storage;
pub mod store;
pub mod telemetry;
pub mod tokens;
