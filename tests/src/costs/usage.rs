//! What is assumed: how long a function waits for AWS, how often a person calls, and what is kept. Change a number and run again.

use super::measured::busy_ms;
use super::{Operation, Spent};

/// MiB at which Lambda gives one whole processor; below, time on it in proportion
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>).
pub(super) const WHOLE_PROCESSOR_MIB: f64 = 1769.0;
/// Milliseconds that a start takes, which Lambda bills too: many times what an idle machine needs (11 ms), for the code has to
/// arrive.
pub(super) const START_MS: f64 = 100.0;
/// One invocation in so many meets a fresh instance. It stands for those too that find an instance's keys five minutes old and
/// read them anew, which cost less.
pub(super) const COLD_ONE_IN: f64 = 50.0;
/// Bytes of log that an invocation leaves: our line with its metrics, Lambda's START, END and REPORT, the gateway's line.
pub(super) const LOGGED_BYTES: f64 = 1_500.0;
/// Bytes that a person takes up in the table: account, logins, and sessions until TTL removes them.
pub(super) const STORED_BYTES: f64 = 6_000.0;
/// Time series that the functions write to the namespace `Vestibule`, if each is written in every hour: every reason for a
/// refusal is one.
pub(super) const METRICS: f64 = 40.0;

/// Milliseconds that a function waits for a call to AWS. DynamoDB promises single-digit ones, and a transaction is two rounds
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Introduction.html>). Nobody can measure them without an account;
/// CloudWatch has the deployed ones as `Latency`.
pub(super) fn waiting_ms(call: &str) -> f64 {
    match call {
        "GetItem" => 5.0,
        "UpdateItem" => 7.0,
        "TransactWriteItems" => 15.0,
        "GetSecretValue" => 20.0,
        other => panic!("how long does {other} take?"),
    }
}

/// Milliseconds that Lambda bills for a warm invocation of a function with this memory.
pub(super) fn billed_ms(operation: Operation, spent: &Spent, memory_mib: f64) -> f64 {
    let share = (memory_mib / WHOLE_PROCESSOR_MIB).min(1.0);
    let waiting: f64 = spent.calls.iter().map(|call| waiting_ms(call)).sum();
    (busy_ms(operation) / share + waiting).ceil()
}

/// Visits of a person in a month. A visit lasts ten minutes, so its access token is renewed at the start and once more.
pub(super) const VISITS: f64 = 36.0;

/// How often a person does it in a month.
pub(super) fn a_month(operation: Operation) -> f64 {
    match operation {
        // Two devices whose sessions are alive most of the time.
        Operation::SignIn => 2.0,
        Operation::WrongPassword => 0.5,
        Operation::Refresh => 2.0 * VISITS,
        Operation::Revoke => 0.5,
        // Of thirty requests in a visit, those for which the gateway has no answer kept: it keeps one a token, route and minute.
        Operation::Authorize => 15.0 * VISITS,
        Operation::AuthorizeStrict => VISITS,
        // Too rare to count: an attack, and verifiers that ask every five minutes.
        Operation::Reuse | Operation::Keys => 0.0,
    }
}
