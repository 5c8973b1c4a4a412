//! Every route is protected and has a rule, or is public and known to be.

use vestibule_local::functions::needs;
use vestibule_local::template::ApiRoute;

use crate::doctor::facts::Facts;
use crate::doctor::finding::{Check, Finding};

const RULES: Check = Check("route-rules");
const PUBLIC: Check = Check("public-routes");

/// Where the rules stand. Doctor knows those that it was built with, as the authorizer of the same release does.
const FILE: &str = "functions/authorizer/routes.toml";

/// What somebody meets who is not signed in yet, and what finds out itself who is.
const FOR_ANYBODY: [&str; 10] = [
    "login",
    "refresh",
    "revoke",
    "sessions",
    "sign_in_with",
    "oauth_token",
    "oauth_authorize",
    "discovery",
    "accounts",
    "pages",
];

/// What finds out itself who is calling, because it can then say 401 and nothing may be kept.
const ASKING_ITSELF: [&str; 2] = ["api_keys", "userinfo"];

pub(super) fn rules(facts: &Facts) -> Vec<Finding> {
    let routes = &facts.review.stack.api.routes;
    let mut findings: Vec<_> = routes
        .iter()
        .filter(|route| route.authorizer.is_some() && facts.rules.find(&route.key).is_none())
        .map(|route| {
            RULES.fault(
                &route.key,
                "has an authorizer but no rule: everybody is refused",
                format!("add the route to {FILE}, and deploy"),
            )
        })
        .collect();
    let served =
        |key: &str| routes.iter().any(|route| facts.rules.find(&route.key).is_some_and(|rule| rule.route.key() == key));
    findings.extend(facts.rules.iter().filter(|rule| !served(rule.route.key())).map(|rule| {
        // An API that attaches has its routes in a template of its own, and is refused without their rules.
        RULES.ok(rule.route.key(), "has a rule, and is no route of the template: for an API that attaches")
    }));
    if findings.is_empty() {
        findings.push(RULES.ok("API", "every protected route has a rule, and every rule a route"));
    }
    findings
}

pub(super) fn public(facts: &Facts) -> Vec<Finding> {
    let one = |route: &ApiRoute| {
        let binary = facts.function(&route.function).map(|function| function.binary.as_str()).unwrap_or_default();
        if facts.rules.find(&route.key).is_some() {
            PUBLIC.fault(
                &route.key,
                format!("has a rule in {FILE} but no authorizer that asks for it: anybody may call it"),
                "give the route AuthorizationType CUSTOM and an AuthorizerId",
            )
        } else if FOR_ANYBODY.contains(&binary) && needs(binary).is_some() {
            PUBLIC.ok(&route.key, "is public, as it must be")
        } else if ASKING_ITSELF.contains(&binary) && needs(binary).is_some() {
            PUBLIC.ok(&route.key, "has no authorizer: its function finds out itself who is calling")
        } else {
            PUBLIC.warning(
                &route.key,
                "is public: anybody may call it",
                "unless it is meant to be, give it an authorizer and a rule",
            )
        }
    };
    facts.review.stack.api.routes.iter().filter(|route| route.authorizer.is_none()).map(one).collect()
}
