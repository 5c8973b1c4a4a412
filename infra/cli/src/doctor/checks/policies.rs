//! No role may do more than its function needs: no wildcard, no table without its leading keys.
//! Source: "IAM JSON policy elements: Resource" and "Action",
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>

use vestibule_local::template::{Grant, Role, Statement};

use crate::doctor::facts::Facts;
use crate::doctor::finding::{Check, Finding};

const CHECK: Check = Check("policies");

/// Managed policies that let a function write traces, which X-Ray grants for no narrower resource than all.
const TRACES: [&str; 2] = ["AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess"];
/// SAM gives it to every function that has no role of its own.
const ALL_LOGS: &str = "AWSLambdaBasicExecutionRole";

pub(super) fn policies(facts: &Facts) -> Vec<Finding> {
    let indexes = facts.review.lasting.iter().map(|lasting| format!("{}/index/*", lasting.arn));
    let parts: Vec<_> = indexes.chain(facts.review.logs.iter().map(|group| group.arn.clone())).collect();
    facts.review.roles.iter().flat_map(|role| of_role(role, &parts)).collect()
}

fn of_role(role: &Role, parts: &[String]) -> Vec<Finding> {
    let grants = match &role.grants {
        Ok(grants) => grants,
        Err(fault) => {
            return vec![CHECK.warning(
                &role.holder,
                format!("its policies cannot be read here: {fault}"),
                "look at them by hand",
            )];
        }
    };
    let mut findings: Vec<_> = grants.iter().filter_map(|grant| of_grant(&role.holder, grant, parts)).collect();
    if findings.is_empty() {
        findings.push(CHECK.ok(&role.holder, "no wildcard, and no more of the table than it needs"));
    }
    findings
}

fn of_grant(holder: &str, grant: &Grant, parts: &[String]) -> Option<Finding> {
    match grant {
        Grant::Named(name) if TRACES.iter().any(|traces| name.ends_with(traces)) => None,
        Grant::Named(name) if name.ends_with(ALL_LOGS) => Some(CHECK.warning(
            holder,
            format!("may write the logs of every function ({ALL_LOGS})"),
            "give it a role of its own, with logs:CreateLogStream and logs:PutLogEvents on its log group",
        )),
        Grant::Named(name) => Some(CHECK.warning(
            holder,
            format!("has {name}, which stands elsewhere"),
            "state its policy in the template",
        )),
        Grant::Statement(statement) => of_statement(holder, statement, parts),
    }
}

/// `parts` are wildcards that reach no further than one resource of the template: the indexes of a table, the streams of a log group.
fn of_statement(holder: &str, statement: &Statement, parts: &[String]) -> Option<Finding> {
    if !statement.allows {
        return None;
    }
    let said = statement.sid.as_deref().unwrap_or("a statement");
    if statement.inverted {
        return Some(CHECK.fault(
            holder,
            format!("{said} allows everything but what it names"),
            "name what it needs: Action and Resource",
        ));
    }
    if let Some(action) = statement.actions.iter().find(|action| is_wild(action)) {
        return Some(CHECK.fault(holder, format!("{said} allows the actions {action}"), "name each action"));
    }
    if let Some(resource) = statement.resources.iter().find(|resource| is_wild(resource) && !parts.contains(resource)) {
        return Some(CHECK.fault(
            holder,
            format!("{said} reaches {resource}"),
            "name the one table, secret or log group",
        ));
    }
    let items = statement.actions.iter().any(|action| action.starts_with("dynamodb:") && action.ends_with("Item"));
    let unbounded = statement.leading_keys.is_empty() || statement.leading_keys.iter().any(|key| key == "*");
    (items && unbounded).then(|| {
        CHECK.warning(holder, format!("{said} reaches every item of the table"), "limit it by dynamodb:LeadingKeys")
    })
}

fn is_wild(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether a statement allows `action` on `resource`.
pub(super) fn may(statement: &Statement, action: &str, resource: &str) -> bool {
    let matches =
        |patterns: &[String], text: &str| patterns.iter().any(|pattern| glob(pattern.as_bytes(), text.as_bytes()));
    statement.allows
        && (statement.inverted
            || (matches(
                &statement.actions.iter().map(|action| action.to_ascii_lowercase()).collect::<Vec<_>>(),
                &action.to_ascii_lowercase(),
            ) && matches(&statement.resources, resource)))
}

/// `*` is any text, `?` any one character.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', pattern @ ..], _) if glob(pattern, text) => true,
        ([b'*', ..], [_, text @ ..]) => glob(pattern, text),
        ([b'?', pattern @ ..], [_, text @ ..]) => glob(pattern, text),
        ([expected, pattern @ ..], [found, text @ ..]) => expected == found && glob(pattern, text),
        _ => false,
    }
}
