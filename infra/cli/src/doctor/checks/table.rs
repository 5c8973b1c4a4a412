//! What protects the table: expiry, point-in-time recovery, deletion protection.
//!
//! The template says what the next deployment makes of it, the account what it is now. Both must be right.

use crate::doctor::facts::{Facts, Observed, Unknown};
use crate::doctor::finding::{Check, Finding};

/// The attribute of `store`'s items that DynamoDB removes them by.
const EXPIRY_ATTRIBUTE: &str = "expires_at";

pub(super) fn protections(facts: &Facts) -> Vec<Finding> {
    let removes = |attribute: &Option<String>| attribute.as_deref() == Some(EXPIRY_ATTRIBUTE);
    let (review, live) = (&facts.review, &facts.live);
    let expiry = Protection {
        check: Check("expiry"),
        good: "DynamoDB removes items by expires_at",
        bad: "DynamoDB does not remove items by expires_at: ended sessions stay, and are paid for, for ever",
        property: "TimeToLiveSpecification: { AttributeName: expires_at, Enabled: true }",
    };
    let recovery = Protection {
        check: Check("point-in-time-recovery"),
        good: "the table can be restored to any second of the last 35 days",
        bad: "the table cannot be restored: a bad write loses accounts for good",
        property: "PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }",
    };
    let deletion = Protection {
        check: Check("deletion-protection"),
        good: "nobody deletes the table by mistake",
        bad: "one call deletes the table with every account",
        property: "DeletionProtectionEnabled: true",
    };
    vec![
        expiry.weigh(
            removes(&review.stack.table_schema.expiry),
            &live.expiry.as_ref().map(removes).map_err(Clone::clone),
        ),
        recovery.weigh(review.point_in_time_recovery, &live.point_in_time_recovery),
        deletion.weigh(review.deletion_protection, &live.deletion_protection),
    ]
}

struct Protection {
    check: Check,
    good: &'static str,
    bad: &'static str,
    property: &'static str,
}

impl Protection {
    fn weigh(&self, declared: bool, live: &Observed<bool>) -> Finding {
        let (check, mend) = (self.check, format!("{} for the table, and deploy", self.property));
        match (declared, live) {
            (false, _) => check.fault("Table", format!("by the template, {}", self.bad), mend),
            (true, Ok(true)) => check.ok("Table", self.good),
            (true, Ok(false)) => check.fault(
                "Table",
                format!("somebody turned it off: {}", self.bad),
                "turn it on: by hand, for CloudFormation sees no change",
            ),
            (true, Err(Unknown::NotDeployed)) => check.ok("Table", format!("by the template, {}", self.good)),
            (true, Err(unknown)) => check.unknown("Table", unknown),
        }
    }
}
