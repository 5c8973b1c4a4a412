//! The rules of an API, all in one declaration; what is not declared is refused.

use std::collections::HashMap;

use super::overlap::{contains, touches};
use super::parse::{Declared, Fault, InvalidRules, declared};
use super::route::{Methods, Segment};
use super::rule::{Decision, Missing, Rule};
use crate::clock::Timestamp;
use crate::principal::Principal;

/// Every rule of an API.
#[derive(Debug, Clone)]
pub struct Rules {
    rules: Vec<Rule>,
    by_key: HashMap<String, usize>,
    /// For each rule, the rules whose requests its policy resource matches too.
    reach: Vec<Vec<usize>>,
}

impl Rules {
    /// Reads the declaration, TOML with one `[[route]]` for each route.
    ///
    /// # Errors
    /// [`InvalidRules`] for a malformed entry, one that asks for nothing, two entries for the same requests, and two
    /// that no IAM policy can tell apart: the same file must hold on every kind of API.
    pub fn parse(text: &str) -> Result<Self, InvalidRules> {
        let declared = declared(text)?;
        refuse_duplicates(&declared)?;
        let reach = (0..declared.len()).map(|index| reach_of(index, &declared)).collect::<Vec<_>>();
        refuse_ambiguity(&declared, &reach)?;
        let rules = declared.into_iter().map(|declared| declared.rule).collect::<Vec<_>>();
        let by_key = rules.iter().enumerate().map(|(index, rule)| (rule.route.key().to_owned(), index)).collect();
        Ok(Self { rules, by_key, reach })
    }

    /// The rule for a route as the gateway matched it, `GET /orders/{id}`: its own, or the one for `ANY` on its path.
    pub fn find(&self, route_key: &str) -> Option<&Rule> {
        let index = self.by_key.get(route_key).or_else(|| {
            let (_, path) = route_key.split_once(' ')?;
            self.by_key.get(&format!("ANY {path}"))
        })?;
        self.rules.get(*index)
    }

    /// Whether `principal` may call the route at `now`; without a rule nobody may.
    pub fn decide(&self, route_key: &str, principal: &Principal, now: Timestamp) -> Decision {
        match self.find(route_key) {
            Some(rule) => rule.permits(principal, now),
            None => Decision::Forbidden { missing: Missing::Rule },
        }
    }

    /// Those of an API's routes that have no rule. Whoever serves an API asks this before the first request: a single route is
    /// refused without a rule, but the policy that a gateway replays cannot refuse what it does not name, and an undeclared
    /// `GET /orders/{id}/notes` lies under the resource of a declared `GET /orders/{id}`.
    pub fn undeclared<'r>(&self, route_keys: impl IntoIterator<Item = &'r str>) -> impl Iterator<Item = &'r str> {
        route_keys.into_iter().filter(|key| self.find(key).is_none())
    }

    /// The rule for a request of which only method and path are known, as a `TOKEN` authorizer sees it: of all routes
    /// that fit, the one that API Gateway prefers, piece by piece a literal before `{id}` before `{path+}`.
    pub fn find_by_path(&self, method: &str, path: &str) -> Option<&Rule> {
        let pieces = path.strip_prefix('/').unwrap_or(path).split('/').collect::<Vec<_>>();
        self.rules
            .iter()
            .filter(|rule| rule.route.methods.as_slice().iter().any(|known| known.as_str() == method))
            .filter(|rule| fits(&rule.route.segments, &pieces))
            .min_by_key(|rule| rule.route.segments.iter().map(rank).collect::<Vec<_>>())
    }

    /// All rules, in the order of their declaration.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// Each rule with those whose requests its policy resource matches too.
    pub(super) fn with_reach(&self) -> impl Iterator<Item = (&Rule, impl Iterator<Item = &Rule>)> {
        self.rules
            .iter()
            .zip(&self.reach)
            .map(|(rule, reach)| (rule, reach.iter().filter_map(|index| self.rules.get(*index))))
    }
}

fn refuse_duplicates(declared: &[Declared]) -> Result<(), InvalidRules> {
    for (position, later) in declared.iter().enumerate() {
        for earlier in declared.iter().take(position) {
            let (one, two) = (&earlier.rule.route, &later.rule.route);
            if !contains(&one.segments, &two.segments) || !contains(&two.segments, &one.segments) {
                continue;
            }
            let fault = match (one.methods, two.methods) {
                (Methods::One(one), Methods::One(two)) if one != two => continue,
                (Methods::Any, Methods::One(_)) | (Methods::One(_), Methods::Any) => {
                    Fault::AnyBesideMethod(one.to_string())
                }
                (Methods::Any, Methods::Any) | (Methods::One(_), Methods::One(_)) => Fault::Duplicate(one.to_string()),
            };
            return Err(InvalidRules { line: later.line, field: "route".into(), fault });
        }
    }
    Ok(())
}

fn reach_of(pattern: usize, declared: &[Declared]) -> Vec<usize> {
    let Some(route) = declared.get(pattern).map(|pattern| &pattern.rule.route) else { return Vec::new() };
    let reached = |(index, other): &(usize, &Declared)| *index != pattern && touches(route, &other.rule.route);
    declared.iter().enumerate().filter(reached).map(|(index, _)| index).collect()
}

/// A policy that permits `permitted` and refuses `refused`, whose requests the former's resource matches, must deny the latter
/// explicitly. If that denial hits a request of a third (or the first) route that the same principal may call, no policy is right.
fn refuse_ambiguity(declared: &[Declared], reach: &[Vec<usize>]) -> Result<(), InvalidRules> {
    for (permitted, reached) in declared.iter().zip(reach) {
        for (refused, hit) in reached.iter().filter_map(|index| Some((declared.get(*index)?, reach.get(*index)?))) {
            for victim in hit.iter().filter_map(|index| declared.get(*index)) {
                if !refused.rule.is_implied_by([&permitted.rule, &victim.rule]) {
                    let fault = Fault::Ambiguous {
                        route: refused.rule.route.to_string(),
                        other: victim.rule.route.to_string(),
                    };
                    return Err(InvalidRules { line: refused.line, field: "route".into(), fault });
                }
            }
        }
    }
    Ok(())
}

fn fits(segments: &[Segment], pieces: &[&str]) -> bool {
    match (segments, pieces) {
        ([], []) => true,
        ([Segment::Greedy], [first, ..]) => !first.is_empty(),
        ([Segment::Parameter, segments @ ..], [piece, pieces @ ..]) => !piece.is_empty() && fits(segments, pieces),
        ([Segment::Literal(text), segments @ ..], [piece, pieces @ ..]) => text == piece && fits(segments, pieces),
        _ => false,
    }
}

const fn rank(segment: &Segment) -> u8 {
    match segment {
        Segment::Literal(_) => 0,
        Segment::Parameter => 1,
        Segment::Greedy => 2,
    }
}
