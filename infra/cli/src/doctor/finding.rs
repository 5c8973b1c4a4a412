//! What a check says.

use serde::Serialize;

use super::facts::Unknown;

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// As it should be.
    Ok,
    /// Works, and somebody should know.
    Warning,
    /// Unsafe or out of order.
    Fault,
    /// It could not be found out here.
    Unchecked,
}

impl Status {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Fault => "fault",
            Self::Unchecked => "unchecked",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// The check's name, which stays.
    pub(crate) check: &'static str,
    pub(crate) status: Status,
    /// The route, resource or key.
    pub(crate) subject: String,
    /// Why.
    pub(crate) reason: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mend: Option<String>,
    /// The number, where the check is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seconds: Option<u64>,
}

/// One check's name, from which its findings are made.
#[derive(Clone, Copy)]
pub(crate) struct Check(pub(crate) &'static str);

impl Check {
    pub(crate) fn ok(self, subject: impl Into<String>, reason: impl Into<String>) -> Finding {
        self.finding(Status::Ok, subject.into(), reason.into(), None)
    }

    pub(crate) fn warning(
        self,
        subject: impl Into<String>,
        reason: impl Into<String>,
        mend: impl Into<String>,
    ) -> Finding {
        self.finding(Status::Warning, subject.into(), reason.into(), Some(mend.into()))
    }

    pub(crate) fn fault(
        self,
        subject: impl Into<String>,
        reason: impl Into<String>,
        mend: impl Into<String>,
    ) -> Finding {
        self.finding(Status::Fault, subject.into(), reason.into(), Some(mend.into()))
    }

    /// What could not be found out: by nature, or because somebody did not answer, which is a warning.
    pub(crate) fn unknown(self, subject: impl Into<String>, unknown: &Unknown) -> Finding {
        match unknown {
            Unknown::NotDeployed | Unknown::NotOnALaptop => {
                self.finding(Status::Unchecked, subject.into(), unknown.to_string(), None)
            }
            Unknown::Unavailable(_) => {
                self.warning(subject, unknown.to_string(), "let the operator read it, and run doctor again")
            }
        }
    }

    fn finding(self, status: Status, subject: String, reason: String, mend: Option<String>) -> Finding {
        Finding { check: self.0, status, subject, reason, mend, seconds: None }
    }
}

impl Finding {
    pub(crate) fn with_seconds(self, seconds: u64) -> Self {
        Self { seconds: Some(seconds), ..self }
    }
}
