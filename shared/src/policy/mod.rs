//! Authorization: what a route asks of a principal, declared once and decided purely.
//!
//! A route without a rule is refused. [`Rules`] reads the declaration, [`Rule::permits`] decides one route, and
//! [`Rules::policy`] states the same decisions for the whole API as an IAM policy, for the gateways that cache and replay
//! one. Nothing here finds out who a principal is.

mod iam;
mod overlap;
mod parse;
mod route;
mod rule;
mod rules;

pub use iam::{Caching, InvalidMethodArn, MethodArn, Policy};
pub use parse::{Fault, InvalidRules};
pub use route::{InvalidRoute, MAX_ROUTE_PATH_BYTES, Method, Route};
pub use rule::{CredentialSource, Decision, Missing, Requirement, Rule, UnknownSource};
pub use rules::Rules;

#[cfg(test)]
mod tests;
