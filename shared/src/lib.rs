//! Vestibule: API authentication that a team owns.
//!
//! This crate is everything that the functions share. Read it as a table of contents of the field: each module is
//! one concept, opens with its promise and names the standard it implements. Domain modules know neither HTTP nor
//! DynamoDB; each declares the storage verbs it needs as a narrow trait, [`store`] implements them and [`http`]
//! carries the answers out.
#![deny(missing_docs)]

#[cfg(feature = "functions")]
pub mod accounts;
#[cfg(feature = "functions")]
pub mod api_keys;
#[cfg(feature = "functions")]
pub mod app;
#[cfg(feature = "functions")]
pub mod audit;
#[cfg(feature = "functions")]
pub mod authentication;
#[cfg(feature = "functions")]
mod aws;
#[cfg(feature = "functions")]
pub mod brand;
pub mod clock;
#[cfg(feature = "functions")]
pub mod config;
#[cfg(feature = "functions")]
pub mod fault;
#[cfg(feature = "functions")]
pub mod federation;
#[cfg(feature = "functions")]
pub mod http;
pub mod identity;
pub mod keys;
#[cfg(feature = "functions")]
pub mod lambda;
#[cfg(feature = "letters")]
pub mod letters;
pub mod limits;
#[cfg(feature = "functions")]
pub mod mail;
#[cfg(feature = "functions")]
pub mod migration;
#[cfg(feature = "functions")]
pub mod moment;
#[cfg(feature = "functions")]
pub mod oauth;
#[cfg(feature = "functions")]
pub mod pages;
#[cfg(feature = "functions")]
pub mod passwords;
#[cfg(feature = "functions")]
pub mod policy;
pub mod principal;
pub mod randomness;
pub mod remote;
pub mod resource;
#[cfg(feature = "functions")]
pub mod restore;
pub mod scope;
pub mod secret;
#[cfg(feature = "functions")]
pub mod sessions;
pub mod storage;
#[cfg(feature = "functions")]
pub mod store;
#[cfg(feature = "functions")]
pub mod telemetry;
pub mod tokens;
