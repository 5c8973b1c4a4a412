//! One module for each noun.

pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod clients;
pub(crate) mod dev;
pub(crate) mod doctor;
mod import;
pub(crate) mod keys;
pub(crate) mod openapi;
mod programs;
pub(crate) mod providers;
pub(crate) mod services;
pub(crate) mod sessions;
mod story;
pub(crate) mod users;

/// What went wrong, as one sentence for the person who typed the command.
pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What a command ends with.
pub(crate) type Outcome = Result<(), Fault>;
