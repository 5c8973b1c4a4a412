//! What the operator, or a program, reads.

use serde_json::{Value, json};

use super::finding::{Finding, Status};
use crate::commands::Outcome;
use crate::output;

/// One line for each finding, and one for its mend.
pub(crate) fn tell(subject: &str, findings: &[Finding]) {
    output::line(format_args!("{subject}\n"));
    let width =
        |of: fn(&Finding) -> &str| findings.iter().map(|finding| of(finding).chars().count()).max().unwrap_or(0);
    let (check, name) = (width(|finding| finding.check), width(|finding| &finding.subject));
    for finding in findings {
        let status = finding.status.as_str();
        output::line(format_args!(
            "{status:9}  {:check$}  {:name$}  {}",
            finding.check, finding.subject, finding.reason
        ));
        if let Some(mend) = &finding.mend {
            output::line(format_args!("{:9}  {:check$}  {:name$}  → {mend}", "", "", ""));
        }
    }
    let count = |status| count(findings, status);
    output::line(format_args!(
        "\nok {}, warnings {}, faults {}, not checked {}",
        count(Status::Ok),
        count(Status::Warning),
        count(Status::Fault),
        count(Status::Unchecked),
    ));
}

/// The same for programs.
pub(crate) fn json(subject: &str, findings: &[Finding]) -> Value {
    let count = |status| count(findings, status);
    json!({
        "subject": subject,
        "ok": count(Status::Ok),
        "warnings": count(Status::Warning),
        "faults": count(Status::Fault),
        "unchecked": count(Status::Unchecked),
        "findings": findings,
    })
}

/// A fault is a failure of the command.
pub(crate) fn verdict(findings: &[Finding]) -> Outcome {
    match count(findings, Status::Fault) {
        0 => Ok(()),
        1 => Err("doctor found a fault".into()),
        faults => Err(format!("doctor found {faults} faults").into()),
    }
}

fn count(findings: &[Finding], status: Status) -> usize {
    findings.iter().filter(|finding| finding.status == status).count()
}
