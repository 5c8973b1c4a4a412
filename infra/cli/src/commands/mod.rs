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
pub(crate) mod restore;
pub(crate) mod services;
pub(crate) mod sessions;
mod story;
pub(crate) mod users;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What went wrong, as one sentence for the person who typed the command.
pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What a command ends with.
pub(crate) type Outcome = Result<(), Fault>;

/// Set once somebody presses Ctrl-C: what is under way is done before it ends.
fn interrupted() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&stop);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            set.store(true, Ordering::Relaxed);
        }
    });
    stop
}
