//! What stays when the stack goes, and how long logs stay.

use vestibule_local::template::{Lasting, LogGroup};

use crate::doctor::facts::Facts;
use crate::doctor::finding::{Check, Finding};

const RETENTION: Check = Check("retention");
const LOGS: Check = Check("log-retention");

pub(super) fn retention(facts: &Facts) -> Vec<Finding> {
    facts.review.lasting.iter().map(kept).chain(logs(facts)).collect()
}

fn kept(resource: &Lasting) -> Finding {
    let lost: Vec<_> = [("DeletionPolicy", &resource.on_delete), ("UpdateReplacePolicy", &resource.on_replace)]
        .into_iter()
        // The third value keeps what was ever made with success.
        .filter(|(_, policy)| !matches!(policy.as_str(), "Retain" | "RetainExceptOnCreate"))
        .map(|(name, policy)| format!("{name} {policy}"))
        .collect();
    if lost.is_empty() {
        RETENTION.ok(&resource.id, "stays when the stack is deleted or replaces it")
    } else {
        let reason = format!("goes with the stack ({}): every account or every key", lost.join(", "));
        RETENTION.fault(&resource.id, reason, "DeletionPolicy: Retain and UpdateReplacePolicy: Retain, and deploy")
    }
}

fn logs(facts: &Facts) -> Vec<Finding> {
    let review = &facts.review;
    let for_ever = |group: &&LogGroup| group.retention_days.is_none();
    let mut findings: Vec<_> = review
        .logs
        .iter()
        .filter(for_ever)
        .map(|group| {
            LOGS.warning(&group.id, "keeps logs for ever: names and addresses of people too", "set RetentionInDays")
        })
        .collect();
    findings.extend(review.without_log_group.iter().map(|function| {
        let reason = "has no log group in the template: Lambda makes one that keeps logs for ever";
        LOGS.warning(function, reason, "give it LoggingConfig.LogGroup with RetentionInDays")
    }));
    if findings.is_empty() {
        let longest = review.logs.iter().filter_map(|group| group.retention_days).max().unwrap_or_default();
        findings
            .push(LOGS.ok("logs", format!("{} groups keep them for {longest} days at the most", review.logs.len())));
    }
    findings
}
