//! The checks: each a function from facts to findings, by a name that stays.

mod api;
mod clock;
mod configuration;
mod cookies;
mod hashing;
mod keys;
mod lock_out;
mod policies;
mod refresh;
mod retention;
mod routes;
mod secrets;
mod table;
#[cfg(test)]
mod tests;

use super::facts::Facts;
use super::finding::Finding;

/// In the order in which they are told.
const CHECKS: [fn(&Facts) -> Vec<Finding>; 22] = [
    configuration::configuration,
    api::issuer,
    api::cors,
    routes::rules,
    routes::public,
    lock_out::token_life,
    lock_out::authorizer_ttl,
    lock_out::cache_key,
    lock_out::strict_cache,
    lock_out::lock_out,
    refresh::grace,
    keys::signing_keys,
    secrets::secrets,
    secrets::rotation,
    secrets::readers,
    policies::policies,
    hashing::memory,
    hashing::step,
    cookies::flags,
    table::protections,
    retention::retention,
    clock::difference,
];

/// Every finding of every check.
pub(crate) fn examine(facts: &Facts) -> Vec<Finding> {
    CHECKS.iter().flat_map(|check| check(facts)).collect()
}
