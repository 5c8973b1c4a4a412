//! The bill: what an operation costs, and a month of people.

use vestibule_local::template::{Parameters, Stack};

use super::prices::{
    ALARM_MONTH, COGNITO_FREE_USERS, COGNITO_USER, HTTP_API_REQUEST, LAMBDA_GB_SECOND, LAMBDA_REQUEST, LOGGED_GB,
    METRIC_MONTH, READ_UNIT, SECRET_CALL, SECRET_MONTH, STORED_GB, WRITE_UNIT,
};
use super::usage::{COLD_ONE_IN, LOGGED_BYTES, METRICS, START_MS, STORED_BYTES, a_month, billed_ms};
use super::{Operation, Spent};

const TEMPLATE: &str = include_str!("../../../infra/template.yaml");

/// An operation with what it spent and what that costs.
pub(super) struct Priced {
    pub(super) operation: Operation,
    /// MiB of the function that carries it out.
    pub(super) memory: u32,
    /// What a fresh instance spends.
    pub(super) cold: Spent,
    /// What any other one spends.
    pub(super) warm: Spent,
    /// Dollars, fresh instances included.
    pub(super) cost: Cost,
}

/// Dollars for one operation, by who is paid.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    pub(super) gateway: f64,
    pub(super) lambda: f64,
    pub(super) dynamodb: f64,
    pub(super) secrets: f64,
    pub(super) logs: f64,
}

impl Cost {
    pub(super) fn total(self) -> f64 {
        self.gateway + self.lambda + self.dynamodb + self.secrets + self.logs
    }
}

/// Dollars for a month.
pub(super) struct Month {
    pub(super) sessions: f64,
    pub(super) authorizer: f64,
    pub(super) table: f64,
    pub(super) secrets: f64,
    pub(super) alarms: f64,
    pub(super) metrics: f64,
    pub(super) cognito: f64,
}

impl Month {
    pub(super) fn total(&self) -> f64 {
        self.sessions + self.authorizer + self.table + self.secrets + self.alarms + self.metrics
    }

    /// With so many monthly active users.
    pub(super) fn of(users: u64, priced: &[Priced]) -> Self {
        let asks = |priced: &Priced| matches!(priced.operation, Operation::Authorize | Operation::AuthorizeStrict);
        let cost = |priced: &Priced| a_month(priced.operation) * priced.cost.total();
        let people = users as f64;
        Self {
            sessions: people * priced.iter().filter(|priced| !asks(priced)).map(cost).sum::<f64>(),
            authorizer: people * priced.iter().filter(|priced| asks(priced)).map(cost).sum::<f64>(),
            table: people * STORED_BYTES / 1e9 * STORED_GB.dollars,
            secrets: count("AWS::SecretsManager::Secret") * SECRET_MONTH.dollars,
            alarms: if users == 0 { 0.0 } else { alarms() * ALARM_MONTH.dollars },
            metrics: if users == 0 { 0.0 } else { METRICS * METRIC_MONTH.dollars },
            cognito: users.saturating_sub(COGNITO_FREE_USERS) as f64 * COGNITO_USER.dollars,
        }
    }
}

/// How many of a type of resource a deployment has that leaves the template's defaults.
fn count(kind: &str) -> f64 {
    TEMPLATE.matches(&format!("Type: {kind}\n")).count() as f64 - count_with_providers(kind)
}

/// And how many more where people may sign in with other providers.
fn count_with_providers(kind: &str) -> f64 {
    TEMPLATE.matches(&format!("Type: {kind}\n    Condition: HasProviders")).count() as f64
}

/// The alarms that are made where `AlarmTopic` is set.
pub(super) fn alarms() -> f64 {
    count("AWS::CloudWatch::Alarm")
}

/// The bill for each of the operations.
pub(super) fn priced(counted: &[(Operation, [Spent; 2])]) -> Vec<Priced> {
    let stack = Stack::read(TEMPLATE, "vestibule", &Parameters::default()).unwrap();
    let priced = |(operation, [cold, warm]): &(Operation, [Spent; 2])| {
        let memory = stack.functions[function(*operation)].memory_mib;
        let cost = cost(*operation, cold, warm, f64::from(memory));
        Priced { operation: *operation, memory, cold: cold.clone(), warm: warm.clone(), cost }
    };
    counted.iter().map(priced).collect()
}

/// Who carries it out.
fn function(operation: Operation) -> &'static str {
    match operation {
        Operation::SignIn | Operation::WrongPassword => "LoginFunction",
        Operation::Refresh | Operation::Reuse => "RefreshFunction",
        Operation::Revoke => "RevokeFunction",
        Operation::Authorize | Operation::AuthorizeStrict => "AuthorizerFunction",
        Operation::Keys => "DiscoveryFunction",
    }
}

fn cost(operation: Operation, cold: &Spent, warm: &Spent, memory: f64) -> Cost {
    let often = 1.0 - 1.0 / COLD_ONE_IN;
    let mixed = |of: &dyn Fn(&Spent) -> f64| often * of(warm) + (1.0 - often) * of(cold);
    let seconds = (mixed(&|spent| billed_ms(operation, spent, memory)) + START_MS / COLD_ONE_IN) / 1000.0;
    let secrets = mixed(&|spent| spent.calls.iter().filter(|call| *call == "GetSecretValue").count() as f64);
    // What a protected route's request costs by itself is its API's, with or without an authorizer.
    let ours = !matches!(operation, Operation::Authorize | Operation::AuthorizeStrict);
    Cost {
        gateway: if ours { HTTP_API_REQUEST.dollars } else { 0.0 },
        lambda: LAMBDA_REQUEST.dollars + memory / 1024.0 * seconds * LAMBDA_GB_SECOND.dollars,
        dynamodb: mixed(&|spent| spent.units.read * READ_UNIT.dollars + spent.units.written * WRITE_UNIT.dollars),
        secrets: secrets * SECRET_CALL.dollars,
        logs: LOGGED_BYTES / 1e9 * LOGGED_GB.dollars,
    }
}
