//! What an operator asks of a template beyond what a laptop serves: who may touch what, and what keeps data, keys and logs.
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html> and
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>

use std::collections::{BTreeMap, BTreeSet};

use super::fault::TemplateFault;
use super::names::{LOG_GROUP, ROTATION_SCHEDULE, SECRET, TABLE};
use super::policies::{self, Role};
use super::resources::{Resource, Resources};
use super::value::Value;
use super::{Parameters, Stack, functions, yaml};

/// A template, read to be examined. What is unsafe is in it, for the examiner to name.
#[derive(Debug, Clone)]
pub struct Review {
    /// What it serves. Authorizers whose answers must not be kept are not refused: [`super::Authorizer::unsafe_caching`].
    pub stack: Stack,
    /// The value of every parameter; lists are joined by commas.
    pub parameters: BTreeMap<String, String>,
    /// What every function and role may do.
    pub roles: Vec<Role>,
    /// The table and the secrets.
    pub lasting: Vec<Lasting>,
    /// `PointInTimeRecoverySpecification` of the table.
    pub point_in_time_recovery: bool,
    /// `DeletionProtectionEnabled` of the table.
    pub deletion_protection: bool,
    /// Every group of logs.
    pub logs: Vec<LogGroup>,
    /// The functions whose logs go to no group of the template: Lambda makes one that keeps them for ever.
    pub without_log_group: Vec<String>,
    /// When Secrets Manager rotates the signing keys.
    pub rotation: Option<Schedule>,
}

/// A resource that holds what cannot be made again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lasting {
    /// Its logical id.
    pub id: String,
    /// Its ARN on a laptop, as policies name it.
    pub arn: String,
    /// `DeletionPolicy`: `Delete` where it is absent.
    pub on_delete: String,
    /// `UpdateReplacePolicy`: `Delete` where it is absent.
    pub on_replace: String,
}

/// When a secret is rotated (`RotationRules`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// Every so many hours: `AutomaticallyAfterDays`, or a `ScheduleExpression` of the form `rate(…)`.
    Hours(u32),
    /// By a `ScheduleExpression` of another form, as it stands there.
    Cron(String),
}

/// A group of logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogGroup {
    /// Its logical id.
    pub id: String,
    /// Its ARN on a laptop, as policies name it: with `:*` for its streams.
    pub arn: String,
    /// How long it keeps them; for ever where it does not say.
    pub retention_days: Option<u32>,
}

/// The longest retention and the longest rotation that AWS takes are shorter.
const MOST_DAYS: u32 = 10_000;
const HOURS_A_DAY: u32 = 24;

impl Review {
    /// Reads the text of a template as [`Stack::read`] does, and all that it says beside.
    ///
    /// # Errors
    /// [`TemplateFault`], for the first thing that cannot be read.
    pub fn read(text: &str, stack_name: &str, parameters: &Parameters) -> Result<Self, TemplateFault> {
        let root = yaml::parse(text)?;
        let resources = Resources::of(&root, stack_name, parameters)?;
        let stack = Stack::of(&resources, &root)?;
        let table = resources.only(TABLE)?;
        let logs: Vec<_> =
            resources.of_type(LOG_GROUP).map(|group| log_group(&resources, &group)).collect::<Result<_, _>>()?;
        let groups: BTreeSet<_> = logs.iter().map(|group| resources.name(&group.id)).collect();
        let mut without_log_group = Vec::new();
        for function in functions::declared(&resources, &root) {
            let group = function.property("LoggingConfig")?.entry("LogGroup")?.text()?;
            if !group.is_some_and(|group| groups.contains(&group)) {
                without_log_group.push(function.id.to_owned());
            }
        }
        let recovery = table.property("PointInTimeRecoverySpecification")?;
        Ok(Self {
            parameters: resources.parameters().iter().map(|(name, value)| (name.clone(), joined(value))).collect(),
            roles: policies::read(&resources, &root, &stack),
            lasting: lasting(&resources)?,
            point_in_time_recovery: recovery.entry("PointInTimeRecoveryEnabled")?.flag()?,
            deletion_protection: table.property("DeletionProtectionEnabled")?.flag()?,
            logs,
            without_log_group,
            rotation: rotation(&resources)?,
            stack,
        })
    }
}

fn lasting(resources: &Resources<'_>) -> Result<Vec<Lasting>, TemplateFault> {
    let one = |(resource, kind): (Resource<'_>, &str)| {
        let policy = |name: &str| {
            Ok::<_, TemplateFault>(resource.metadata(&[name])?.text()?.unwrap_or_else(|| "Delete".to_owned()))
        };
        Ok(Lasting {
            id: resource.id.to_owned(),
            arn: resources.arn(resource.id, kind),
            on_delete: policy("DeletionPolicy")?,
            on_replace: policy("UpdateReplacePolicy")?,
        })
    };
    [TABLE, SECRET]
        .into_iter()
        .flat_map(|kind| resources.of_type(kind).map(move |found| (found, kind)))
        .map(one)
        .collect()
}

fn log_group(resources: &Resources<'_>, resource: &Resource<'_>) -> Result<LogGroup, TemplateFault> {
    let retention_days = resource.property("RetentionInDays")?.whole_number(1..=MOST_DAYS)?;
    Ok(LogGroup { id: resource.id.to_owned(), arn: resources.arn(resource.id, LOG_GROUP), retention_days })
}

fn rotation(resources: &Resources<'_>) -> Result<Option<Schedule>, TemplateFault> {
    let Some(schedule) = resources.of_type(ROTATION_SCHEDULE).next() else { return Ok(None) };
    let rules = schedule.property("RotationRules")?;
    if let Some(days) = rules.entry("AutomaticallyAfterDays")?.whole_number(1..=MOST_DAYS)? {
        return Ok(Some(Schedule::Hours(days * HOURS_A_DAY)));
    }
    Ok(rules.entry("ScheduleExpression")?.text()?.map(|expression| Schedule::of(&expression)))
}

impl Schedule {
    /// `rate(10 days)`, `rate(4 hours)`, `cron(0 8 1 * ? *)`
    /// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html>).
    fn of(expression: &str) -> Self {
        let rate = expression.strip_prefix("rate(").and_then(|rest| rest.strip_suffix(')'));
        let hours = rate.and_then(|rate| {
            let (number, unit) = rate.split_once(' ')?;
            let hours = match unit {
                "hour" | "hours" => 1,
                "day" | "days" => HOURS_A_DAY,
                _ => return None,
            };
            number.parse::<u32>().ok()?.checked_mul(hours)
        });
        hours.map_or_else(|| Self::Cron(expression.to_owned()), Self::Hours)
    }
}

fn joined(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::List(items) => items.iter().map(joined).collect::<Vec<_>>().join(","),
        Value::Map(_) => String::new(),
    }
}
