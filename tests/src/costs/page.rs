//! The page: one table of operations, one of months, and everything that they are made of.

use std::fmt::Write as _;

use super::bill::{Cost, Month, Priced, alarms, priced};
use super::measured::{busy_ms, processor};
use super::prices::{ALARM_MONTH, ALL, COGNITO_MACHINE_TOKEN, DASHBOARD_MONTH, DASHBOARDS_FREE, Price, SECRET_MONTH};
use super::usage::{
    COLD_ONE_IN, LOGGED_BYTES, METRICS, START_MS, STORED_BYTES, VISITS, WHOLE_PROCESSOR_MIB, a_month, billed_ms,
    waiting_ms,
};
use super::{Operation, Spent};

/// `infra/costs.md`.
pub fn page(counted: &[(Operation, [Spent; 2])]) -> String {
    let priced = priced(counted);
    let mut page = format!("{HEAD}\n{}\n", summary(counted));
    operations(&mut page, &priced);
    months(&mut page, &priced);
    assumptions(&mut page);
    page
}

/// The page in three lines, for the README.
pub fn summary(counted: &[(Operation, [Spent; 2])]) -> String {
    let priced = priced(counted);
    let a_million = |operation| 1e6 * of(&priced, operation).cost.total();
    let month = Month::of(100_000, &priced);
    format!(
        "A sign-in costs ${:.2} a million, a refresh ${:.2}, a request that the authorizer is asked about ${:.2}.
A stack that nobody uses costs ${:.2} a month, one with 100,000 monthly active users ${:.0}; Cognito Essentials costs ${:.0} then.",
        a_million(Operation::SignIn),
        a_million(Operation::Refresh),
        a_million(Operation::Authorize),
        Month::of(0, &priced).total(),
        month.total(),
        month.cognito,
    )
}

fn of(priced: &[Priced], operation: Operation) -> &Priced {
    priced.iter().find(|priced| priced.operation == operation).unwrap()
}

fn operations(page: &mut String, priced: &[Priced]) {
    page.push_str(
        "\n## A call\n\nCalls to AWS are counted, and so are the units that DynamoDB charges for them. The time on a\nprocessor is measured, what the function waits for is assumed; Lambda bills both.\n\n",
    );
    page.push_str("| | calls | and in a fresh instance | read units | write units | on a processor, ms | billed, ms × MiB |\n|---|---|---|---|---|---|---|\n");
    for Priced { operation, memory, cold, warm, .. } in priced {
        let ms = billed_ms(*operation, warm, f64::from(*memory));
        let (calls, more) = (listed(&warm.calls), listed(&beyond(&cold.calls, &warm.calls)));
        let busy = busy_ms(*operation);
        let (read, written) = (warm.units.read, warm.units.written);
        writeln!(
            page,
            "| {} | {calls} | {more} | {read} | {written} | {busy:.2} | {ms} × {memory} |",
            operation.name()
        )
        .unwrap();
    }
    page.push_str("\nDollars for a million of each:\n\n");
    page.push_str(
        "| | API Gateway | Lambda | DynamoDB | Secrets Manager | logs | all |\n|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for Priced { operation, cost, .. } in priced {
        let Cost { gateway, lambda, dynamodb, secrets, logs } = *cost;
        let columns =
            [gateway, lambda, dynamodb, secrets, logs, cost.total()].map(|dollars| format!("{:.2}", dollars * 1e6));
        writeln!(page, "| {} | {} |", operation.name(), columns.join(" | ")).unwrap();
    }
}

/// The calls of a cold start that a warm function does not make.
fn beyond(cold: &[String], warm: &[String]) -> Vec<String> {
    let mut more = cold.to_vec();
    for call in warm {
        if let Some(at) = more.iter().position(|other| other == call) {
            more.remove(at);
        }
    }
    more
}

fn listed(calls: &[String]) -> String {
    let calls: Vec<_> = calls.iter().map(|call| format!("`{call}`")).collect();
    if calls.is_empty() { "none".to_owned() } else { calls.join(" ") }
}

fn months(page: &mut String, priced: &[Priced]) {
    page.push_str("\n## A month\n\nDollars, by monthly active users:\n\n");
    page.push_str("| users | sign-ins, refreshes, revocations | the authorizer | table | secrets | alarms | metrics, at most | Vestibule | Cognito Essentials |\n");
    page.push_str("|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    for users in [0, 10_000, 100_000, 1_000_000] {
        let month = Month::of(users, priced);
        let Month { sessions, authorizer, table, secrets, alarms, metrics, cognito } = month;
        let columns = [sessions, authorizer, table, secrets, alarms, metrics, month.total(), cognito]
            .map(|dollars| format!("{dollars:.2}"));
        writeln!(page, "| {} | {} |", grouped(users), columns.join(" | ")).unwrap();
    }
    writeln!(
        page,
        "
A stack that nobody uses has no alarms in this table. They are made where `AlarmTopic` names somebody to tell: {} of them, ${:.2} a month.
The dashboard costs nothing while it is among the first {DASHBOARDS_FREE} of the account, and ${:.2} a month beyond. A metric costs in the hours in
which it is written, so an idle stack pays for none; {METRICS} is every function, reason and decision in every hour.

Left out on both sides: the requests to your own API and the functions behind it, data out, messages, a firewall. API Gateway's own JWT
authorizer costs nothing beside the request, with Cognito's tokens as with Vestibule's ([jwt-authorizer.yaml](jwt-authorizer.yaml)):
the column *the authorizer* is what roles, strict routes and ES256 cost. Whoever lets people sign in with other providers has one secret more,
${:.2} a month, and alarms for it. Cognito has second factors, which Vestibule has not.

A machine's token costs ${:.2} a thousand at Cognito. Vestibule's is one signature and no storage call while its client is in memory; a refresh,
which is a conditional write as well, costs ${:.4} a thousand.",
        alarms(),
        alarms() * ALARM_MONTH.dollars,
        DASHBOARD_MONTH.dollars,
        SECRET_MONTH.dollars,
        COGNITO_MACHINE_TOKEN.dollars * 1_000.0,
        of(priced, Operation::Refresh).cost.total() * 1_000.0,
    )
    .unwrap();
}

fn assumptions(page: &mut String) {
    page.push_str(
        "\n## What this is made of\n\nList prices of us-east-1 without free tiers, but for Cognito's. The dates are those of the copies or quotations in which they
were read; look at the pages before you rely on them.\n\n| $ | for a | as of |\n|--:|---|---|\n",
    );
    for Price { dollars, of: (many, of), page: source, as_of } in ALL {
        writeln!(page, "| {:.3} | {of} | [{as_of}]({source}) |", dollars * many).unwrap();
    }
    writeln!(
        page,
        "
Measured, by `cargo run -p vestibule-tests --example durations`: the time that the built programs spend on a whole processor, here one of
{}, without TLS to AWS; Lambda gives a function its memory's share of {WHOLE_PROCESSOR_MIB} MiB.

Assumed, in `tests/src/costs/usage.rs`, where each number has its reason: waits of {} ms for a `GetItem`, {} for an `UpdateItem`, {} for a
`TransactWriteItems`, {} for a `GetSecretValue`; one start in {COLD_ONE_IN} invocations, of {START_MS} ms; {LOGGED_BYTES} bytes of log an invocation;
{STORED_BYTES} bytes in the table a person; {METRICS} metrics. A person makes {VISITS} visits a month of ten minutes, and in a month {} sign-ins,
{} wrong passwords, {} refreshes, {} revocations, {} requests that the authorizer is asked about and {} to strict routes.",
        processor(),
        waiting_ms("GetItem"),
        waiting_ms("UpdateItem"),
        waiting_ms("TransactWriteItems"),
        waiting_ms("GetSecretValue"),
        a_month(Operation::SignIn),
        a_month(Operation::WrongPassword),
        a_month(Operation::Refresh),
        a_month(Operation::Revoke),
        a_month(Operation::Authorize),
        a_month(Operation::AuthorizeStrict),
    )
    .unwrap();
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    groups.join(",")
}

const HEAD: &str = "# What a call costs

Made by `cargo run -p vestibule-tests --example costs`, which carries out each operation on the local deployment and counts; a test
fails when this page is not what it makes.
";
