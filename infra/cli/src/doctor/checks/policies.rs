//! No role may do more than its function needs: no wildcard, no table without its leading keys.
//! Source: "IAM JSON policy elements: Resource" and "Action",
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>

use vestibule_local::template::{Grant, Role, Statement};

use crate::doctor::facts::Facts;
use crate::doctor::finding::{Check, Finding};

const CHECK: Check = Check("policies");

/// Managed policies that give a function its own logs or traces and nothing else.
const HARMLESS: [&str; 3] = ["AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess"];

pub(super) fn policies(facts: &Facts) -> Vec<Finding> {
    let tables: Vec<_> = facts.review.lasting.iter().map(|lasting| format!("{}/index/", lasting.arn)).collect();
    facts.review.roles.iter().flat_map(|role| of_role(role, &tables)).collect()
}

fn of_role(role: &Role, indexes: &[String]) -> Vec<Finding> {
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
    let mut findings: Vec<_> = grants.iter().filter_map(|grant| of_grant(&role.holder, grant, indexes)).collect();
    if findings.is_empty() {
        findings.push(CHECK.ok(&role.holder, "no wildcard, and no more of the table than it needs"));
    }
    findings
}

fn of_grant(holder: &str, grant: &Grant, indexes: &[String]) -> Option<Finding> {
    match grant {
        Grant::Named(name) if HARMLESS.iter().any(|harmless| name.ends_with(harmless)) => None,
        Grant::Named(name) => Some(CHECK.warning(
            holder,
            format!("has {name}, which stands elsewhere"),
            "state its policy in the template",
        )),
        Grant::Statement(statement) => of_statement(holder, statement, indexes),
    }
}

fn of_statement(holder: &str, statement: &Statement, indexes: &[String]) -> Option<Finding> {
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
    let own_index = |resource: &str| indexes.iter().any(|index| resource.starts_with(index.as_str()));
    if let Some(resource) = statement.resources.iter().find(|resource| is_wild(resource) && !own_index(resource)) {
        return Some(CHECK.fault(holder, format!("{said} reaches {resource}"), "name the one table or secret"));
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
