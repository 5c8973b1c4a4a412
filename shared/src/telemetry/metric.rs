//! The metrics, each with its unit and its dimensions. Alarms and dashboards name them, so a name once given stays.
//!
//! | metric | unit | dimensions | counts or measures |
//! |---|---|---|---|
//! | `SignIns` | Count | `function` | sign-ins that succeeded |
//! | `Refusals` | Count | `function`; `function`, `reason` | sign-ins, refreshes and bodies that were refused |
//! | `Limited` | Count | `function`; `function`, `reason` | requests that came too soon, by what was limited |
//! | `Refreshes` | Count | `function` | refresh tokens that were rotated |
//! | `Retries` | Count | `function` | refreshes that were given the same token again |
//! | `Reuse` | Count | `function` | sessions that ended because a spent refresh token or code came back |
//! | `Revocations` | Count | `function` | sessions that their holder ended |
//! | `AccountChanges` | Count | `function` | accounts that people made, changed or deleted themselves |
//! | `Letters` | Count | `function` | letters that were sent to whoever asked for an account or its password |
//! | `Decisions` | Count | `function`, `decision` | the authorizer's: `permitted`, `forbidden`, `unauthenticated`, `unanswered` |
//! | `Failures` | Count | `function` | requests that ended in 503 for a dependency's fault; the authorizer's are `Decisions` |
//! | `RotationFailures` | Count | `function` | steps of a key rotation that were not taken |
//! | `SigningKeyAge` | Seconds | `function` | since when the key signs that signed a token |
//! | `ColdStarts` | Count | `function` | first requests of a sandbox |
//! | `Latency` | Milliseconds | `function` | from a request's arrival at the handler to its decision |
//!
//! `function` is the function's deployed name, so that the stacks of one account stay apart. No dimension is a person, a session,
//! a client or a route: each combination of values is a metric of its own, and is billed as one ("CloudWatch pricing").

use serde::ser::{Serialize, SerializeMap, Serializer};

/// The namespace of all metrics.
pub const NAMESPACE: &str = "Vestibule";

/// Something that is counted or measured; the table is above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table above says what each is")]
pub enum Metric {
    SignIns,
    Refusals,
    Limited,
    Refreshes,
    Retries,
    Reuse,
    Revocations,
    AccountChanges,
    Letters,
    Decisions,
    Failures,
    RotationFailures,
    SigningKeyAge,
    ColdStarts,
    Latency,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::SignIns,
        Self::Refusals,
        Self::Limited,
        Self::Refreshes,
        Self::Retries,
        Self::Reuse,
        Self::Revocations,
        Self::AccountChanges,
        Self::Letters,
        Self::Decisions,
        Self::Failures,
        Self::RotationFailures,
        Self::SigningKeyAge,
        Self::ColdStarts,
        Self::Latency,
    ];

    /// Its name, and the name of the member that holds its value.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIns => "SignIns",
            Self::Refusals => "Refusals",
            Self::Limited => "Limited",
            Self::Refreshes => "Refreshes",
            Self::Retries => "Retries",
            Self::Reuse => "Reuse",
            Self::Revocations => "Revocations",
            Self::AccountChanges => "AccountChanges",
            Self::Letters => "Letters",
            Self::Decisions => "Decisions",
            Self::Failures => "Failures",
            Self::RotationFailures => "RotationFailures",
            Self::SigningKeyAge => "SigningKeyAge",
            Self::ColdStarts => "ColdStarts",
            Self::Latency => "Latency",
        }
    }

    /// Its unit, as `MetricDatum` of the CloudWatch API spells it.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::SigningKeyAge => "Seconds",
            Self::Latency => "Milliseconds",
            Self::SignIns
            | Self::Refusals
            | Self::Limited
            | Self::Refreshes
            | Self::Retries
            | Self::Reuse
            | Self::Revocations
            | Self::AccountChanges
            | Self::Letters
            | Self::Decisions
            | Self::Failures
            | Self::RotationFailures
            | Self::ColdStarts => "Count",
        }
    }

    /// The sets of dimensions that it is kept under; each names members of the line.
    pub const fn dimensions(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Refusals | Self::Limited => &[&["function"], &["function", "reason"]],
            Self::Decisions => &[&["function", "decision"]],
            Self::SignIns
            | Self::Refreshes
            | Self::Retries
            | Self::Reuse
            | Self::Revocations
            | Self::AccountChanges
            | Self::Letters
            | Self::Failures
            | Self::RotationFailures
            | Self::SigningKeyAge
            | Self::ColdStarts
            | Self::Latency => &[&["function"]],
        }
    }

    /// The metric of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.name() == name)
    }
}

impl Serialize for Metric {
    /// A `MetricDefinition`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut definition = serializer.serialize_map(Some(2))?;
        definition.serialize_entry("Name", self.name())?;
        definition.serialize_entry("Unit", self.unit())?;
        definition.end()
    }
}
