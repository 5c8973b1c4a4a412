//! Time, chance and the environment of the laptop: the one file of this crate that reads them (DESIGN §11.5).

use std::ffi::OsString;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The region that local names carry; the embedded DynamoDB uses the same in its table names.
pub(crate) const REGION: &str = "us-east-1";

/// The account that local names carry: twelve zeros, which no real account has.
pub(crate) const ACCOUNT_ID: &str = "000000000000";

/// The API's id in names, events and ARNs, of ten characters as on AWS: the same at every start, so that what is derived from
/// it stays valid.
pub(crate) const API_ID: &str = "vestibule0";

/// The time since 1970.
#[expect(clippy::disallowed_methods, reason = "local AWS services stamp what they make with the wall clock")]
pub(crate) fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// A fresh identifier, as AWS makes them for requests and versions (UUID version 4).
pub(crate) fn fresh_id() -> uuid::Uuid {
    uuid::Uuid::new_v4()
}

/// A variable of this process, for a child that keeps it.
#[expect(clippy::disallowed_methods, reason = "a function's process keeps PATH and HOME of the one that starts it")]
pub(crate) fn inherited(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}
