//! The rules as an IAM policy for the whole API, for gateways that cache a policy and replay it on other routes.
//!
//! A policy depends on the rules and the principal, and on nothing of the request but its API and stage; so a replayed one is
//! the one that would be computed afresh. The single exception are routes whose answers depend on more: see [`Caching`]. No resource is wider
//! than one API's stage and method.

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::json;

use super::overlap::reaches;
use super::route::{Route, Segment};
use super::rule::{Decision, Rule};
use super::rules::Rules;
use crate::clock::Timestamp;
use crate::principal::Principal;

/// Characters of a policy's resource; with a longer one API Gateway refuses the whole answer ("Output from an API Gateway Lambda
/// authorizer" in its Developer Guide). A request may be longer: up to 1,600 bytes.
const MAX_RESOURCE_CHARS: usize = 512;

/// The request that a policy is asked for: `arn:aws:execute-api:region:account:api/stage/METHOD/path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodArn {
    /// Up to and with the stage.
    stage: String,
    /// The method of the request.
    pub method: String,
    /// The path of the request as the gateway resolved it, with its leading slash.
    pub path: String,
}

/// The text names no request to an API. A wildcard for API or stage is refused too: a policy made from it would be wider
/// than the API that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the ARN of a request to one stage of one API")]
pub struct InvalidMethodArn;

impl MethodArn {
    /// Reads a `methodArn` or `routeArn`.
    ///
    /// # Errors
    /// [`InvalidMethodArn`].
    pub fn parse(text: &str) -> Result<Self, InvalidMethodArn> {
        let [arn, partition, service, region, account, rest] = split(text, ':')?;
        let [api, stage, method, path] = split(rest, '/')?;
        let word =
            |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let valid = arn == "arn"
            && service == "execute-api"
            && [partition, region, account, api, method].into_iter().all(word)
            && (word(stage) || stage == "$default");
        if !valid {
            return Err(InvalidMethodArn);
        }
        let stage = format!("arn:{partition}:execute-api:{region}:{account}:{api}/{stage}");
        Ok(Self { stage, method: method.to_owned(), path: format!("/{path}") })
    }

    fn resources(&self, route: &Route) -> impl Iterator<Item = String> {
        let path = resource_path(&route.segments);
        route.methods.as_slice().iter().map(move |method| format!("{}/{}{path}", self.stage, method.as_str()))
    }
}

/// Whether the gateway may replay a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// It may: the policy covers no route whose answers must not be kept ([`Rule::is_uncached`]).
    Possible,
    /// It may not: the request is on such a route, whose authorizer has a TTL of 0 and has just looked.
    Never,
}

/// What a principal may call of an API. It serializes as the `policyDocument` of an authorizer's answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    allow: Vec<String>,
    deny: Vec<String>,
}

impl Policy {
    /// Denies the very request that is being made, whatever else is permitted: the gateway matched it to a route without a
    /// rule, which the resource of a declared `{parameter}` may cover. No request of a declared route has the same ARN, so
    /// that a replay of the policy stays right for all of them.
    pub fn refuse(&mut self, request: &MethodArn) {
        // The path is the client's text: what a policy would read as a wildcard or a variable stands for any one character. At
        // worst that refuses the same client a path that differs from its own odd one by a slash.
        let path = request.path.replace(['*', '$'], "?");
        let mut resource = format!("{}/{}{path}", request.stage, request.method);
        if resource.chars().count() > MAX_RESOURCE_CHARS {
            resource = resource.chars().take(MAX_RESOURCE_CHARS - 1).chain(['*']).collect();
        }
        self.deny.push(resource);
    }

    /// The resources that are permitted unless denied.
    pub fn allowed(&self) -> &[String] {
        &self.allow
    }

    /// The resources that are denied.
    pub fn denied(&self) -> &[String] {
        &self.deny
    }
}

impl Rules {
    /// What `principal` may call at `now` of the API that `request` names, on every route.
    pub fn policy(&self, request: &MethodArn, principal: &Principal, caching: Caching, now: Timestamp) -> Policy {
        let permitted = |rule: &Rule| {
            (caching == Caching::Never || !rule.is_uncached()) && rule.permits(principal, now) == Decision::Permitted
        };
        let allowed = self.with_reach().filter(|(rule, _)| permitted(rule));
        let mut policy = Policy::default();
        for (rule, reached) in allowed {
            policy.allow.extend(request.resources(&rule.route));
            if rule.route.has_wildcard() {
                for refused in reached.filter(|reached| !permitted(reached)) {
                    policy.deny.extend(request.resources(&refused.route));
                }
                for refused in self.iter().filter(|other| !permitted(other) && reaches_with_slash(rule, other)) {
                    policy.deny.extend(request.resources(&refused.route).map(|resource| format!("{resource}/")));
                }
            }
        }
        if policy.allow.is_empty() {
            return self.deny_all(request);
        }
        if self.iter().any(|rule| permitted(rule) && rule.route.has_wildcard()) {
            // A gateway that takes `//admin` for `/admin` must not find it under a permitted wildcard.
            policy.deny.push(format!("{}/*//*", request.stage));
        }
        policy.deny.sort_unstable();
        policy.deny.dedup();
        policy
    }

    /// A policy that permits nothing.
    pub fn deny_all(&self, request: &MethodArn) -> Policy {
        Policy { allow: Vec::new(), deny: self.iter().flat_map(|rule| request.resources(&rule.route)).collect() }
    }
}

/// Whether a permitted wildcard would match `refused` with a slash added, which REST APIs route like the path without it.
fn reaches_with_slash(permitted: &Rule, refused: &Rule) -> bool {
    let mut slashed = refused.route.segments.clone();
    slashed.push(Segment::Literal(String::new()));
    reaches(&permitted.route.segments, &slashed, false)
}

fn resource_path(segments: &[Segment]) -> String {
    segments.iter().fold(String::new(), |path, segment| match segment {
        Segment::Literal(text) => path + "/" + text,
        Segment::Parameter | Segment::Greedy => path + "/*",
    })
}

fn split<const N: usize>(text: &str, separator: char) -> Result<[&str; N], InvalidMethodArn> {
    text.splitn(N, separator).collect::<Vec<_>>().try_into().map_err(|_| InvalidMethodArn)
}

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let statements = [("Allow", &self.allow), ("Deny", &self.deny)]
            .into_iter()
            .filter(|(_, resources)| !resources.is_empty())
            .map(|(effect, resources)| json!({ "Action": "execute-api:Invoke", "Effect": effect, "Resource": resources }))
            .collect::<Vec<_>>();
        let mut document = serializer.serialize_struct("Policy", 2)?;
        document.serialize_field("Version", "2012-10-17")?;
        document.serialize_field("Statement", &statements)?;
        document.end()
    }
}
