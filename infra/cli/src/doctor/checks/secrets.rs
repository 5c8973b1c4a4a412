//! The two secrets: whether they hold a value, whether they are rotated, and who may read them.

use vestibule::config::Need;
use vestibule_local::functions::needs;
use vestibule_local::template::{Grant, Role, Schedule};

use super::policies::may;
use crate::doctor::facts::{Facts, Observed, SecretState, Unknown};
use crate::doctor::finding::{Check, Finding};

const SECRETS: Check = Check("secrets");
const ROTATION: Check = Check("rotation");
const READERS: Check = Check("secret-readers");

/// The secrets, as functions need them.
const NEEDS: [Need; 2] = [Need::SigningKeys, Need::SymmetricKeys];

pub(super) fn secrets(facts: &Facts) -> Vec<Finding> {
    let one = |need, state: &Observed<SecretState>| {
        let id = facts.secret(need).unwrap_or("secret").to_owned();
        match state {
            Ok(SecretState::InForce) => SECRETS.ok(id, "has a value"),
            Ok(SecretState::Empty) => SECRETS.fault(id, "has no value: nobody can sign in", "vestibule keys init, with the stack's outputs"),
            Ok(SecretState::Deleted) => SECRETS.fault(id, "will be deleted: then nobody can sign in", "aws secretsmanager restore-secret"),
            Ok(SecretState::Pending) => SECRETS.warning(
                id,
                "has a version that waits: a rotation is under way, or died between its steps",
                if need == Need::SymmetricKeys {
                    "look again in a minute; then `vestibule keys mac list` and `keys pepper list` say what is in force"
                } else {
                    "look again in ten minutes; the log of RotateKeysFunction says which step was refused, and `vestibule keys rotate` begins anew"
                },
            ),
            Err(unknown) => SECRETS.unknown(id, unknown),
        }
    };
    vec![one(Need::SigningKeys, &facts.live.signing_secret), one(Need::SymmetricKeys, &facts.live.symmetric_secret)]
}

pub(super) fn rotation(facts: &Facts) -> Vec<Finding> {
    let id = facts.secret(Need::SigningKeys).unwrap_or("secret").to_owned();
    let Some(schedule) = &facts.review.rotation else {
        return vec![ROTATION.warning(
            id,
            "the signing keys are changed by hand only",
            "set KeyRotationDays, or run `vestibule keys rotate` yourself",
        )];
    };
    vec![match &facts.live.rotation {
        Ok(true) => ROTATION.ok(id, format!("Secrets Manager changes the signing keys {}", told(schedule))),
        Ok(false) => ROTATION.fault(
            id,
            format!("the template has it rotated {}, but rotation is off", told(schedule)),
            "aws secretsmanager rotate-secret --no-rotate-immediately, or deploy once more",
        ),
        Err(Unknown::NotDeployed) => ROTATION.ok(id, format!("by the template, {}", told(schedule))),
        Err(unknown) => ROTATION.unknown(id, unknown),
    }]
}

fn told(schedule: &Schedule) -> String {
    match schedule {
        Schedule::Hours(hours) if hours.is_multiple_of(24) => format!("every {} days", hours / 24),
        Schedule::Hours(hours) => format!("every {hours} hours"),
        Schedule::Cron(expression) => format!("by {expression}"),
    }
}

/// A role may read what its function needs, and nothing else.
pub(super) fn readers(facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<_> = facts
        .review
        .roles
        .iter()
        .flat_map(|role| NEEDS.iter().filter_map(|need| misread(facts, role, *need)))
        .collect();
    if findings.is_empty() {
        findings
            .push(READERS.ok("secrets", "each is readable by the functions that need it, as far as the template says"));
    }
    findings
}

fn misread(facts: &Facts, role: &Role, need: Need) -> Option<Finding> {
    let secret = facts.secret(need)?;
    let resource = facts.review.lasting.iter().find(|lasting| lasting.id == secret)?;
    let name = facts.review.stack.secrets.get(secret)?;
    let reads = role.grants.as_ref().ok()?.iter().any(|grant| match grant {
        Grant::Statement(statement) => ["GetSecretValue", "BatchGetSecretValue"].iter().any(|action| {
            let action = format!("secretsmanager:{action}");
            may(statement, &action, &resource.arn) || may(statement, &action, name)
        }),
        Grant::Named(_) => false,
    });
    let needed = role.binary.as_deref().and_then(needs).is_some_and(|needs| needs.contains(&need));
    (reads && !needed).then(|| {
        READERS.fault(
            &role.holder,
            format!("may read {secret}, which it does not need"),
            "take secretsmanager:GetSecretValue on it out of the policy",
        )
    })
}
