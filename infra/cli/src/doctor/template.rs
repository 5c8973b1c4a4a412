//! A template by itself, before anything is deployed.

use vestibule::clock::Clock;
use vestibule_local::template::{Parameters, Review};

use super::facts::{Facts, Live, Unknown};
use crate::commands::Fault;

/// The name of a stack that does not exist.
const STACK: &str = "vestibule";

/// What the template says.
pub(crate) fn declared(name: &str, text: &str, parameters: &Parameters) -> Result<Facts, Fault> {
    let review = Review::read(text, STACK, parameters)?;
    facts(name.to_owned(), review, Live::unknown(&Unknown::NotDeployed))
}

/// Facts whose issuer is what the template says.
pub(super) fn facts(subject: String, review: Review, live: Live) -> Result<Facts, Fault> {
    let rules = authorizer::rules()?;
    let issuer = review.stack.functions.values().find_map(|function| function.environment.get("VESTIBULE_ISSUER"));
    let issuer = issuer.cloned().ok_or_else(|| Unknown::Unavailable("no function has VESTIBULE_ISSUER".to_owned()));
    let configurations = Facts::configurations(&review);
    Ok(Facts { subject, configurations, rules, issuer, live, now: Clock::System.now(), review })
}
