//! Reading the declaration of route rules; a fault names its line and its field.
//!
//! An entry is `[[route]]` with `route`, at least one of `scope`, `role` and `any = true`, and perhaps `strict = true`, `counted = true`,
//! `credential` and `max_age`.

use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::route::{InvalidRoute, Route};
use super::rule::{CredentialSource, Requirement, Rule, UnknownSource};
use crate::scope::{InvalidRole, InvalidScope, Scopes};

/// The rules cannot be used; nothing is permitted until they are mended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("route rules, line {line}, {field}: {fault}")]
pub struct InvalidRules {
    /// The line, from one.
    pub line: usize,
    /// The field of the entry.
    pub field: String,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not TOML, an unknown field or a value of the wrong type.
    #[error("{0}")]
    Syntax(String),
    /// No entry at all: an API without rules refuses everybody, and nobody means that.
    #[error("no route is declared")]
    Empty,
    /// An entry without its route.
    #[error("the entry names no route")]
    NoRoute,
    /// Not a route.
    #[error(transparent)]
    Route(#[from] InvalidRoute),
    /// Not a scope value.
    #[error(transparent)]
    Scope(#[from] InvalidScope),
    /// Not a role.
    #[error(transparent)]
    Role(#[from] InvalidRole),
    /// An entry that asks for nothing: that is `any = true`, and must be said.
    #[error("the entry asks for nothing: give it a scope, a role or `any = true`")]
    NoRequirement,
    /// A place where no credential is looked for.
    #[error(transparent)]
    Credential(#[from] UnknownSource),
    /// A sign-in that nobody could be recent enough for, or a limit that is none.
    #[error("`max_age` is a number of seconds, from {LEAST_MAX_AGE} to {MOST_MAX_AGE}")]
    MaxAge,
    /// `any = true` beside a scope or a role, or `any = false`.
    #[error("`any` is only ever `true`, and beside it there is no scope and no role")]
    Contradiction,
    /// Two rules for the same requests.
    #[error("{0} has a rule already")]
    Duplicate(String),
    /// `ANY` and a method on one path: the answer cached under `ANY`'s route key would depend on the method.
    #[error("{0} is declared too: on one path, either ANY or single methods")]
    AnyBesideMethod(String),
    /// A policy cannot permit one and refuse the other.
    #[error(
        "{route} and {other} ask for different things, but a policy that denies the one denies requests of the other (its `*` crosses slashes): give both the same requirement, or a path of their own"
    )]
    Ambiguous {
        /// The route that a policy would have to deny.
        route: String,
        /// The route that this denial would hit.
        other: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declaration {
    #[serde(default)]
    route: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    route: Option<Spanned<String>>,
    scope: Option<Spanned<String>>,
    role: Option<Spanned<String>>,
    any: Option<Spanned<bool>>,
    #[serde(default)]
    strict: bool,
    #[serde(default)]
    counted: bool,
    credential: Option<Spanned<String>>,
    max_age: Option<Spanned<u64>>,
}

/// Less is over before a person has come back from signing in.
const LEAST_MAX_AGE: u64 = 10;
/// A day: whoever signed in earlier today is not asked for less than their session.
const MOST_MAX_AGE: u64 = 24 * 60 * 60;

/// A rule and the line that declares its route.
pub(super) struct Declared {
    pub(super) rule: Rule,
    pub(super) line: usize,
}

pub(super) fn declared(text: &str) -> Result<Vec<Declared>, InvalidRules> {
    let declaration: Declaration = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(text, span.start));
        InvalidRules { line, field: field_on(text, line), fault: Fault::Syntax(error.message().to_owned()) }
    })?;
    if declaration.route.is_empty() {
        return Err(InvalidRules { line: 1, field: "route".into(), fault: Fault::Empty });
    }
    declaration.route.into_iter().map(|entry| rule(text, entry)).collect()
}

fn rule(text: &str, entry: Spanned<Entry>) -> Result<Declared, InvalidRules> {
    let entry_starts = entry.span().start;
    let entry = entry.into_inner();
    let at = |start: usize, field: &str, fault: Fault| InvalidRules {
        line: line_at(text, start),
        field: field.into(),
        fault,
    };

    let route_key = entry.route.ok_or_else(|| at(entry_starts, "route", Fault::NoRoute))?;
    let route_starts = route_key.span().start;
    let route = route_key.get_ref().parse::<Route>().map_err(|fault| at(route_starts, "route", fault.into()))?;

    let scopes = match &entry.scope {
        None => Scopes::default(),
        Some(value) => Scopes::parse(value.get_ref()).map_err(|fault| at(value.span().start, "scope", fault.into()))?,
    };
    let role = entry
        .role
        .as_ref()
        .map(|value| value.get_ref().parse().map_err(|fault: InvalidRole| at(value.span().start, "role", fault.into())))
        .transpose()?;
    let asks_nothing = scopes.is_empty() && role.is_none();
    let requirement = match &entry.any {
        None if asks_nothing => return Err(at(route_starts, "scope", Fault::NoRequirement)),
        None => Requirement::Rights { scopes, role },
        Some(any) if !*any.get_ref() || entry.scope.is_some() || role.is_some() => {
            return Err(at(any.span().start, "any", Fault::Contradiction));
        }
        Some(_) => Requirement::AnyPrincipal,
    };
    let credential = match &entry.credential {
        None => CredentialSource::default(),
        Some(value) => value
            .get_ref()
            .parse()
            .map_err(|fault: UnknownSource| at(value.span().start, "credential", fault.into()))?,
    };
    let max_age = match &entry.max_age {
        Some(value) if !(LEAST_MAX_AGE..=MOST_MAX_AGE).contains(value.get_ref()) => {
            return Err(at(value.span().start, "max_age", Fault::MaxAge));
        }
        value => value.as_ref().map(|seconds| Duration::from_secs(*seconds.get_ref())),
    };
    let rule = Rule { route, requirement, strict: entry.strict, counted: entry.counted, credential, max_age };
    Ok(Declared { rule, line: line_at(text, route_starts) })
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

fn field_on(text: &str, line: usize) -> String {
    let content = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    content.split('=').next().unwrap_or_default().trim().to_owned()
}
